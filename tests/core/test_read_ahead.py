"""A follower that is far behind reads several slices at once, and what it delivers is the file."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import example, given
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

from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import UnavailableError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog, ReadAhead
from modelarts_magics.core.logs.exact import ByteLog
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower

_FAR = 40  # slices; more than a follower reads one after the other
_IN_SEQUENCE = 16  # slices that it reads like that
_NO_UTF8 = b"\xd0\xb4\xd0\xb9\xb9\xd0\xb9\xd0\xb9\xc2\xb9\xd0\xf2\xa1\xb4"
_DROPPED = b"\x80\xd0" + "й😀中a😀a\ufffd".encode()
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


@example(data=b"\x80\x00\x00\x01", habit="drops cut bytes", size=20, is_long=False)
@example(data=b"\x80\x00\x00\x01", habit="drops cut bytes", size=20, is_long=True)
@example(data=_DROPPED, habit="drops cut bytes", size=22, is_long=False)
@example(data=_NO_UTF8, habit="moves the end back", size=21, is_long=True)
@given(
    data=st.one_of(
        st.binary(min_size=1, max_size=300),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1).map(
            lambda text: text.encode("gbk", "ignore") or b"\xff"
        ),
    ),
    habit=habits,
    size=sizes,
    is_long=st.booleans(),
)
def test_a_log_that_is_no_utf8_is_read_to_its_end_without_a_gap(data, habit, size, is_long):
    clock = Clock()
    service = Scripted(habit, size, {})
    service.data = data * (3 * _FAR * size // len(data) + 1) if is_long else data
    follower = service.far_follower(clock)
    service.status = JobStatus.COMPLETED
    events = run_to_end(follower, clock)
    readings = readings_of(events)
    assert all(map(is_without_gap, readings))
    assert readings[-1][-1].end_byte == len(service.data)
    assert len(readings) <= 3, "such a log may look as if it was written anew, and not for ever"


def readings_of(events):
    """The texts from one beginning to the next."""
    readings = []
    for event in events:
        if isinstance(event, LogText):
            readings += [[]] if event.start_byte == 0 else []
            readings[-1].append(event)
    return readings


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


# ---- which ranges are asked for, and what is taken of them ---------------------------------------


class Asked(GrowingLog):
    """Remembers what it was asked; ranges of 100 bytes bring a reading on by 92."""

    def __init__(self, data, longest_slice=100, lie=None, given=None):
        super().__init__(data, "replaces a cut character", longest_slice)
        self.asked = []
        self._lie = lie or (lambda chunk: chunk)
        self._given = given or (lambda _start: 999)
        self._lock = threading.Lock()

    def read(self, start_byte, length):
        with self._lock:
            self.asked.append((start_byte, length))
        return self._lie(super().read(start_byte, min(length, self._given(start_byte))))

    def take_asked(self):
        asked, self.asked = self.asked, []
        return asked


def doubled(chunk):
    """More text than there are bytes."""
    return LogChunk(chunk.text * 2, chunk.start_byte, chunk.end_byte, chunk.byte_count)


LETTERS = ("abcdefghijklmnopqrstuvwxyz0123456789-" * 300).encode()
ASK_END = (-1, 1)


def pieces_of(source, start=0, end=10_000, doubt=None):
    return list(ReadAhead(ByteLog(source), source, doubt).pieces(start, end, 1))


@pytest.mark.parametrize("start", [0, 7, 300])
@pytest.mark.parametrize("parts", [1, 2, 5, 64])
@pytest.mark.parametrize("size", [183, 184, 185, 276, 999])
def test_ranges_are_asked_for_as_far_as_the_log_and_the_parts_go(start, parts, size):
    source = Asked(LETTERS[: start + size])
    found = list(RangeLog(source, Reader(2)).ahead(start, parts))
    end = min(start + size, start + parts * 92)
    ranges = [(first, 100) for first in range(start, end, 92)] if size >= 184 else []
    assert source.asked[0] == ASK_END
    assert sorted(source.asked[1:]) == ranges
    reached = min(start + size, ranges[-1][0] + 100) if ranges else start
    text = "".join(part.text.text for part in found)
    assert (text.encode(), found[-1].cursor if found else start) == (
        source.data[start:reached],
        reached,
    )


def test_the_end_of_a_log_is_asked_for_where_what_is_known_of_it_does_not_do():
    source = Asked(LETTERS[:1000])
    log = RangeLog(source, Reader(2))
    list(log.ahead(0, 4))
    assert source.take_asked().count(ASK_END) == 1
    list(log.ahead(1000 - 184, 4))
    assert ASK_END not in source.take_asked()
    assert list(log.ahead(1000 - 183, 4)) == []
    assert source.take_asked() == [ASK_END]
    source.data = LETTERS[:500]
    assert list(log.ahead(600, 4)) == [], "it became shorter"
    source.take_asked()
    assert list(log.ahead(600, 4)) == []
    assert source.take_asked() == [ASK_END]
    source._lie = lambda chunk: LogChunk(chunk.text, None, None, 1)
    assert list(log.ahead(0, 99)) == [], "nobody tells the end"


@pytest.mark.parametrize(("slices", "connections"), [(15, 2), (100, 1)])
def test_where_ranges_are_of_no_use_nothing_is_asked(slices, connections):
    source = Asked(LETTERS, slices)
    assert list(RangeLog(source, Reader(connections)).ahead(0, 9)) == []
    assert source.asked == []


@pytest.mark.parametrize(("slices", "step"), [(15, 0), (16, 8), (17, 9), (100, 92)])
def test_ranges_are_of_use_where_they_bring_the_reading_on_by_some_characters(slices, step):
    source = Asked(LETTERS, slices)
    assert ReadAhead(ByteLog(source), source).step == step


def test_ranges_that_never_meet_are_tried_with_and_without_an_overlap_and_given_up():
    source = Asked(LETTERS, lie=doubled)
    ahead, position, steps, counts = ReadAhead(ByteLog(source), source), 0, [], []
    while step := ahead.step:
        pieces = list(ahead.pieces(position, 9000, 1))
        ranges = range(position, position + 9 * step, step)
        counts.append(sum(source.asked.count((first, 100)) in {1, 3} for first in ranges))
        steps.append(step)
        position = pieces[-1].end_byte
        source.asked.clear()
    assert steps == [92, 100, 92, 100, 92, 100, 92]
    assert set(counts) == {4}


def test_three_ranges_in_a_row_that_do_not_meet_do_no_harm():
    def lie(chunk):
        number, rest = divmod(chunk.start_byte, 92)
        return doubled(chunk) if number % 4 and not rest else chunk

    source, doubts = Asked(LETTERS, lie=lie), []
    ahead = ReadAhead(ByteLog(source), source, lambda *doubt: doubts.append(doubt))
    pieces = list(ahead.pieces(0, 92 * 40, 1))
    assert "".join(piece.text for piece in pieces).encode() == LETTERS[: pieces[-1].end_byte]
    assert pieces[-1].end_byte >= 92 * 40
    assert ahead.step == 92
    assert len(doubts) == 30
    assert all(known == LETTERS[:at][-64:] and known for known, at in doubts)


def overlapping(overlap, lies_at):
    """The third range begins so many bytes before what is known, the second one was a lie."""
    given = {100: 50, 150: 34 + overlap}
    return Asked(
        LETTERS,
        lie=lambda chunk: doubled(chunk) if chunk.start_byte in lies_at else chunk,
        given=lambda start: given.get(start, 999),
    )


@pytest.mark.parametrize(("overlap", "meets"), [(16, True), (63, True), (64, True), (65, False)])
def test_a_range_is_held_against_the_last_64_bytes(overlap, meets):
    source, doubts = overlapping(overlap, {92}), []
    pieces = pieces_of(source, 0, 276, lambda *doubt: doubts.append(doubt))
    assert "".join(piece.text for piece in pieces).encode() == LETTERS[: pieces[-1].end_byte]
    assert doubts == [(LETTERS[36:100], 100)]
    assert ((184 + overlap, 100) in source.asked) is not meets


@pytest.mark.parametrize(("overlap", "tells"), [(16, True), (64, True), (65, False)])
def test_a_range_that_does_not_meet_them_is_doubtful(overlap, tells):
    doubts = []
    pieces_of(overlapping(overlap, {92, 184}), 0, 276, lambda *doubt: doubts.append(doubt))
    at = 184 + overlap
    assert doubts[1:] == ([(LETTERS[at - 64 : at], at)] if tells else [])


def test_one_byte_in_common_is_enough_and_none_tells_nothing():
    doubts = []
    source = Asked(LETTERS, lie=lambda chunk: doubled(chunk) if chunk.start_byte else chunk)
    source._given = lambda start: 999 if start else 93
    pieces_of(source, 0, 180, lambda *doubt: doubts.append(doubt))
    assert doubts == [(LETTERS[29:93], 93)]
    for first in (92, 90, 40):
        source._given = lambda start, first=first: 999 if start else first
        pieces_of(source, 0, 180, lambda *doubt: doubts.append(doubt))
    assert len(doubts) == 1
    source = Asked(LETTERS, given=lambda start: 999 if start else 93)
    assert [piece.end_byte for piece in pieces_of(source, 0, 180)] == [93, 192]
    assert source.asked == [(0, 100), (92, 100)]


def test_where_nothing_more_comes_no_more_is_asked_for():
    source, doubts = Asked(LETTERS[:150]), []
    pieces = pieces_of(source, 0, 9000, lambda *doubt: doubts.append(doubt))
    assert [piece.end_byte for piece in pieces] == [100, 150]
    assert source.asked == [(0, 100), (92, 100), (184, 100)]
    shorter = Asked(LETTERS, lie=lambda _chunk: setattr(shorter, "data", LETTERS[:95]) or _chunk)
    pieces_of(shorter, 0, 9000, lambda *doubt: doubts.append(doubt))
    assert shorter.asked == [(0, 100), (92, 100)]
    assert doubts == []


@pytest.mark.parametrize("answer", [("x", None, 50, 50), ("x", 0, None, 1), ("", None, None, 0)])
def test_a_slice_without_its_place_is_no_part_of_a_log(answer):
    assert pieces_of(Asked(LETTERS, lie=lambda _chunk: LogChunk(*answer))) == []


@pytest.mark.parametrize("lies_at", [None, 92])
def test_half_a_character_at_the_end_of_ranges_is_left(lies_at):
    def lie(chunk):
        return doubled(chunk) if chunk.start_byte == lies_at else chunk

    pieces = pieces_of(Asked(LETTERS[:100] + "😀".encode()[:2], lie=lie))
    assert [(piece.start_byte, piece.end_byte) for piece in pieces] == [(0, 100)]
    log = RangeLog(Asked(b"ab" + "😀".encode()[:3]), Reader(1))
    assert log.after(2).text.text == ""
    assert log.after(2, is_final=True).text.text == "\ufffd"
