"""What a state of visualization job 197 allows, or the words that refuse it."""

from __future__ import annotations

from modelarts_magics.core.api.v1.status import JobStatus

OPERATIONS = ("stop", "restart", "delete")
ALLOWED = None
AGAIN = "Look again in a moment: %ma_viz info 197"
ENDED = "it has ended already. Start it again: %ma_viz restart 197"
STARTING = "it is starting already. Open it when it runs: %ma_viz open 197"
STOP_FIRST = "stop it before you restart it. %ma_viz stop 197"
NOT_KNOWN = f"whether it runs is not known. {AGAIN}"

# state: words for stop, restart and delete
PENDING = (ALLOWED, STARTING, ALLOWED)
RUNS = (ALLOWED, STOP_FIRST, ALLOWED)
OVER = (ENDED, ALLOWED, ALLOWED)
WORDS = {
    JobStatus.UNKNOWN: (NOT_KNOWN, NOT_KNOWN, ALLOWED),
    JobStatus.INIT: PENDING,
    JobStatus.IMAGE_CREATING: PENDING,
    JobStatus.IMAGE_FAILED: OVER,
    JobStatus.SUBMIT_TRYING: PENDING,
    JobStatus.SUBMIT_FAILED: OVER,
    JobStatus.DELETE_FAILED: (
        "it has ended already. Delete it again: %ma_viz delete 197",
        "it cannot be restarted. Delete it again: %ma_viz delete 197",
        ALLOWED,
    ),
    JobStatus.WAITING: PENDING,
    JobStatus.RUNNING: RUNS,
    JobStatus.KILLING: (
        f"it is being stopped already. {AGAIN}",
        f"restart it when it has stopped. {AGAIN}",
        f"delete it when it has stopped. {AGAIN}",
    ),
    JobStatus.COMPLETED: OVER,
    JobStatus.FAILED: OVER,
    JobStatus.KILLED: OVER,
    JobStatus.CANCELED: OVER,
    JobStatus.LOST: OVER,
    JobStatus.SCALING: RUNS,
    JobStatus.SUBMIT_MODEL_FAILED: OVER,
    JobStatus.DEPLOY_SERVICE_FAILED: OVER,
    JobStatus.CHECK_INIT: PENDING,
    JobStatus.CHECK_RUNNING: RUNS,
    JobStatus.CHECK_RUNNING_COMPLETED: OVER,
    JobStatus.CHECK_FAILED: OVER,
    JobStatus.MOUNT_FAILED: OVER,
    JobStatus(77): (NOT_KNOWN, NOT_KNOWN, ALLOWED),
}
