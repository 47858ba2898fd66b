"""How a tail reads in one poll: how much, in which way, and what it says of it."""

from __future__ import annotations

import pytest
from log_services import Clock, poll

from modelarts_magics.core.api.log import LogText, Part
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v2.state import PhaseState
from modelarts_magics.core.logs.cadence import JobWatch
from modelarts_magics.core.logs.follow import Finished, LastLines, StatusChanged, Trouble
from modelarts_magics.core.logs.tail import Tail

RUNNING, COMPLETED = StatusChanged(JobStatus.RUNNING), StatusChanged(JobStatus.COMPLETED)


class Scripted:
    """A log of parts of one letter; the journal tells how they were asked for.

    Args:
        script: for each letter what is special about its part; full ones without an end by default.
        ahead: how many parts each reading ahead gives.

    Attributes:
        pauses: for each letter the pause after its part; none by default.
    """

    name = "f.0"

    def __init__(self, script=None, ahead=()):
        self.journal = []
        self.script = list(script or ())
        self.pauses = []
        self._ahead = list(ahead)

    def at(self, start_byte):
        return start_byte

    def _part(self, cursor):
        special = self.script.pop(0) if self.script else "full"
        size = 0 if special in {"nothing", "anew", "goes on"} else 1
        return Part(
            LogText("x" * size, cursor, cursor + size),
            cursor + size,
            is_truncated=special == "anew",
            is_short=special == "short",
            is_cut=special == "cut",
            goes_on=special == "goes on",
            note="beware" if special in {"note", "note of all"} else "",
            is_of_service=special == "note of all",
            pause=self.pauses.pop(0) if self.pauses else 0.0,
        )

    def after(self, cursor, *, is_final=False):
        self.journal.append("final" if is_final else "one")
        return self._part(cursor)

    def ahead(self, cursor, parts):
        self.journal.append(parts)
        for _part in range(self._ahead.pop(0) if self._ahead else 0):
            part = self._part(cursor)
            yield part
            cursor = part.cursor

    def tail(self, lines, *, is_frugal=False):
        self.journal.append(f"the last {lines}")
        return self._part(100)


def tail_of(log, status=JobStatus.RUNNING, start=0):
    clock = Clock()
    return Tail(log, JobWatch(lambda: status, None, clock), start), clock


def texts(events):
    return [event for event in events if isinstance(event, LogText)]


def test_a_poll_takes_64_parts_and_looks_ahead_after_16_full_ones():
    log = Scripted()
    tail, clock = tail_of(log)
    first, second = texts(poll(tail, clock)), texts(poll(tail, clock))
    assert log.journal == [
        *["one"] * 16,
        48,
        *["one"] * 16,
        32,
        *["one"] * 16,
        16,
        *["one"] * 16,
        64,
        *["one"] * 16,
        48,
        *["one"] * 16,
        32,
        *["one"] * 16,
        16,
        *["one"] * 16,
    ]
    assert [text.start_byte for text in first + second] == [*range(128)]
    assert tail.due_in == 0


def test_far_behind_parts_are_read_ahead_until_none_come():
    log = Scripted(ahead=[10, 20, 0, 2])
    tail, clock = tail_of(log)
    assert len(texts(poll(tail, clock))) == 64
    assert log.journal == [*["one"] * 16, 48, 38, 18, *["one"] * 16, 2]


def test_more_parts_than_were_asked_for_end_a_poll():
    log = Scripted(ahead=[51, 1])
    tail, clock = tail_of(log)
    assert len(texts(poll(tail, clock))) == 16 + 51
    assert log.journal == [*["one"] * 16, 48]
    assert tail.due_in == 0


def test_a_part_that_is_not_full_begins_the_count_anew():
    log = Scripted([*["full"] * 15, "goes on", *["full"] * 15, "anew", *["full"] * 16])
    tail, clock = tail_of(log)
    poll(tail, clock)
    assert log.journal[:49] == [*["one"] * 48, 16]


@pytest.mark.parametrize("end", ["short", "nothing"])
def test_what_is_less_than_usual_ends_a_poll_of_a_job_that_runs(end):
    log = Scripted(["full", end, "full", end])
    tail, clock = tail_of(log)
    for _poll in range(2):
        assert tail.due_in >= 0
        poll(tail, clock)
        assert tail.due_in > 0
    assert log.journal == ["one"] * 4


def test_of_a_job_that_has_ended_all_is_read_and_twice_that_nothing_more_comes():
    log = Scripted(["short", "short", "nothing", "nothing", "nothing"])
    tail, clock = tail_of(log, JobStatus.COMPLETED)
    assert len(texts(poll(tail, clock))) == 2
    assert poll(tail, clock) == []
    assert poll(tail, clock) == [Finished(JobStatus.COMPLETED)]
    assert log.journal == ["one"] * 4 + ["final"]


def test_what_was_written_anew_is_told_and_read_at_once_and_is_no_end():
    log = Scripted(["full", "short", "anew", "short", "anew", "nothing", "nothing", "nothing"])
    tail, clock = tail_of(log)
    poll(tail, clock)
    told, text = poll(tail, clock)
    assert isinstance(text, LogText)
    assert told == Trouble("The log was written anew; it is shown again from its beginning", 0.0)
    ended, clock = tail_of(Scripted(["anew", "nothing", "nothing", "nothing"]), JobStatus.COMPLETED)
    assert poll(ended, clock) == [COMPLETED, told]
    assert poll(ended, clock) == []
    assert poll(ended, clock) == [Finished(JobStatus.COMPLETED)]


def test_of_a_job_that_has_ended_all_is_read_however_much_it_is():
    log = Scripted([*["full"] * 130, *["nothing"] * 30], ahead=[48, 48, 2])
    tail, clock = tail_of(log, JobStatus.COMPLETED)
    events = []
    while not tail.finished:
        events += poll(tail, clock)
    assert len(texts(events)) == 130


@pytest.mark.parametrize(("special", "is_of_service"), [("note", False), ("note of all", True)])
def test_what_a_person_is_told_of_a_part_stands_before_its_text(special, is_of_service):
    tail, clock = tail_of(Scripted(["full", special, "nothing"]))
    _status, first, note, second = poll(tail, clock)
    assert (first, note, second) == (LogText("x", 0, 1), Trouble("beware", 0.0), LogText("x", 1, 2))
    assert note.is_of_service is is_of_service


def test_a_log_that_is_dear_to_look_at_is_not_looked_at_before_its_pause_is_over():
    log = Scripted(["short"] * 4)
    log.pauses = [20.0, 0.5, 3.0, 0.0]
    tail, clock = tail_of(log)
    found = []
    for _poll in range(4):
        poll(tail, clock)
        found.append(tail.due_in)
    assert found == [20, 1, 3, 1]


def test_a_look_that_took_long_is_followed_by_the_next_one():
    log = Scripted(["short"] * 3)
    tail, clock = tail_of(log)
    usual = log._part

    def slow(cursor):
        clock.now += 0.75
        return usual(cursor)

    log._part = slow
    poll(tail, clock)
    poll(tail, clock)
    assert tail.due_in == 0.25


def started(*starts, script):
    """What a tail tells in one poll for each count of starts of its job."""
    log, states = Scripted(script), [PhaseState("Running", starts=count) for count in starts]
    clock = Clock()
    tail = Tail(log, JobWatch(lambda: states.pop(0), None, clock), 0)
    return [[event for event in poll(tail, clock) if isinstance(event, Trouble)] for _ in starts]


def test_when_a_job_is_started_again_it_is_told_of_which_start_the_text_is():
    def again(number):
        return Trouble(f"The job was started again: what follows is of start {number}", 0.0)

    told = started(0, 1, 1, 2, 1, 4, script=["short"] * 6)
    assert told == [[], [], [], [again(2)], [], [again(4)]]
    assert started(3, 3, script=["short"] * 2) == [[], []], "that was before"


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (0, "The log was written anew; it is shown again from its beginning"),
        (1, "The log was written anew; it is shown again from its beginning"),
        (2, "The log was written anew by start 2 of the job"),
        (3, "The log was written anew by start 3 of the job"),
    ],
)
def test_a_log_that_is_written_anew_names_the_start_that_did_it(starts, words):
    assert started(starts, script=["anew", "short"]) == [[Trouble(words, 0.0)]]


def test_the_last_lines_are_asked_for_once_and_told_where_they_are_cut():
    log = Scripted(["cut", "nothing"])
    tail, clock = tail_of(log, start=LastLines(7))
    assert poll(tail, clock) == [
        RUNNING,
        LogText("x", 100, 101),
        Trouble("only the last 1 bytes of these lines; --tail all shows all", 0.0),
    ]
    assert log.journal == ["the last 7", "one"]


def test_what_has_bytes_and_no_text_is_no_end():
    log = Scripted()
    log._part = lambda cursor: Part(LogText("", cursor, cursor + 5), cursor + 5, is_short=True)
    tail, clock = tail_of(log)
    assert texts(poll(tail, clock)) == [LogText("", 0, 5)]
