"""A log that is given by entries behind cursors: whole, its end, and as it grows."""

from __future__ import annotations

import tempfile
import threading
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import Clock, GrowingLog, passing_troubles, poll

from modelarts_magics.core.api.log import LogPage, LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import LinesOnlyError, UnavailableError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.cadence import JobWatch
from modelarts_magics.core.logs.download import download, read_whole
from modelarts_magics.core.logs.follow import Finished, LastLines, Trouble
from modelarts_magics.core.logs.lines import LineLog
from modelarts_magics.core.logs.pages import PagedSource
from modelarts_magics.core.logs.pages_before import PagesBefore
from modelarts_magics.core.logs.readers import LogBytes
from modelarts_magics.core.logs.tail import Tail


class Entries:
    """A log file of a service that gives entries; cursors tell nothing of where an entry is.

    Args:
        most: entries a call.
        gives: how many it gives of them.

    Attributes:
        first: the entries before it are gone.
    """

    name = "job-x.0"
    origin = ("https://service", "project", "7", "70", name)

    def __init__(self, entries=(), most=500, gives=None):
        self.entries = list(entries)
        self.most_entries = most
        self.gives = gives or most
        self.first = 0
        self.troubles = []
        self.calls = 0
        self.in_flight = self.most_in_flight = 0
        self.meeting = None
        self._lock = threading.Lock()

    def newest(self, entries):
        return self._page(self.first, len(self.entries), entries, newest=True)

    def older(self, cursor, entries):
        return self._page(self.first, self._place(cursor), entries, newest=True, echo=cursor)

    def newer(self, cursor, entries):
        return self._page(self._place(cursor) + 1, len(self.entries), entries, echo=cursor)

    def _place(self, cursor):
        return int(cursor) // 7 - 3

    def _page(self, first, last, entries, newest=False, echo=""):
        assert 0 < entries <= self.most_entries
        with self._lock:
            self.calls += 1
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            trouble = self.troubles.pop(0) if self.troubles else None
        if self.meeting:
            self.meeting()
        with self._lock:
            self.in_flight -= 1
        if trouble:
            raise trouble
        count = min(entries, self.gives, max(0, last - first))
        start = last - count if newest else first
        found = self.entries[start : start + count]
        ends = (str((start + 3) * 7), str((start + count + 2) * 7)) if found else (echo, echo)
        return LogPage("".join(found), len(found), *ends)


ENTRY = st.sampled_from(["a\n", "一行\n", "\n", "two\nlines\n", "50%\r100%\n", "no end"])


def follower_of(source, clock, start=0, reader=None):
    status = [JobStatus.RUNNING]
    log = LineLog(source, reader or Reader(1))
    follower = Tail(log, JobWatch(lambda: status[0], None, clock), start)
    return follower, lambda: status.append(status.pop() and JobStatus.COMPLETED)


def texts(events):
    return "".join(event.text for event in events if isinstance(event, LogText))


@settings(max_examples=200)
@given(
    before=st.lists(ENTRY, max_size=40),
    growth=st.lists(
        st.tuples(st.lists(ENTRY, max_size=9), st.lists(passing_troubles, max_size=2)), max_size=6
    ),
    most=st.integers(1, 7),
    gives=st.integers(1, 7),
    connections=st.sampled_from([1, 1, 1, 3]),
)
def test_what_is_followed_is_the_log(before, growth, most, gives, connections):
    clock, source = Clock(), Entries(before, most, min(gives, most))
    follower, end = follower_of(source, clock, reader=Reader(connections))
    events = []
    for entries, troubles in growth:
        events += poll(follower, clock)
        source.entries += entries
        source.troubles += troubles
    end()
    while not follower.finished:
        events += poll(follower, clock)
    assert texts(events) == "".join(source.entries)
    assert events[-1] == Finished(JobStatus.COMPLETED)


@settings(max_examples=200)
@given(
    entries=st.lists(st.sampled_from(["a\n", "一行\n", "\n"]), max_size=40),
    lines=st.integers(0, 30),
    gives=st.integers(1, 7),
)
def test_the_last_lines_are_those_of_the_log_however_many_pages_they_are(entries, lines, gives):
    source = Entries(entries, 7, gives)
    log = LineLog(source, Reader())
    part = log.tail(lines)
    assert part.text.text == "".join(entries[-lines:] if lines else [])
    assert not part.is_cut
    source.entries += ["more\n"]
    if entries:
        assert log.after(part.cursor).text.text == "more\n"


@pytest.mark.parametrize(("lines", "calls"), [(5, 1), (499, 1), (500, 1), (501, 2), (1800, 4)])
def test_the_last_lines_take_a_call_for_each_page(lines, calls):
    source = Entries(f"{number}\n" for number in range(3000))
    assert LineLog(source, Reader()).tail(lines).text.text.count("\n") == lines
    assert source.calls == calls


def test_the_tail_of_a_progress_bar_is_bounded():
    source = Entries("state of a bar\r" * 10 for _number in range(100_000))
    part = LineLog(source, Reader()).tail(5)
    assert part.is_cut
    assert len(part.text.text) <= 200 * 1024 + 500 * 150
    assert source.calls <= 100


@pytest.mark.parametrize(("lines", "is_relative"), [(2, True), (9, False)])
def test_last_lines_say_when_they_are_not_the_whole_log(lines, is_relative):
    log = LineLog(Entries(["a\n", "b\n", "c\n"]), Reader())
    tail = log.tail(lines)
    assert tail.text.is_relative == is_relative
    assert log.after(tail.cursor).text.is_relative == is_relative


def test_a_long_log_takes_hardly_any_memory_and_each_page_at_most_twice():
    page = 500 * 100
    source = Entries()
    source.entries = Numbered(16 * 2**20 // 100)
    clock, size = Clock(), 0
    follower, _end = follower_of(source, clock, reader=Reader())
    tracemalloc.start()
    while size < len(source.entries) * 100:
        size += len(texts(poll(follower, clock)))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12 * 2**20
    assert source.calls <= 2 * len(source.entries) * 100 / page + 8


class Numbered:
    """So many entries of 100 characters, made when they are asked for."""

    def __init__(self, count):
        self._count = count

    def __len__(self):
        return self._count

    def __getitem__(self, part):
        return [f"{number:099d}\n" for number in range(*part.indices(self._count))]


def test_pages_that_were_passed_are_read_at_once():
    source = Entries()
    source.entries = Numbered(400_000)
    log = LineLog(source, Reader(4))
    part = log.after(log.at(0))
    while part.goes_on:
        part = log.after(part.cursor)
    together = threading.Barrier(4, timeout=60)
    source.meeting = together.wait  # nobody gets an answer before four have asked
    found = list(log.ahead(part.cursor, 16))
    assert [one.text.text[:99] for one in found] == [f"{500 * n:099d}" for n in range(1, 17)]
    assert source.most_in_flight == 4


def test_a_quiet_log_is_asked_once_a_poll():
    source, clock = Entries(["a\n", "b\n"]), Clock()
    follower, _end = follower_of(source, clock, LastLines(1000))
    poll(follower, clock)
    for _poll in range(3):
        source.calls = 0
        assert texts(poll(follower, clock)) == ""
        assert source.calls == 1


@pytest.mark.parametrize("connections", [1, 4])
def test_a_log_that_was_written_anew_meanwhile_is_read_from_its_beginning(connections):
    clock, source = Clock(), Entries()
    source.entries = Numbered(200_000)
    follower, _end = follower_of(source, clock, reader=Reader(connections))
    events = []
    while not texts(events):
        events = poll(follower, clock)
    source.entries = ["new\n"]
    while texts(events) != "new\n":
        events = poll(follower, clock)
    assert any(isinstance(event, Trouble) and "anew" in event.message for event in events)


# ---- from its last lines up --------------------------------------------------------------------

TAIL_START = 2**40


def pages_before(source, lines):
    """What comes before the last lines, and how many bytes they are."""
    text = LineLog(source, Reader()).tail(lines).text
    return PagesBefore(source, text.before, TAIL_START), len(text.text.encode())


@settings(max_examples=200)
@given(
    entries=st.lists(ENTRY, min_size=1, max_size=60),
    lines=st.integers(1, 20),
    growth=st.lists(ENTRY, max_size=9),
    moves=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60)), max_size=6),
    most=st.integers(1, 7),
    gives=st.integers(1, 7),
)
def test_what_is_above_the_last_lines_joins_to_them_wherever_a_reader_comes_back(
    entries, lines, growth, moves, most, gives
):
    source = Entries(entries, most, min(gives, most))
    part = LineLog(source, Reader()).tail(lines).text
    above = "".join(entries).removesuffix(part.text)
    assert above + part.text == "".join(entries)
    if part.before is None:  # all of it was read
        assert part.start_byte == len(above.encode())
        return
    pages = PagesBefore(source, part.before, TAIL_START)
    source.entries += growth
    for place, size in [*moves, (1, TAIL_START)]:
        known = above[: int(len(above) * place)]
        end = pages.start = TAIL_START - len(above[len(known) :].encode())
        found = list(pages.pieces(end - size))
        shown = "".join(piece.text for piece in reversed(found))
        assert known.endswith(shown)
        assert len(shown.encode()) >= min(size, len(known.encode()))
        assert [piece.end_byte for piece in found] == [end, *(p.start_byte for p in found)][:-1]
    assert pages.beginning == TAIL_START - len(above.encode())


def test_a_refused_page_is_read_when_a_reader_asks_again():
    source = Entries([f"{number}\n" for number in range(20)], 5)
    pages, size = pages_before(source, 5)
    source.troubles = [None, UnavailableError("once", status=500)]
    shown = []
    with pytest.raises(UnavailableError):
        shown += pages.pieces()
    pages.start = TAIL_START
    shown = list(pages.pieces())
    text = "".join(piece.text for piece in reversed(shown))
    assert text == "".join(source.entries)[:-size]


def test_a_log_of_which_the_beginning_is_cut_meanwhile_begins_later():
    source = Entries([f"{number}\n" for number in range(20)], 5)
    pages, _size = pages_before(source, 5)
    source.first = 12
    assert [piece.text for piece in pages.pieces()] == ["12\n13\n14\n"]
    assert pages.beginning == TAIL_START - 9


def test_scrolling_to_the_beginning_takes_a_call_a_page_and_hardly_any_memory():
    source = Entries()
    source.entries = Numbered(16 * 2**20 // 100)
    pages, _size = pages_before(source, 5)
    tracemalloc.start()
    read = sum(len(piece.text) for piece in pages.pieces())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == (len(source.entries) - 5) * 100
    assert most < 2**20
    assert source.calls <= len(source.entries) / 500 + 3
    pages.start -= -8 * 2**20
    before = source.calls
    next(pages.pieces())
    assert source.calls == before + 1  # of a place that was passed


# ---- by bytes, for whoever wants all of it -------------------------------------------------------


class ByLinesOnly(GrowingLog):
    """The byte call of a service that gives lines."""

    def __init__(self):
        super().__init__(b"", "replaces a cut character", 2048)
        self.calls = 0

    def read(self, start_byte, length):
        self.calls += 1
        raise LinesOnlyError("by lines only")


@settings(max_examples=150)
@given(
    entries=st.lists(ENTRY, max_size=60),
    slices=st.lists(st.tuples(st.integers(-1, 300), st.integers(1, 90)), max_size=6),
    gives=st.integers(1, 7),
)
def test_a_slice_of_a_log_by_lines_is_these_bytes(entries, slices, gives):
    data = "".join(entries).encode()
    source = PagedSource(Entries(entries, 7, gives))
    for start, length in slices:
        chunk = source.read(start, length)
        first = max(0, len(data) - length) if start < 0 else min(start, len(data))
        part = data[first : first + length]
        found = (chunk.text, chunk.start_byte, chunk.end_byte, chunk.byte_count)
        assert found == (part.decode(errors="replace"), first, first + len(part), len(part))


@settings(max_examples=50, deadline=None)
@given(
    entries=st.lists(ENTRY, max_size=60),
    since=st.lists(ENTRY, max_size=9),
    troubles=st.lists(passing_troubles, max_size=3),
    connections=st.sampled_from([1, 3]),
)
def test_a_log_by_lines_is_saved_whole(entries, since, troubles, connections):
    lines = Entries(entries, 7)
    lines.troubles = troubles
    log = LogBytes([ByLinesOnly(), lines])

    def told(_position, _end):  # the job goes on
        lines.entries += since
        since.clear()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        written = download(log, path, Reader(connections), told, wait=lambda _seconds: None)
        assert path.read_bytes() == "".join(entries).encode()
    assert written.written_since == len("".join(lines.entries[len(entries) :]).encode())


def test_a_saved_log_by_lines_takes_hardly_any_memory_and_each_page_about_twice(tmp_path):
    lines = Entries()
    lines.entries = Numbered(32 * 2**20 // 100)
    bytes_first = ByLinesOnly()
    tracemalloc.start()
    download(LogBytes([bytes_first, lines]), tmp_path / "log", Reader(4))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "log").stat().st_size == len(lines.entries) * 100
    assert most < 24 * 2**20
    assert lines.calls <= 2.1 * len(lines.entries) / 500 + 20
    assert bytes_first.calls == 1  # what a service lacks is found out once


def test_an_interrupted_saving_goes_on(tmp_path):
    lines = Entries()
    lines.entries = Numbered(100_000)

    def interrupt(position, _end):
        if position > 5_000_000:
            raise KeyboardInterrupt

    path = tmp_path / "log"
    with pytest.raises(KeyboardInterrupt):
        download(LogBytes([lines]), path, Reader(2), interrupt)
    seen = []
    download(LogBytes([lines]), path, Reader(2), lambda position, _end: seen.append(position))
    assert path.stat().st_size == 10_000_000
    assert seen[0] > 5_000_000


def test_a_service_that_gives_its_last_entry_again_and_again_has_nothing_new():
    class Stuck(Entries):
        def newer(self, cursor, entries):
            return self.newest(1)

    source = PagedSource(Stuck(["a\n", "b\n"]))
    assert [source.read(-1, 10).end_byte for _look in range(3)] == [4, 4, 4]


def test_a_log_by_lines_that_was_written_anew_meanwhile_is_never_a_mixture(tmp_path):
    lines = Entries()
    lines.entries = Numbered(200_000)

    def rewrite(position, _end):
        if position > 100_000 and len(lines.entries) > 2:
            lines.entries = ["new\n"]

    download(LogBytes([lines]), tmp_path / "log", Reader(2), rewrite)
    assert (tmp_path / "log").read_text() == "new\n"


def test_the_whole_of_a_log_by_lines_is_read_into_memory():
    lines = Entries(f"{number} 一行\n" for number in range(3000))
    found = read_whole(LogBytes([ByLinesOnly(), lines]), Reader(3))
    assert found.part.text == "".join(lines.entries)
    assert found.is_exact
