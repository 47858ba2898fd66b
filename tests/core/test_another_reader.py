"""A log goes on where its service changes how it is read: nothing twice, no gap untold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from log_services import DECODERS, Clock, GrowingLog

from modelarts_magics.core.api.log import LogPage, LogWindow, Part
from modelarts_magics.core.errors import LinesOnlyError, UnknownCallError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.lines import LineLog
from modelarts_magics.core.logs.preview import PreviewLog
from modelarts_magics.core.logs.readers import Ladder

HABITS = sorted(set(DECODERS) - {"moves the end back"})
MARKER = re.compile(r"\[(?:(up|[\d,]+) to )?([\d,]+) bytes of the log are missing here\]\n")


class Bytes(GrowingLog):
    """A log by bytes, until the service gives it by lines only."""

    fails = False

    def read(self, start_byte, length):
        if self.fails:
            raise LinesOnlyError("by lines only", status=200)
        return super().read(start_byte, length)


class Lines:
    """The same by its lines, until the service has no such call any more."""

    name = GrowingLog.name
    origin = GrowingLog.origin
    fails = False

    def __init__(self, most_entries: int) -> None:
        self.most_entries = most_entries
        self.data = b""

    def newest(self, entries):
        return self._page(len(self._lines) - entries, len(self._lines))

    def older(self, cursor, entries):
        return self._page(int(cursor) - entries, int(cursor))

    def newer(self, cursor, entries):
        return self._page(int(cursor) + 1, int(cursor) + 1 + entries)

    @property
    def _lines(self):
        if self.fails:
            raise UnknownCallError("no such call", status=404)
        return self.data.decode().splitlines(keepends=True)

    def _page(self, first, end):
        first, found = max(0, first), self._lines[max(0, first) : max(0, end)]
        if not found:
            return LogPage("", 0, "", "")
        return LogPage("".join(found), len(found), str(first), str(first + len(found) - 1))


class Window:
    """Its newest part, which may lag behind."""

    name = GrowingLog.name
    others = ()

    def __init__(self, largest: int, habit: str) -> None:
        self.largest = largest
        self.data = b""
        self._habit = habit

    def window(self):
        part = self.data[-self.largest :]
        return LogWindow(DECODERS[self._habit](part), len(part), len(self.data)) if part else None


@dataclass
class Told:
    """What a reader was told: texts, and the least and the most bytes that are missing between."""

    texts: list[str]
    gaps: list[tuple[int, int]]


class Following:
    """Somebody who reads a log to its end, again and again."""

    def __init__(self, log: Ladder, last_lines: int | None) -> None:
        self._log = log
        self.parts: list[Part] = []
        self._cursor = log.at(0) if last_lines is None else self._took(log.tail(last_lines))

    def _took(self, part: Part) -> int | str:
        self.parts.append(part)
        return part.cursor

    def look(self, *, is_final: bool = False) -> None:
        part = self._log.after(self._cursor, is_final=is_final)
        self._cursor = self._took(part)
        while part.text.text or part.goes_on:
            part = self._log.after(self._cursor, is_final=is_final)
            self._cursor = self._took(part)

    @property
    def told(self) -> Told:
        assert not any(part.is_truncated for part in self.parts), "nobody wrote it anew"
        found, end = Told([""], []), "\n"
        for part in self.parts:
            text = part.text.text
            if part.note.startswith("Some of the log"):
                found.gaps.append((0, 10**9))
                found.texts.append("")
            fed = "" if end.endswith("\n") else "\n"
            if marker := MARKER.match(text, len(fed)):
                assert text.startswith(fed)
                least = "0" if marker[1] == "up" else marker[1] or marker[2]
                found.gaps.append((int(least.replace(",", "")), int(marker[2].replace(",", ""))))
                found.texts.append("")
                text = text[marker.end() :]
            found.texts[-1] += text
            end = text or end
        return found


def check(told: Told, data: bytes, *, is_all: bool) -> None:
    """The texts stand in the log one behind the other, as far from each other as was said."""
    position = 0 if is_all else data.index(told.texts[0].encode())
    assert data.startswith(told.texts[0].encode(), position)
    position += len(told.texts[0].encode())
    for text, (least, most) in zip(told.texts[1:], told.gaps):
        start = data.index(text.encode(), position)
        assert least <= start - position <= most
        position = start + len(text.encode())
    assert position == len(data)


def numbered(ends: Sequence[str], first: int) -> bytes:
    """Lines that are there once."""
    return "".join(f"{number:03}{end}\n" for number, end in enumerate(ends, first)).encode()


written = st.lists(st.text(st.sampled_from("ab中é😀"), max_size=6), max_size=9)


@settings(max_examples=200, deadline=None)
@given(
    before=written,
    steps=st.lists(st.tuples(written, st.integers(0, 200), st.booleans()), min_size=1, max_size=5),
    last_lines=st.sampled_from([None, 1, 3, 8]),
    largest=st.sampled_from([20, 40, 60, 100, 200, 10_000]),
    habit=st.sampled_from(HABITS),
    fails_at=st.integers(0, 3),
)
@example(["a"] * 9, [(["b"] * 9, 0, True)], 8, 40, HABITS[0], 0)
@example(["a"] * 9, [([], 60, True), ([], 30, True)], 1, 100, HABITS[0], 0)
@example(["", ""], [([], 1, True)] * 3, 1, 20, HABITS[0], 0)  # all but the end of what was shown
@example(["", ""], [([], 4, True)] * 3, 1, 20, HABITS[0], 0)  # what is before it
def test_from_lines_to_the_newest_part(before, steps, last_lines, largest, habit, fails_at):
    lines, window = Lines(3), Window(largest, habit)
    lines.data = numbered(before, 0)
    log = Ladder([LineLog(lines, Reader(1)), PreviewLog(window, Clock())])
    following = Following(log, last_lines)
    for number, (more, lag, is_looked_at) in enumerate(steps):
        lines.data += numbered(more, lines.data.count(b"\n"))
        lines.fails = number >= fails_at
        shown = lines.data[: max(0, len(lines.data) - lag)].decode(errors="ignore").encode()
        window.data = max(window.data, shown, key=len)
        if is_looked_at:
            following.look()
    lines.fails = True
    window.data = lines.data = lines.data + b"the end\n"
    following.look()
    following.look(is_final=True)
    check(following.told, lines.data, is_all=last_lines is None)


@settings(max_examples=100, deadline=None)
@given(
    before=written,
    steps=st.lists(st.tuples(written, st.booleans()), min_size=1, max_size=5),
    last_lines=st.sampled_from([None, 1, 3, 8]),
    habit=st.sampled_from(sorted(DECODERS)),
    fails_at=st.integers(0, 3),
)
def test_from_bytes_to_lines(before, steps, last_lines, habit, fails_at):
    source, lines = Bytes(numbered(before, 0), habit, 32), Lines(4)
    log = Ladder([RangeLog(source, Reader(1)), LineLog(lines, Reader(1))])
    following = Following(log, last_lines)
    for number, (more, is_looked_at) in enumerate(steps):
        source.data += numbered(more, source.data.count(b"\n"))
        lines.data, source.fails = source.data, number >= fails_at
        if is_looked_at:
            following.look()
    source.fails = True
    lines.data += b"the end\n"
    following.look()
    following.look(is_final=True)
    check(following.told, lines.data, is_all=last_lines is None)


@pytest.mark.parametrize("word", ["", "same"])
def test_lines_that_are_all_the_same_do_not_hold_up_the_reading(word):
    lines, window = Lines(500), Window(100_000, HABITS[0])
    lines.data = f"{word}\n".encode() * 3_000
    following = Following(Ladder([LineLog(lines, Reader(1)), PreviewLog(window, Clock())]), 2_000)
    lines.fails, window.data = True, lines.data
    following.look()
    window.data += f"{word}\n".encode() * 10
    following.look()
    assert following.told.texts == [f"{word}\n" * 2_010]
    assert following.told.gaps == []
