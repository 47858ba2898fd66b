"""Logs behind services that treat cut characters in different ways, for property tests."""

from __future__ import annotations

from modelarts_magics.core.models import LogChunk


def one_replacement_per_byte(data: bytes) -> str:
    """What a service makes of bytes that replaces each byte of a cut character."""
    shown, position = [], 0
    while position < len(data):
        for length in (1, 2, 3, 4):
            try:
                shown.append(data[position : position + length].decode())
            except UnicodeDecodeError:
                continue
            position += length
            break
        else:
            shown.append("\ufffd")
            position += 1
    return "".join(shown)


def up_to_whole_character(data: bytes) -> bytes:
    """Move the end of a slice back to the boundary of a character, if anything is left then."""
    for length in range(4):
        try:
            data[: len(data) - length].decode()
        except UnicodeDecodeError:
            continue
        return data[: len(data) - length] or data
    return data


DECODERS = {
    "replaces a cut character": lambda data: data.decode(errors="replace"),
    "replaces every cut byte": one_replacement_per_byte,
    "drops cut bytes": lambda data: data.decode(errors="ignore"),
    "moves the end back": lambda data: data.decode(errors="replace"),
}


class GrowingLog:
    """A log file of a service.

    Args:
        habit: a key of ``DECODERS``.
        longest_slice: bytes a call.
    """

    name = "job-x.0"

    def __init__(self, data: bytes, habit: str, longest_slice: int) -> None:
        self.data = data
        self.longest_slice = longest_slice
        self._habit = habit

    def read(self, start_byte: int, length: int) -> LogChunk:
        size = len(self.data)
        start = max(0, size - length) if start_byte < 0 else min(start_byte, size)
        data = self.data[start : start + length]
        if self._habit == "moves the end back":
            data = up_to_whole_character(data)
        return LogChunk(DECODERS[self._habit](data), start, start + len(data), len(data))
