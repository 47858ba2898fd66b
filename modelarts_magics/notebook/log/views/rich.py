"""The rich view: an anywidget around CodeMirror, which needs no kernel to search and scroll.

New text travels once, deflated, in pieces with their offsets. A message takes some 700 bytes beside
what it tells, whatever that is: what is little waits a while for more, and the numbers of the head
that move with the text go with it. The wire may lose some: the front end sees the gap and asks, and
while the kernel is busy the ``tail`` trait tells the end of the log unasked, as far as that takes a
hundredth of what was sent, and once when nothing more has come.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from typing import Any, Callable

import anywidget
import traitlets

from ....core.api.base import JobEvent
from ....core.api.log import LogText
from ....core.i18n import language
from ...panels import probe
from ...panels.shelf import CHARTS, LOADER, on_shelf
from ...panels.widget_tree import close_tree
from ...text.pattern import Pattern
from ..events import when
from ..metrics import LogMetrics
from ..model import TAIL_SIZE, LogModel
from ..save import SavedLog, Saving
from ..search import Range, Search
from ..sending import ENVELOPE, MESSAGE_INTERVAL, SHARED, Gathering
from ..spool import Spool
from . import RICH_BUNDLE

_TAIL_INTERVAL = 4.0  # seconds between refreshes of the tail
_STATE_INTERVAL = 1.0
_METRICS_INTERVAL = 2.0  # seconds between news of curves
_REPEATED = 0.01  # of what was sent is told once more, by the tail
_LEAST_TAIL = 256  # bytes: enough to show that something was lost
_QUIET = 10.0  # seconds after the last text: what was lost of it no later text will show
_LARGEST_PIECE = 2**20  # bytes
_MOST_RANGES = 100  # that are searched for one question
_GOAL = 1.06  # bytes of a message for each byte of the log
_LONGEST_WAIT = 2.0  # seconds between messages while there is text
_UNTOLD = object()
_LEVEL = 3  # of zlib: more takes twice the time for a tenth less

Act = Callable[[str, Any], object]
_Piece = tuple[str, int, int, str]  # file, first byte, end, text


class _LogWidget(anywidget.AnyWidget):
    """The model that the front end sees; the names are those of ``js/``."""

    _esm = LOADER
    shelf = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    tail = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    box_id = traitlets.Unicode("").tag(sync=True)
    charts = traitlets.Unicode("").tag(sync=True)
    kept = traitlets.Dict().tag(sync=True)  # how one looks at it, by the front end
    fresh: Callable[[], dict[str, Any]] | None = None

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """What goes to a page; one that is loaded anew asks for all, and gets what is so now."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        return {**state, **self.fresh()} if key is None and self.fresh else state


class LogRichView:
    """The widget of one panel.

    Args:
        model: what to show.
        act: carries out what a button says; it must not block.
        saving: brings whole logs to the reader.
        search: looks for what the front end does not hold.
        want_earlier: reads a range of a file from before what is followed; it must not block.
        ready: is called when the front end says that it can show the widget.
        options: that the front end needs besides: ``height``, ``hiding``, which is CSS, ``at``, the
            place at which the log is shown, and ``rings``, whether its bell is on.
        box_id: of a box that is in sight, which the front end fills with this widget by itself.
        clock: seconds.
        metrics: of the log, for charts; ``None`` for none.
    """

    def __init__(
        self,
        model: LogModel,
        act: Act,
        saving: Saving,
        search: Search,
        want_earlier: Callable[[str, int, int], object],
        ready: Callable[[], object],
        options: dict[str, Any],
        box_id: str = "",
        clock: Callable[[], float] = time.monotonic,
        metrics: LogMetrics | None = None,
    ) -> None:
        self._clock = clock
        self._metrics = metrics
        self._told_metrics: int | None = None  # the number of the last news; None: nobody looks
        self._seen_by_metrics = -1
        self._model = model
        self._act = act
        self._saving = saving
        self._search = search
        self._told_events: object = None
        self._told_saving: tuple[str, tuple[SavedLog, ...]] = ("", ())
        self._want_earlier = want_earlier
        self._ready = ready
        self._is_heard = bool(box_id) and probe.knows_rich()
        self._sent: dict[str, int] = {}
        self._epoch = model.epoch
        self._told_at = dict.fromkeys(("text", "tail", "state", "metrics"), clock() - _QUIET)
        self._gathering = Gathering(_GOAL, _LONGEST_WAIT, clock)
        self._is_tail_due = False
        self._told_changes = -1
        self._told_standing = model.standing()
        self._to_repeat = 0.0  # bytes
        self.widget = _LogWidget(
            state=model.state(),
            tail={"epoch": model.epoch, "files": {}},
            shelf=on_shelf(RICH_BUNDLE),
            options={"language": language(), "file": "", **options},
            box_id=box_id,
        )
        self.widget.fresh = lambda: {"state": model.state(), "tail": model.tail()}
        self.widget.on_msg(self._received)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Send what is new, as far as the wire takes it; whether there is more to send soon.

        Nothing is sent to a front end that has not said that it has the view.
        """
        if not self._is_heard:
            return False
        if self._epoch != self._model.epoch:
            self._epoch = self._model.epoch
            self._sent.clear()
            self.widget.send({"kind": "reset", "epoch": self._epoch})
        is_waiting = self._tell_state(is_last)
        self._tell_saving()
        self._tell_events()
        is_more = self._send_text(is_last)
        if not is_more:  # before that it would only show a gap, for which the front end asks
            self._tell_tail(is_last)
            is_more = self._tell_metrics(is_last)
        return is_more or is_waiting

    def tell_events_again(self) -> None:
        """The front end waits for them, or for the word that there are none."""
        self._told_events = _UNTOLD

    def send_earlier(self, part: LogText) -> None:
        """Answer a need for text that was never followed, in part."""
        if part.text:
            self._send_answer(part.log_file, part.start_byte, part.end_byte, part.text)

    def send_found(self, message: dict[str, Any]) -> None:
        """Tell where something was found that is looked for."""
        self.widget.send(message)

    def send_jobs(self, names: Sequence[str]) -> None:
        """Tell which jobs there are to compare with."""
        self.widget.send({"kind": "jobs", "names": list(names)})

    def _send_answer(self, file: str, start: int, end: int, text: str) -> None:
        self._send_pieces("answer", *_packed([(file, start, end, text)]))

    def _send_pieces(self, kind: str, pieces: list[dict[str, Any]], data: bytes) -> None:
        moving = self._model.moving()
        message = {"kind": kind, "epoch": self._epoch, "pieces": pieces, "moving": moving}
        self.widget.send(message, [data])

    def close(self) -> None:
        close_tree(self.widget)

    def _tell_state(self, is_last: bool) -> bool:
        """The head, when something stands there that does not move with the text.

        Returns:
            Whether there is something to tell that must wait a little.
        """
        changes, standing = self._model.changes, self._model.standing()
        if changes == self._told_changes:
            return False
        is_new = is_last or standing != self._told_standing
        if is_new and not self._is_due("state", _STATE_INTERVAL, is_last):
            return True
        self._told_changes = changes
        if is_new:
            self._told_standing = standing
            self.widget.state = self._model.state()
        return False

    def _tell_saving(self) -> None:
        """How far the saving of a log is, and what came of it; a log that is not large itself."""
        said, saved = now = self._saving.said, self._saving.saved
        told, told_saved = self._told_saving
        if said == told and saved is told_saved:  # an equal one is what was asked for once more
            return
        self._told_saving = now
        files = [{"name": one.name, "size": one.size, "path": str(one.path or "")} for one in saved]
        message = {"kind": "saving", "said": said, "files": files}
        self.widget.send(message, [one.data or b"" for one in saved])

    def _tell_events(self) -> None:
        """What the service tells beside the log, if somebody wants to see it."""
        events = self._model.events
        if events is not self._told_events:
            self._told_events = events
            self.widget.send({"kind": "events", "events": _as_rows(events)})

    def _tell_tail(self, is_last: bool) -> None:
        """The end once more, which the front end has unless the wire has lost it."""
        is_quiet = self._is_tail_due and self._clock() - self._told_at["text"] >= _QUIET
        is_paid = self._to_repeat >= ENVELOPE + _LEAST_TAIL
        if is_last or ((is_quiet or is_paid) and self._is_due("tail", _TAIL_INTERVAL, False)):
            size = min(TAIL_SIZE, max(_LEAST_TAIL, int(self._to_repeat) - ENVELOPE))
            self.widget.tail = self._model.tail(size)
            self._to_repeat = max(0.0, self._to_repeat - size - ENVELOPE)
            self._is_tail_due = False

    def _tell_metrics(self, is_last: bool) -> bool:
        """What is new in the curves of the log, if somebody looks; whether there is more."""
        since, changes = self._told_metrics, self._model.changes
        if self._metrics is None or since is None or changes == self._seen_by_metrics:
            return False
        if not self._is_due("metrics", _METRICS_INTERVAL, is_last):
            return True
        news = self._metrics.since(since)
        if not news.is_more:
            self._seen_by_metrics = changes
        if news.is_new:
            self._told_metrics = news.version
            if not self.widget.charts and CHARTS.is_file():
                self.widget.charts = on_shelf(CHARTS)
            self.widget.send(news.message, [news.data])
        return news.is_more

    def _want_metrics(self, since: Any) -> None:
        """Somebody looks at charts and has what this number tells, or nobody does any more."""
        self._told_metrics = since if isinstance(since, int) else None
        if self._told_metrics is None:
            self.widget.send({"kind": "metrics"})  # another page may look, and asks
        self._seen_by_metrics = -1
        self._act("look", None)

    def _is_due(self, name: str, interval: float, is_last: bool) -> bool:
        now = self._clock()
        if now - self._told_at[name] < interval and not is_last:
            return False
        self._told_at[name] = now
        return True

    def _send_text(self, is_last: bool) -> bool:
        """One message with the next pieces of every file; whether some is left."""
        if not self._is_due("text", MESSAGE_INTERVAL, False):
            return True
        read = self._next_pieces(SHARED.allowance())
        size = sum(end - start for _file, start, end, _text in read)
        if size == 0:
            return False
        pieces, data = _packed(read)
        if not is_last and not self._gathering.may_go(len(data), size):
            return True
        self._send_pieces("text", pieces, data)
        self._sent.update({file: end for file, _start, end, _text in read})
        SHARED.spend(size)
        self._to_repeat += size * _REPEATED
        self._is_tail_due = True
        return any(spool.end > self._sent.get(file, spool.start) for file, spool in self._spools)

    @property
    def _spools(self) -> list[tuple[str, Spool]]:
        return list(self._model.spools.items())

    def _next_pieces(self, room: int) -> list[_Piece]:
        """What was not sent yet, of every file, as far as there is room."""
        pieces = []
        for file, spool in self._spools:
            start = self._sent.get(file, spool.start)
            start, end, text = spool.read(start, min(spool.end, start + room))
            if text:
                pieces.append((file, start, end, text))
                room -= end - start
        return pieces

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the front end; it may come on any thread."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "ready":
            self._is_heard = True
            self._ready()
        elif kind == "need":
            self._answer(content)
        elif kind == "search":
            self._start_search(content)
        elif kind == "kept" and isinstance(content.get("kept"), dict):
            self.widget.kept = {**self.widget.kept, **content["kept"]}
        elif kind == "metrics":
            self._want_metrics(content.get("since"))
        elif kind == "action" and content.get("name") == "download":
            chosen = str(content.get("value") or "")
            self._saving.start([chosen] if chosen in self._model.files else self._model.files)
        elif kind == "action":
            self._act(str(content.get("name")), content.get("value"))

    def _start_search(self, asked: dict[str, Any]) -> None:
        number, ranges = asked.get("number"), asked.get("ranges")
        if asked.get("epoch") != self._epoch or not isinstance(number, int):
            return
        how = bool(asked.get("is_regexp")), bool(asked.get("is_exact"))
        told = ranges if isinstance(ranges, list) else []
        found = [Range(*one) for one in told if _is_range(one)]
        self._search.start(number, Pattern(str(asked.get("pattern")), *how), found[:_MOST_RANGES])

    def _answer(self, need: dict[str, Any]) -> None:
        spool = self._model.spools.get(str(need.get("file")))
        start, end = need.get("start"), need.get("end")
        if spool is None or need.get("epoch") != self._epoch:
            return
        if not isinstance(start, int) or not isinstance(end, int):
            return
        if start < spool.start:
            self._want_earlier(need["file"], max(0, start), min(end, spool.start))
            start = spool.start
        if start < end:
            self._send_answer(need["file"], *spool.read(start, min(end, start + _LARGEST_PIECE)))


def _as_rows(events: Sequence[JobEvent] | None) -> list[list[str]] | None:
    if events is None:
        return None
    return [[when(one), one.level, one.message] for one in events]


def _is_range(asked: Any) -> bool:
    kinds = [type(part) for part in asked] if isinstance(asked, list) else []
    return kinds == [str, int, int]


def _packed(pieces: list[_Piece]) -> tuple[list[dict[str, Any]], bytes]:
    """What a message says of pieces, and their texts, deflated one behind the other."""
    texts = [text.encode(errors="replace") for _file, _start, _end, text in pieces]
    said = [
        {"file": file, "start": start, "end": end, "size": len(text)}
        for (file, start, end, _text), text in zip(pieces, texts)
    ]
    return said, zlib.compress(b"".join(texts), _LEVEL)
