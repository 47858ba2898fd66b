"""Panels and the extension go at once, and leave nothing, while a service holds their requests."""

from __future__ import annotations

import json
import threading

import pytest
from scripted_service import one_job

pytestmark = pytest.mark.kernel

RUNNING = one_job("line\n", status=8, start_time=None)
TIME_LIMIT = 60.0  # seconds; far more than anything here takes
THREADS = """
import json, threading
print(json.dumps([t.name for t in threading.enumerate() if t.name.startswith("modelarts")]))
"""
PANELS = {"%ma_log job --as panel": "", "%ma_viz": "panel = _"}
BY_PYTHON = """
from modelarts_magics import LogPanel
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session
panel = LogPanel(Estimator(Session(), job_id="7", version_id="70"))
panel.show()
"""
ENDS = {
    "it is closed": "panel.close()",
    "the cell is edited": "6 * 7",
    "the cell runs again": "%ma_log --list",
    "the extension is reloaded": "%reload_ext modelarts_magics",
}


def threads(kernel):
    return json.loads(kernel.run(THREADS).printed)


def hold_a_request(kernel, scripted):
    """Let the service fall silent; a panel's thread waits for it then."""
    held = threading.Event()

    def hang(*_request):
        held.set()
        return scripted.hang()

    scripted.script = hang
    assert not kernel.run("panel.act('refresh')").failed
    assert held.wait(TIME_LIMIT)


def test_panels_leave_nothing_while_the_service_holds_their_requests(scripted, new_kernel):
    kernel = new_kernel(**scripted.environment)
    for line, name in PANELS.items():
        for end in ENDS.values():
            scripted.script = RUNNING
            assert not kernel.run(line, cell_id="a panel").failed
            assert not kernel.run(name).failed
            hold_a_request(kernel, scripted)
            assert threads(kernel) != []
            assert not kernel.run(end, cell_id="a panel").failed
            assert threads(kernel) == []
    scripted.script = RUNNING
    assert not kernel.run("%reload_ext modelarts_magics").failed
    assert not kernel.run(BY_PYTHON).failed
    hold_a_request(kernel, scripted)
    assert not kernel.run("%reload_ext modelarts_magics").failed
    assert threads(kernel) == []  # though no magic had run since it was loaded
    scripted.script = RUNNING
    for number in range(4):
        assert not kernel.run("%ma_log job --as panel", cell_id=f"panel {number}").failed
    hold_a_request(kernel, scripted)
    assert len(threads(kernel)) == 4
    assert not kernel.run("%unload_ext modelarts_magics").failed
    assert threads(kernel) == []
    assert not scripted.released.is_set()  # the service never said a word
