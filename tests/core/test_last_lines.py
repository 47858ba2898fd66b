"""Where the last lines of a log begin, and how much is read to find them."""

from __future__ import annotations

import pytest
from log_services import GrowingLog

from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.logs.last_lines import (
    beginning,
    behind_line_end,
    most_bytes,
    read_tail,
    words_for_cut,
)

SLICE = 2000


class Asked(GrowingLog):
    """A log that notes what is asked of it behind its newest slice."""

    def __init__(self, data: bytes, longest_slice: int = SLICE) -> None:
        super().__init__(data, "replaces a cut character", longest_slice)
        self.asked: list[range] = []

    def read(self, start_byte, length):
        if start_byte >= 0:
            self.asked.append(range(start_byte, start_byte + length))
        return super().read(start_byte, length)

    @property
    def rounds(self) -> int:
        """How often it was decided how much to read: what is read at once overlaps a little."""
        starts = {len(self.data) - self.longest_slice, *(one.start for one in self.asked)}
        return sum(one.stop in starts for one in self.asked)


@pytest.mark.parametrize(
    ("text", "lines", "whole", "opened"),
    [
        ("a\nb\nc\n", 1, 4, 6),
        ("a\nb\nc\n", 2, 2, 4),
        ("a\nb\nc\n", 3, 0, 2),
        ("a\nb\nc\n", 0, 6, 6),
        ("a\nb", 1, 2, 2),
        ("a\nb", 2, 0, 0),
        ("\n", 1, 0, 1),
        ("a\n\n", 1, 2, 3),
        ("", 1, 0, 0),
        ("\r\r", 1, 0, 0),
    ],
)
def test_where_the_last_lines_begin(text, lines, whole, opened):
    """At a line that goes on behind the text, its last line feed ends none of them."""
    assert beginning(text, lines, is_whole=True) == whole
    assert beginning(text, lines, is_whole=True, is_open=True) == opened
    for is_open, known in ((False, whole), (True, opened)):
        told = beginning(text, lines, is_whole=False, is_open=is_open)
        is_found = lines == 0 or text[:known].endswith("\n")
        assert told == (known if is_found else None), "what is before it may belong to it"


@pytest.mark.parametrize(
    ("text", "start"),
    [("", 0), ("abc", 0), ("a\nb\n", 2), ("a\rb\n", 2), ("a\r\nb", 3), ("\n\n", 1), ("\r\r", 1)],
)
def test_a_text_without_its_beginning_goes_on_behind_the_first_line_end(text, start):
    assert behind_line_end(text) == start


def test_no_more_than_192_kib_or_400_bytes_a_line_are_read():
    assert most_bytes(0) == most_bytes(481) == 192 * 1024 - 2 * 2048  # a slice at each end is cut
    assert most_bytes(1000) == 400_000


def test_who_asked_for_more_lines_is_told_how_many_bytes_there_are():
    assert "last 1,000 bytes" in words_for_cut(LogText("", 234, 1234))


@pytest.mark.parametrize("lines", [30, 200, 1000])
def test_lines_of_one_length_are_found_at_once_with_hardly_more_than_they_are(lines):
    log = Asked(b"".join(b"%099d\n" % number for number in range(5000)))
    part = read_tail(log, lines)
    assert part.text.text.encode() == log.data[-100 * lines :]
    assert (part.text.start_byte, part.text.end_byte) == (500_000 - 100 * lines, 500_000)
    assert (part.is_short, part.is_cut) == (True, False)
    assert log.rounds == 1
    read = SLICE + sum(map(len, log.asked))
    assert 105 * lines < read <= max(116 * lines, 2 * SLICE)


def test_the_lines_of_the_newest_slice_cost_nothing_more():
    data = b"".join(b"%099d\n" % number for number in range(5000))
    for slice_size in (SLICE, 1901):  # the latter begins with a line end
        log = Asked(data, slice_size)
        assert read_tail(log, 19).text.text.encode() == log.data[-1900:]
        assert log.asked == []
    blank = Asked(data[:-1] + b"\n\n")
    assert read_tail(blank, 20).text.text.encode() == blank.data[-1901:], "the last line is empty"
    assert blank.asked == []


@pytest.mark.parametrize("size", [1, *range(SLICE - 1, SLICE + 6), 3 * SLICE // 2])
@pytest.mark.parametrize("first", ["", "\n", "中"])
def test_of_a_log_with_fewer_lines_all_is_there(size, first):
    log = Asked((first.encode() + b"one line\n" * SLICE)[: len(first.encode()) + size])
    part = read_tail(log, SLICE)
    assert part.text == LogText(log.data.decode(), 0, len(log.data), log.name)
    assert not part.is_cut
    assert len(log.asked) <= 3


@pytest.mark.parametrize("before", [b"", b"line\n" * SLICE])
def test_a_line_that_begins_with_half_a_character_is_the_last_one(before):
    log = Asked(before + b"one\ntwo\n" + "中".encode()[:2])
    assert [read_tail(log, lines).text.text for lines in (1, 2, 3)] == ["", "two\n", "one\ntwo\n"]


@pytest.mark.parametrize(("size", "slices"), [(1999, 3), (7000, 3), (9000, 14)])
def test_before_a_long_line_four_times_as_much_is_read(size, slices):
    log = Asked(b"before\n" * 9000 + b"x" * size + b"\n")
    assert read_tail(log, 1).text.text.encode() == b"x" * size + b"\n"
    assert len(log.asked) == slices


def test_lines_that_become_longer_are_looked_for_a_slice_at_a_time():
    log = Asked(b"".join(b"x" * (20 * number) + b"\n" for number in range(300, 0, -1)))
    lines = log.data.splitlines(keepends=True)
    assert read_tail(log, 16).text.text.encode() == b"".join(lines[-16:])
    assert sum(map(len, log.asked)) <= SLICE


@pytest.mark.parametrize("size", [100_000, 185_000, 195_000])
def test_states_of_a_bar_count_only_where_the_lines_are_too_far(size):
    """As far as 188 KiB."""
    before, bar = b"epoch 1\nepoch 2\n", b"\r%099d" % 7 * (size // 100)
    part = read_tail(Asked(before + bar), 2)
    assert part.text.start_byte == len(before + bar) - len(part.text.text)
    assert (part.text.text.encode() == b"epoch 2\n" + bar) is (size < 188 * 1024)
    assert part.is_cut is (size >= 188 * 1024)
    assert part.text.text.endswith("7")


@pytest.mark.parametrize(("lines", "is_enough"), [(960, True), (1000, False)])
def test_states_of_bars_and_lines_count_together_where_the_lines_are_too_far(lines, is_enough):
    log = Asked((b"\r%0199d" % 7 * 100 + b"\n") * 50)  # in 188 KiB about 956 and 9
    size = len(read_tail(log, lines).text.text.encode())
    assert (size <= 188 * 1024) is is_enough
    assert size > 185_000


def test_as_many_states_of_a_bar_as_lines_are_enough():
    log = Asked(b"x" * 500_000 + b"\r%099d" % 7 * 1000)
    assert read_tail(log, 1000).text.text.encode() == log.data[-99_999:]
    assert sum(map(len, log.asked)) <= 188 * 1024


class Vanishing(GrowingLog):
    """A log of which nothing but the newest part is there."""

    calls = 0

    def read(self, start_byte, length):
        self.calls += 1
        if start_byte < 0:
            return super().read(start_byte, length)
        return LogChunk("", start_byte, start_byte, 0)


def test_a_log_that_is_gone_meanwhile_ends_the_reading():
    log = Vanishing(b"x" * 900 + b"\nthe end\n", "replaces a cut character", 64)
    part = read_tail(log, 5)
    assert (part.text.text, part.is_cut) == ("the end\n", True)
    assert log.calls < 20


@pytest.mark.parametrize("lines", [1, 9])
@pytest.mark.parametrize(("given", "end"), [(1, ""), (1, "\n"), (8, "中"), (30, "中\n")])
def test_a_service_that_gives_less_than_is_asked_for_is_read_on(lines, given, end):
    class Stingy(GrowingLog):
        def read(self, start_byte, length):
            return super().read(start_byte, min(length, given) if start_byte < 0 else length)

    written = [f"line {number}\n" for number in range(50)] + [end] * bool(end)
    log = Stingy("".join(written).encode(), "drops cut bytes", 64)
    assert read_tail(log, lines).text.text == "".join(written[-lines:])
