"""A downloaded log is the log, over any number of connections and after any interruption."""

from __future__ import annotations

import re
import resource
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import DECODERS, GrowingLog, passing_troubles

import modelarts_magics
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.errors import (
    ContradictoryAnswerError,
    DeadlineExceededError,
    InvalidArgumentError,
    LogRewrittenError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.wire import allowed
from modelarts_magics.core.logs.download import (
    ReadLog,
    Stopped,
    WrittenLog,
    download,
    read_whole,
    write,
)

texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("a\n中é😀\ufffd")),
    max_size=300,
)
habits = st.sampled_from(sorted(DECODERS))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "downloads"
    made.mkdir()
    return made


def unhurried():
    """Some connections."""
    return Reader(4)


class Faulty(GrowingLog):
    """A log whose reads fail: ``faults`` maps the number of a read to what it raises."""

    def __init__(self, data, faults):
        super().__init__(data, "replaces a cut character", 64)
        self._faults = faults
        self._lock = threading.Lock()
        self.reads = 0

    def read(self, start_byte, length):
        with self._lock:
            self.reads += 1
            fault = self._faults.get(self.reads)
        if fault:
            raise fault
        return super().read(start_byte, length)


@settings(deadline=None)
@given(text=texts, habit=habits, longest_slice=st.integers(20, 80))
def test_the_file_is_the_log_whatever_the_service_does_to_cut_characters(
    tmp_path_factory, text, habit, longest_slice
):
    path = tmp_path_factory.mktemp("log") / "log"
    log = GrowingLog(text.encode(), habit, longest_slice)
    assert download(log, path, unhurried()) == len(text.encode())
    assert path.read_bytes() == text.encode()


@settings(deadline=None)
@given(data=st.binary(max_size=300), habit=habits)
def test_a_log_that_is_no_utf8_is_downloaded_to_its_end(tmp_path_factory, data, habit):
    path = tmp_path_factory.mktemp("log") / "log"
    try:
        written = download(GrowingLog(data, habit, 40), path, unhurried(), wait=lambda _s: None)
    except (LogRewrittenError, ContradictoryAnswerError):
        assert habit == "drops cut bytes", "which cannot be told from answers that are wrong"
        assert not path.exists()
        return
    assert written + written.written_since == len(data)  # bytes at the end that are no character
    assert written.written_since < (4 if habit == "moves the end back" else 1)
    assert not written.is_exact or path.read_bytes() == data[:written]
    path.read_text("utf-8")


@settings(deadline=None, max_examples=40)
@given(numbers=st.dictionaries(st.integers(1, 80), passing_troubles, max_size=30))
def test_every_byte_arrives_whatever_trouble_passes(tmp_path_factory, numbers):
    """Such as a success that is garbled; it counts only while nothing comes."""
    path = tmp_path_factory.mktemp("log") / "log"
    log = Faulty("行 line\n".encode() * 200, numbers)
    download(log, path, unhurried(), wait=lambda _seconds: None)
    assert path.read_bytes() == log.data


def test_passing_trouble_is_waited_for(folder):
    data = "行 line\n".encode() * 100
    faults = {2: UnavailableError("down", status=500), 3: ThrottledError("slow", status=429)}
    pauses = []
    download(Faulty(data, faults), folder / "log", unhurried(), wait=pauses.append)
    assert sum(pauses) in (1.0, 1.5)  # of two ranges, or twice of the same
    assert (folder / "log").read_bytes() == data


def test_all_that_is_asked_to_wait_for_is_waited_for(folder):
    asked = ThrottledError("slow", status=429)
    asked.retry_after = 33.0
    pauses = []
    log = Faulty(b"line\n" * 100, {2: asked})
    download(log, folder / "log", unhurried(), wait=pauses.append)
    assert pauses == [33.0]
    assert (folder / "log").read_bytes() == log.data


@pytest.mark.parametrize("first", [1, 2, 10])
def test_trouble_that_stays_ends_it_after_a_minute(folder, first):
    pauses = []
    down = dict.fromkeys(range(first, 999), UnavailableError("down", status=500))
    with pytest.raises(UnavailableError):
        download(Faulty(b"line\n" * 100, down), folder / "log", Reader(1), wait=pauses.append)
    assert 30 < sum(pauses) <= 60


@pytest.mark.parametrize("each", [7.0, 25.0, 59.0, 999.0])
def test_a_download_without_progress_is_given_up_after_a_minute_however_slow_its_requests(
    folder, each
):
    now = [0.0]

    class Slow(GrowingLog):
        def read(self, start_byte, length):
            if start_byte < 100:
                return super().read(start_byte, length)
            now[0] += min(each, allowed())
            raise DeadlineExceededError("late")

    def wait(seconds):
        now[0] += seconds

    log = Slow(b"line\n" * 100, "replaces a cut character", 64)
    with pytest.raises(DeadlineExceededError):
        download(log, folder / "log", Reader(1), wait=wait, clock=lambda: now[0])
    assert 54 < now[0] <= 60


def test_a_request_that_nobody_answers_is_made_again_within_the_minute(folder):
    now, data = [0.0], b"line\n" * 100
    silent = [100]  # the first request from this byte on or later

    class Silent(GrowingLog):
        def read(self, start_byte, length):
            if silent and start_byte > silent[0]:
                silent.clear()
                now[0] += allowed()
                raise DeadlineExceededError("never")
            return super().read(start_byte, length)

    def wait(seconds):
        now[0] += seconds

    log = Silent(data, "replaces a cut character", 64)
    download(log, folder / "log", Reader(1), wait=wait, clock=lambda: now[0])
    assert silent == []
    assert (folder / "log").read_bytes() == data


def test_an_interruption_ends_its_threads_even_those_that_wait(folder):
    slow = ThrottledError("slow", status=429)
    slow.retry_after = 50.0
    waiting = dict.fromkeys(range(5, 999), slow)

    def interrupt(*_progress):
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        download(Faulty(b"line\n" * 999, waiting), folder / "log", unhurried(), interrupt)
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
        assert not thread.is_alive()


def test_after_an_interruption_it_goes_on_where_it_was(folder):
    data = "".join(f"第 {number} 行\n" for number in range(200)).encode()
    target = folder / "log"
    target.write_text("the old one")
    broken = Faulty(data, {number: NotFoundError("gone", status=404) for number in range(30, 99)})
    with pytest.raises(NotFoundError):
        download(broken, target, Reader(1))  # several would fail at any of what they read
    assert target.read_text() == "the old one"
    whole = Faulty(data, {})
    download(whole, target, unhurried())
    assert target.read_bytes() == data
    assert whole.reads < len(data) / (64 - 8) / 2
    assert [path.name for path in folder.iterdir()] == ["log"]


@contextmanager
def room_for(size):
    """No file can become larger, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [1000, 50_000])
def test_after_a_full_disk_nothing_is_missing(folder, size):
    data = "".join(f"第 {number} 行\n" for number in range(9999)).encode()
    log = GrowingLog(data, "replaces a cut character", 2048)
    with room_for(size), pytest.raises(InvalidArgumentError, match="Cannot write"):
        download(log, folder / "log", unhurried())
    download(log, folder / "log", unhurried())
    assert (folder / "log").read_bytes() == data


def test_a_half_finished_download_of_an_earlier_version_is_gone_on_with(folder):
    (folder / ".out.log.part").write_bytes("第 0 行\n第 1 行\nnot noted any more".encode())
    (folder / ".out.log.part.json").write_text(
        '{"log_file": "job-x.0", "position": 20, "length": 20}', "utf-8"
    )
    data = "".join(f"第 {number} 行\n" for number in range(200)).encode()
    log = Faulty(data, {number: NotFoundError("gone", status=404) for number in range(5, 99)})
    with pytest.raises(NotFoundError):
        download(log, folder / "out.log", Reader(1))
    assert (folder / ".out.log.part").read_bytes()[:20] == data[:20]
    log = Faulty(data, {})
    assert download(log, folder / "out.log", unhurried()) == len(data)
    assert (folder / "out.log").read_bytes() == data
    assert [path.name for path in folder.iterdir()] == ["out.log"]


@pytest.mark.parametrize(
    "note",
    [
        '{"log_file": "job-x.0", "position": 5, "length": 6}',  # more than there is
        '{"log_file": "another", "position": 5, "length": 5}',
        '{"log_file": "job-x.0", "position": "?", "length": 5}',
        '{"position": 5}',
        "[]",
        "",
    ],
)
def test_a_draft_that_cannot_be_trusted_is_begun_anew(folder, note):
    (folder / ".out.log.part").write_bytes(b"wrong")
    (folder / ".out.log.part.json").write_text(note, "utf-8")
    download(Faulty(b"right, and longer", {}), folder / "out.log", unhurried())
    assert (folder / "out.log").read_bytes() == b"right, and longer"
    assert [path.name for path in folder.iterdir()] == ["out.log"]


def test_who_stops_it_finds_it_again_where_it_was(folder):
    log, stop = Faulty(b"line\n" * 200, {}), threading.Event()
    with pytest.raises(Stopped):
        download(log, folder / "log", unhurried(), lambda *_now: stop.set(), stop=stop)
    assert not (folder / "log").exists()
    before = log.reads
    download(log, folder / "log", unhurried())
    assert (folder / "log").read_bytes() == log.data
    assert log.reads - before < len(log.data) / (64 - 8) + 7  # looks at what is there


def test_stopping_ends_a_wait_for_the_service_too(folder):
    stop = threading.Event()

    def refuse(*_slice):
        stop.set()
        error = ThrottledError("slow", status=429)
        error.retry_after = 50.0
        raise error

    log = Faulty(b"line\n", {})
    log.read = refuse
    with pytest.raises(ThrottledError):
        download(log, folder / "log", unhurried(), stop=stop)
    assert list(folder.iterdir()) == []


def test_only_the_download_writes_logs():
    """Others say where the text comes from, and tell a person how far it is."""
    writing = re.compile(
        r"(?<!page)\.write\(|\.write_(text|bytes)\(|os\.(open|replace|rename)|\.part\""
    )
    package = Path(modelarts_magics.__file__).parent
    places = ["core/api", "core/logs", "notebook/log", "sdk"]
    files = [path for place in places for path in (package / place).rglob("*.py")]
    found = {path.name for path in files if writing.search(path.read_text("utf-8"))}
    # A spool is a file without a name; obs.py downloads what is no log.
    assert found == {"draft.py", "spool.py", "obs.py"}


def test_what_came_nowhere_leaves_nothing(folder):
    refused = Faulty(b"text", {1: NotFoundError("no such log", status=404)})
    with pytest.raises(NotFoundError):
        download(refused, folder / "log", unhurried())
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(folder):
    with pytest.raises(InvalidArgumentError, match="Cannot write"):
        download(Faulty(b"x", {}), folder / "no folder" / "log", unhurried())


def test_progress_is_told_up_to_the_end(folder):
    told = []
    data = b"x" * 1000
    download(Faulty(data, {}), folder / "log", unhurried(), lambda *now: told.append(now))
    assert told == sorted(told)
    assert told[-1] == (1000, 1000)


class Chased(Faulty):
    """A log to which each reading adds more than it gives."""

    def read(self, start_byte, length):
        with self._lock:
            self.data += "später\n".encode() * 20
        return super().read(start_byte, length)


@settings(deadline=None, max_examples=30)
@given(text=texts, habit=habits)
def test_a_log_that_grows_faster_than_it_is_read_ends_where_it_ended_when_that_began(
    tmp_path_factory, text, habit
):
    path = tmp_path_factory.mktemp("log") / "log"
    log = Chased(text.encode(), {})
    log._habit = habit
    written = download(log, path, unhurried())
    began_with = text.encode() + "später\n".encode() * 20
    assert path.read_bytes() == began_with
    assert written == len(began_with)
    assert 0 < written.written_since <= len(log.data) - written


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_that_is_half_there_when_the_reading_begins_is_whole_in_the_file(folder, cut):
    class Growing(Faulty):
        def read(self, start_byte, length):
            chunk = super().read(start_byte, length)
            self.data = f"{text}\nmore\n".encode()
            return chunk

    text = "一二三" * 20 + "😀"
    log = Growing(text.encode()[:-cut], {})
    assert download(log, folder / "log", unhurried()).is_exact
    assert (folder / "log").read_text() == text


def test_never_more_requests_at_once_than_connections(folder):
    in_flight, most = 0, 0
    lock, together = threading.Lock(), threading.Barrier(3)

    class Counting(Faulty):
        def read(self, start_byte, length):
            nonlocal in_flight, most
            with reader.connection():
                with lock:
                    in_flight += 1
                    most = max(most, in_flight)
                if start_byte >= 0 and together.n_waiting < 3 and not together.broken:
                    self._meet()
                with lock:
                    in_flight -= 1
                return super().read(start_byte, length)

        def _meet(self):
            """Wait until three requests are under way together, the first time."""
            try:
                together.wait(5)
            except threading.BrokenBarrierError:
                return
            together.abort()

    reader = Reader(3)
    download(Counting(b"x" * 5000, {}), folder / "log", reader)
    assert most == 3


# ---- a log that tells what it is asked -----------------------------------------------------------


class Told:
    """A whole log, as somebody else reads it; the journal tells what was asked.

    Args:
        rewritten: how many times it is written anew, each time after its first piece.
        continues: whether a draft is of it.
        since: bytes that were written meanwhile.
    """

    origin = ("a log",)
    end = 9
    missing = 0

    def __init__(self, text="one\ntwo\n!", rewritten=0, *, continues=True, since=0):
        self.journal = []
        self.text = text
        self.rewritten = rewritten
        self._continues = continues
        self._since = since

    def now(self):
        self.journal.append("now")
        return self

    def continues(self, known):
        self.journal.append(f"continues {known.position}")
        return self._continues

    def pieces(self, position):
        self.journal.append(f"from {position}")
        try:
            while position < len(self.text):
                piece = self.text[position : position + 4]
                yield LogText(piece, position, position + len(piece))
                position += len(piece)
                if self.rewritten:
                    self.rewritten -= 1
                    raise LogRewrittenError("anew")
        finally:
            self.journal.append("closed")

    def check(self, known):
        self.journal.append(f"check {known.position}")
        return self._since


def test_a_log_is_read_once_from_its_beginning_and_checked_at_its_end(folder):
    log = Told(since=7)
    written = write(log, folder / "log")
    assert (written, written.is_exact, written.written_since) == (9, True, 7)
    assert log.journal == ["now", "from 0", "closed", "check 9"]
    assert (folder / "log").read_text() == log.text
    assert (WrittenLog(5).is_exact, WrittenLog(5).written_since) == (True, 0)


@pytest.mark.parametrize("continues", [True, False])
def test_a_draft_is_gone_on_with_where_the_log_continues_it(folder, continues):
    stop = threading.Event()
    with pytest.raises(Stopped):
        write(Told(), folder / "log", lambda *_now: stop.set(), stop)
    log = Told(continues=continues)
    assert write(log, folder / "log") == 9
    start = 8 if continues else 0
    assert log.journal == ["now", "continues 8", f"from {start}", "closed", "check 9"]
    assert (folder / "log").read_text() == log.text


def test_a_log_that_is_written_anew_once_is_begun_again(folder):
    log = Told(rewritten=1)
    assert write(log, folder / "log") == 9
    assert log.journal == ["now", "from 0", "closed", "now", "from 0", "closed", "check 9"]
    assert (folder / "log").read_text() == log.text
    log = Told(rewritten=2)
    with pytest.raises(LogRewrittenError):
        write(log, folder / "log")
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_progress_is_told_for_each_piece_and_never_more_than_there_is(folder):
    told = []
    log = Told()
    log.end = 7
    write(log, folder / "log", lambda *now: told.append(now), threading.Event())
    assert told == [(4, 7), (8, 8), (9, 9)]


def test_a_log_in_memory_has_a_name_and_begins_at_its_beginning():
    told = []
    log = GrowingLog(b"x" * 100, "replaces a cut character", 64)
    found = read_whole(log, Reader(1), lambda *now: told.append(now))
    assert found == ReadLog(LogText("x" * 100, 0, 100, "job-x.0"), is_exact=True, written_since=0)
    assert told[-1] == (100, 100)


def test_who_may_stop_a_download_sees_when_it_is_over(folder):
    stop = threading.Event()
    download(Faulty(b"text", {}), folder / "log", Reader(1), stop=stop)
    assert stop.is_set()


def test_why_a_file_cannot_be_written_is_told_in_words(folder):
    for path, words in [
        (folder, "Is a directory"),
        (folder / "a\0b", "Invalid argument"),
        (folder / "\ud800", "surrogates not allowed"),
        (folder / "no folder" / "log", "No such file or directory"),
    ]:
        log = Told()
        with pytest.raises(InvalidArgumentError, match=words):
            write(log, path)
        assert log.journal == [], "before it is asked for anything"
