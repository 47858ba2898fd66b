"""The last lines of a log in a ring of HTML pages.

The pages are made once. The oldest one is filled anew, and what it holds says by a style that it
stands at the end now, so that one message moves and fills it. A page that gets more lines travels
again, as a whole: but for a few short ones, new lines begin a page, and so does a line that goes on
changing. ``column-reverse`` keeps the end in sight, and leaves a reader alone who scrolled up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import copy
from itertools import accumulate
from typing import Callable
from uuid import uuid4

import ipywidgets

from ....text import colors, render, terminal
from ....text.row import Line
from ...levels import Levels
from ...sending import ENVELOPE

PAGES = 40
LINES = 1000  # that are kept at least, as far as there are pages
LINES_A_PAGE = 200  # but for those that come at once
_LITTLE = ENVELOPE  # characters that may go in a message, old and new
_MOST_AGAIN = 4000  # characters that may travel again
CLASS = "modelarts-magics-reel"
LOOKS = "modelarts-magics-lines"
_NO_WRAP = "modelarts-magics-no-wrap"

Matches = Callable[[Sequence[str]], Sequence[bool]]  # which of some lines match

STYLE = f"""{colors.STYLE}<style>
.{LOOKS} {{ contain: size; }} /* a long line must not widen the cell */
.{LOOKS}, .{LOOKS} pre {{ background: var(--modelarts-page); color: var(--modelarts-ink); }}
.{LOOKS} pre {{
  margin: 0; padding: 0 8px; overflow: visible; line-height: 1.35;
  white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere;
}}
.{LOOKS}.{_NO_WRAP} pre {{ white-space: pre; width: max-content; min-width: 100%; }}
.{LOOKS} .error, .{LOOKS} .warning {{ display: block; margin: 0 -8px; padding: 0 8px; }}
.{LOOKS} .error {{ background: var(--modelarts-error_page); }}
.{LOOKS} .error {{ box-shadow: inset 3px 0 var(--modelarts-error); }}
.{LOOKS} .warning {{ background: var(--modelarts-warning_page); }}
.{LOOKS} .warning {{ box-shadow: inset 3px 0 var(--modelarts-warning); }}
</style>"""
"""What the pages need to look right; once in the output."""


class ShownLine:
    """A line as the reader sees it; one of the last ones may change.

    Args:
        of: the lines of its log file.
        start: the byte of the file at which it begins.

    Attributes:
        is_wanted: whether it is one that the reader looks for.
        is_gone: whether it is no line any more.
    """

    def __init__(self, of: ShownLines, line: Line, start: int) -> None:
        self.of = of
        self.start = start
        self.page: _Page | None = None
        self.is_wanted = True
        self.is_gone = False
        self.say(line)
        self.level = ""

    def say(self, line: Line) -> None:
        self.text = terminal.text_of(line)
        self._line = line
        self.touch()

    def rate(self, level: str) -> None:
        if level != self.level:
            self.level = level
            self.touch()

    def touch(self) -> None:
        """It looks different now."""
        self._html = ""
        if self.page is not None:
            self.page.is_stale = True

    @property
    def shown(self) -> str:
        """With the mark before it."""
        return terminal.text_of(self.of.mark) + self.text

    @property
    def is_changed(self) -> bool:
        """Whether it looks different since it was drawn."""
        return self.is_gone or (self.is_wanted and not self._html)

    @property
    def html(self) -> str:
        if not self._html:
            html = render.line_html((*self.of.mark, *self._line)) + "\n"
            self._html = f'<span class="{self.level}">{html}</span>' if self.level else html
        return self._html


class ShownLines:
    """The lines of one log file.

    Args:
        mark: what stands before each line, with its colour.
    """

    def __init__(self, mark: str = "") -> None:
        self.mark: Line = next(iter(terminal.lines(mark)), ())
        self._terminal = terminal.Terminal()
        self._levels = Levels()
        self._first = 0  # number of the first line that may change
        self._open: int | None = None  # byte at which the line begins that has no end yet
        self.live: list[ShownLine] = []  # those that may change

    def add(
        self, text: str, end: int = 0
    ) -> tuple[list[ShownLine], list[ShownLine], list[ShownLine]]:
        """Take in text: the lines that changed, are new, and will not change any more.

        Args:
            end: byte of the file at which the text ends.
        """
        first, lines = self._terminal.feed(text)
        old = self.live[first - self._first :]
        for line, now in zip(old, lines):
            line.say(now)
        for line in old[len(lines) :]:
            line.is_gone = True
            line.touch()
        starts = self._starts(text, end, first + len(old), len(lines) - len(old))
        new = [ShownLine(self, line, at) for line, at in zip(lines[len(old) :], starts)]
        lasting = [line for line in self.live if not line.is_gone] + new
        count = self._terminal.settled - self._first
        settled, self.live = lasting[:count], lasting[count:]
        self._first += count
        self._rate(settled)
        return old[: len(lines)], new, settled

    def _starts(self, text: str, end: int, first: int, count: int) -> list[int]:
        """Where the lines from number ``first`` on begin in the file.

        They are counted back from the cursor. Where it was moved up, a line may begin before what
        is said of it: better twice before a reader than never.
        """
        sizes = [len(line.encode("utf-8", "surrogatepass")) + 1 for line in text.split("\n")]
        starts = list(accumulate(sizes[:-1], initial=end + 1 - sum(sizes)))
        if self._open is not None:
            starts[0] = self._open
        self._open = starts[-1]
        back = [self._terminal.row - number for number in range(first, first + count)]
        return [starts[-1 - min(max(0, lines), len(starts) - 1)] for lines in back]

    def _rate(self, settled: list[ShownLine]) -> None:
        for line in settled:
            line.rate(self._levels.next(line.text))
        levels = copy(self._levels)
        for line in self.live:
            line.rate(levels.next(line.text))


def shown_text(text: str) -> str:
    """A part of a log as HTML that looks like a page of the reel."""
    _changed, lines, _settled = ShownLines().add(text)
    return "".join(line.html for line in lines)


class _Page:
    """One of the widgets, with its lines.

    Args:
        like: a page of the same looks.

    Attributes:
        order: where it stands; the lowest one is at the end of the log.
    """

    def __init__(self, like: ipywidgets.HTML | None = None) -> None:
        self._class = f"{CLASS}-{uuid4().hex[:12]}"
        looks = (
            {"layout": {"flex": "0 0 auto", "margin": "0"}}
            if like is None
            else {"layout": like.layout, "style": like.style}
        )
        self.widget = ipywidgets.HTML(_dom_classes=(self._class,), **looks)
        self.order = 0
        self.lines: list[ShownLine] = []
        self.is_stale = True

    def put(self, line: ShownLine) -> None:
        self.lines.append(line)
        line.page = self
        self.is_stale = True

    def seen(self) -> list[ShownLine]:
        return [line for line in self.lines if line.is_wanted and not line.is_gone]

    def clear(self) -> None:
        self.is_stale = bool(self.lines) or self.is_stale
        self.lines = []

    def write(self, instead: str = "") -> None:
        """Bring the widget up to date; ``instead`` is HTML for a page without lines."""
        self.lines = [line for line in self.lines if not line.is_gone]
        body = "".join(line.html for line in self.seen()) or instead
        place = f"<style>.{self._class}{{order:{self.order}}}</style>"
        self.widget.value = f"{place}<pre>{body}</pre>" if body else ""
        self.is_stale = False

    def take_changing(self) -> list[ShownLine]:
        """Give up the lines from the first one on that has changed, if there are many before it."""
        size = 0
        for number, line in enumerate(self.lines):
            if line.is_changed:
                if size <= _LITTLE:
                    return []
                self.is_stale = True
                self.lines, changing = self.lines[:number], self.lines[number:]
                return changing
            size += len(line.text)
        return []


class Reel:
    """The pages, and what is on them.

    Args:
        height: CSS length.
    """

    def __init__(self, height: str) -> None:
        self.matches: Matches | None = None
        self._files: dict[str, ShownLines] = {}
        self._new: deque[ShownLine] = deque(maxlen=LINES)
        self._again = float(_MOST_AGAIN)  # characters that may travel again
        self._looked_at = self._found = 0  # lines that will not change any more
        newest = _Page()
        self._pages = [*(_Page(newest.widget) for _number in range(1, PAGES)), newest]
        # A log shorter than the reel begins at its top: what is free is taken at its end.
        free = ipywidgets.Box(layout={"order": str(-(2**31)), "flex": "1 1 auto"})
        self.box = ipywidgets.Box(
            [free, *(page.widget for page in reversed(self._pages))],
            layout={
                "flex_flow": "column-reverse",
                "height": height,
                "overflow": "auto",
                "border": "1px solid rgba(128,128,128,.4)",
                "padding": "4px 0",
            },
        )
        self.box.add_class(CLASS)
        self.box.add_class(LOOKS)

    @property
    def text(self) -> str:
        """The lines that are shown, without colours."""
        return "\n".join(line.shown for page in self._pages for line in page.seen())

    @property
    def looked_at(self) -> int:
        """Lines, since there is something to match."""
        return self._looked_at + sum(len(lines.live) for lines in self._files.values())

    @property
    def found(self) -> int:
        """Those of them that match."""
        live = (line for lines in self._files.values() for line in lines.live)
        return self._found + sum(line.is_wanted for line in live)

    def start_of(self, file: str) -> int | None:
        """The byte of a log file at which its lines here begin; nothing where there are none."""
        of = self._files.get(file)
        lines = (line for page in self._pages for line in page.seen() if line.of is of)
        return min((line.start for line in lines), default=None)

    def wrap(self, is_on: bool) -> None:
        if is_on:
            self.box.remove_class(_NO_WRAP)
        else:
            self.box.add_class(_NO_WRAP)

    def add(self, file: str, mark: str, text: str, end: int = 0) -> None:
        """Take in new text of a log file, that ends at a byte of it; :meth:`show` shows it."""
        lines = self._files.setdefault(file, ShownLines(mark))
        changed, new, settled = lines.add(text, end)
        if self.matches is not None:
            lines_now = (*changed, *new)
            for line, is_wanted in zip(lines_now, self.matches([line.text for line in lines_now])):
                line.is_wanted = is_wanted
            for line in settled:
                line.is_gone = not line.is_wanted
        self._looked_at += len(settled)
        self._found += sum(line.is_wanted for line in settled)
        self._new.extend(line for line in new if not line.is_gone)

    def show(self, instead: str) -> None:
        """Bring the pages up to date; ``instead`` is for a reader who would see nothing."""
        new = [line for line in self._new if not line.is_gone]
        self._new.clear()
        changing = self._pages[-1].take_changing()
        if changing or (new and not self._may_travel_again(new)):
            self._turn_page()
        for line in (*changing, *new):
            self._pages[-1].put(line)
        is_empty = not any(page.seen() for page in self._pages)
        for page in self._pages:
            if page.is_stale:
                is_here = is_empty and page is self._pages[-1]
                page.write(f"<i>{render.safe(instead)}</i>" if is_here else "")

    def clear(self) -> None:
        """Begin anew, with empty pages."""
        self._files.clear()
        self._new.clear()
        self._looked_at = self._found = 0
        for page in self._pages:
            page.clear()

    def _may_travel_again(self, new: Sequence[ShownLine]) -> bool:
        """Whether the lines of the newest page go out once more, with the new ones."""
        page = self._pages[-1]
        if not page.lines:
            return True
        fresh = sum(len(line.html) for line in new)
        self._again = min(_MOST_AGAIN, self._again + max(0, _LITTLE - fresh))
        size = len(page.widget.value)
        if len(page.lines) + len(new) > LINES_A_PAGE or size > self._again:
            return False
        self._again -= size
        return True

    def _turn_page(self) -> None:
        """Begin a page: one that was never used, or the oldest one where the others are enough.

        A page of the browser has so much to lay out as the reader may want to see.
        """
        used = [page for page in self._pages if page.lines]
        free = [page for page in self._pages if not page.lines]
        is_enough = sum(len(page.lines) for page in used[1:]) >= LINES
        page = used[0] if is_enough or not free else free[0]
        page.clear()
        page.order = self._pages[-1].order - 1
        self._pages.remove(page)
        self._pages.append(page)
