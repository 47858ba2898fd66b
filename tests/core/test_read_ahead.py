"""A follower that is far behind reads several slices at once, and what it delivers is the file."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_services import (
    DECODERS,
    Clock,
    GrowingLog,
    Service,
    delivered,
    passing_troubles,
    poll,
    run_to_end,
    texts,
)

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import UnavailableError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower

_FAR = 40  # slices; more than a follower reads one after the other
_IN_SEQUENCE = 16  # slices that it reads like that
habits = st.sampled_from(sorted(DECODERS))
sizes = st.integers(20, 64)


class Scripted(Service):
    """A job whose log changes while it is read.

    Args:
        acts: by the number of a read, what happens just before it.
    """

    def __init__(self, habit, longest_slice, acts):
        super().__init__(habit, longest_slice)
        self.acts = acts
        self.starts = []  # where each read began

    def read(self, start_byte, length):
        with self._lock:
            self.starts.append(start_byte)
            act = self.acts.pop(len(self.starts), None)
            if act:
                act()
        return super().read(start_byte, length)

    def far_follower(self, clock):
        return self.follower(clock, log=RangeLog(self, Reader(4)))


def long_text(text, size):
    """A text that is far more than a follower reads one after the other."""
    text = text or "x"
    return text * (_FAR * size // len(text.encode()) + 1)


def is_without_gap(events):
    spans = [(e.start_byte, e.end_byte) for e in events if isinstance(e, LogText)]
    return all(one[1] == next_[0] for one, next_ in zip(spans, spans[1:]))


@given(
    text=texts,
    more=st.dictionaries(st.integers(1, 90), texts, max_size=4),
    faults=st.dictionaries(st.integers(1, 90), passing_troubles, max_size=6),
    cut=st.integers(0, 3),
    habit=habits,
    size=sizes,
)
def test_what_is_delivered_equals_the_file_whatever_happens_meanwhile(
    text, more, faults, cut, habit, size
):
    clock, late = Clock(), []

    def grow(added):
        whole = service.data + b"".join(late) + added.encode()
        written = max(len(service.data), len(whole) - cut)
        service.data, late[:] = whole[:written], [whole[written:]]

    def fail(trouble):
        raise trouble

    acts = {number: lambda t=trouble: fail(t) for number, trouble in faults.items()}
    acts |= {number: lambda a=added: grow(a) for number, added in more.items()}
    service = Scripted(habit, size, acts)
    service.data = long_text(text, size).encode()
    follower, events = service.far_follower(clock), []
    for _poll in range(6):
        events += poll(follower, clock)
    service.data += b"".join(late)
    late.clear()
    service.acts.clear()
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data
    assert is_without_gap(events)
    assert events[-1] == Finished(JobStatus.COMPLETED)


@pytest.mark.parametrize("habit", sorted(DECODERS))
@given(text=st.text(st.sampled_from("a练\x80\ufffd"), min_size=1, max_size=6), size=sizes)
def test_genuine_replacement_characters_are_delivered_as_they_are(habit, text, size):
    clock = Clock()
    service = Scripted(habit, size, {})
    service.data = long_text(text, size).encode()
    follower = service.far_follower(clock)
    events = poll(follower, clock) + poll(follower, clock)
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data


@given(text=texts, after=texts, when=st.integers(17, 38), habit=habits, size=sizes)
def test_a_log_that_is_written_anew_while_it_is_read_is_delivered_again(
    text, after, when, habit, size
):
    clock = Clock()

    def rewrite():
        last_in_sequence = service.starts[_IN_SEQUENCE - 1]
        new = after.encode()[: max(0, last_in_sequence - 1)]
        service.data = new.decode(errors="ignore").encode()

    service = Scripted(habit, size, {when: rewrite})
    service.data = old = long_text(text, size).encode()
    follower = service.far_follower(clock)
    events = poll(follower, clock) + poll(follower, clock)
    assert service.data != old
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert any(isinstance(event, Trouble) and "anew" in event.message for event in events)
    assert (delivered(events) if service.data else "").encode() == service.data


@given(
    data=st.one_of(
        st.binary(min_size=1, max_size=300),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1).map(
            lambda text: text.encode("gbk", "ignore") or b"\xff"
        ),
    ),
    habit=habits,
    size=sizes,
)
def test_a_log_that_is_no_utf8_is_read_to_its_end_without_a_gap(data, habit, size):
    clock = Clock()
    service = Scripted(habit, size, {})
    service.data = data * (3 * _FAR * size // len(data) + 1)
    follower = service.far_follower(clock)
    service.status = JobStatus.COMPLETED
    events = run_to_end(follower, clock)
    assert is_without_gap(events)
    assert [e for e in events if isinstance(e, LogText)][-1].end_byte == len(service.data)


def test_a_chinese_log_in_another_encoding_takes_hardly_more_requests_than_in_sequence():
    data = "训练轮次 损失 精度\n".encode("gbk") * 20_000
    service = Service(longest_slice=2048)
    service.data, service.status = data, JobStatus.COMPLETED
    clock = Clock()
    events = run_to_end(service.follower(clock, log=RangeLog(service, Reader(8))), clock)
    assert sum(e.end_byte - e.start_byte for e in events if isinstance(e, LogText)) == len(data)
    assert service.calls < 1.5 * len(data) / 2048


class Noting(Service):
    """Remembers what it was asked."""

    def __init__(self, size):
        super().__init__(longest_slice=size)
        self.asked = []

    def read(self, start_byte, length):
        self.asked.append((start_byte, length))
        return super().read(start_byte, length)


@given(pieces=st.lists(st.integers(0, 15 * 32), min_size=1, max_size=12), size=st.just(32))
def test_near_its_end_a_log_is_asked_for_as_ever(pieces, size):
    """Whatever grows by less than sixteen slices between two polls."""
    asked = []
    for connections in (1, 8):
        clock, service = Clock(), Noting(size)
        follower = service.follower(clock, log=RangeLog(service, Reader(connections)))
        for piece in pieces:
            service.data += b"x" * piece
            poll(follower, clock)
        service.status = JobStatus.COMPLETED
        run_to_end(follower, clock)
        asked.append(service.asked)
    assert asked[0] == asked[1]


def test_far_behind_hardly_more_requests_are_made_than_in_sequence():
    service = Service(longest_slice=2048)
    service.data, service.status = b"one line of it\n" * 100_000, JobStatus.COMPLETED
    clock = Clock()
    run_to_end(service.follower(clock, log=RangeLog(service, Reader())), clock)
    assert service.calls < 1.05 * len(service.data) / 2048


# ---- at once ------------------------------------------------------------------------------------


class Held(GrowingLog):
    """A log whose slices hold a connection of a reader; its counts are shared with other logs."""

    def __init__(self, name, reader, held):
        super().__init__(f"{name} 第一行 line\n".encode() * 4000, "replaces a cut character", 512)
        self.name = name
        self._reader = reader
        self._held = held
        self.together = threading.Barrier(4)

    def read(self, start_byte, length):
        with self._reader.connection():
            self._held[self._reader.connections - self._reader.idle] += 1
            if start_byte > 512 * _FAR:
                self._meet()
            return super().read(start_byte, length)

    def _meet(self):
        """Wait until four slices are under way together, the first time."""
        if not self.together.broken:
            try:
                self.together.wait(20)
            except threading.BrokenBarrierError:
                return
            self.together.abort()


def test_one_file_that_is_far_behind_uses_several_connections():
    reader, held = Reader(8), Counter()
    log = Held("job-x.0", reader, held)
    job = JobFollower(
        [RangeLog(log, reader)], lambda: JobStatus.COMPLETED, clock=(clock := Clock())
    )
    assert texts_of(job, clock) == {"job-x.0": log.data.decode()}
    assert 4 <= max(held) <= 8
    assert_no_threads_are_left()


def test_many_files_that_are_far_behind_share_the_connections():
    reader, held = Reader(8), Counter()
    logs = [Held(f"job-x.{worker}", reader, held) for worker in range(12)]
    for log in logs:
        log.together.abort()
    clock = Clock()
    job = JobFollower(
        [RangeLog(log, reader) for log in logs], lambda: JobStatus.COMPLETED, clock=clock
    )
    assert texts_of(job, clock) == {log.name: log.data.decode() for log in logs}
    assert max(held) <= 8
    assert_no_threads_are_left()


def texts_of(job, clock):
    found = Counter()
    while job.finished is None:
        clock.now += job.due_in
        for event in job.poll_due():
            if isinstance(event, LogText):
                found[event.log_file] = (found[event.log_file] or "") + event.text
    return dict(found)


def assert_no_threads_are_left():
    for thread in threading.enumerate():
        if thread.name.startswith("modelarts"):
            thread.join(20)
            assert not thread.is_alive()


def test_an_interrupt_leaves_no_thread_and_a_cursor_to_go_on_from():
    def interrupt():
        raise KeyboardInterrupt

    clock = Clock()
    service = Scripted("replaces a cut character", 64, {40: interrupt})
    service.data = "第一行 line\n".encode() * 1000
    follower = service.far_follower(clock)
    with pytest.raises(KeyboardInterrupt):
        poll(follower, clock)
    assert_no_threads_are_left()
    service.status = JobStatus.COMPLETED
    rest = [event for event in run_to_end(follower, clock) if isinstance(event, LogText)]
    assert 0 < rest[0].start_byte < 64 * 40
    assert "".join(e.text for e in rest).encode() == service.data[rest[0].start_byte :]


def test_trouble_far_behind_is_told_after_what_was_read_before_it():
    def fail():
        raise UnavailableError("down", status=500)

    clock = Clock()
    service = Scripted("replaces a cut character", 64, {40: fail})
    service.data = b"line\n" * 2000
    events = poll(service.far_follower(clock), clock)
    assert isinstance(events[-1], Trouble)
    assert len([e for e in events if isinstance(e, LogText)]) >= 16
    assert service.data.startswith(delivered(events).encode())
