"""The v1 face of the ModelArts SDK: training jobs and visualization jobs.

Code from the vendor's documentation runs with only the package name changed::

    from modelarts_magics.session import Session
    from modelarts_magics.estimator import Estimator, VisualizationJob
"""

from .sdk.v1.estimator import Estimator
from .sdk.v1.job_state import JOB_STATE
from .sdk.v1.training_job import TrainingJob
from .sdk.v1.visualization_job import VisualizationJob

__all__ = ["JOB_STATE", "Estimator", "TrainingJob", "VisualizationJob"]
