"""The last lines of a log in a ring of HTML pages.

The pages are made once. The oldest one is filled anew and put at the end by its ``layout.order``,
so that only the page that changes travels. ``column-reverse`` keeps the end in sight, and leaves a
reader alone who scrolled up.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Callable

import ipywidgets

from ....text import render, terminal
from ...levels import Levels

PAGES = 5
LINES_A_PAGE = 200
CLASS = "modelarts-magics-reel"
LOOKS = "modelarts-magics-lines"
_NO_WRAP = "modelarts-magics-no-wrap"
_LONGEST_OPEN = 64 * 1024  # characters of a line that rewrites itself again and again

STYLE = f"""<style>
.{LOOKS} {{ contain: size; }} /* a long line must not widen the cell */
.{LOOKS} pre {{
  margin: 0; padding: 0 8px; overflow: visible; line-height: 1.35;
  white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere;
}}
.{LOOKS}.{_NO_WRAP} pre {{ white-space: pre; width: max-content; min-width: 100%; }}
.{LOOKS} .error, .{LOOKS} .warning {{ display: block; margin: 0 -8px; padding: 0 8px; }}
.{LOOKS} .error {{ background: rgba(211, 69, 60, .13); box-shadow: inset 3px 0 #d3453c; }}
.{LOOKS} .warning {{ background: rgba(201, 143, 18, .13); box-shadow: inset 3px 0 #c98f12; }}
</style>"""
"""What the pages need to look right; once in the output."""


@dataclass(frozen=True)
class ShownLine:
    """A line as the reader sees it."""

    html: str
    text: str


class ShownLines:
    """The lines of one log file, one after the other.

    Args:
        mark: what stands before each line, with its colour.
    """

    def __init__(self, mark: str = "") -> None:
        self.open = ""  # the line that is not ended yet
        self._mark = next(terminal.lines(mark), ())
        self._terminal = terminal.Terminal()
        self._levels = Levels()

    def shown(self, source: str) -> ShownLine:
        """The next line; it moves the colours and tracebacks that go on over its end."""
        return self._made(self._terminal.line(source), self._levels.next)

    def shown_open(self) -> ShownLine:
        line = self._terminal.line(self.open, is_open=True)
        return self._made(line, lambda _text: "")

    def skip(self, source: str) -> None:
        """Leave a line out, but for what goes on over its end."""
        self._levels.next(terminal.stripped(source))
        if "\x1b" in source:
            self._terminal.line(source)

    def _made(self, line: terminal.Line, level_of: Callable[[str], str]) -> ShownLine:
        text = _text(line)
        html = render.line_html((*self._mark, *line)) + "\n"
        level = level_of(text)
        shown = f'<span class="{level}">{html}</span>' if level else html
        return ShownLine(shown, _text(self._mark) + text)


def shown_text(text: str) -> str:
    """A part of a log as HTML that looks like a page of the reel."""
    lines = ShownLines()
    return "".join(lines.shown(line).html for line in text.split("\n"))


class Reel:
    """The pages, and what is on them.

    Args:
        height: CSS length.
    """

    def __init__(self, height: str) -> None:
        self.matches: Callable[[str], bool] | None = None
        self.looked_at = self.found = 0  # lines, since there is something to match
        self._files: dict[str, ShownLines] = {}
        self._new: deque[ShownLine] = deque(maxlen=PAGES * LINES_A_PAGE)
        self._page: list[ShownLine] = []
        self._kept: deque[str] = deque(maxlen=PAGES * LINES_A_PAGE)
        self._newest = 0
        self._pages = [
            ipywidgets.HTML(layout={"order": str(order), "flex": "0 0 auto", "margin": "0"})
            for order in range(PAGES)
        ]
        # A log shorter than the reel begins at its top: what is free is taken at its end.
        free = ipywidgets.Box(layout={"order": "-1", "flex": "1 1 auto"})
        self.box = ipywidgets.Box(
            [free, *self._pages],
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
        return "\n".join([*self._kept, *(line.text for line in self._open_lines())])

    @property
    def is_empty(self) -> bool:
        return not self._kept and not self._open_lines()

    def wrap(self, is_on: bool) -> None:
        if is_on:
            self.box.remove_class(_NO_WRAP)
        else:
            self.box.add_class(_NO_WRAP)

    def add(self, file: str, mark: str, text: str) -> None:
        """Take in new text of a log file; :meth:`show` shows it."""
        lines = self._files.setdefault(file, ShownLines(mark))
        *ended, lines.open = (lines.open + text).split("\n")
        if len(lines.open) > _LONGEST_OPEN:
            lines.open = lines.open[
                max(0, lines.open.find("\r", len(lines.open) - _LONGEST_OPEN)) :
            ]
        first = len(ended) - PAGES * LINES_A_PAGE if self.matches is None else 0
        for number, line in enumerate(ended):
            if number >= first and self._is_wanted(line):
                self._new.append(lines.shown(line))
            else:
                lines.skip(line)

    def _is_wanted(self, line: str) -> bool:
        if self.matches is None:
            return True
        is_match = self.matches(terminal.stripped(line))
        self.looked_at += 1
        self.found += is_match
        return is_match

    def show(self, instead: str) -> None:
        """Bring the pages up to date; ``instead`` is for a reader who would see nothing."""
        while self._new:
            line = self._new.popleft()
            if len(self._page) >= LINES_A_PAGE:
                self._turn_page()
            self._page.append(line)
            self._kept.append(line.text)
        if self.is_empty:
            self._write([ShownLine(f"<i>{render.safe(instead)}</i>", "")])
        else:
            self._write([*self._page, *self._open_lines()])

    def clear(self) -> None:
        """Begin anew, with empty pages."""
        self._files.clear()
        self._new.clear()
        self._page = []
        self._kept.clear()
        self.looked_at = self.found = 0
        for page in self._pages:
            page.value = ""

    def _open_lines(self) -> list[ShownLine]:
        if self.matches is not None:
            return []
        return [lines.shown_open() for lines in self._files.values() if lines.open]

    def _turn_page(self) -> None:
        """The oldest page becomes the newest one; with ``column-reverse`` order 0 is the end."""
        self._write(self._page)
        self._newest = (self._newest + 1) % PAGES
        for distance in range(PAGES):
            page = self._pages[(self._newest - distance) % PAGES]
            page.layout.order = str(distance)
        self._page = []

    def _write(self, lines: list[ShownLine]) -> None:
        body = "".join(line.html for line in lines)
        self._pages[self._newest].value = f"<pre>{body}</pre>"


def _text(line: terminal.Line) -> str:
    return "".join(run.text for run in line)
