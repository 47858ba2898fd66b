"""A log that is given by entries, in pages behind cursors, as a text that grows.

Only the answer to a page tells where the one before it ends, and the one after it begins. So from
its beginning a log is read in two steps: back over all pages, of which only cursors and some text
are kept, then on again, several pages at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice

from ..api.log import Before, Cursor, LineSource, LogPage, LogText, Part
from ..errors import UnexpectedAnswerError
from ..http.reader import Reader
from ..i18n import _
from .last_lines import beginning, most_bytes
from .ranges import in_order

_MOST_HELD = 4 * 2**20  # bytes of pages that are not read twice


@dataclass(frozen=True)
class _Passed:
    """A page that was passed on the way back.

    Attributes:
        next_start: cursor of the first entry behind it; empty for the newest page.
        entries: how many it has.
        page: itself, or only its cursors.
    """

    next_start: str
    entries: int
    page: LogPage


class LineLog:
    """The text of a log that is given by entries.

    Offsets count from the first byte that was read; only a tail that is not all of it says so.

    Args:
        reader: who reads it; his idle connections read pages at once.
    """

    def __init__(self, source: LineSource, reader: Reader) -> None:
        self.name = source.name
        self._source = source
        self._reader = reader
        self._most = source.most_entries
        self._usual = 0  # entries of a page so far; a service may give less than is asked for
        self._begin()

    def _begin(self) -> None:
        self._read_bytes = 0
        self._is_relative = False
        self._before: Before | None = None  # of the first text, as long as there is none
        self._passed: deque[_Passed] = deque()
        self._held = 0  # bytes of them
        self._is_at_beginning = False
        self._at = ""  # the cursor that the passed pages follow

    def at(self, start_byte: int, known: str = "") -> Cursor:
        """Only the beginning can be named by a byte."""
        if start_byte == 0:
            return ""
        raise UnexpectedAnswerError(
            _("{file}: the service gives this log by lines only", file=self.name),
            _("Read it from its beginning"),
        )

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        if cursor == "" and self._at:  # once more from the beginning
            self._begin()
        if cursor == "" and not self._is_at_beginning:
            return self._step_back()
        if self._follows(cursor):
            return self._taken(self._read(self._passed[0]))
        page = self._source.newer(str(cursor), self._most)
        is_short = page.entries < (self._usual or self._most)
        self._usual = max(self._usual, page.entries)
        return self._part(page.text, page.end or str(cursor), is_short=is_short)

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        """Pages that were passed on the way back; of others only the one before tells."""
        connections = self._reader.idle
        if connections < 2 or not self._follows(cursor):
            return
        works = [partial(self._read, one) for one in islice(self._passed, parts)]
        with closing(in_order(works, connections)) as pages:
            for page in pages:
                part = self._taken(page)
                yield part
                if part.is_truncated:
                    return

    def tail(self, lines: int, *, is_frugal: bool = False) -> Part:
        asked = max(1, min(lines, self._most))
        page = self._source.newest(asked)
        cursor, texts, is_all = page.end, deque([page.text]), not (page.entries and page.start)
        missing, left = lines - page.text.count("\n"), most_bytes(lines) - len(page.text.encode())
        while missing > 0 and left > 0 and not is_all:
            if is_frugal and page.entries < asked:
                break
            asked = min(self._most, max(missing, 2 * asked))  # an entry need not end a line
            newer, page = page, self._source.older(page.start, asked)
            is_all = is_end(page, newer)
            if not is_all:
                texts.appendleft(page.text)
                missing -= page.text.count("\n")
                left -= len(page.text.encode())
        text = "".join(texts)
        first = beginning(text, lines, is_whole=True) or 0  # an entry begins with a line
        self._is_relative = not is_all
        self._read_bytes = len(text[:first].encode()) if is_all else 0
        self._before = None if is_all else Before(text[:first], page.start)
        is_cut = missing > 0 and left <= 0 and not is_all
        return self._part(text[first:], cursor, is_short=True, is_cut=is_cut)

    # ---- back to the beginning ------------------------------------------------------------------

    def _step_back(self) -> Part:
        """Pass one more page; nothing of it is shown before the first one is reached."""
        before = self._passed[0].page if self._passed else None
        page = (
            self._source.older(before.start, self._most)
            if before
            else self._source.newest(self._most)
        )
        if before is None and not page.entries:
            return self._part("", "", is_short=True)
        if before and is_end(page, before):
            self._is_at_beginning = True
        else:
            self._pass(page, before.start if before else "")
        return self._part("", "", goes_on=True)

    def _pass(self, page: LogPage, next_start: str) -> None:
        size = len(page.text.encode())
        is_held = self._held + size <= _MOST_HELD or not next_start
        self._held += size if is_held else 0
        kept = page if is_held else LogPage("", 0, page.start, page.end)
        self._passed.appendleft(_Passed(next_start, page.entries, kept))

    # ---- and on again ---------------------------------------------------------------------------

    def _follows(self, cursor: Cursor) -> bool:
        return bool(self._passed) and cursor == self._at

    def _read(self, passed: _Passed) -> LogPage:
        """A page, again where its text was let go."""
        if passed.page.entries:
            return passed.page
        return self._source.older(passed.next_start, passed.entries)

    def _taken(self, page: LogPage) -> Part:
        if page.start != self._passed[0].page.start:
            self._begin()
            return Part(LogText("", 0, 0, self.name), "", is_truncated=True)
        self._passed.popleft()
        self._at = page.end
        return self._part(page.text, page.end)

    def _part(
        self,
        text: str,
        cursor: str,
        *,
        is_short: bool = False,
        is_cut: bool = False,
        goes_on: bool = False,
    ) -> Part:
        start = self._read_bytes
        self._read_bytes = start + len(text.encode())
        before, self._before = (self._before, None) if text else (None, self._before)
        shown = LogText(text, start, self._read_bytes, self.name, self._is_relative, before)
        return Part(shown, cursor, is_short=is_short, is_cut=is_cut, goes_on=goes_on)


def is_end(page: LogPage, newer: LogPage) -> bool:
    """Whether nothing is before a page: the next one back is empty, or the same."""
    return not page.entries or not page.start or page.start == newer.start
