"""A log that is given by entries, read by bytes: for whoever wants all of it.

Where a page stands in the log is known only when all pages before it are. So the first reading goes
back over all of them, and keeps of each its length and the cursor by which it is asked for again.
What is held of their text is bounded.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from typing import Callable

from ..api.log import LineSource, LogChunk, LogPage
from .lines import is_end
from .snapshot import rewritten

_MOST_HELD = 8 * 2**20  # bytes
_AT_ONCE = 64 * 1024  # bytes; about as much as a page
_MOST_NEW = 64  # pages behind the end that are looked for at once

Ask = Callable[[Callable[[], LogPage]], LogPage]


@dataclass(frozen=True)
class _Page:
    """A page that was read once.

    Attributes:
        last: cursor of its last entry.
        again: asks for it once more.
    """

    size: int
    last: str
    again: Callable[[], LogPage]


class PagedSource:
    """Slices of a log that is given by entries; asked from several threads at once.

    Args:
        ask: makes a request, and perhaps again after trouble.
    """

    longest_slice = _AT_ONCE

    def __init__(self, source: LineSource, ask: Ask = lambda request: request()) -> None:
        self.name = source.name
        self.origin = source.origin
        self._source = source
        self._ask = ask
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._pages: list[_Page] = []  # in the order of the log
        self._starts = [0]  # where each of them begins, and the next one
        self._held = _Held()

    def read(self, start_byte: int, length: int) -> LogChunk:
        with self._lock:
            self._look(is_end_wanted=start_byte < 0)
            pages, starts, held = self._pages, self._starts, self._held
            end = starts[len(pages)]
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        wanted, data = min(length, end - start), b""
        while len(data) < wanted:
            number = bisect_right(starts, start + len(data)) - 1
            text = held.get(number, partial(self._text, pages[number]))
            data += text[start + len(data) - starts[number] :]
        data = data[:wanted]
        return LogChunk(data.decode(errors="replace"), start, start + len(data), len(data))

    def _text(self, page: _Page) -> bytes:
        """A page once more."""
        text = self._ask(page.again)
        data = text.text.encode()
        if text.end != page.last or len(data) != page.size:
            with self._lock:
                self._begin()
            raise rewritten(self.name)
        return data

    def _look(self, *, is_end_wanted: bool) -> None:
        if not self._pages:
            self._go_back()
        elif is_end_wanted:
            self._go_on()

    def _go_back(self) -> None:
        """Pass all pages, from the end on."""
        passed: list[_Page] = []
        most, held = self._source.most_entries, _Held()
        newest = page = self._ask(partial(self._source.newest, most))
        before, newer = "", None
        while page.entries and not (newer and is_end(page, newer)):
            data = page.text.encode()
            held.put(-len(passed), data)
            again = partial(self._source.older, before, page.entries)
            passed.append(_Page(len(data), page.end, again))
            before = page.start
            page, newer = self._ask(partial(self._source.older, before, most)), page
        if len(passed) > 1:  # the newest page is another one by now
            again = partial(self._source.newer, passed[1].last, newest.entries)
            passed[0] = replace(passed[0], again=again)
        for number, one in enumerate(reversed(passed), 1 - len(passed)):
            self._add(one, held.taken(number))

    def _go_on(self) -> None:
        """Take in what has been written since, as far as that is not very much."""
        for _page in range(_MOST_NEW):
            last = self._pages[-1].last
            page = self._ask(partial(self._source.newer, last, self._source.most_entries))
            if not page.entries or page.end == last:
                return
            again = partial(self._source.newer, last, page.entries)
            data = page.text.encode()
            self._add(_Page(len(data), page.end, again), data)

    def _add(self, page: _Page, data: bytes | None) -> None:
        if data is not None:
            self._held.put(len(self._pages), data)
        self._pages.append(page)
        self._starts.append(self._starts[-1] + page.size)


class _Held:
    """Texts of pages, by their numbers: those that were wanted last."""

    def __init__(self) -> None:
        self._texts: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._gates: dict[int, threading.Lock] = {}

    def get(self, number: int, read: Callable[[], bytes]) -> bytes:
        """A text; of those who want it at the same time one reads it."""
        with self._lock:
            gate = self._gates.setdefault(number, threading.Lock())
        with gate:
            text = self._texts.get(number)
            if text is None:
                text = read()
                self.put(number, text)
        with self._lock:
            self._gates.pop(number, None)
        return text

    def taken(self, number: int) -> bytes | None:
        return self._texts.pop(number, None)

    def put(self, number: int, text: bytes) -> None:
        with self._lock:
            self._texts[number] = text
            self._size += len(text)
            while self._size > _MOST_HELD and len(self._texts) > 1:
                _number, gone = self._texts.popitem(last=False)
                self._size -= len(gone)
