"""How far logs were read, and whether one begins once more."""

from __future__ import annotations

from ..api.log import LogText


class ReadUntil:
    """Where what was read of each log ends."""

    def __init__(self) -> None:
        self._ends: dict[str, int] = {}
        self._relative: set[str] = set()  # logs whose offsets do not count from their beginning

    def take(self, text: LogText) -> bool:
        """Take what was read; whether the log begins with it once more.

        Another way of reading may count from elsewhere.
        """
        name = text.log_file
        is_counted_alike = text.is_relative == (name in self._relative)
        is_whole = text.start_byte == 0 and not text.is_relative
        is_back = text.start_byte < self._ends.get(name, 0)
        is_anew = is_back and (is_counted_alike or is_whole)
        if is_anew:
            self._relative.discard(name)
        if text.is_relative:
            self._relative.add(name)
        self._ends[name] = text.end_byte
        return is_anew

    def is_counted(self, name: str, end: int) -> bool:
        """Whether offsets of a log count from its beginning, and what was read ends there."""
        return name not in self._relative and self._ends.get(name) == end
