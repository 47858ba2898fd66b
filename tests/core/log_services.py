"""Logs behind services that treat cut characters in different ways, for property tests."""

from __future__ import annotations

import threading

from hypothesis import strategies as st

from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    ConnectionFailedError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.cadence import JobWatch
from modelarts_magics.core.logs.tail import Tail

texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("a\n中é😀\ufffd")),
    max_size=80,
)
passing_troubles = st.sampled_from(
    [
        ConnectionFailedError("broken off"),
        UnavailableError("in trouble", status=500),
        ThrottledError("too many", status=429),
        UnexpectedAnswerError("half an answer", status=200),
    ]
)


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
    origin = ("https://service", "project", "7", "70", name)

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


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Service(GrowingLog):
    """A job and its log; what is in ``troubles`` is raised by the next calls."""

    def __init__(self, habit="replaces a cut character", longest_slice=32):
        super().__init__(b"", habit, longest_slice)
        self.status = JobStatus.RUNNING
        self.troubles = []
        self.calls = 0
        self._lock = threading.Lock()

    def _pass(self):
        with self._lock:
            self.calls += 1
            trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble

    def ask_status(self):
        self._pass()
        return self.status

    def read(self, start_byte, length):
        self._pass()
        return super().read(start_byte, length)

    def follower(self, clock, start=0, log=None, interval=None):
        return Tail(
            log or RangeLog(self, Reader(1)), JobWatch(self.ask_status, interval, clock), start
        )


def poll(follower, clock):
    clock.now += follower.due_in
    return list(follower.poll_once())


def run_to_end(follower, clock):
    events = []
    while not follower.finished:
        events += poll(follower, clock)
    return events


def delivered(events):
    """The text of the newest incarnation of the log."""
    text = ""
    for event in events:
        if isinstance(event, LogText):
            text = event.text if event.start_byte == 0 else text + event.text
    return text
