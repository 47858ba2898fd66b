"""What people do with visualization jobs: create, find, wait for, change.

::

    NewVisualization ──create──▶ Outcome.job ──progress──▶ it runs
                                      ▲                      │ stop
                                      └────── restart ───────┘

Nothing here prints, and nothing sleeps but through a ``wait`` that the caller may give.
"""

from ..api.base import (
    VisualizationApi,
    VisualizationJob,
    VisualizationQuery,
    VisualizationRules,
)
from ..jobs import visualization_rules as rules
from .changes import check_delete, check_restart, check_stop, delete, describe, restart, stop
from .creation import How, Outcome, create, create_or_reuse
from .lookup import find, iter_jobs, named, namesake
from .new import NewVisualization
from .waiting import Look, deleted, ending, progress, wait_until_running

__all__ = [
    "How",
    "Look",
    "NewVisualization",
    "Outcome",
    "VisualizationApi",
    "VisualizationJob",
    "VisualizationQuery",
    "VisualizationRules",
    "check_delete",
    "check_restart",
    "check_stop",
    "create",
    "create_or_reuse",
    "delete",
    "deleted",
    "describe",
    "ending",
    "find",
    "iter_jobs",
    "named",
    "namesake",
    "progress",
    "restart",
    "rules",
    "stop",
    "wait_until_running",
]
