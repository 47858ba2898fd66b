"""Hours of a progress bar without a line feed: every form shows its end, after few requests."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, Callable

import pytest
from magic_shell import Shell
from scripted_service import ChangingJob, ScriptedService

from modelarts_magics.estimator import TrainingJob
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.session import Session

BAR = "".join(f"\rtraining: 25%|████      | {n}/400000 [2:46:40, 3:11:06]" for n in range(30_000))
LAST = BAR.rpartition("\r")[2]
SAID = "--tail all shows all"


def interrupt_when_quiet(seconds: float) -> None:
    if seconds > 0:
        raise KeyboardInterrupt


def still(shell: Shell) -> list[str]:
    cell = shell("%ma_log job --tail 5 --no-follow")
    return [cell.text, cell.html]


def plain(shell: Shell) -> list[str]:
    return [shell("%ma_log job --tail 5 --plain").text]


def stream(shell: Shell) -> list[str]:
    cell = shell("%ma_log job --tail 5")
    return [cell.stdout + cell.stderr]


def panel(_shell: Shell) -> list[str]:
    made = LogPanel(TrainingJob(Session(), "7", "70"), view="text")
    next(made.steps())
    shown = [made.summary.as_text(), made.summary.as_html()]
    made.close()
    return shown


@pytest.mark.parametrize("form", [still, plain, stream, panel])
def test_the_end_of_a_bar_is_shown_after_few_requests_and_what_is_cut_is_said(
    scripted_shell: Shell,
    scripted: ScriptedService,
    monkeypatch: pytest.MonkeyPatch,
    form: Callable[[Shell], list[str]],
) -> None:
    clock: Any = SimpleNamespace(sleep=interrupt_when_quiet, monotonic=time.monotonic)
    monkeypatch.setattr("modelarts_magics.notebook.log.stream.time", clock)
    scripted.script = ChangingJob(8, {"a.log": BAR})
    for shown in form(scripted_shell):
        assert LAST in shown
        assert SAID in shown
    slices = [
        path for _method, path in scripted.requests if path.partition("?")[0].endswith("/log")
    ]
    assert len(slices) <= 100
