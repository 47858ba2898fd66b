"""What one slice tells: its whole characters and where they end, or that it cannot be true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_services import DECODERS, texts

from modelarts_magics.core.api.log import LogChunk, LogText, Part
from modelarts_magics.core.errors import (
    ContradictoryAnswerError,
    UnavailableError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.logs.exact import (
    ByteLog,
    end_of,
    exact,
    fits,
    is_consistent,
    newest_slice,
)


class Scripted:
    """Gives answers, one after the other; what is an error is raised."""

    name = "f.0"
    origin = ("f.0",)

    def __init__(self, *answers, longest_slice=100):
        self.longest_slice = longest_slice
        self._answers = list(answers)
        self.asked = []

    def read(self, start_byte, length):
        self.asked.append((start_byte, length))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def chunk(text, start, end, count=None):
    return LogChunk(text, start, end, len(text.encode()) if count is None else count)


# ---- text and numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 3),
        ("abc", 3, 6),
        ("日a", 4, 7),
        ("\ufffd", 1, 6),
        ("ab\ufffd", 3, 8),
        ("\ufffd日\ufffd", 5, 12),
    ],
)
def test_a_text_can_be_that_of_so_many_bytes(text, least, most):
    assert [size for size in range(-9, 40) if fits(text, size)] == [*range(least, most + 1)]


@pytest.mark.parametrize("end", [None, 9, 10])
def test_where_nothing_was_read_there_is_no_text(end):
    assert is_consistent(chunk("", 10, end), 10)
    assert not is_consistent(chunk("a", 10, end), 10)


def test_a_slice_counts_from_where_it_begins():
    ends = [end for end in range(10, 30) if is_consistent(chunk("abc", 10, end), 10)]
    assert ends == [13, 14, 15, 16]


@pytest.mark.parametrize(
    ("text", "end", "counts"),
    [
        ("abc", 100, range(3, 10)),  # a character may be left out at both ends
        ("", 100, range(1, 7)),
        ("\ufffd", 100, range(1, 10)),
        ("a\ufffd\ufffd", 100, range(3, 14)),
        ("abc", 5, range(3, 6)),  # no more than there is
        ("\ufffd\ufffd", 4, range(2, 9)),  # the text tells the count where no number does
        ("", 0, range(1)),
        ("abc", 0, range(0)),
    ],
)
def test_the_newest_slice_is_refused_where_it_cannot_be_true(text, end, counts):
    for count in range(20):
        newest = chunk(text, None, end, count)
        source = Scripted(newest)
        if count in counts:
            assert newest_slice(source) == newest
        else:
            with pytest.raises(ContradictoryAnswerError, match=r"f\.0"):
                newest_slice(source)
        assert source.asked == [(-1, 100)]


def test_the_end_of_a_log_is_that_of_its_last_byte():
    source = Scripted(chunk("x", 41, 42))
    assert end_of(source) == 42
    assert source.asked == [(-1, 1)]
    for ask in (end_of, newest_slice):
        with pytest.raises(UnexpectedAnswerError, match="where the log ends"):
            ask(Scripted(chunk("x", None, None)))


# ---- characters that are cut --------------------------------------------------------------------


@given(text=texts, start=st.integers(0, 999), habit=st.sampled_from(sorted(DECODERS)))
def test_what_is_taken_of_a_slice_is_the_text_there_wherever_it_is_cut(text, start, habit):
    data = text.encode()
    for size in range(len(data) + 1):
        shown = DECODERS[habit](data[:size])
        for is_final in (True, False):
            found, end = exact(shown, start, start + size, is_final=is_final)
            assert start <= end <= start + size
            if is_final and not shown.strip("\ufffd"):
                continue  # half a character, of which no more comes
            assert data[: end - start].decode() == found
            left = data[end - start : size].decode(errors="ignore")
            assert left.strip("\ufffd") == ""
            assert len(left) <= 3


@pytest.mark.parametrize(
    ("text", "size", "found", "length"),
    [
        ("ab\ufffd", 3, "ab", 2),
        ("ab\ufffd", 8, "ab", 2),  # six bytes by one U+FFFD, where some are dropped
        ("ab\ufffd", 9, "ab\ufffd", 9),
        ("ab", 5, "ab", 2),
        ("ab", 6, "ab", 6),
        ("ab\ufffd\ufffd\ufffd", 5, "ab", 2),
        ("ab\ufffd\ufffd\ufffd", 14, "ab", 2),
        ("ab\ufffd\ufffd\ufffd", 15, "ab\ufffd\ufffd\ufffd", 15),
        ("ab\ufffd\ufffd\ufffd\ufffd", 12, "ab\ufffd", 5),
        ("ab\ufffd", 2, "ab\ufffd", 2),
    ],
)
@pytest.mark.parametrize("is_final", [True, False])
def test_what_a_cut_character_can_be_is_left_and_nothing_else(text, size, found, length, is_final):
    assert exact(text, 70, 70 + size, is_final=is_final) == (found, 70 + length)


@pytest.mark.parametrize(("replaced", "most"), [(0, 3), (1, 6), (2, 9), (3, 12)])
def test_half_a_character_alone_waits_for_the_rest_of_it_while_a_log_grows(replaced, most):
    text = "\ufffd" * replaced
    for size in range(1, 40):
        end = 70 + size
        waits = size <= most
        assert exact(text, 70, end, is_final=False) == (("", 70) if waits else (text, end))
        assert exact(text, 70, end, is_final=True) == exact(text, 70, end) == (text, end)


@pytest.mark.parametrize("end", [None, 60, 70])
def test_a_slice_that_does_not_go_on_adds_nothing(end):
    assert exact("text", 70, end) == ("", 70)


# ---- one slice after the other ------------------------------------------------------------------


def test_a_slice_is_short_beside_the_longest_so_far_by_more_than_a_cut_character():
    sizes = [50, 50, 47, 46, 90, 87, 86, 100]
    short = [True, False, False, True, False, False, True, False]
    source = Scripted(*(chunk("x" * size, 7, 7 + size) for size in sizes))
    log = ByteLog(source)
    assert [log.after(7).is_short for _size in sizes] == short
    assert log.longest == 100
    assert set(source.asked) == {(7, 100)}
    assert not ByteLog(Scripted(chunk("x" * 97, 7, 104))).after(7).is_short
    assert ByteLog(Scripted(chunk("x" * 96, 7, 103))).after(7).is_short


def test_a_log_that_ends_before_the_cursor_begins_anew():
    part = ByteLog(Scripted(chunk("", 7, 5), chunk("x", 5, 6))).after(7)
    assert part == Part(LogText("", 0, 0, "f.0"), 0, is_truncated=True)


@pytest.mark.parametrize("end", [None, 7, 300])
def test_where_the_end_is_doubtful_a_later_look_tells(end):
    """300 too: nobody compares numbers by their identity."""
    part = ByteLog(Scripted(chunk("", 300, 5), chunk("x", None, end and end + 293))).after(300)
    assert (part.text, part.cursor, part.is_truncated) == (LogText("", 300, 300, "f.0"), 300, False)


@pytest.mark.parametrize(
    "trouble",
    [UnavailableError("down", status=500), UnexpectedAnswerError("half an answer", status=200)],
)
def test_trouble_while_the_end_is_asked_for_is_trouble(trouble):
    with pytest.raises(type(trouble), match=trouble.message):
        ByteLog(Scripted(chunk("", 7, 5), trouble)).after(7)


def test_a_contradiction_is_asked_about_once_more_and_believed_after_some_refusals():
    lie, honest = chunk("text", 0, 0), chunk("text", 0, 4)
    looks = [[lie, lie], [lie, honest], [lie, lie], [lie, lie], [lie, lie], [honest], [lie, lie]]
    source = Scripted(*(answer for look in looks for answer in look))
    log = ByteLog(source, refusals=2)
    for text in [None, "text", None, None, "", "text", ""]:
        if text is None:
            with pytest.raises(ContradictoryAnswerError, match="4 bytes of text, 4 counted"):
                log.after(0)
        else:
            assert log.after(0).text.text == text
    assert len(source.asked) == 13
    assert ByteLog(Scripted(lie, lie)).after(0).text.text == "", "none are refused by default"


@pytest.mark.parametrize("is_final", [True, False])
def test_half_a_character_is_waited_for_unless_nothing_more_comes(is_final):
    log = ByteLog(Scripted(chunk("\ufffd", 7, 9)))
    assert log.after(7, is_final=is_final).text.end_byte == (9 if is_final else 7)
    assert ByteLog(Scripted(chunk("\ufffd", 7, 9))).after(7).text.end_byte == 7
