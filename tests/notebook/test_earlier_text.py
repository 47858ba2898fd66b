"""A reader scrolls up: what is before is read beside the panel, and shown from his place on."""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from magic_kernel import Kernel
from magic_shell import Shell
from scripted_service import ChangingJob, ScriptedService

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import Before, LogText
from modelarts_magics.core.logs.follow import LastLines
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.notebook.log.earlier import Earlier
from modelarts_magics.notebook.log.model import FAR, LogModel
from modelarts_magics.session import Session

_TIME_LIMIT = 60.0  # seconds; far more than anything here takes
LOG = "".join(f"{number:05d}: 一行 of a log that is long enough\n" for number in range(6000))
DATA = LOG.encode()


class HeldJob(ChangingJob):
    """A job whose log is not given before it is let go, where it begins before some byte."""

    def __init__(self, held_before: int) -> None:
        super().__init__(8, {"a.log": LOG})
        self.held_before = held_before
        self.asked: list[int] = []
        self.reached = threading.Event()
        self.released = threading.Event()

    def __call__(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        first = int(query.get("start_byte", -1))
        if 0 <= first < self.held_before:
            self.reached.set()
            self.released.wait(_TIME_LIMIT)
        self.asked.append(first)
        return super().__call__(method, path, query)


@pytest.fixture
def job() -> Iterator[HeldJob]:
    made = HeldJob(0)
    yield made
    made.released.set()


# ---- in a kernel --------------------------------------------------------------------------------

_WIDGET = """
import ipywidgets, json
state = ipywidgets.Widget.get_manager_state()["state"]
print(json.dumps([name for name, model in state.items() if "box_id" in model["state"]][-1]))
"""


class FrontEnd:
    """What stands at the other end of a widget.

    Args:
        comm_id: of the widget.
    """

    def __init__(self, kernel: Kernel, comm_id: str) -> None:
        self._client = kernel.client
        self._comm_id = comm_id
        self.pieces: list[dict[str, Any]] = []  # answers
        self.news = ""

    def send(self, **content: Any) -> None:
        data = {"method": "custom", "content": content}
        message = self._client.session.msg("comm_msg", {"comm_id": self._comm_id, "data": data})
        self._client.shell_channel.send(message)

    def hear_until(self, is_it: Callable[[], bool]) -> None:
        give_up = time.monotonic() + _TIME_LIMIT
        while not is_it():
            assert time.monotonic() < give_up, [piece["start"] for piece in self.pieces]
            message = self._client.get_iopub_msg(timeout=_TIME_LIMIT)
            content = message["content"]
            custom = content.get("data", {}).get("content", {})
            if content.get("comm_id") != self._comm_id:
                continue
            if custom.get("kind") not in ("answer", "text"):
                continue
            text = zlib.decompress(message["buffers"][0]).decode()
            if custom["kind"] == "text":
                self.news += text
            else:
                (piece,) = custom["pieces"]
                self.pieces.append({**piece, "text": text})


@pytest.mark.kernel
def test_the_panel_follows_while_earlier_text_is_fetched_and_shows_it_as_it_comes(
    new_kernel: Callable[..., Kernel], scripted: ScriptedService, job: HeldJob
) -> None:
    scripted.script = job
    kernel = new_kernel(**scripted.environment)
    opened = kernel.run("%ma_log job --tail 5 --interval 1 --view rich --as panel")
    assert not opened.failed, opened.outputs
    front_end = FrontEnd(kernel, json.loads(kernel.run(_WIDGET).printed))
    front_end.send(kind="ready")
    front_end.hear_until(lambda: "05999" in front_end.news)
    head = len("".join(LOG.splitlines(keepends=True)[:-5]).encode())
    job.held_before = len(DATA) // 2
    front_end.send(kind="need", epoch=0, file="a.log", start=0, end=head)
    front_end.hear_until(lambda: bool(front_end.pieces))  # the rest is held
    assert job.reached.wait(_TIME_LIMIT)
    job.to(8, **{"a.log": "and on it goes\n"})()
    front_end.hear_until(lambda: "and on it goes" in front_end.news)
    job.released.set()
    front_end.hear_until(lambda: front_end.pieces[-1]["start"] == 0)
    ends = [piece["end"] for piece in front_end.pieces]
    assert ends == [head, *(piece["start"] for piece in front_end.pieces)][:-1]  # newest first
    assert "".join(piece["text"] for piece in reversed(front_end.pieces)).encode() == DATA[:head]


# ---- without one --------------------------------------------------------------------------------


class Shown:
    """Takes text, or what is told in its place."""

    def __init__(self) -> None:
        self.parts: list[LogText] = []
        self.told: list[str] = []
        self._changed = threading.Condition()

    def show(self, part: LogText) -> None:
        with self._changed:
            self.parts.append(part)
            self._changed.notify_all()

    def tell(self, words: str) -> None:
        with self._changed:
            self.told.append(words)
            self._changed.notify_all()

    def wait_until(self, is_it: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_it, _TIME_LIMIT)

    @property
    def start(self) -> int:
        return self.parts[-1].start_byte if self.parts else len(DATA)

    @property
    def text(self) -> str:
        return "".join(part.text for part in reversed(self.parts))


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def earlier(
    scripted_shell: Shell, scripted: ScriptedService, job: HeldJob, shown: Shown
) -> Iterator[Earlier]:
    scripted.script = job
    logs = JobLogs(Session().jobs, JobRef("v1", "7", "70"))
    model = LogModel(logs.jobs.get(JobRef("v1", "7", "70")), ("a.log",))
    made = Earlier(model, logs, shown.show, shown.tell)
    yield made
    job.released.set()
    made.close()


def test_what_is_asked_for_again_is_read_once(earlier: Earlier, job: HeldJob, shown: Shown) -> None:
    job.held_before = len(DATA)
    earlier.want("a.log", len(DATA) - 50_000, len(DATA))
    assert job.reached.wait(_TIME_LIMIT)
    earlier.want("a.log", len(DATA) - 40_000, len(DATA))
    earlier.want("a.log", len(DATA) - 90_000, len(DATA) - 10_000)  # a reader scrolls on
    job.released.set()
    shown.wait_until(lambda: shown.start <= len(DATA) - 90_000)
    assert shown.text.encode() == DATA[shown.start :]
    slices = [first for first in job.asked if first >= 0]
    assert len(slices) == len(set(slices)) <= 90_000 / 2040 + 4


def test_a_range_that_begins_inside_a_character_is_read_from_its_first_byte(
    earlier: Earlier, shown: Shown
) -> None:
    inside = DATA.index("一".encode(), 100_000) + 1
    earlier.want("a.log", inside, inside + 10_001)
    shown.wait_until(lambda: shown.start < inside)
    assert DATA[shown.start :].decode().startswith(shown.text)


def test_a_refusal_is_told_and_asking_again_reads_on(
    earlier: Earlier, scripted: ScriptedService, job: HeldJob, shown: Shown
) -> None:
    scripted.script = scripted.refuse
    earlier.want("a.log", 0, 10_000)
    shown.wait_until(lambda: len(shown.told) == 1)
    scripted.script = job
    earlier.want("a.log", 0, 10_000)
    shown.wait_until(lambda: shown.start == 0)
    assert shown.text.encode() == DATA[:10_000]


def test_what_hangs_is_given_up_at_once_when_the_panel_closes(
    earlier: Earlier, job: HeldJob, shown: Shown
) -> None:
    job.held_before = len(DATA)
    earlier.want("a.log", 0, len(DATA))
    assert job.reached.wait(_TIME_LIMIT)
    earlier.close()  # the service still holds the answers
    assert not job.released.is_set()
    assert not [t.name for t in threading.enumerate() if "earlier" in t.name]
    earlier.want("a.log", 0, 10)
    assert (shown.parts, shown.told) == ([], [])


# ---- of a service that gives lines only ---------------------------------------------------------

LINES = LOG.splitlines(keepends=True)


class ByLines:
    """A script of one job whose log is given by lines; cursors are numbers of entries.

    Attributes:
        pages: cursors behind which something was asked for.
    """

    def __init__(self) -> None:
        self.pages: list[str] = []
        self._job = ChangingJob(8, {"a.log": ""})

    def __call__(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path.endswith("/log"):
            return 200, {"content": "a", "lines": 1, "start_line": "1", "end_line": "1"}
        if not path.endswith("/aom-log"):
            return self._job(method, path, query)
        base, count = query.get("base_line", ""), int(query["lines"])
        self.pages.append(base)
        if base and query["order"] == "desc":  # what is newer
            return 200, {"content": "", "lines": 0, "start_line": base, "end_line": base}
        last = int(base) if base else len(LINES)
        first = max(0, last - count)
        found = LINES[first:last]
        ends = (str(first), str(last - 1)) if found else (base, base)
        names = ("start_line", "end_line")
        return 200, {"content": "\n".join(found), "lines": len(found), **dict(zip(names, ends))}


@pytest.fixture
def by_lines(scripted: ScriptedService) -> ByLines:
    scripted.script = script = ByLines()
    return script


@pytest.fixture
def model(scripted_shell: Shell, by_lines: ByLines) -> Iterator[LogModel]:
    """Of a panel that follows the last five lines."""
    jobs = Session().jobs
    found = LogModel(jobs.get(JobRef("v1", "7", "70")), ("a.log",))
    for event in JobLogs(jobs, found.job.ref).follow(LastLines(5), names=["a.log"]).poll_due():
        found.apply(event)
    yield found
    found.close()


@pytest.fixture
def above(model: LogModel, shown: Shown) -> Iterator[Earlier]:
    logs = JobLogs(Session().jobs, model.job.ref)
    made = Earlier(model, logs, shown.show, shown.tell)
    yield made
    made.close()


def test_a_log_by_lines_is_read_from_the_last_lines_up_to_its_beginning(
    above: Earlier, model: LogModel, shown: Shown, by_lines: ByLines
) -> None:
    assert not model.trouble
    assert model.state()["begins"] == {"a.log": None}  # nobody knows
    above.want("a.log", FAR - 100_000, FAR)
    shown.wait_until(lambda: bool(shown.parts) and shown.start <= FAR - 100_000)
    assert model.state()["begins"] == {"a.log": None}
    above.want("a.log", 0, shown.start)
    shown.wait_until(lambda: not shown.parts[-1].text)  # there it begins
    spool = model.spools["a.log"]
    assert shown.text + spool.read(0, spool.end)[2] == LOG
    assert model.state()["begins"] == {"a.log": shown.start}
    assert model.state()["bytes"] == len(DATA)
    assert len(by_lines.pages) == len(set(by_lines.pages)) <= len(LINES) / 500 + 3


def test_a_reader_who_comes_back_to_a_place_has_it_by_one_page(
    above: Earlier, shown: Shown, by_lines: ByLines
) -> None:
    above.want("a.log", 0, FAR)
    shown.wait_until(lambda: bool(shown.parts) and not shown.parts[-1].text)
    shown.parts.clear()
    by_lines.pages.clear()
    place = FAR - 120_000
    above.want("a.log", place - 5_000, place)
    shown.wait_until(lambda: bool(shown.parts) and shown.start <= place - 5_000)
    assert shown.parts[0].end_byte == place
    assert shown.text in LOG
    assert len(by_lines.pages) <= 2


def test_what_is_before_a_tail_is_not_shown_by_its_repr() -> None:
    text = LogText("the end", 0, 7, "a.log", before=Before("a secret", "9"))
    assert "a secret" not in repr(text)
    assert "a secret" not in repr(text.before)
