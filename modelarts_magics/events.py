"""What following a job yields: new text, another state, trouble that may pass, and the end.

::

    for event in job.follow_job_log():
        if isinstance(event, events.LogText):
            print(event.text, end="")
"""

from .core.api.base import Phase, State
from .core.api.log import LogText
from .core.logs.follow import Event, Finished, StatusChanged, Trouble

__all__ = ["Event", "Finished", "LogText", "Phase", "State", "StatusChanged", "Trouble"]
