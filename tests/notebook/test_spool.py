"""Text that was read stays readable by its bytes, outside of memory."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.notebook.log.spool import Spool

texts = st.text(st.sampled_from("ab\n中é😀\ufffd"), max_size=60)


@given(st.lists(texts), st.integers(0, 9), st.integers(0, 200), st.integers(0, 200))
def test_any_range_gives_its_whole_characters(pieces, offset, start, length):
    data = "".join(pieces).encode()
    with closing(Spool(offset)) as spool:
        for piece in pieces:
            spool.append(piece)
        first, last, text = spool.read(offset + start, offset + start + length)
        assert spool.end == offset + len(data)
    inside = data[start : start + length]
    if text:
        assert data[first - offset : last - offset].decode() == text
        assert first - offset - start <= 3
    assert text == inside.decode(errors="ignore")


@given(texts, st.integers(1, 10))
def test_the_last_lines_are_those_of_the_text(text, count):
    with closing(Spool(0)) as spool:
        spool.append(text)
        shown = spool.last_lines(count, 10_000)
    lines = text.split("\n")
    ends_with_feed = lines[-1] == ""
    wanted = lines[-count - 1 :] if ends_with_feed else lines[-count:]
    assert shown == "\n".join(wanted)


@given(st.lists(texts))
def test_lines_are_counted_as_they_come(pieces):
    with closing(Spool(0)) as spool:
        for piece in pieces:
            spool.append(piece)
        assert spool.lines == "".join(pieces).count("\n")
