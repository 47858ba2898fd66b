"""How `pytest -n` hands the files to its workers."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Files that share servers which no second worker needs to start: those of other versions, and
# the lab of the notebooks.
_TOGETHER = {
    "test_log_panel_core": "elsewhere",
    "test_log_panel_elsewhere": "elsewhere",
    "test_viz_panel_elsewhere": "elsewhere",
    "test_follow_a_training_log": "notebooks",
    "test_visualize_a_run": "notebooks",
}


class BrowsersOnFewWorkers(LoadFileScheduling):
    """Files in their order, those of a browser on no more workers than there are cores.

    Most tests wait for something, so that more workers than cores are of use; browsers are heavy.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        group = _TOGETHER.get(PurePosixPath(file).stem)
        return f"tests/browser/{group}" if group else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        working = [one for one in self.nodes if not one.shutting_down]
        drives = working.index(node) < (os.cpu_count() or 1)
        fitting = (name for name in self.workqueue if drives or "tests/browser/" not in name)
        if (chosen := next(fitting, None)) is None:
            node.shutdown()
            return
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)
