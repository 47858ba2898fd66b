"""A log is read towards its beginning, whatever a service says now and then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_services import DECODERS, GrowingLog, texts

from modelarts_magics.core.logs.backward import Backward

LIES = {
    "half of the text": lambda chunk: replace(chunk, text=chunk.text[: len(chunk.text) // 2]),
    "more text than bytes": lambda chunk: replace(chunk, text=chunk.text + "more and more"),
    "other text": lambda chunk: replace(chunk, text="其他" * 40),
    "no text": lambda chunk: replace(chunk, text=""),
}


class Lying(GrowingLog):
    """A service that is wrong in some of its answers.

    Args:
        lies: their numbers, and what is wrong.
    """

    def __init__(self, data: bytes, habit: str, size: int, lies: dict[int, str]) -> None:
        super().__init__(data, habit, size)
        self._lies = lies
        self.calls = 0

    def read(self, start_byte, length):
        chunk = super().read(start_byte, length)
        self.calls += 1
        kind = self._lies.get(self.calls)
        return LIES[kind](chunk) if kind else chunk


def read(source: Lying, end: int) -> str:
    pieces = list(Backward(source, end).pieces())
    return "".join(piece.text for piece in reversed(pieces))


@given(
    text=texts.map(lambda text: text * 4),
    habit=st.sampled_from(sorted(DECODERS)),
    size=st.integers(32, 128),  # half of a slice is more than a cut character; really 2,048
    lie=st.integers(1, 8),
    kind=st.sampled_from(sorted(LIES)),
)
def test_one_wrong_answer_leaves_no_trace(text, habit, size, lie, kind):
    data = text.encode()
    assert read(Lying(data, habit, size, {lie: kind}), len(data)) == text


@pytest.mark.parametrize("habit", sorted(DECODERS))
def test_after_a_part_that_is_no_text_what_is_before_it_is_exact_again(habit):
    before, behind = "训练日志 of a job\n" * 40, "一行\n" * 40
    data = before.encode() + bytes(range(128, 256)) * 2 + behind.encode()
    text = read(Lying(data, habit, 64, {}), len(data))
    assert text.startswith(before[: len(before) // 2])
    assert text.endswith(behind[len(behind) // 2 :])


def test_a_log_that_is_no_text_takes_hardly_more_calls_than_other_text():
    source = Lying("Größe: 4 µm ".encode("latin-1") * 500, "replaces a cut character", 64, {})
    read(source, len(source.data))
    assert source.calls <= len(source.data) / 64 * 1.2 + 20
