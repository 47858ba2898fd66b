"""What a follower delivers is the file, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from log_services import (
    DECODERS,
    Clock,
    Service,
    delivered,
    passing_troubles,
    poll,
    run_to_end,
    texts,
)

from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    ThrottledError,
    UnavailableError,
    UnknownCallError,
)
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.cadence import QUIET
from modelarts_magics.core.logs.follow import Finished, LastLines, StatusChanged, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower


@given(
    pieces=st.lists(st.tuples(texts, st.lists(passing_troubles, max_size=2)), max_size=12),
    cut=st.integers(0, 3),
    habit=st.sampled_from(sorted(DECODERS)),
    longest_slice=st.integers(16, 64),
)
def test_what_is_delivered_equals_the_file(pieces, cut, habit, longest_slice):
    clock, service, events = Clock(), Service(habit, longest_slice), []
    follower = service.follower(clock)
    whole = "".join(text for text, _troubles in pieces).encode()
    written = 0
    for text, troubles in pieces:
        written += len(text.encode())
        service.data = whole[: max(0, written - cut)]  # a writer flushes in the middle, too
        service.troubles += troubles
        events += poll(follower, clock)
    service.data = whole
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert "".join(e.text for e in events if isinstance(e, LogText)) == whole.decode()
    offsets = [(e.start_byte, e.end_byte) for e in events if isinstance(e, LogText)]
    assert all(one[1] == next_[0] for one, next_ in zip(offsets, offsets[1:]))
    assert events[-1] == Finished(JobStatus.COMPLETED)


@given(before=texts, after=texts)
def test_a_log_that_was_written_anew_is_delivered_again(before, after):
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.data = before.encode() + b" and some more"
    events = poll(follower, clock)
    service.data = after.encode()[: len(service.data) - 1]
    service.data = service.data.decode(errors="ignore").encode()
    events += poll(follower, clock)
    service.status = JobStatus.FAILED
    events += run_to_end(follower, clock)
    assert any(isinstance(event, Trouble) and "anew" in event.message for event in events)
    shown = delivered(events) if service.data else ""
    assert shown == service.data.decode()


@given(
    before=texts,
    after=texts,
    start=st.sampled_from([0, LastLines(2)]),
    habit=st.sampled_from(sorted(DECODERS)),
    is_over=st.booleans(),
)
def test_a_log_that_was_written_anew_and_is_longer_by_now_is_delivered_again(
    before, after, start, habit, is_over
):
    """By the text before the place where it was read last: 64 bytes of it are looked at again."""
    clock, service = Clock(), Service(habit, 512)
    follower = service.follower(clock, start)
    service.data = f"{before} of the first\n".encode()
    events = poll(follower, clock)
    service.data = f"{after * (len(before) + 1)} of the second, which is longer\n".encode()
    assume(len(service.data) >= len(f"{before} of the first\n".encode()))
    service.status = JobStatus.COMPLETED if is_over else JobStatus.RUNNING
    events += poll(follower, clock)
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data
    assert ["anew" in message for message in messages(events)] == [True]


@pytest.mark.parametrize("size", [1, 64, 5_000])
def test_whether_a_log_was_written_anew_costs_64_bytes_a_look_and_no_request(size):
    clock, service = Clock(), Service(longest_slice=2048)
    asked, read = [], service.read
    service.read = lambda start, length: asked.append(start) or read(start, length)
    follower = service.follower(clock)
    service.data = b"x" * size
    poll(follower, clock)
    asked.clear()
    for _quiet in range(3):
        poll(follower, clock)
    assert asked == [max(0, size - 64)] * 3
    service.data += b"y" * 5_000
    asked.clear()
    assert sum(len(event.text) for event in poll(follower, clock)) == 5_000
    assert asked[:2] == [max(0, size - 64), max(0, size - 64) + 2048]
    assert len(asked) == 3


@pytest.mark.parametrize("is_over", [False, True])
@pytest.mark.parametrize("more", [0, 1, 64])
def test_one_byte_of_other_text_before_the_end_tells_that_a_log_was_written_anew(more, is_over):
    clock, service = Clock(), Service(longest_slice=512)
    follower = service.follower(clock)
    service.data = b"line of a log\n" * 10
    events = poll(follower, clock)
    service.data = service.data[:-9] + b"?" + service.data[-8:] + b"x" * more
    service.status = JobStatus.COMPLETED if is_over else JobStatus.RUNNING
    events += poll(follower, clock)
    assert delivered(events).encode() == service.data
    assert ["anew" in message for message in messages(events)] == [True]


@pytest.mark.parametrize("most", [1, 30, 63, 64, 65, 66, 100])
def test_a_service_that_gives_less_than_the_text_that_is_known_is_followed_nevertheless(most):
    clock, service = Clock(), Service(longest_slice=512)
    follower, read = service.follower(clock), service.read
    service.data = b"line of a log\n" * 20
    events = poll(follower, clock)
    service.read = lambda start, length: read(start, min(length, most))
    for _part in range(40):
        service.data += b"more of it, much more\n"
        events += poll(follower, clock)
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data
    assert messages(events) == []


@pytest.mark.parametrize("habit", DECODERS)
def test_a_last_byte_that_is_no_text_is_told_once_nothing_more_is_written(habit):
    clock, service = Clock(), Service(habit, longest_slice=512)
    follower = service.follower(clock)
    service.data = b"line of a log\n" * 10
    events = poll(follower, clock)
    service.data += b"\x80"
    events += poll(follower, clock)
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert [e.end_byte for e in events if isinstance(e, LogText)][-1] == len(service.data)
    assert messages(events) == []


class Lagging(Service):
    """Some answers are those of a moment ago, or of a log that nothing was written to."""

    def __init__(self, seen, lags_at):
        super().__init__()
        self._seen = seen  # bytes
        self._lags_at = lags_at
        self.reads = -1_000  # until it begins

    def read(self, start_byte, length):
        self.reads += 1
        if not self._lags_at(self.reads):
            return super().read(start_byte, length)
        whole, self.data = self.data, self.data[: self._seen]
        try:
            return super().read(start_byte, length)
        finally:
            self.data = whole


@given(
    seen=st.sampled_from([0, 1, 40, 200]),
    first=st.integers(1, 40),
    count=st.integers(1, 6),
    start=st.sampled_from([0, LastLines(20)]),
)
def test_a_service_that_does_not_see_the_log_for_a_while_makes_nothing_come_twice(
    seen, first, count, start
):
    clock, service = Clock(), Lagging(seen, lambda read: first <= read < first + count)
    follower, lines = service.follower(clock, start), b"line of a log\n" * 10
    service.data = lines
    events = poll(follower, clock)
    service.reads = 0  # what is wrong at the beginning is another matter
    for _part in range(5):
        service.data += lines
        events += poll(follower, clock)
    while service.reads < first + count:
        events += poll(follower, clock)
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    shown = [event for event in events if isinstance(event, LogText)]
    assert all(one.end_byte == next_.start_byte for one, next_ in zip(shown, shown[1:]))
    assert service.data.endswith("".join(event.text for event in shown).encode())
    assert shown[-1].end_byte == len(service.data)
    assert start or shown[0].start_byte == 0


def messages(events):
    return [event.message for event in events if isinstance(event, Trouble)]


def test_a_log_whose_beginning_is_another_was_written_anew_at_the_first_look():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.data = b"the first attempt\n" * 9
    poll(follower, clock)
    service.data = b"the second attempt\n"
    events = poll(follower, clock)
    assert delivered(events) == "the second attempt\n"
    assert ["anew" in message for message in messages(events)] == [True]


@pytest.mark.parametrize("now", ["", "the same\n"])
def test_a_log_that_stays_shorter_was_written_anew_though_it_begins_alike(now):
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.data = b"the same\n" * 9
    poll(follower, clock)
    service.data = now.encode()
    events = [event for _poll in range(5) for event in poll(follower, clock)]
    assert delivered(events) == now
    *doubts, last = messages(events)
    assert all("gives no longer what was shown" in message for message in doubts)
    assert (len(doubts), "anew" in last) == (3, True)


def test_a_log_that_was_shorter_and_goes_on_otherwise_was_written_anew():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.data = b"the same beginning\n" + b"of the first attempt\n" * 9
    poll(follower, clock)
    service.data = b"the same beginning\n"
    events = poll(follower, clock)
    service.data += b"of another attempt\n" * 20
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data


def test_a_doubtful_end_of_a_service_that_never_tells_the_end_is_no_end_of_following():
    clock, service = Clock(), Service()
    follower, read = service.follower(clock), service.read
    service.data = b"first\n"
    events = poll(follower, clock)
    service.read = lambda start, _length: LogChunk("", start, None if start < 0 else 0, 0)
    events += poll(follower, clock)
    service.read, service.data = read, b"first\nsecond\n"
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events) == "first\nsecond\n"
    assert events[-1] == Finished(JobStatus.COMPLETED)


def test_text_that_comes_after_the_final_status_is_not_lost():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.data, service.status = b"first\n", JobStatus.COMPLETED
    events = poll(follower, clock) + poll(follower, clock)
    service.data += b"late\n"
    events += run_to_end(follower, clock)
    assert delivered(events) == "first\nlate\n"


def test_a_stopped_job_is_no_success():
    clock, service = Clock(), Service()
    service.status = JobStatus.KILLED
    last = run_to_end(service.follower(clock), clock)[-1]
    assert not last.is_success
    assert "stopped" in last.reason


def test_polling_slows_down_when_it_is_quiet_and_hurries_when_told():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    for _poll in range(12):
        poll(follower, clock)
    assert follower.due_in == QUIET
    service.calls = 0
    end = clock.now + 60
    while clock.now + follower.due_in <= end:
        poll(follower, clock)
    assert service.calls <= 8
    follower.hurry()
    assert follower.due_in == 0
    service.data = b"news\n"
    poll(follower, clock)
    assert 0 < follower.due_in <= 1


def test_an_interval_that_was_chosen_stays_whether_there_is_news_or_not():
    clock, service = Clock(), Service()
    follower = service.follower(clock, interval=7.0)
    for text in (b"", b"news\n", b"", b""):
        service.data += text
        poll(follower, clock)
        assert follower.due_in == 7.0


LIES = {
    "twice": lambda chunk: replace(chunk, text=chunk.text * 2),
    "shortened": lambda chunk: replace(chunk, text=chunk.text[:5]),
    "empty": lambda chunk: replace(chunk, text=""),
    "another end": lambda chunk: replace(chunk, end_byte=chunk.end_byte + 20),
}


class Liar(Service):
    """Some answers about text contradict themselves."""

    def __init__(self, lie, lies_at):
        super().__init__()
        self.status = JobStatus.COMPLETED
        self._lie = LIES[lie]
        self._lies_at = lies_at
        self.reads = 0

    def read(self, start_byte, length):
        chunk = super().read(start_byte, length)
        self.reads += 1
        return self._lie(chunk) if chunk.text and self._lies_at(self.reads) else chunk


@given(lie=st.sampled_from(sorted(LIES)), every=st.integers(2, 9))
def test_an_answer_that_contradicts_itself_once_is_asked_about_again(lie, every):
    clock, service = Clock(), Liar(lie, lambda read: read % every == 0)
    service.data = b"line of a log\n" * 50
    events = run_to_end(service.follower(clock), clock)
    assert "".join(e.text for e in events if isinstance(e, LogText)).encode() == service.data
    assert not any(isinstance(event, Trouble) for event in events)


@given(lie=st.sampled_from(sorted(LIES)), first=st.integers(1, 40), count=st.integers(1, 6))
def test_a_service_that_contradicts_itself_for_a_while_costs_no_byte(lie, first, count):
    clock, service = Clock(), Liar(lie, lambda read: first <= read < first + count)
    service.data = b"line of a log\n" * 50
    events = run_to_end(service.follower(clock), clock)
    assert "".join(e.text for e in events if isinstance(e, LogText)).encode() == service.data


@pytest.mark.parametrize("lie", LIES)
def test_a_service_that_always_contradicts_itself_is_followed_nevertheless(lie):
    clock, service = Clock(), Liar(lie, lambda _read: True)
    service.data = b"line of a log\n" * 50
    events = run_to_end(service.follower(clock), clock)
    assert events[-1] == Finished(JobStatus.COMPLETED)
    told = [event.message for event in events if isinstance(event, Trouble)]
    assert len(told) == 3, "so that it means what it says"
    assert all("contradicts itself" in message for message in told)
    assert max(e.end_byte for e in events if isinstance(e, LogText)) >= len(service.data)


@given(
    lie=st.sampled_from(["empty", "shortened", "twice"]),
    at=st.integers(1, 4),
    size=st.sampled_from([20, 700]),
)
def test_the_last_lines_are_those_of_the_file_though_an_answer_contradicts_itself(lie, at, size):
    clock, service = Clock(), Liar(lie, lambda read: read == at)
    service.data = (b"line of a log\n" * 50)[-size:]
    events = run_to_end(service.follower(clock, LastLines(2)), clock)
    shown = "".join(e.text for e in events if isinstance(e, LogText)).encode()
    assert service.data.endswith(shown)
    assert shown.endswith(b"line of a log\n")


@given(every=st.integers(2, 9), kind=passing_troubles)
def test_trouble_counts_only_while_nothing_comes(every, kind):
    """So that a service that garbles an answer now and then is not left alone ever longer."""

    class Sometimes(Service):
        reads = 0

        def read(self, start_byte, length):
            self.reads += 1
            if self.reads % every == 0:
                raise kind
            return super().read(start_byte, length)

    clock, service = Clock(), Sometimes()
    service.data = b"line of a log\n" * 200
    follower = service.follower(clock)
    events = []
    while delivered(events) != service.data.decode():
        events += poll(follower, clock)
    pauses = {event.retry_in_s for event in events if isinstance(event, Trouble)}
    assert pauses == {1.0}


def test_trouble_says_when_it_tries_again_and_waits_longer_each_time():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.troubles = [UnavailableError("down", status=500)] * 4
    pauses = [poll(follower, clock)[0].retry_in_s for _try in range(4)]
    assert pauses == sorted(set(pauses))
    assert poll(follower, clock) == [StatusChanged(JobStatus.RUNNING)]


def test_a_throttled_follower_waits_as_long_as_it_is_told():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    throttled = ThrottledError("slow down", status=429)
    throttled.retry_after = 33.0
    service.troubles = [throttled]
    assert poll(follower, clock)[0].retry_in_s == 33.0
    assert follower.due_in == 33.0


def test_a_job_that_is_gone_or_forbidden_ends_the_following():
    for error in (
        NotFoundError("no such job", status=404),
        PermissionDeniedError("not yours", status=403),
        AuthenticationError("bad key", status=401),
    ):
        clock, service = Clock(), Service()
        service.troubles = [error]
        events = poll(service.follower(clock), clock)
        assert isinstance(events[-1], Finished)
        assert error.message in events[-1].reason
        assert service.calls == 1


def test_a_job_that_was_there_was_deleted_unless_the_service_has_no_such_call():
    gone = NotFoundError("no such job", code="ModelArts.2775", status=400)
    for error, reason in (
        (gone, "The job was deleted. %ma_log lists the jobs with their ids"),
        (UnknownCallError("no such call", status=404), "no such call [HTTP 404]"),
    ):
        clock, service = Clock(), Service()
        follower = service.follower(clock)
        poll(follower, clock)
        service.troubles = [error]
        assert poll(follower, clock) == [Finished(JobStatus.RUNNING, reason)]


def test_a_status_nobody_knows_is_not_waited_for_for_ever():
    clock, service = Clock(), Service()
    service.status = JobStatus(77)
    assert "not known" in run_to_end(service.follower(clock), clock)[-1].reason


def test_following_can_begin_with_the_last_lines():
    clock, service = Clock(), Service()
    service.data = "一\n二\n三\n".encode()
    follower = service.follower(clock, LastLines(2))
    assert delivered_from(poll(follower, clock)) == "二\n三\n"
    service.data += b"four\n"
    assert delivered_from(poll(follower, clock)) == "four\n"


def delivered_from(events):
    return "".join(event.text for event in events if isinstance(event, LogText))


def test_files_of_a_job_share_one_status_and_one_end():
    clock = Clock()
    services = [Service() for _file in range(5)]
    for number, service in enumerate(services):
        service.name = f"job-x.{number}"
        service.data = f"worker {number}\n".encode()
    asked = []

    def status():
        asked.append(clock.now)
        return JobStatus.COMPLETED if clock.now > 200 else JobStatus.RUNNING

    job = JobFollower([RangeLog(service, Reader(1)) for service in services], status, clock=clock)
    events = []
    while job.finished is None:
        clock.now += job.due_in
        events += job.poll_due()
    assert [e for e in events if isinstance(e, StatusChanged)] == [
        StatusChanged(JobStatus.RUNNING),
        StatusChanged(JobStatus.COMPLETED),
    ]
    assert [e for e in events if isinstance(e, Finished)] == [Finished(JobStatus.COMPLETED)]
    assert {e.log_file: e.text for e in events if isinstance(e, LogText)} == {
        f"job-x.{number}": f"worker {number}\n" for number in range(5)
    }
    assert len(asked) < 40


@pytest.mark.parametrize("habit", sorted(DECODERS))
@pytest.mark.parametrize("count", range(1, 8))
def test_a_cut_character_behind_genuine_replacement_characters_is_waited_for(habit, count):
    clock, service = Clock(), Service(habit, 20)
    service.data = "\ufffd".encode() * count + b"\xc2"
    follower = service.follower(clock)
    events = poll(follower, clock) + poll(follower, clock)
    service.data += b"\x80"
    service.status = JobStatus.COMPLETED
    events += run_to_end(follower, clock)
    assert delivered(events).encode() == service.data


def test_whoever_follows_knows_whether_the_last_poll_failed():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    down = UnavailableError("down", status=500)
    assert follower.is_in_trouble is False
    for troubles in ([down], [], [down], [down], [], [down]):
        service.troubles = list(troubles)
        poll(follower, clock)
        assert follower.is_in_trouble is bool(troubles)
    service.troubles = [NotFoundError("no such job", status=404)]
    poll(follower, clock)
    assert follower.is_in_trouble is False, "it is over"


def test_trouble_behind_text_is_the_first():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    read, asked = service.read, []

    def every_second(start, length):
        asked.append(start)
        if len(asked) % 2 == 0:
            raise UnavailableError("down", status=500)
        return read(start, length)

    service.read, service.data = every_second, b"line of a log\n" * 20
    for _poll in range(4):
        text, trouble = poll(follower, clock)[-2:]
        assert (type(text), trouble) == (LogText, Trouble("down", 1.0))
        assert follower.is_in_trouble


def test_a_log_that_never_comes_is_no_news_and_the_end_of_a_job_that_has_ended():
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    service.read = lambda *_slice: throw(NotFoundError("no such log", status=404))
    for _poll in range(9):
        poll(follower, clock)
    assert follower.due_in == QUIET
    service.status = JobStatus.FAILED
    assert poll(follower, clock) == [StatusChanged(JobStatus.FAILED)]
    assert follower.due_in == 2, "a log may lag behind the status"
    assert poll(follower, clock) == [Finished(JobStatus.FAILED, "The job failed: FAILED")]


def throw(error):
    raise error


@pytest.mark.parametrize("now", [JobStatus.WAITING, JobStatus.SCALING])
def test_another_status_is_news_so_that_more_is_looked_for_soon(now):
    clock, service = Clock(), Service()
    follower = service.follower(clock)
    for _poll in range(9):
        poll(follower, clock)
    service.status = now
    assert poll(follower, clock) == [StatusChanged(now)]
    assert 0 < follower.due_in <= 1


def test_an_end_without_a_status_is_no_success():
    assert not Finished(None).is_success
    assert not Finished(JobStatus.FAILED).is_success
    assert Finished(JobStatus.COMPLETED).is_success
