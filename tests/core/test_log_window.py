"""The newest part of a log as a text that loses nothing: the arithmetic, and what is read by it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from log_services import DECODERS, Clock, GrowingLog, texts

from modelarts_magics.core.api.log import LogChunk, LogWindow
from modelarts_magics.core.logs.preview import PreviewLog, Windows, marker
from modelarts_magics.core.logs.window import news
from modelarts_magics.errors import NotFoundError

MIB5 = 5 * 2**20

# number: told, bytes of the log, bytes of the window, gap, bytes that are new
VECTORS = {
    "F1 first": (0, 1000, 1000, 0, 1000),
    "F2 grown": (1000, 1800, 1800, 0, 800),
    "F3 capped, overlapping": (6_000_000, 7_000_000, MIB5, 0, 1_000_000),
    "F4 exactly adjacent": (1_757_120, 7_000_000, MIB5, 0, MIB5),
    "F5 a gap": (1_000_000, 7_000_000, MIB5, 757_120, MIB5),
}


@pytest.mark.parametrize(("told", "full", "size", "gap", "new"), VECTORS.values(), ids=VECTORS)
def test_vectors(told, full, size, gap, new):
    found = news(LogWindow("x" * size, size, full), told, "x" * min(told, 4096))
    assert (found.gap(told), len(found.text), found.end) == (gap, new, full)
    assert not found.is_anew


def test_f6_a_log_that_is_shorter_was_written_anew():
    found = news(LogWindow("x" * 300, 300, 300), 7_000_000, "x" * 4096)
    assert (found.is_anew, len(found.text), found.end) == (True, 300, 300)


def test_a_longer_log_with_another_text_was_written_anew_too():
    assert news(LogWindow("new log\n", 8, 8), 4, "old\n").is_anew


@pytest.mark.parametrize(
    ("front", "text"),
    {"replaced": "\ufffd\ufffdb\n", "dropped": "b\n"}.items(),
)
def test_a_character_that_the_front_cuts_was_told(front, text):
    whole = "a中b\n".encode()
    window = LogWindow(text, len(whole) - 2, len(whole))
    assert news(window, 4, "a中").text == "b\n"


def test_a_character_that_the_end_cuts_waits_for_its_rest():
    cut = "é"[:1].encode()[:1]
    window = LogWindow("a\ufffd", 2, 2)
    assert len(cut) == 1
    found = news(window, 0, "")
    assert (found.text, found.end) == ("a", 1)
    assert news(window, 1, "a").text == ""
    assert news(window, 1, "a", is_final=True).text == "\ufffd"
    assert news(LogWindow("aé", 3, 3), 1, "a").text == "é"


def test_a_repetitive_log_is_told_by_its_numbers():
    known, text = "line\n" * 100, "line\n" * 120
    window = LogWindow(text, len(text), len(text))
    assert news(window, len(known), known).text == "line\n" * 20


def test_bytes_that_are_no_utf8_are_found_again_by_their_text():
    shown = b"ab\xffcd\n".decode(errors="replace")
    window = LogWindow(shown + "more\n", 11, 11)
    assert news(window, 6, shown).text == "more\n"


@pytest.mark.parametrize(
    ("told", "known", "text", "start", "is_anew"),
    [
        (5, "x", "abc", 10, False),
        (10, "x", "abc", 10, False),
        (12, "", "abc", 12, False),
        (12, "ab", "c", 12, False),
        (12, "xy", "abc", 10, True),
        (40, "abc", "", 40, False),
        (40, "aby", "abc", 10, True),
        (41, "abc", "abc", 10, True),
    ],
)
def test_where_sizes_and_text_contradict_each_other_it_goes_on_behind_what_was_told(
    told, known, text, start, is_anew
):
    found = news(LogWindow("abc", 30, 40), told, known)
    assert (found.text, found.start, found.end, found.is_anew) == (text, start, 40, is_anew)


@pytest.mark.parametrize(
    ("told", "rest"), [(110, "234b567b"), (115, "567b"), (118, "567b"), (129, "")]
)
def test_of_several_places_the_one_nearest_to_where_it_should_stand_is_taken(told, rest):
    assert news(LogWindow("1b234b567b", 30, 130), told, "b").text == rest


def test_a_gap_is_what_is_between_what_was_told_and_the_newest_part():
    window = LogWindow("abc", 3, 20)
    assert [news(window, told, "").gap(told) for told in (0, 16, 17, 18)] == [17, 1, 0, 0]
    assert news(window, 30, "").gap(30) == 0, "it was written anew"


class Source:
    """A growing log behind a window.

    Attributes:
        habit: what becomes of characters that an edge cuts; a key of ``DECODERS``.
    """

    name = "worker-0"

    def __init__(self, habit: str, largest: int, others: tuple[GrowingLog, ...] = ()) -> None:
        self.data = b""
        self.habit = habit
        self.largest = largest
        self.others = others
        self.fetched = 0

    def window(self) -> LogWindow | None:
        if not self.data:
            return None
        part = self.data[-self.largest :]
        self.fetched += len(part)
        return LogWindow(DECODERS[self.habit](part), len(part), len(self.data))


HABITS = ["replaces a cut character", "replaces every cut byte", "drops cut bytes"]
MARKER = re.compile(r"\[(?:(up|[\d,]+) to )?([\d,]+) bytes of the log are missing here\]\n")


def told(log: PreviewLog, cursor: int = 0, *, is_final: bool = False) -> tuple[list, int]:
    """All parts that there are, and where they end."""
    parts = []
    while True:
        part = log.after(cursor, is_final=is_final)
        cursor = part.cursor
        if part.is_truncated:
            parts.append(part)
        elif not part.text.text and part.text.end_byte == part.text.start_byte:
            return parts, cursor
        else:
            parts.append(part)


def check(data: bytes, parts: list) -> None:
    """The parts are the file, or the file with counted gaps: by numbers, or by the least and most.

    Of a gap that nobody can count the parts behind it stand where they say, but for three bytes.
    """
    ends, before, doubt = {0}, 0, 0
    for part in parts:
        text, least, most = part.text.text, 0, 0
        assert part.text.start_byte == before
        if found := MARKER.search(text):
            text = text[found.end() :]
            most = int(found[2].replace(",", ""))
            least = 0 if found[1] == "up" else int((found[1] or found[2]).replace(",", ""))
            assert most - least <= 6
            doubt = 3 if least < most else doubt
        ends = {
            end + gap + len(text.encode())
            for end in ends
            for gap in range(least, most + 1)
            if data[end + gap :].startswith(text.encode())
        }
        before = part.text.end_byte
        assert ends
        assert any(before - doubt <= end <= before for end in ends)
    assert len(data) in ends


@example(["a", "a", "\ufffd\x80"], [0, 0, 1, 0, 0, 0, 0, 0], 16, "drops cut bytes", True)
@settings(max_examples=300)
@given(
    written=st.lists(texts.filter(bool), min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    largest=st.integers(16, 120),
    habit=st.sampled_from(HABITS),
    has_others=st.booleans(),
)
def test_what_is_told_is_the_log_or_the_log_with_counted_gaps(
    written, cuts, largest, habit, has_others
):
    other = GrowingLog(b"", "replaces a cut character", 32)
    source = Source(habit, largest, (other,) if has_others else ())
    log, cursor, parts = PreviewLog(source, Clock()), 0, []
    whole = "".join(written).encode()
    end = 0
    for text, cut in zip(written, cuts):
        end += len(text.encode())
        source.data = other.data = whole[: max(len(source.data), end - cut)]
        more, cursor = told(log, cursor)
        parts += more
    source.data = other.data = whole
    for is_final in (False, True):
        more, cursor = told(log, cursor, is_final=is_final)
        parts += more
    if has_others:
        assert "".join(part.text.text for part in parts) == whole.decode()
    if "\ufffd" not in whole.decode():
        check(whole, parts)


@given(first=texts, second=texts, more=st.integers(-20, 20), habit=st.sampled_from(HABITS))
def test_a_log_that_is_written_anew_is_told_from_its_beginning(first, second, more, habit):
    """However long it is by now."""
    source = Source(habit, 1000)
    log = PreviewLog(source, Clock())
    source.data = first.encode() + b"the end"
    _parts, cursor = told(log)
    size = max(1, len(source.data) + more)
    anew = second.encode()[: size - 1].decode(errors="ignore").encode()
    source.data = anew + b"." * (size - len(anew))
    parts, _cursor = told(log, cursor, is_final=True)
    assert parts[0].is_truncated
    assert "".join(part.text.text for part in parts) == source.data.decode()


def test_a_gap_is_filled_by_whoever_has_it():
    other = GrowingLog(b"", "replaces a cut character", 64)
    source = Source("drops cut bytes", 100, (other,))
    source.data = other.data = b"".join(b"line %04d\n" % n for n in range(100))
    parts, _cursor = told(PreviewLog(source, Clock()))
    check(source.data, parts)
    assert "missing" not in "".join(part.text.text for part in parts)


class Nowhere(GrowingLog):
    def read(self, start_byte, length):
        raise NotFoundError("no such object", status=404)


def test_a_gap_that_nobody_fills_is_one_line_with_its_bytes():
    source = Source("drops cut bytes", 100, (Nowhere(b"", HABITS[0], 64),))
    source.data = b"".join(b"line %04d\n" % n for n in range(100))
    parts, _cursor = told(PreviewLog(source, Clock()))
    assert len(parts) == 1
    assert parts[0].text.text.startswith("[900 bytes of the log are missing here]\nline 0090\n")
    assert (parts[0].text.start_byte, parts[0].text.end_byte) == (0, 1000)


@pytest.mark.parametrize("is_tail", [False, True])
@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("beginning", ["", "a", "ab", "abc"])
def test_text_goes_on_behind_a_newest_part_of_which_nobody_tells_what_it_lacks(
    is_tail, cut, beginning
):
    """A service that leaves out what it cuts does not say at which edge it did."""
    source = Source("drops cut bytes", 100)
    whole = (beginning + "步骤😀\n" * 30).encode()
    source.data = whole[: len(whole) - 1 - cut]
    log = PreviewLog(source, Clock())
    first = log.tail(2) if is_tail else log.after(0)
    source.data = whole
    rest, _cursor = told(log, first.cursor)
    assert [part.is_truncated for part in rest] == [False]
    shown = first.text.text + rest[0].text.text
    assert shown.endswith("步骤😀\n步骤😀\n")
    assert whole.decode().endswith(MARKER.sub("", shown))
    if not is_tail:
        check(whole, [first, *rest])


@pytest.mark.parametrize(("lines", "first"), [(1, "line 0099\n"), (3, "line 0097\n")])
def test_the_last_lines(lines, first):
    source = Source("drops cut bytes", 100)
    source.data = b"".join(b"line %04d\n" % n for n in range(100))
    log = PreviewLog(source, Clock())
    part = log.tail(lines)
    assert part.text.text.startswith(first)
    assert (part.text.text.count("\n"), part.is_cut, part.cursor) == (lines, False, 1000)
    source.data += b"line 0100\n"
    assert log.after(part.cursor).text.text == "line 0100\n"


@settings(max_examples=60)
@given(
    text=st.text(st.sampled_from("ab\n中é😀"), min_size=12, max_size=60),
    largest=st.integers(16, 80),
    cut=st.integers(0, 3),
    habit=st.sampled_from(HABITS),
    lines=st.integers(1, 9),
)
def test_the_last_lines_stand_where_they_say(text, largest, cut, habit, lines):
    """Whatever the edges of the newest part cut."""
    source = Source(habit, largest)
    # of bytes that are left out nobody could tell at which edge they were
    source.data = text.encode()[: -cut or None] if habit != "drops cut bytes" else text.encode()
    shown = PreviewLog(source, Clock()).tail(lines).text
    assert source.data[shown.start_byte : shown.end_byte].decode() == shown.text
    assert source.data.decode(errors="ignore").endswith(shown.text)


def test_more_lines_than_the_window_has_are_cut():
    source = Source("drops cut bytes", 55)
    source.data = b"line 0000\n" * 100
    part = PreviewLog(source, Clock()).tail(50)
    assert part.is_cut
    assert part.text.text == "line 0000\n" * 5


def test_the_sizes_of_all_newest_parts_say_how_long_each_is_not_fetched_again():
    windows = Windows()
    assert windows.seconds("one", 2**18) == 1
    assert windows.seconds("other", 2**17) == 1.5
    assert windows.seconds("one", 2**19) == 2.5


def pauses_of(source: Source, *looks: tuple[float, int]) -> list[float]:
    """The pauses after looks, each so many seconds after the one before and so many bytes later."""
    clock, cursor, found = Clock(), 0, []
    log = PreviewLog(source, clock)
    for later, more in looks:
        clock.now += later
        source.data += b"x" * more
        part = log.after(cursor)
        cursor = part.cursor
        found.append(part.pause)
    return found


def test_a_large_newest_part_is_fetched_again_before_it_is_overrun_and_else_seldom():
    source = Source("drops cut bytes", 2**20)
    source.data = b"x" * 2**20
    looks = (0, 0), (10, 0), (10, 2**18), (4, 2**20), (4, 2**21 // 4), (0, 1)
    assert pauses_of(source, *looks) == [2.5, 4, 4, 2, 4, 2.5]


def test_a_small_newest_part_may_be_fetched_again_at_once():
    source = Source("drops cut bytes", 2**20)
    source.data = b"x" * 2**15
    assert pauses_of(source, (0, 0), (1, 0), (1, 2**15)) == [0.125, 0.125, 0.25]


def test_the_look_at_the_last_lines_counts_as_one():
    source = Source("drops cut bytes", 2**20)
    source.data = b"x\n" * 2**19
    log, source.fetched = PreviewLog(source, clock := Clock()), 0
    cursor = log.tail(1).cursor
    clock.now += 1
    assert log.after(cursor).pause == 4


def test_how_it_is_read_is_told_once_with_the_first_text():
    source = Source("drops cut bytes", 100)
    log = PreviewLog(source, Clock())
    assert log.after(0).note == ""
    source.data = b"one\n"
    first = log.after(0)
    assert first.note == "The service gives no lines of this log: its newest part is read"
    assert first.is_of_service
    source.data += b"two\n"
    assert log.after(first.cursor).note == ""


@pytest.mark.parametrize("is_tail", [True, False])
def test_of_a_log_that_is_not_there_yet_there_is_no_text_and_no_haste(is_tail):
    log = PreviewLog(Source("drops cut bytes", 100), Clock())
    part = log.tail(5) if is_tail else log.after(0)
    assert (part.text.text, part.text.start_byte, part.text.end_byte) == ("", 0, 0)
    assert (part.cursor, part.is_short, part.is_cut, part.pause) == (0, True, False, 0)
    assert list(log.ahead(0, 64)) == []


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("", "[1,234 bytes of the log are missing here]\n"),
        ("text\n", "[1,234 bytes of the log are missing here]\n"),
        ("text", "\n[1,234 bytes of the log are missing here]\n"),
    ],
)
def test_what_is_missing_is_a_line_of_its_own(told, line):
    assert marker(told, 1234) == line


@pytest.mark.parametrize(
    ("most", "least", "line"),
    [
        (1234, 1234, "[1,234 bytes of the log are missing here]\n"),
        (1234, 1231, "[1,231 to 1,234 bytes of the log are missing here]\n"),
        (2, 0, "[up to 2 bytes of the log are missing here]\n"),
        (2, -1, "[up to 2 bytes of the log are missing here]\n"),
    ],
)
def test_what_nobody_can_count_is_told_by_the_least_and_the_most(most, least, line):
    assert marker("", most, least) == line


def run_for(seconds: float, a_second: int, source: Source, other: GrowingLog | None) -> int:
    """Follow a log that grows; how many bytes were told."""
    clock, cursor = Clock(), 0
    log, end, count = PreviewLog(source, clock), clock.now + seconds, 0
    while clock.now < end:
        parts, pause = [], 1.0
        for _part in range(64):
            part = log.after(cursor)
            cursor, pause = part.cursor, max(1.0, part.pause)
            count += len(part.text.text)
            parts.append(part)
            if part.is_short:
                break
        clock.now += pause
        source.data += b"x" * int(a_second * pause)
        if other:
            other.data = source.data
    assert "missing" not in parts[-1].text.text
    return count


def test_a_quiet_large_log_costs_at_most_350_kb_a_second():
    source = Source("drops cut bytes", MIB5)
    source.data = b"x" * (2 * MIB5)
    run_for(300, 10, source, None)
    assert source.fetched <= 350_000 * 300 + 2 * MIB5


def test_the_newest_parts_of_many_logs_cost_as_little_as_that_of_one():
    clock, windows = Clock(), Windows()
    sources = [Source("drops cut bytes", MIB5 // 100) for _log in range(40)]
    logs = [[PreviewLog(source, clock, windows), 0, 0.0] for source in sources]
    for source in sources:
        source.data = b"x" * (MIB5 // 100)
    for _second in range(300):
        for each in logs:
            if each[2] <= clock.now:
                part = each[0].after(each[1])
                each[1:] = [part.cursor, clock.now + part.pause]
        clock.now += 1
    assert sum(source.fetched for source in sources) <= 350_000 * 300 + 40 * MIB5 // 100
    assert min(source.fetched for source in sources) >= 20 * MIB5 // 100


def test_a_busy_log_is_looked_at_before_it_overruns_the_window():
    source = Source("drops cut bytes", MIB5 // 100)
    source.data = b"x" * 1000
    count = run_for(60, 10_000, source, None)
    assert count >= len(source.data) - 60_000


def test_following_by_ranges_costs_little_more_than_the_log():
    other = GrowingLog(b"", HABITS[0], 2**22)
    source = Source("drops cut bytes", MIB5, (other,))
    source.data = b"x" * 1000
    fetched = 0
    read = other.read

    def counted(start_byte: int, length: int) -> LogChunk:
        nonlocal fetched
        chunk = read(start_byte, length)
        fetched += chunk.byte_count
        return chunk

    other.read = counted
    count = run_for(30, 1_000_000, source, other)
    assert count >= 28_000_000
    assert source.fetched + fetched <= 1.3 * count


def test_whoever_has_what_comes_is_asked_by_one_request_while_nothing_does():
    """Each minute the newest part is fetched in its place, since a copy may have ended."""
    clock, other = Clock(), GrowingLog(b"", HABITS[0], 2**22)
    source = Source("drops cut bytes", MIB5, (other,))
    source.data = other.data = b"x" * 2**20
    log = PreviewLog(source, clock)
    asked, read = [0], other.read

    def counted(start_byte: int, length: int) -> LogChunk:
        asked[0] += 1
        return read(start_byte, length)

    other.read = counted
    cursor = log.tail(1).cursor
    log.after(cursor)
    before, fetched = asked[0], source.fetched
    for _look in range(16):
        clock.now += 15
        assert not log.after(cursor).text.text
    windows = (source.fetched - fetched) // 2**20
    assert windows == 4, "a minute"
    assert asked[0] - before == 16 - windows
    other.data = source.data = source.data + b"news\n"
    clock.now += 15
    assert log.after(cursor).text.text == "news\n"
