"""A log that is given by entries, from its last lines up to its beginning.

How much is before them nobody knows until the beginning is reached: bytes are counted down from
where the last lines begin. Of what was passed only cursors are kept, and the text that was read
last, so that a reader who comes back to a place has it by one page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator
from dataclasses import dataclass

from ..api.log import Before, LineSource, LogPage, LogText
from .lines import is_end


@dataclass(frozen=True)
class _Place:
    """Where a page begins: the byte, and the cursor of its first entry."""

    byte: int
    cursor: str


class PagesBefore:
    """The text before some last lines.

    Args:
        before: what comes before them.
        start: the byte at which they begin.

    Attributes:
        start: where the reader is, who goes towards the beginning.
        beginning: where the log begins; ``None`` as long as nobody knows.
    """

    def __init__(self, source: LineSource, before: Before, start: int) -> None:
        self.start = start
        self.beginning: int | None = None
        self._source = source
        first = start - len(before.text.encode())
        self._newest = self._read = LogText(before.text, first, start, source.name)
        self._passed = [_Place(first, before.cursor)]  # the newest first

    def pieces(self, until: int = 0) -> Generator[LogText, None, None]:
        """The text before ``start``, a piece for each page, as far as ``until`` or a bit farther.

        After an error it goes on where it was.
        """
        while self.start > until and self.start != self.beginning:
            page = self._page()
            if page is None:
                self.beginning = self.start
            elif page.start_byte < self.start:
                end, self.start = self.start, page.start_byte
                yield _as_far_as(end, page)

    def _page(self) -> LogText | None:
        """The next page back; nothing where there is none."""
        for known in (self._newest, self._read):
            if known.start_byte < self.start <= known.end_byte:
                return known
        at = bisect_right([-one.byte for one in self._passed], -self.start)
        newer = self._passed[at - 1]
        page = self._source.older(newer.cursor, self._source.most_entries)
        if is_end(page, LogPage("", 0, newer.cursor, "")):
            return None
        place = _Place(newer.byte - len(page.text.encode()), page.start)
        if self._passed[at : at + 1] != [place]:
            self._passed[at:] = [place]
        self._read = LogText(page.text, place.byte, newer.byte, self._source.name)
        return self._read


def _as_far_as(end: int, page: LogText) -> LogText:
    text = page.text.encode()[: end - page.start_byte].decode(errors="ignore")
    return LogText(text, page.start_byte, end, page.log_file)
