"""A log is known again by its first and its last bytes, wherever characters are cut."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from log_services import DECODERS, GrowingLog, texts

from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.logs.fingerprint import Fingerprint, last_of, stands

SIZE = 10_000
DATA = "".join(chr(ord("a") + n * n % 26) for n in range(SIZE)).encode()
AS_PYTHON = "replaces a cut character"
habits = st.sampled_from(sorted(DECODERS))


class Asked(GrowingLog):
    """Remembers what it was asked.

    Args:
        others: text that stands there at each second look at a place.
    """

    def __init__(self, data, longest_slice=2048, habit=AS_PYTHON, others=None):
        super().__init__(data, habit, longest_slice)
        self.asked = []
        self._others = others

    def read(self, start_byte, length):
        assert length <= self.longest_slice
        self.asked.append((start_byte, length))
        is_second = self.asked.count((start_byte, length)) == 2
        if is_second and self._others:
            return GrowingLog(self._others, AS_PYTHON, length).read(start_byte, length)
        return super().read(start_byte, length)


def known_of(data, start=0, step=1000):
    known = Fingerprint(start)
    for at in range(start, len(data), step):
        piece = data[at : at + step]
        assert known.add(LogText(piece.decode(), at, at + len(piece))) == piece
    return known


def changed(at):
    return DATA[:at] + b"?" + DATA[at + 1 :]


@pytest.mark.parametrize("step", [1, 999, 4096, SIZE])
def test_two_slices_at_both_ends_tell_a_log(step):
    known, log = known_of(DATA, step=step), Asked(DATA + b"more")
    assert known.is_start_of(log)
    assert log.asked == [
        (0, 2048),
        (2048, 2048),
        (SIZE - 4096, 2048),
        (SIZE - 2048, 2048),
    ]
    for at in (0, 2047, 2048, 4095, SIZE - 4096, SIZE - 2049, SIZE - 2048, SIZE - 1):
        assert not known.is_start_of(Asked(changed(at)))
    for at in (4096, SIZE - 4097):
        assert known.is_start_of(Asked(changed(at)))
    assert not known.is_start_of(Asked(DATA[:-1]))
    assert not known.is_start_of(Asked(b""))


def test_shorter_slices_are_two_as_well():
    log = Asked(DATA, 100)
    assert known_of(DATA).is_start_of(log)
    assert log.asked == [(0, 100), (100, 100), (SIZE - 200, 100), (SIZE - 100, 100)]


def test_no_more_than_4096_bytes_at_either_end_are_kept():
    log = Asked(DATA, 3000)
    assert known_of(DATA).is_start_of(log)
    assert log.asked == [(0, 3000), (3000, 1096), (SIZE - 4096, 3000), (SIZE - 1096, 1096)]


def test_one_look_tells_whether_a_log_begins_alike():
    known, log = known_of(DATA), Asked(DATA)
    assert known.is_begun_by(log)
    assert log.asked == [(0, 2048)]
    assert not known.is_begun_by(Asked(changed(2047)))
    assert known.is_begun_by(Asked(changed(2048)))


@pytest.mark.parametrize("start", [0, 1000])
def test_other_text_at_either_end_replaces_a_log(start):
    known, log = known_of(DATA, start), Asked(DATA)
    assert not known.is_replaced_in(log)
    assert log.asked == [(start, 2048), (SIZE - 2048, 2048)]
    for at in (start, start + 2047, SIZE - 2048, SIZE - 1):
        assert known.is_replaced_in(Asked(changed(at)))
        assert not known.is_replaced_in(Asked(changed(at), others=DATA)), "one look is wrong"
        assert not known.is_replaced_in(Asked(DATA, others=changed(at)))
    for at in (start + 2048, SIZE - 2049):
        assert not known.is_replaced_in(Asked(changed(at)))
    assert not known.is_replaced_in(Asked(DATA[: start + 5])), "that there is none tells nothing"
    assert not known.is_replaced_in(Asked(b""))
    assert not known.is_replaced_in(Asked(DATA + b"more"))
    nothing = Asked(DATA)
    assert not Fingerprint(start).is_replaced_in(nothing)
    assert nothing.asked == []


def test_that_a_log_is_replaced_takes_two_looks_at_one_slice():
    other = Asked(changed(0), 100)
    assert known_of(DATA).is_replaced_in(other)
    assert other.asked == [(0, 100)] * 2
    same = Asked(DATA, 100)
    assert not known_of(DATA).is_replaced_in(same)
    assert same.asked == [(0, 100), (SIZE - 100, 100)]


def test_what_is_not_as_long_as_its_bytes_tells_nothing():
    known = known_of(DATA[:100])
    known.add(LogText("\ufffd\ufffd", 100, 103))
    assert (known.position, known.is_aligned, known.is_exact) == (103, False, False)
    known.add(LogText("abc", 103, 106))
    assert (known.position, known.is_aligned, known.is_exact) == (106, False, False)
    log = Asked(b"of another")
    assert not known.is_replaced_in(log)
    assert log.asked == []
    assert known.ends_like(LogChunk("of another", 0, 10, 10))


def test_only_text_without_u_fffd_is_surely_exact():
    known = known_of(DATA[:100])
    assert (known.is_aligned, known.is_exact) == (True, True)
    known.add(LogText("\ufffd", 100, 103))
    known.add(LogText("abc", 103, 106))
    assert (known.position, known.is_aligned, known.is_exact) == (106, True, False)


@given(text=texts, size=st.integers(1, 90), behind=st.integers(0, 3), habit=habits)
def test_a_log_ends_like_its_newest_slice_and_like_no_other(text, size, behind, habit):
    data = text.encode()
    promised = data[: max(0, len(data) - behind)]
    newest = GrowingLog(promised, habit, size).read(-1, size)
    assume(newest.end_byte == len(promised))
    known, end = Fingerprint(7), 7
    for character in text:  # up to the character that the promised end cuts, if it does
        if end >= 7 + len(promised):
            break
        known.add(LogText(character, end, end + len(character.encode())))
        end = known.position
    newest = LogChunk(newest.text, 7, 7 + len(promised), newest.byte_count)
    assert known.ends_like(newest)
    letters = [at for at, letter in enumerate(newest.text) if letter != "\ufffd"]
    for at in letters[:1] + letters[-1:]:
        other = newest.text[:at] + ("?" if newest.text[at] != "?" else "!") + newest.text[at + 1 :]
        assert not known.ends_like(LogChunk(other, 7, newest.end_byte, newest.byte_count))


@pytest.mark.parametrize(
    ("shown", "is_alike"),
    [("xyz", True), ("yz", False), ("wxyz", False), ("zxyz", False), ("", False)],
)
def test_a_slice_shows_all_that_its_bytes_are(shown, is_alike):
    assert known_of(b"abcxyz").ends_like(LogChunk(shown, 3, 6, 3)) is is_alike


def test_of_a_longer_slice_only_the_end_is_known():
    known = Fingerprint(3)
    known.add(LogText("xyz", 3, 6))
    assert known.ends_like(LogChunk("abcxyz", 0, 6, 6))
    assert not known.ends_like(LogChunk("abcxyy", 0, 6, 6))
    assert not known.ends_like(LogChunk("yz", 0, 6, 6))
    assert not known.ends_like(LogChunk("abcxyz", 0, 6, 0)), "it contradicts itself"


@pytest.mark.parametrize(
    ("known", "end"), [(DATA, SIZE - 5000), (DATA, None), (b"abc", 0), (b"abc", None)]
)
def test_what_ends_before_all_that_is_known_tells_nothing(known, end):
    assert known_of(known).ends_like(LogChunk("???", 0, end, 3))


class Less(GrowingLog):
    """Gives fewer bytes than it is asked for."""

    def read(self, start_byte, length):
        return super().read(start_byte, min(length, 10))


def test_a_service_that_gives_less_and_cuts_characters_is_asked_for_the_rest():
    for text in ("😀" * 5, "中" * 9, "é" * 9):
        data = text.encode()
        assert stands(Less(data, AS_PYTHON, 100), 0, data)
        assert not stands(Less(data, AS_PYTHON, 100), 0, data[:-4] + b"?" * 4)


@given(text=texts, size=st.integers(16, 64), habit=habits, data=st.data())
def test_bytes_stand_where_they_are_and_nowhere_else(text, size, habit, data):
    whole = text.encode()
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    part = whole[first:last]
    assert stands(Asked(whole, size, habit), first, part)
    surely = part.decode(errors="ignore")
    if surely:
        changed_part = part.replace(surely[-1].encode(), b"\x01" * len(surely[-1].encode()))
        assume(changed_part != part)
        assert not stands(Asked(whole, size, habit), first, changed_part)


@pytest.mark.parametrize(
    ("text", "most", "last"),
    [
        ("abc", 64, "abc"),
        ("a" * 100, 10, "a" * 10),
        ("a" * 100, 1000, "a" * 64),
        ("中文", 5, "文"),
        ("ab\ufffdcd", 64, "cd"),
        ("ab\ufffd", 64, ""),
    ],
)
def test_the_last_characters_are_whole_and_surely_their_bytes(text, most, last):
    assert last_of(text, most) == last
