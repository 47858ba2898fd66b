"""What a log panel sends for each byte of a log, however slowly that grows; a clock of the test."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Callable

import ipywidgets
import pytest
from jupyter_client.session import Session

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.save import Saving
from modelarts_magics.notebook.log.search import Search
from modelarts_magics.notebook.log.sending import ENVELOPE
from modelarts_magics.notebook.log.views.core.view import LogCoreView
from modelarts_magics.notebook.panels.live import close_all

pytestmark = pytest.mark.skipif(
    ipywidgets.__version__.startswith("7."), reason="ipywidgets 7 sends nothing without a kernel"
)
_NOTHING: Callable[..., None] = lambda *_arguments: None  # noqa: E731


@dataclass
class Wire:
    """What widgets send, each message in the envelope of a kernel."""

    session: Session = field(default_factory=Session)
    sizes: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._asked = self.session.msg("execute_request", {"code": "%ma_log job"})

    def __call__(self, **opened: Any) -> Comm:
        made = Comm(self, f"{len(self.states):032x}")
        self.states[made.comm_id] = dict(opened["data"]["state"])
        return made

    def take(self, comm_id: str, data: dict[str, Any], buffers: list[bytes]) -> None:
        content = {"comm_id": comm_id, "data": data}
        made = self.session.msg("comm_msg", content, parent=self._asked)
        parts = [made[part] for part in ("header", "parent_header", "metadata", "content")]
        packed = [json.dumps(part, default=str, ensure_ascii=False).encode() for part in parts]
        self.sizes.append(sum(map(len, [*packed, *buffers])))
        self.states[comm_id].update(data.get("state", {}))
        if data.get("content", {}).get("kind") == "text":
            self.texts.append(zlib.decompress(buffers[0]).decode())


@dataclass
class Comm:
    wire: Wire
    comm_id: str
    kernel = "there is one"

    def on_msg(self, callback: Any) -> None:
        self.receive = callback

    def send(self, data: Any, buffers: Any = None, **_more: Any) -> None:
        self.wire.take(self.comm_id, data, list(buffers or []))

    def close(self, *_arguments: Any, **_more: Any) -> None: ...


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    made = Wire()
    monkeypatch.setattr(ipywidgets.comm, "create_comm", made)
    close_all()
    yield made
    close_all()


class Following:
    """A panel that follows a log, by a clock of its own, a poll a second."""

    def __init__(self, wire: Wire, kind: str) -> None:
        described = {"job_id": 7, "job_name": "job", "version_name": "V0001", "status": 8}
        self.model = LogModel(JobVersion.from_json({**described, "version_id": 70}), ("a.log",))
        self.now = 1000.0
        self.wire = wire
        self.end = 0
        saving, clock = Saving(self.model, None, _NOTHING), lambda: self.now
        if kind == "plain":
            self.view: Any = LogCoreView(
                self.model, saving, _NOTHING, threading.RLock(), "20em", _NOTHING, clock
            )
        else:
            from modelarts_magics.notebook.log.views.rich import LogRichView

            parts = (self.model, _NOTHING, saving, Search(self.model, _NOTHING))
            self.view = LogRichView(*parts, _NOTHING, _NOTHING, {}, clock=clock)
            ready = {"method": "custom", "content": {"kind": "ready"}}
            self.view.widget.comm.receive({"content": {"data": ready}, "buffers": []})
        self.view.refresh()

    def poll(self, text: str) -> None:
        """Text comes, and a second goes by, in which the panel's thread looks four times."""
        if text:
            size = len(text.encode())
            self.model.apply(LogText(text, self.end, self.end + size, "a.log"))
            self.end += size
        for _quarter in range(4):
            self.view.refresh()
            self.now += 0.25

    def finish(self) -> None:
        while self.view.refresh(is_last=True):
            self.now += 0.25

    def type(self, text: str) -> None:
        """Into the field of the search."""
        [field] = [one for one in tree(self.view.box) if type(one) is ipywidgets.Text]
        field.value = text

    @property
    def shown(self) -> str:
        return "".join(self.wire.texts) or str(self.wire.states)


@pytest.fixture
def follow(wire: Wire) -> Iterator[Callable[[str], Following]]:
    made: list[Following] = []

    def begin(kind: str) -> Following:
        made.append(Following(wire, kind))
        return made[-1]

    yield begin
    for one in made:
        one.view.close()
        one.model.close()


def tree(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from tree(child)


def lines(first: int, count: int) -> str:
    """A log as a training writes it, 100 bytes a line."""
    return "".join(
        f"2026-11-26 10:{n // 60 % 60:02}:{n % 60:02} INFO train.py:214 step {n:07} "
        f"loss {1000 / (n + 7):10.6f} lr 0.000300 {n * 7919 % 100000:05} img/s\n"
        for n in range(first, first + count)
    )


def bars(first: int, count: int) -> str:
    return "".join(
        f"\r{n:5}/6000 |{'#' * (n // 10):60}| {n * 7919 % 100}.2 it/s, loss {1000 / (n + 7):10.6f}"
        for n in range(first, first + count)
    )


GOALS = {"rich": 1.06, "plain": 1.2}  # bytes on the wire for each byte of the log


def ratio(following: Following, polls: Iterable[str]) -> float:
    """Bytes of all messages, headers and all, for each byte of what comes, a poll a second."""
    following.wire.sizes.clear()
    start, count = following.end, 0
    for text in polls:
        following.poll(text)
        count += 1
    following.finish()
    assert len(following.wire.sizes) <= 10 * count
    return sum(following.wire.sizes) / (following.end - start)


@pytest.mark.parametrize("kind", GOALS)
@pytest.mark.parametrize("count", [11, 30, 100])
def test_a_log_takes_hardly_more_bytes_than_it_has(
    follow: Callable[[str], Following], kind: str, count: int
) -> None:
    following = follow(kind)
    polls = (lines(poll * count, count) for poll in range(60))
    assert ratio(following, polls) <= GOALS[kind]
    assert lines(60 * count - 1, 1).strip() in following.shown


@pytest.mark.parametrize("kind", GOALS)
def test_a_log_that_is_cut_anywhere_takes_no_more(
    follow: Callable[[str], Following], kind: str
) -> None:
    text = lines(0, 700)
    polls = (text[start : start + 1000] for start in range(0, 60_000, 1000))
    assert ratio(follow(kind), polls) <= GOALS[kind]


@pytest.mark.parametrize("kind", GOALS)
def test_a_bar_below_many_lines_brings_them_not_along(
    follow: Callable[[str], Following], kind: str
) -> None:
    following = follow(kind)
    following.poll(lines(0, 150))
    assert ratio(following, (bars(poll * 10, 10) for poll in range(60))) <= GOALS[kind]
    assert bars(599, 1).strip() in following.shown
    assert len(following.wire.sizes) >= 40  # it goes on before the eyes of its reader


@pytest.mark.parametrize("kind", GOALS)
def test_a_line_now_and_then_is_shown_at_once_in_one_message(
    follow: Callable[[str], Following], kind: str
) -> None:
    following = follow(kind)
    following.poll("")
    for number in range(5):
        following.wire.sizes.clear()
        following.poll(lines(number, 1))
        assert lines(number, 1).strip() in following.shown
        assert len(following.wire.sizes) == 1
        for _second in range(7):
            following.poll("")
        assert len(following.wire.sizes) <= 2  # and now and then the numbers of the head


@pytest.mark.parametrize("kind", GOALS)
@pytest.mark.parametrize(
    "seconds", [0.2, 1, 2, 5, 10], ids=lambda seconds: f"a line in {seconds} s"
)
def test_a_slow_log_costs_a_few_envelopes_and_little_besides(
    follow: Callable[[str], Following], kind: str, seconds: float
) -> None:
    """A message has 750 bytes beside what it tells, so that few words take more than their size.

    What can be held is how many there are, and what is in them: the view of core widgets sends a
    page again for as much as another envelope.
    """
    following = follow(kind)
    for number in range(100):
        following.poll(lines(number, 1))
    following.finish()
    following.wire.sizes.clear()
    start, count = following.end, 0
    for second in range(300):
        new = int((second + 1) / seconds) - int(second / seconds)
        following.poll(lines(count, new))
        count += new
    sizes, text = following.wire.sizes, following.end - start
    longest_wait, envelopes = {"rich": (2, 1), "plain": (6, 2)}[kind]
    heads = 300 / 60
    assert len(sizes) <= min(count, 300 / longest_wait) + heads + 1
    assert sum(sizes) <= GOALS[kind] * text + envelopes * ENVELOPE * len(sizes)


@pytest.mark.parametrize("kind", GOALS)
def test_while_nothing_comes_hardly_anything_goes_out(
    follow: Callable[[str], Following], kind: str
) -> None:
    following = follow(kind)
    following.poll(lines(0, 10))
    for _second in range(10):
        following.poll("")
    following.wire.sizes.clear()
    for _second in range(60):
        following.poll("")
    assert len(following.wire.sizes) <= 1


def test_who_looks_for_something_does_not_wait_for_more_text(
    follow: Callable[[str], Following],
) -> None:
    following = follow("plain")
    following.poll(lines(0, 1))
    following.poll(lines(1, 1))  # waits
    assert lines(1, 1).strip() not in following.shown
    following.type("step 0000001")
    following.poll("")
    assert lines(1, 1).strip() in following.shown
