"""A job is asked for its status once a poll, whoever watches it, and seldom while it is quiet."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable

import pytest
from magic_shell import Shell
from scripted_service import ChangingJob, Script, ScriptedService, one_job

import modelarts_magics
from modelarts_magics.core.logs import cadence
from modelarts_magics.estimator import TrainingJob
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.session import Session

_TIME_LIMIT = 60.0  # seconds; far more than anything here takes


class Clock:
    """Time that passes when somebody sleeps, until it is over."""

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.end = seconds

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        if self.now + seconds >= self.end:
            raise KeyboardInterrupt
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the cadence."""
    made = Clock(60.0)
    monkeypatch.setattr(cadence, "time", SimpleNamespace(monotonic=made.monotonic))
    return made


class Watched:
    """A script that notes when it is asked for what: the clock stands still during a poll."""

    def __init__(self, script: Script, clock: Clock) -> None:
        self.asked: dict[str, list[float]] = {"status": [], "files": [], "log": [], "other": []}
        self._script = script
        self._clock = clock
        self._kinds = {"70": "status", "file-names": "files", "log": "log"}

    def __call__(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        kind = self._kinds.get(path.rpartition("/")[2], "other")
        self.asked[kind].append(self._clock.now)
        return self._script(method, path, query)

    @property
    def count(self) -> int:
        return sum(map(len, self.asked.values()))

    @property
    def polls(self) -> list[float]:
        """The moments of polls."""
        return sorted({*self.asked["log"], *self.asked["files"]})


def quiet_minutes(watched: Watched) -> tuple[int, int, int]:
    """Requests in the first three minutes."""
    moments = [at for asked in watched.asked.values() for at in asked]
    return tuple(sum(start <= at < start + 60 for at in moments) for start in (0, 60, 120))


def assert_quiet(watched: Watched) -> None:
    first, *later = quiet_minutes(watched)
    assert first <= 16
    assert max(later) <= 8
    status = [*watched.asked["status"], 180]
    assert max(after - before for before, after in zip(status, status[1:])) <= cadence.QUIET + 1e-6


QUIET_LOGS = ["", "working\n", "working\n" * 200]


@pytest.mark.parametrize("text", QUIET_LOGS)
@pytest.mark.parametrize(
    "line", ["%ma_log job", "%ma_log job --file a.log", "%ma_log job --tail 5"]
)
def test_a_stream_of_a_quiet_job_asks_seldom_and_once_a_poll(
    scripted_shell: Shell,
    scripted: ScriptedService,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    text: str,
) -> None:
    monkeypatch.setattr("modelarts_magics.notebook.log.stream.time", clock)
    clock.end = 180
    scripted.script = watched = Watched(one_job(text, status=8), clock)
    scripted_shell(line)
    assert_quiet(watched)
    assert watched.asked["status"] == watched.polls  # what opening it told serves the first poll


@pytest.mark.usefixtures("scripted_shell")
@pytest.mark.parametrize("text", [None, *QUIET_LOGS])
def test_a_panel_of_a_quiet_job_asks_no_more_than_a_stream(
    scripted: ScriptedService, clock: Clock, text: str | None
) -> None:
    logs = {} if text is None else {"a.log": text}
    scripted.script = watched = Watched(ChangingJob(8, logs), clock)
    clock.end = 180
    panel = LogPanel(TrainingJob(Session(), "7", "70"), view="text")
    with suppress(KeyboardInterrupt):
        for pause in panel.steps():
            clock.sleep(pause)
    panel.close()
    assert_quiet(watched)


def test_a_worker_that_starts_late_is_found_while_the_job_is_young(
    scripted_shell: Shell, scripted: ScriptedService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelarts_magics.notebook.log.stream.time", clock)
    clock.end = 300
    scripted.script = watched = Watched(one_job("working\n", status=8), clock)
    scripted_shell("%ma_log job")
    looks = watched.asked["files"]
    assert sum(at < 60 for at in looks) >= 3
    assert sum(60 <= at < 120 for at in looks) >= 1
    assert looks[-1] < 200
    pauses = [b - a for a, b in zip(watched.asked["log"], watched.asked["log"][1:])]
    assert (
        max(pauses) <= 2 * cadence.QUIET + 1e-6
    )  # a look for it takes the place of one at a quiet log


def test_a_job_that_has_ended_is_not_waited_for(
    scripted_shell: Shell,
    scripted: ScriptedService,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("modelarts_magics.notebook.log.stream.time", clock)
    scripted.script = one_job("done\n", status=10)
    assert scripted_shell("%ma_log job").success
    assert clock.now <= 3


def follow(script: Script, scripted: ScriptedService, clock: Clock) -> Watched:
    """Follow by the SDK until the clock ends."""
    scripted.script = watched = Watched(script, clock)
    with pytest.raises(KeyboardInterrupt):
        list(TrainingJob(Session(), "7", "70").follow_job_log())
    return watched


@pytest.fixture
def _sleeping(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelarts_magics.sdk.logs.time", clock)


@pytest.mark.usefixtures("scripted_shell", "_sleeping")
@pytest.mark.parametrize("names", ["a", "abc"])
def test_the_sdk_asks_once_for_all_log_files(
    scripted: ScriptedService, clock: Clock, names: str
) -> None:
    watched = follow(ChangingJob(8, dict.fromkeys(names, "text\n")), scripted, clock)
    asked, polls = watched.asked["status"], watched.polls
    several = [at for at in polls if at == 0 or at >= 5]  # an answer holds for some polls
    assert asked == ([*polls[:1], *polls] if names == "a" else several)  # the files are found
    read = watched.asked["log"]
    assert names == "a" or [read.count(at) for at in (0, 30)] == [3, 2]  # together
    assert len(set(read)) <= 8


@pytest.mark.usefixtures("scripted_shell", "_sleeping")
def test_a_busy_file_does_not_make_a_quiet_one_asked_for_as_often(
    scripted: ScriptedService, clock: Clock
) -> None:
    reads = {"busy": 0, "quiet": 0}
    job = ChangingJob(8, dict.fromkeys(reads, ""))

    def script(method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        name = query.get("log_file", "")
        if name:
            reads[name] += 1
        job.logs["busy"] = "line\n" * int(clock.now + 1)
        return job(method, path, query)

    watched = follow(script, scripted, clock)
    assert reads["busy"] >= 50
    assert reads["quiet"] <= 12
    assert len(watched.asked["status"]) <= len(watched.polls) + 1


def test_a_panel_asks_once_a_poll_for_its_head_its_files_and_its_logs(
    scripted_shell: Shell, scripted: ScriptedService, clock: Clock
) -> None:
    job = ChangingJob(8, dict.fromkeys("ab", "line 0\n"))
    scripted.script = watched = Watched(job, clock)
    panel = LogPanel(TrainingJob(Session(), "7", "70"), view="text")
    panel.show()
    try:
        for number in range(1, 10):  # the clock moves only between polls
            _until(lambda text=f"line {number - 1}\n": panel.text.count(text) == 2)
            job.to(8, a=f"line {number}\n", b=f"line {number}\n")()
            clock.now += cadence.QUIET
            panel.act("look")
        _until(lambda: panel.text.count("line 9\n") == 2)
    finally:
        panel.close()
    assert watched.asked["status"] == watched.polls  # what opening it told serves the first poll


def _until(is_it: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _TIME_LIMIT
    while not is_it():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_nothing_that_reads_logs_has_a_clock_beside_the_cadence() -> None:
    package = Path(modelarts_magics.__file__).parent
    watching = [
        *(package / "core/logs").glob("*.py"),
        *(package / "notebook/viz/scalars").glob("*.py"),
        package / "notebook/log/panel.py",
        package / "notebook/log/stream.py",
        package / "notebook/log/model.py",
    ]
    found = {path.name for path in watching if "time.monotonic" in path.read_text("utf-8")}
    with_a_deadline = {"download.py", "retried.py"}  # of a whole log, which is no cadence
    of_what_it_costs = {"preview.py"}  # bytes a second, which the cadence is told
    of_refusals = {"others.py"}  # how long a source that has nothing is left alone
    of_a_run = {"stream.py"}  # how long a notebook without a person waits
    known = with_a_deadline | of_what_it_costs | of_refusals | of_a_run
    assert found - known == {"cadence.py"}
