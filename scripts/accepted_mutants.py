"""Mutants that no test notices, and why that is as it should be.

`Equivalent` ones do the same as the code, so that nothing could notice them; `Accepted` ones differ
in what nobody relies on. They are known by their text: a row that fits no mutant any more is wrong.
"""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """A mutant that may survive.

    Attributes:
        was: the lines of the module that it changes, each stripped.
        now: what they are in the mutant; any text where it is empty.
        why: the reason.
        is_equivalent: whether it does the same.
    """

    was: str
    now: str
    why: str
    is_equivalent: bool = True


ANYWHERE = (
    Known(
        "@dataclass(frozen=True)",
        "@dataclass(frozen=False)",
        "a type checker sees that nobody assigns to it; where somebody hashes it, tests fail",
    ),
)
KNOWN: dict[str, tuple[Known, ...]] = {
    "backoff.py": (
        Known(
            "_MOST_STEPS = 100  # by then every pause is the longest",
            "",
            "one step more or less is as long as the longest pause, but for factors next to 1",
            is_equivalent=False,
        ),
        Known(
            "return max(min(self.longest, usual), min(retry_after or 0.0, LONGEST_ASKED))",
            "return max(min(self.longest, usual), min(retry_after or -1.0, LONGEST_ASKED))",
            "no pause is below 0, so that nothing below it is ever the most",
        ),
    ),
    "http/retry.py": (
        Known(
            "return not is_strange or (attempt == 1 and answered in _READING)",
            "return not is_strange or (attempt <= 1 and answered in _READING)",
            "attempts are counted from 1",
        ),
    ),
    "http/fair_queue.py": (
        Known(
            "was_served = False",
            "was_served = True",
            "where a waiting thread is interrupted, others of its reader come a round later",
            is_equivalent=False,
        ),
    ),
    "http/rate_limit.py": (
        Known(
            "if self.rate < self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "if self.rate != self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "the rate is never above the highest",
        ),
        Known(
            "if self.rate < self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "if self.rate <= self._highest and self._clock() >= self._slowed_at + _SECOND:",
            "the highest rate is raised to the highest",
        ),
        Known(
            "is_spaced = used >= self.rate * _AT_ONCE or self.rate < _LOWEST_RATE",
            "is_spaced = used >= self.rate * _AT_ONCE or self.rate <= _LOWEST_RATE",
            "at one request a second the next one waits as long in any case",
        ),
        Known(
            "if now + hold > self._held_until:",
            "if now + hold >= self._held_until:",
            "two refusals until the same moment: either may be told",
            is_equivalent=False,
        ),
        Known(
            "hold = min(refusal.retry_after or 0.0, LONGEST_ASKED)",
            "hold = min(refusal.retry_after or -1.0, LONGEST_ASKED)",
            "a hold that is over already holds nobody",
        ),
    ),
    "logs/ahead.py": (
        Known(
            "self._overlap = OVERLAP - self._overlap",
            "self._overlap = OVERLAP >> self._overlap",
            "it is 0 or all of it",
        ),
        Known(
            "self._overlap = OVERLAP - self._overlap",
            "self._overlap = OVERLAP ^ self._overlap",
            "it is 0 or all of it",
        ),
        Known(
            "if start == int(cursor):",
            "if start <= int(cursor):",
            "reading ahead goes forward",
        ),
        Known(
            "if position == before or self._changed():",
            "if position <= before or self._changed():",
            "reading ahead goes forward",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not 0 <= length <= len(known):",
            "0 was answered before",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not -1 < length <= len(known):",
            "0 was answered before",
        ),
        Known(
            "if not 0 < length <= len(known):",
            "if not 0 != length <= len(known):",
            "a range behind what is known is refused by its length, too",
        ),
        Known(
            "if part.is_truncated or part.text.end_byte <= position:",
            "if part.is_truncated or part.text.end_byte == position:",
            "no part ends before its beginning",
        ),
        Known(
            "if end > position:",
            "if end != position:",
            "no text ends before its beginning",
        ),
        Known(
            "self._known_end = 0",
            "",
            "less than is needed, whatever it is",
        ),
        Known(
            "self._known_end = 0  # it may have become shorter",
            "",
            "less than is needed, whatever it is",
        ),
    ),
    "logs/download.py": (
        Known(
            "\n@property",
            "",
            "of a protocol, which a type checker reads and nobody runs",
        ),
    ),
    "logs/fingerprint.py": (
        Known(
            'return known != b"" and all('
            "text and not known.startswith(text.encode()) for text in found)",
            'return known > b"" and all('
            "text and not known.startswith(text.encode()) for text in found)",
            "no bytes are less than none",
        ),
        Known(
            "size = max(0, len(self._tail) - (self.position - (newest.end_byte or 0)))",
            "size = max(0, len(self._tail) - (self.position - (newest.end_byte or -1)))",
            "what is known is no longer than its position, so that it is 0 in any case",
        ),
    ),
    "logs/follow.py": (
        Known(
            "\n@abstractmethod",
            "",
            "a type checker sees that every follower has its own",
        ),
        Known(
            "return self._troubles > 0 and self.finished is None",
            "return self._troubles != 0 and self.finished is None",
            "they are counted from 0",
        ),
        Known(
            "return self.status is not None and self.status.phase is Phase.SUCCEEDED",
            "return self.status is not None and self.status.phase == Phase.SUCCEEDED",
            "there is one of each phase",
        ),
    ),
    "logs/follow_job.py": (
        Known(
            "if self.due_in <= 0:",
            "if self.due_in == 0:",
            "nothing is due before now",
        ),
        Known(
            "due = [one for one in due if one is discovery or not one.pace.give_way()]",
            "due = [one for one in due if one == discovery or not one.pace.give_way()]",
            "followers are equal to themselves only",
        ),
    ),
    "logs/retried.py": (
        Known(
            "_LONGEST_DOUBT = 5.0  # seconds of pauses after answers that contradict each other",
            "",
            "with a second more or less the pauses are the same",
        ),
    ),
    "logs/tail.py": (
        Known(
            "if left == before:  # the end is near",
            "if left >= before:  # the end is near",
            "reading ahead leaves no more than there was",
        ),
        Known(
            "if part.text.start_byte == part.text.end_byte:",
            "if part.text.start_byte >= part.text.end_byte:",
            "no text ends before it begins",
        ),
        Known(
            "if self._full_parts < _FAR_BEHIND or self._cursor is None:",
            "if self._full_parts != _FAR_BEHIND or self._cursor is None:",
            "once there are so many they are not counted any more",
        ),
        Known(
            "self._is_behind = False",
            "self._is_behind = True",
            "at the beginning; each look sets it before it is asked for",
        ),
        Known(
            "self.pace.wait(0.0)",
            "self.pace.wait( -1.0)",
            "what was due is due",
        ),
    ),
    "scalars/event_file.py": (
        Known(
            "self.came_short = len(data) < size",
            "self.came_short = len(data) != size",
            "a file gives no more than was asked for",
        ),
        Known(
            "self.came_short = False",
            "self.came_short = True",
            "it is set by each reading, and asked for only after one",
        ),
        Known(
            "return not self._is_damaged and self.size > self._complete_size",
            "return not self._is_damaged and self.size != self._complete_size",
            "a file that became smaller is begun anew by who reads it; behind its end is nothing",
        ),
        Known(
            "return not self._is_damaged and self.size > self._complete_size",
            "return not self._is_damaged and self.size >= self._complete_size",
            "it saves an opening, no event is given twice",
            is_equivalent=False,
        ),
        Known(
            "self._complete_size = 0  # as far as this nothing is left to read",
            "",
            "no file of one byte has an event; an empty one has none",
        ),
    ),
}
