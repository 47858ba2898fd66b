"""Panels leave nothing behind: counted in a real kernel."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

import pytest
from job_service import Service
from magic_kernel import Kernel

pytestmark = pytest.mark.kernel

_PATIENCE = 60.0  # seconds; far more than anything here takes
_COUNT = """
import gc as _gc, json as _json, os as _os, threading as _threading
from ipywidgets.widgets import widget as _widget
_gc.collect()
def _link(number):
    try:
        return _os.readlink("/proc/self/fd/" + number)
    except OSError:
        return ""
_links = [_link(number) for number in _os.listdir("/proc/self/fd")]
print(_json.dumps({
    "threads": sum(t.name.startswith("modelarts") for t in _threading.enumerate()),
    "sockets": sum(link.startswith("socket:") for link in _links),
    "spools": sum("modelarts-magics-" in link for link in _links),
    "widgets": len(_widget._instances),
}))
"""


@pytest.fixture
def local_kernel(new_kernel: Callable[..., Kernel], service: Service) -> Kernel:
    kernel = new_kernel()
    assert not kernel.run(f"%ma_session local --root {service.root}").failed
    return kernel


def _counts(kernel: Kernel) -> dict[str, Any]:
    cell = kernel.run(_COUNT)
    assert not cell.failed, cell.outputs
    return json.loads(cell.printed)


def _counts_when_idle(kernel: Kernel) -> dict[str, Any]:
    """The counts once all following has ended by itself, which takes a moment."""
    give_up = time.monotonic() + _PATIENCE
    while (counts := _counts(kernel))["threads"]:
        assert time.monotonic() < give_up, counts
        time.sleep(0.2)
    return counts


def test_a_hundred_runs_of_a_cell_leave_as_much_as_one(local_kernel: Kernel) -> None:
    assert not local_kernel.run("%ma_log chinese-job").failed
    before = _counts_when_idle(local_kernel)
    runs = "for _ in range(100):\n    get_ipython().run_line_magic('ma_log', 'chinese-job')"
    assert not local_kernel.run(runs).failed
    after = _counts_when_idle(local_kernel)
    # As many connections as threads wanted at once stay open to be used again.
    assert after.pop("sockets") <= before.pop("sockets") + 4
    assert after == before


def test_unloading_ends_threads_and_widgets(local_kernel: Kernel) -> None:
    before = _counts(local_kernel)
    assert not local_kernel.run("%ma_log chinese-job").failed
    assert _counts(local_kernel)["widgets"] > before["widgets"]
    assert not local_kernel.run("%unload_ext modelarts_magics").failed
    after = _counts(local_kernel)
    assert after["widgets"] == before["widgets"]
    assert after["threads"] == 0
    assert after["spools"] == 0
