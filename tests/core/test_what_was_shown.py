"""What was shown of a log tells whether it is still that log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_services import DECODERS, GrowingLog, texts

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.errors import ContradictoryAnswerError
from modelarts_magics.core.logs.shown import Shown

AS_PYTHON = "replaces a cut character"
LINES = b"".join(b"line %03d of the log\n" % number for number in range(40))


def shown_of(data: bytes, start: int = 0, size: int = 2048, looks: int = 3):
    source = GrowingLog(data, AS_PYTHON, size)
    shown = Shown(source, looks)
    shown.add(LogText(data[start:].decode(), start, len(data)))
    return shown, source


def test_the_last_64_bytes_are_known_where_they_end_and_nowhere_else():
    shown, _source = shown_of(LINES)
    assert shown.before(len(LINES)) == LINES[-64:].decode()
    assert [shown.before(at) for at in (0, len(LINES) - 1, len(LINES) + 1)] == [""] * 3
    assert Shown(GrowingLog(b"", AS_PYTHON, 2048), 3).before(0) == ""


@pytest.mark.parametrize(("size", "known"), [(16, 2), (128, 16), (512, 64), (4096, 64)])
def test_no_more_is_known_than_an_eighth_of_a_slice(size, known):
    shown, _source = shown_of(LINES, size=size)
    assert len(shown.before(len(LINES))) == known


@given(pieces=st.lists(texts, min_size=1, max_size=6), start=st.integers(0, 99))
def test_what_is_known_is_the_end_of_what_was_shown_behind_the_last_u_fffd(pieces, start):
    shown, end = Shown(GrowingLog(b"", AS_PYTHON, 2048), 3), start
    for piece in pieces:
        size = len(piece.encode())
        shown.add(LogText(piece, end, end + size))
        end += size
    known, whole = shown.before(end), "".join(pieces)
    assert whole.endswith(known)
    assert "\ufffd" not in known
    assert len(known.encode()) >= min(61, len(whole.rpartition("\ufffd")[2].encode()))
    assert len(known.encode()) <= 64


def test_behind_a_gap_and_behind_bytes_that_are_no_text_nothing_before_is_known():
    shown, _source = shown_of(b"abc")
    shown.add(LogText("ghi", 6, 9))
    assert shown.before(9) == "ghi"
    shown.add(LogText("xy", 9, 12))  # one byte more than text
    assert shown.before(12) == ""
    shown.add(LogText("xyz", 12, 14))  # one less
    assert shown.before(14) == ""
    shown.add(LogText("jkl", 14, 17))
    assert shown.before(17) == "jkl"


def test_what_was_shown_already_changes_nothing():
    shown, _source = shown_of(b"abcdef")
    for again in (LogText("abc", 0, 3), LogText("def", 3, 6), LogText("", 6, 6)):
        shown.add(again)
        assert shown.before(6) == "abcdef"


def test_nobody_is_asked_while_nothing_speaks_for_another_log():
    shown, source = shown_of(LINES)
    source.read = lambda *_asked: pytest.fail("asked")
    assert shown.is_of_another(is_gone=False) is False
    assert not shown.is_doubted


@pytest.mark.parametrize("looks", [1, 3])
def test_so_many_looks_in_a_row_have_to_say_that_it_is_gone(looks):
    shown, source = shown_of(LINES, looks=looks)
    source.data = LINES[:30]
    for _time in range(2):  # in between it was there
        for _look in range(looks):
            with pytest.raises(ContradictoryAnswerError, match="no longer what was shown"):
                shown.is_of_another(is_gone=True)
            assert shown.is_doubted
        assert shown.is_of_another(is_gone=_time == 1) is (_time == 1)
        assert not shown.is_doubted
    assert shown.before(len(LINES)) == ""
    assert shown.is_of_another(is_gone=False) is False


def test_other_text_in_its_place_tells_it_at_once_and_after_a_doubt():
    shown, source = shown_of(LINES)
    source.data = b"?" * 900
    assert shown.is_of_another(is_gone=True) is True
    shown, source = shown_of(LINES)
    source.data = b""
    with pytest.raises(ContradictoryAnswerError):
        shown.is_of_another(is_gone=True)
    source.data = b"?" * 900
    assert shown.is_of_another(is_gone=False) is True
    shown.add(LogText("abc", 0, 3))
    assert shown.before(3) == "abc"


@given(habit=st.sampled_from(sorted(DECODERS)), text=texts, more=texts)
def test_a_log_that_goes_on_is_never_another_one(habit, text, more):
    source = GrowingLog(text.encode(), habit, 256)
    shown = Shown(source, 3)
    shown.add(LogText(text, 0, len(text.encode())))
    source.data += more.encode()
    with pytest.raises(ContradictoryAnswerError):
        shown.is_of_another(is_gone=True)
    assert shown.is_of_another(is_gone=False) is False
