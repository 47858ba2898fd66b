"""The view of core widgets: what the rich view does, as far as it goes without a script of ours.

A callback may come on any thread. It takes the panel's lock, notes what is wanted, and lets the
panel's thread show it; nothing that takes time is done in a callback.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Callable

import ipywidgets

from .....core.api.log import LogText
from .....core.errors import InvalidArgumentError
from .....core.i18n import _
from ....panels.widget_tree import close_tree
from ....text.pattern import Pattern
from ...levels import is_of_platform
from ...model import REACH, LogModel
from ...save import Saving
from ...sending import Gathering
from .aside import Aside
from .controls import Buttons, Search
from .event_strip import EventStrip
from .head import Head
from .page_before import PageBefore
from .reel import STYLE, Reel
from .strips import SavedStrip, Strip

_INTERVAL = 0.5  # seconds between refreshes
_GOAL = 1.12  # bytes of a message of a page for each byte of the log
_LONGEST_WAIT = 6.0  # seconds between messages while there is text, however little
_HEAD_COUNTS_LITTLE = 20_000  # bytes of text with which the head goes along
_SEARCHED = 2**20  # bytes of a file that are searched at once

Act = Callable[[str, Any], object]


class LogCoreView:
    """The widgets of one panel.

    Args:
        model: what to show.
        saving: brings whole logs to the reader.
        act: carries out what a button says; it must not block.
        lock: of the panel.
        height: CSS length of the log.
        want_earlier: reads a range of a file from before what is followed; it must not block.
        clock: seconds.

    Attributes:
        reel: the lines that are in sight.
    """

    def __init__(
        self,
        model: LogModel,
        saving: Saving,
        act: Act,
        lock: AbstractContextManager[Any],
        height: str,
        want_earlier: Callable[[str, int, int], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._model = model
        self._saving = saving
        self._act = act
        self._lock = lock
        self._refreshed_at = clock() - _INTERVAL
        self._gathering = Gathering(_GOAL, _LONGEST_WAIT, clock)
        self._is_asked = True  # the reader waits for it
        self._seen: dict[str, int] = {}
        self._cleared: dict[str, int] = {}
        self._epoch = model.epoch
        self._unchecked: Pattern | None = None
        self._wanted_aside = ""  # what is to be shown in place of the log
        self._head = Head(clock)
        self._buttons = Buttons(model.files, self._pressed)
        self._search = Search(lambda: self._pressed("search"))
        self._again = Strip(_("Show it again"), lambda: self._pressed("again"))
        self._saved = SavedStrip(_("Close"), lambda: self._pressed("forget"))
        self._events = EventStrip()
        self.reel = Reel(height)
        self._aside = Aside(height, lambda: self._pressed("back"))
        self._page = PageBefore(model, want_earlier)
        self._is_page_shown = False
        style = ipywidgets.HTML(STYLE, layout={"display": "none"})
        strips = (self._events, self._again, self._saved)
        parts = (self._buttons, self._search, *strips, self.reel, self._aside)
        self.box = ipywidgets.VBox([style, *self._head.parts, *(part.box for part in parts)])
        self._parts = self.box.children  # the panel may put a better view into the box

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""
        now = self._clock()
        if not is_last and now - self._refreshed_at < _INTERVAL:
            return True
        self._refreshed_at = now
        is_now, self._is_asked = is_last or self._is_asked, False
        self._buttons.show(self._model)
        self._again.show(_("Text before this was cleared from the view.") if self._cleared else "")
        self._saved.follow(self._saving)
        self._events.show(self._model.events)
        self._show_aside()
        before = self._model.unseen(self._seen, self._buttons.file)
        self._show_text(is_now=is_now)
        waiting = self._model.unseen(self._seen, self._buttons.file)
        self._head.show(self._model, is_now=is_now or before - waiting >= _HEAD_COUNTS_LITTLE)
        return waiting > 0

    def add_earlier(self, part: LogText) -> bool:
        """Take text from before what is followed; whether its reader waits for it."""
        return self._page.add(part)

    def close(self) -> None:
        for widget in (*self._parts, self.box):
            close_tree(widget)

    # ---- what the reader wants ------------------------------------------------------------------

    def _pressed(self, name: str) -> None:
        with self._lock:
            self._is_asked = True
            self._note(name)
        is_for_the_job = name in ("pause", "refresh", "stop_following", "events", "yes", "file")
        meant = {"pause": "resume" if self._model.paused else "pause", "yes": "stop_job"}
        value = self._buttons.file if name == "file" else None
        self._act(meant.get(name, name) if is_for_the_job else "look", value)

    def _note(self, name: str) -> None:
        if name in ("stop_job", "yes", "no"):
            self._buttons.ask(name == "stop_job")
        elif name == "earlier":
            file = self._buttons.file or next(iter(self._model.spools), "")
            self._page.go_back(file, self.reel.start_of(file))
            self._wanted_aside = name if self._page.is_open else ""
        elif name in ("last_error", "copy", "back"):
            self._wanted_aside = name
        elif name == "wrap":
            self.reel.wrap(self._buttons.wraps)
        elif name == "download":
            chosen = self._buttons.file
            self._saving.start([chosen] if chosen else self._model.files)
        elif name == "forget":
            self._saving.forget()
        elif name in ("clear", "again"):
            ends = {file: spool.end for file, spool in self._model.spools.items()}
            self._cleared = ends if name == "clear" else {}
            self._start_over()
        elif name in ("file", "search"):
            self._wanted_aside = "back"
            self._start_over()

    def _start_over(self) -> None:
        self._begin(self._search.pattern())

    def _begin(self, pattern: Pattern | None) -> None:
        self.reel.clear()
        self.reel.matches = self._wanted(pattern)
        self._unchecked = pattern
        self._seen = dict(self._cleared)

    def _wanted(self, pattern: Pattern | None) -> Callable[[Sequence[str]], Sequence[bool]] | None:
        """What tells which lines are shown; nothing where all are."""
        if not self._search.hides_platform:
            return pattern.matching if pattern else None

        def wanted(lines: Sequence[str]) -> list[bool]:
            found = pattern.matching(lines) if pattern else [True] * len(lines)
            return [is_it and not is_of_platform(line) for is_it, line in zip(found, lines)]

        return wanted

    # ---- showing --------------------------------------------------------------------------------

    def _show_aside(self) -> None:
        """What goes does so last: with neither in sight, the notebook around would jump."""
        wanted, self._wanted_aside = self._wanted_aside, ""
        if wanted:
            self._is_page_shown = wanted == "earlier"
            if not self._is_page_shown:
                self._page.close()
        if wanted == "last_error":
            self._aside.show_errors(self._model, self._buttons.file)
        elif wanted == "copy":
            self._aside.show_text(self.reel.text)
        elif wanted == "back":
            self.reel.box.layout.display = ""
            self._aside.close()
        if self._is_page_shown and self._page.take_change():
            self._aside.show_page(self._page)
        if wanted and wanted != "back":
            self.reel.box.layout.display = "none"

    def _show_text(self, *, is_now: bool) -> None:
        file = self._buttons.file
        if self._epoch != self._model.epoch:
            self._epoch = self._model.epoch
            self._cleared = {}
            self._start_over()
            is_now = True
        if not (is_now or self._is_time(file)):
            return
        try:
            self._show_news(file, is_now=is_now)
        except InvalidArgumentError as error:  # of the pattern
            self._search.problem = str(error)
            self._begin(None)
            self._show_news(file, is_now=is_now)

    def _show_news(self, file: str, *, is_now: bool) -> None:
        model, is_search = self._model, self.reel.matches is not None
        if self._unchecked is not None:
            self._unchecked.matching(())  # or raises, though nothing new is there
            self._unchecked = None
        reach = REACH // max(1, len(model.files))
        news = (
            model.text_since(self._seen, file, reach, _SEARCHED)
            if is_search
            else model.text_since(self._seen, file)
        )
        is_merged = len(model.files) > 1 and not file
        for name, text in news:
            shown = text if is_now else self._whole_lines(name, text)
            mark = model.mark(name) if is_merged else ""
            self.reel.add(name, mark, shown, self._seen[name])
        self.reel.show(_("No line matches") if is_search else _("(no log text)"))
        self._search.say(self._found() if self._search.is_on else "")

    def _is_time(self, file: str) -> bool:
        """Whether what waits is worth a message, or has waited; bars pass over one another."""
        waiting = self._model.unseen(self._seen, file)
        if waiting == 0:
            return False
        news = self._model.text_since(dict(self._seen), file)
        return self._gathering.may_go(sum(_lasting(text) for _name, text in news), waiting)

    def _whole_lines(self, file: str, text: str) -> str:
        """Let the beginning of a line wait for its end, which would draw a page once more."""
        end = max(text.rfind("\n"), text.rfind("\r")) + 1
        if end == 0:
            return text
        self._seen[file] -= len(text[end:].encode())
        return text[:end]

    def _found(self) -> str:
        return _("{found:,} of {n:,} lines match", found=self.reel.found, n=self.reel.looked_at)


def _lasting(text: str) -> int:
    """Characters that are not overwritten by what comes after them in their line."""
    lines = text.replace("\r\n", "\n").split("\n")
    return sum(len(line.rpartition("\r")[2]) for line in lines)
