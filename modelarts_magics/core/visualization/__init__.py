"""What people do with visualization jobs: create, find, wait for, change.

::

    NewVisualization ──create──▶ Outcome.job ──progress──▶ it runs
                                      ▲                      │ stop
                                      └────── restart ───────┘

Nothing here prints, and nothing sleeps but through a ``wait`` that the caller may give.
"""

from ..api.v1.models.visualization import VisualizationJob, VisualizationJobPage
from .changes import check_delete, check_restart, check_stop, delete, describe, restart, stop
from .creation import How, Outcome, create, create_or_reuse
from .lookup import find, iter_jobs, list_jobs, named
from .new import NewVisualization
from .waiting import Look, ending, progress, wait_until_running

__all__ = [
    "How",
    "Look",
    "NewVisualization",
    "Outcome",
    "VisualizationJob",
    "VisualizationJobPage",
    "check_delete",
    "check_restart",
    "check_stop",
    "create",
    "create_or_reuse",
    "delete",
    "describe",
    "ending",
    "find",
    "iter_jobs",
    "list_jobs",
    "named",
    "progress",
    "restart",
    "stop",
    "wait_until_running",
]
