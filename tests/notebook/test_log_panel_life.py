"""Panels leave nothing behind: counted in a real kernel."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

import pytest
from job_service import Service
from magic_kernel import Kernel, KernelCell

pytestmark = pytest.mark.kernel

_TIME_LIMIT = 60.0  # seconds; far more than anything here takes
_COUNT = """
import gc as _gc, json as _json, os as _os, threading as _threading
from ipywidgets import Widget as _Widget
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
    "widgets": len(_Widget.get_manager_state()["state"]),
}))
"""


PANELS = {"ma_log chinese-job": 0, "ma_viz": 1}  # threads that stay while nothing happens


@pytest.fixture
def local_kernel(kernel_anew: Callable[..., Kernel], service: Service) -> Kernel:
    kernel = kernel_anew()
    assert not kernel.run(f"%ma_session local --root {service.root}").failed
    return kernel


def _counts(kernel: Kernel) -> dict[str, Any]:
    cell = kernel.run(_COUNT)
    assert not cell.failed, cell.outputs
    return json.loads(cell.printed)


def _counts_when_idle(kernel: Kernel, threads: int) -> dict[str, Any]:
    """The counts once all following has ended by itself, which takes a moment."""
    give_up = time.monotonic() + _TIME_LIMIT
    while (counts := _counts(kernel))["threads"] > threads:
        assert time.monotonic() < give_up, counts
        time.sleep(0.2)
    return counts


@pytest.mark.parametrize(("line", "threads"), PANELS.items())
def test_a_hundred_runs_of_a_cell_leave_as_much_as_one(
    local_kernel: Kernel, line: str, threads: int
) -> None:
    assert not local_kernel.run(f"%{line}", cell_id="cell").failed
    before = _counts_when_idle(local_kernel, threads)
    runs = f"for _ in range(100):\n    get_ipython().run_line_magic(*{line!r}.partition(' ')[::2])"
    assert not local_kernel.run(runs, cell_id="cell").failed
    after = _counts_when_idle(local_kernel, threads)
    # As many connections as threads wanted at once stay open to be used again.
    assert after.pop("sockets") <= before.pop("sockets") + 4
    assert after == before


@pytest.mark.parametrize("line", PANELS)
def test_unloading_ends_threads_and_widgets(local_kernel: Kernel, line: str) -> None:
    before = _counts(local_kernel)
    assert not local_kernel.run(f"%{line}").failed
    assert _counts(local_kernel)["widgets"] > before["widgets"]
    assert not local_kernel.run("%unload_ext modelarts_magics").failed
    after = _counts(local_kernel)
    assert after["widgets"] == before["widgets"]
    assert after["threads"] == 0
    assert after["spools"] == 0


def test_closing_ends_threads_and_widgets_and_leaves_the_picture(local_kernel: Kernel) -> None:
    for line in ("%ma_viz", "_.close()"):  # scripts that panels share stay for the next one
        assert not local_kernel.run(line).failed
    before = _counts(local_kernel)
    assert not local_kernel.run("%ma_viz").failed
    panel = "panel = _"
    assert not local_kernel.run(panel).failed
    [shown] = _picture(local_kernel.run("panel"))
    assert "There are no such visualization jobs" in shown or "not loaded yet" in shown
    assert _counts(local_kernel)["threads"] == 1
    assert not local_kernel.run("panel.close()").failed
    after = _counts(local_kernel)
    assert (after["widgets"], after["threads"]) == (before["widgets"], 0)
    [shown] = _picture(local_kernel.run("panel"))
    assert "%ma_viz create /" in shown
    assert _counts(local_kernel)["threads"] == 0


def _picture(cell: KernelCell) -> list[str]:
    """The texts that a cell shows."""
    assert not cell.failed, cell.outputs
    return list(filter(None, (data["text/plain"] for data in cell.displays)))


def test_neither_outputs_nor_the_state_of_widgets_hold_a_secret(
    local_kernel: Kernel, service: Service
) -> None:
    line = "%ma_viz create /test-bucket/output/ --name curves --no-wait --as made"
    cells = [
        local_kernel.run(code) for code in (line, "%ma_viz --view core", "%ma_viz list", _STATES)
    ]
    local_kernel.run("%ma_viz delete curves --yes")
    assert [cell.failed for cell in cells] == [False] * 4
    said = json.dumps([cell.outputs for cell in cells])
    assert "curves" in said
    assert "Create" in cells[-1].printed  # the state of the form
    key, secret = service.session.access_key, service.session.secret_key
    assert key
    assert secret
    assert key not in said
    assert secret not in said


_STATES = """
import json as _json
from ipywidgets import Widget as _Widget
print(_json.dumps(_Widget.get_manager_state(), default=repr))
"""
