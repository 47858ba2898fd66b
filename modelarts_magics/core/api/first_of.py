"""A log by the first of some places that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from ..errors import ModelArtsError
from .log import ByteSource, LogChunk


class FirstOf:
    """Slices of a log by one of several places; asked from several threads at once.

    The place that answered last is asked first. Where it refuses, all are asked anew: a copy may
    have come meanwhile.

    Args:
        sources: the best first.
        is_refusal: whether an error says that a place does not have it.
        telling: the place whose refusal is told where none has it.
    """

    def __init__(
        self,
        sources: Sequence[ByteSource],
        is_refusal: Callable[[ModelArtsError], bool],
        telling: int,
    ) -> None:
        self.name = sources[0].name
        self.origin = sources[0].origin
        self._sources = sources
        self._is_refusal = is_refusal
        self._telling = telling
        self._answered = 0

    @property
    def longest_slice(self) -> int:
        return self._sources[self._answered].longest_slice

    def read(self, start_byte: int, length: int) -> LogChunk:
        first = self._answered
        refusals: dict[int, ModelArtsError] = {}
        for number in sorted(range(len(self._sources)), key=lambda number: number != first):
            try:
                chunk = self._sources[number].read(start_byte, length)
            except ModelArtsError as error:
                if not self._is_refusal(error):
                    raise
                refusals[number] = error
                continue
            self._answered = number
            return chunk
        raise refusals[self._telling]
