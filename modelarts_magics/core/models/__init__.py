"""What the service says and is told, as frozen values; the only place that knows its JSON keys."""

from .answer import Answer
from .catalogue import Engine, EngineList, Spec, SpecList
from .failure import Failure
from .identity import AccessKey, Project, ProjectList, Token, mask, token_request
from .log import LogChunk, LogFiles, LogLines, read_chunk
from .status import JobStatus, Phase
from .training import (
    CreatedJob,
    Job,
    JobPage,
    JobVersion,
    JobVersionPage,
    TrainingConfig,
    new_job,
    new_version,
)
from .visualization import (
    Schedule,
    VisualizationJob,
    VisualizationJobPage,
    new_visualization_job,
)

__all__ = [
    "AccessKey",
    "Answer",
    "CreatedJob",
    "Engine",
    "EngineList",
    "Failure",
    "Job",
    "JobPage",
    "JobStatus",
    "JobVersion",
    "JobVersionPage",
    "LogChunk",
    "LogFiles",
    "LogLines",
    "Phase",
    "Project",
    "ProjectList",
    "Schedule",
    "Spec",
    "SpecList",
    "Token",
    "TrainingConfig",
    "VisualizationJob",
    "VisualizationJobPage",
    "mask",
    "new_job",
    "new_version",
    "new_visualization_job",
    "read_chunk",
    "token_request",
]
