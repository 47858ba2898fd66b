"""A draft is gone on with where it is of this log and as it was left; else it is begun anew."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import stat
import sys
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import GrowingLog

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.errors import InvalidArgumentError, NotFoundError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.download import download
from modelarts_magics.core.logs.draft import Draft

SLICE = 64
DATA = "".join(f"第 {number} 行\n" for number in range(60)).encode()
OTHER = "".join(f"row {number} of another\n" for number in range(60)).encode()


def log_of(data=DATA, origin=GrowingLog.origin):
    log = GrowingLog(data, "replaces a cut character", SLICE)
    log.origin = origin
    return log


class Broken(GrowingLog):
    """A log of which only the first bytes can be read."""

    def __init__(self, data, after, origin=GrowingLog.origin):
        super().__init__(data, "replaces a cut character", SLICE)
        self.origin = origin
        self._after = after
        self.first = len(data)

    def read(self, start_byte, length):
        if start_byte >= self._after:
            raise NotFoundError("gone", status=404)
        if start_byte > SLICE:
            self.first = min(self.first, start_byte)
        return super().read(start_byte, length)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "downloads"
    made.mkdir()
    return made


def begin(path, data=DATA, origin=GrowingLog.origin):
    """Leave a draft behind."""
    with pytest.raises(NotFoundError):
        download(Broken(data, 300, origin), path, Reader(1))
    assert path.with_name(f".{path.name}.part").stat().st_size > 200


@pytest.mark.parametrize("place", range(5), ids=["endpoint", "project", "job", "version", "file"])
def test_the_draft_of_another_log_is_not_gone_on_with(folder, place):
    """Its text is the same as far as it was read, so that only the origin tells."""
    begin(folder / "log")
    origin = tuple("other" if n == place else word for n, word in enumerate(GrowingLog.origin))
    log = Broken(DATA, len(DATA) + 9, origin)
    download(log, folder / "log", Reader(1))
    assert log.first < 2 * SLICE
    assert (folder / "log").read_bytes() == DATA
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_the_draft_of_this_log_is_gone_on_with(folder):
    begin(folder / "log")
    log = Broken(DATA, len(DATA) + 9)
    download(log, folder / "log", Reader(1))
    assert log.first > 2 * SLICE
    assert (folder / "log").read_bytes() == DATA


broken_notes = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=5), some),
        max_leaves=9,
    ),
    st.fixed_dictionaries(
        {
            "origin": st.sampled_from([[*GrowingLog.origin], [], None, 7, {"a": 1}, [1, [2]]]),
            "position": st.sampled_from([0, 1, 20, -1, 10**30, 1.5, True, None, "20", [20]]),
            "length": st.sampled_from([0, 1, 20, -1, 10**30, 1.5, True, None, "20", float("nan")]),
            "digest": st.sampled_from([None, "", "00", 7, [], "é"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "log_file": st.sampled_from([GrowingLog.name, "other", None, 7]),
            "position": st.integers(-3, 99),
            "length": st.integers(-3, 99),
        }
    ),
)


@settings(deadline=None, max_examples=300)
@given(
    note=broken_notes,
    draft=st.one_of(st.binary(max_size=90), st.integers(0, 90).map(lambda size: DATA[:size])),
)
def test_notes_and_drafts_of_any_content_do_no_harm(tmp_path_factory, note, draft):
    folder = tmp_path_factory.mktemp("downloads")
    content = note if isinstance(note, bytes) else json.dumps(note).encode()
    (folder / ".log.part.json").write_bytes(content)
    (folder / ".log.part").write_bytes(draft)
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA
    assert [path.name for path in folder.iterdir()] == ["log"]


@pytest.mark.parametrize("depth", [5_000, 60_000])
def test_a_note_that_is_nested_without_end_does_no_harm(folder, depth):
    (folder / ".log.part").write_bytes(DATA[:20])
    (folder / ".log.part.json").write_text("[" * depth)
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, 199), byte=st.integers(0, 255), size=st.integers(0, 300))
def test_a_draft_that_was_changed_is_begun_anew(tmp_path_factory, at, byte, size):
    folder = tmp_path_factory.mktemp("downloads")
    begin(folder / "log")
    draft = folder / ".log.part"
    data = bytearray(draft.read_bytes())
    data[at] = byte
    draft.write_bytes(data[:size])
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA


@pytest.mark.parametrize("size", [0, 1, 700_000, 3_000_000])
def test_all_that_was_added_is_in_the_file_at_once_and_known_when_it_is_gone_on_with(folder, size):
    """However it is read: in blocks."""
    path, text = folder / "log", ("行" * (size // 3) + "." * (size % 3))
    with Draft(path, ("log",)) as draft:
        draft.add(LogText(text, 0, size))
        assert (folder / ".log.part").read_bytes() == text.encode()
    with Draft(path, ("log",)) as draft:
        assert draft.known.position == size
        draft.add(LogText("end", size, size + 3))
        draft.publish()
    assert path.read_bytes() == text.encode() + b"end"
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask()
    assert [found.name for found in folder.iterdir()] == ["log"]


def _umask():
    current = os.umask(0)
    os.umask(current)
    return current


def test_a_draft_that_begins_anew_and_gets_nothing_is_empty(folder):
    with Draft(folder / "log", ("log",)) as draft:
        draft.add(LogText("text", 0, 4))
        draft.restart()
        assert draft.known.position == 0
        draft.publish()
    assert (folder / "log").read_bytes() == b""


@pytest.mark.parametrize("more", [b"x", b"\xff", DATA])
def test_what_came_into_a_draft_behind_its_note_is_left_out(folder, more):
    """As when the power went between the two."""
    begin(folder / "log")
    with open(folder / ".log.part", "ab") as draft:
        draft.write(more)
    log = Broken(DATA, len(DATA) + 9)
    download(log, folder / "log", Reader(1))
    assert log.first > 2 * SLICE, "it went on from what was there"
    assert (folder / "log").read_bytes() == DATA


@pytest.mark.parametrize(("name", "is_ours"), [(GrowingLog.name, True), ("other", False)])
def test_a_draft_of_the_first_version_is_gone_on_with_where_its_text_is_that_of_the_log(
    folder, name, is_ours
):
    (folder / ".log.part").write_bytes(DATA[:300].decode(errors="ignore").encode())
    size = (folder / ".log.part").stat().st_size
    note = {"log_file": name, "position": size, "length": size}
    (folder / ".log.part.json").write_text(json.dumps(note))
    log = Broken(DATA, len(DATA) + 9)
    download(log, folder / "log", Reader(1))
    assert (log.first > 2 * SLICE) is is_ours
    assert (folder / "log").read_bytes() == DATA


@pytest.mark.parametrize("lost", ["removed", "replaced", "a link"])
def test_a_draft_that_loses_its_name_while_it_is_taken_is_taken_anew(folder, monkeypatch, lost):
    draft, lock, times = folder / ".log.part", fcntl.flock, []

    def taken(file, how):
        if not times:
            os.rename(draft, folder / "elsewhere")
            if lost == "replaced":
                draft.touch()
            elif lost == "a link":
                draft.symlink_to(folder / "elsewhere")
        times.append(how)
        return lock(file, how)

    monkeypatch.setattr(fcntl, "flock", taken)
    if lost == "a link":
        with pytest.raises(InvalidArgumentError, match="is in the way"):
            download(log_of(), folder / "log", Reader(1))
        return
    download(log_of(), folder / "log", Reader(1))
    assert len(times) == 2
    assert (folder / "log").read_bytes() == DATA
    assert (folder / "elsewhere").read_bytes() == b""


# ---- whose it is ---------------------------------------------------------------------------------


@contextmanager
def half_written(path):
    """Somebody is writing the file all the while."""

    class Held(GrowingLog):
        def read(self, start_byte, length):
            if start_byte > 100:
                within()
            return super().read(start_byte, length)

    raised = []

    def within():
        if not raised:
            raised.append(True)
            with pytest.raises(InvalidArgumentError, match="Another saving is writing") as caught:
                download(log_of(OTHER), path, Reader(1))
            raised[0] = str(caught.value)

    yield Held(DATA, "replaces a cut character", SLICE), raised


def test_the_second_of_two_that_write_one_file_is_refused_in_one_line(folder):
    with half_written(folder / "log") as (log, raised):
        download(log, folder / "log", Reader(1))
    assert "log" in raised[0]
    assert "\n" not in raised[0]
    assert (folder / "log").read_bytes() == DATA
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_when_the_first_is_done_the_second_may_write(folder):
    with half_written(folder / "log") as (log, _raised):
        download(log, folder / "log", Reader(1))
    download(log_of(OTHER), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == OTHER


def test_who_is_interrupted_while_a_draft_is_looked_at_keeps_nobody_from_writing(
    folder, monkeypatch
):
    def interrupted():
        raise KeyboardInterrupt

    begin(folder / "log")
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "sha256", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            download(log_of(), folder / "log", Reader(1))
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA
    assert caught.tb is not None, "as a shell keeps it, with all that it refers to"


def test_of_a_log_that_is_no_utf8_no_draft_is_left(folder):
    with pytest.raises(NotFoundError):
        download(Broken("Straße\n".encode("latin-1") * 90, 300), folder / "log", Reader(1))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("size", "is_read"), [(40_000, True), (66_000, False), (140_000, False)])
def test_a_note_that_is_far_longer_than_any_of_ours_is_not_read(folder, size, is_read):
    begin(folder / "log")
    note = folder / ".log.part.json"
    note.write_text(note.read_text().rjust(size))
    log = Broken(DATA, len(DATA) + 9)
    download(log, folder / "log", Reader(1))
    assert (log.first > 2 * SLICE) is is_read
    assert (folder / "log").read_bytes() == DATA


@pytest.fixture
def open_while_moved(monkeypatch):
    """Which files are open when they get another name; some systems move none that is."""
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not tell which files are open")
    move, found = os.replace, []

    def moved(one, other):
        numbers = os.listdir("/proc/self/fd")
        links = [os.path.realpath(f"/proc/self/fd/{number}") for number in numbers]
        found.append(os.path.realpath(one) in links)
        move(one, other)

    monkeypatch.setattr(os, "replace", moved)
    return found


def save_twice(folder):
    """One that fails, and one that does not."""
    begin(folder / "log")
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA


def test_a_draft_is_locked_until_it_has_its_last_name(folder, open_while_moved):
    save_twice(folder)
    assert set(open_while_moved) == {True}


def refuse(*_arguments):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.fixture(params=["the file system has none", "the system has none"])
def without_locks(request, monkeypatch):
    if request.param == "the system has none":
        monkeypatch.setitem(sys.modules, "fcntl", None)
    else:
        monkeypatch.setattr(fcntl, "flock", refuse)


def test_two_that_write_one_file_where_there_are_no_locks_have_drafts_of_their_own(
    folder, without_locks
):
    class Held(GrowingLog):
        def read(self, start_byte, length):
            if start_byte > 100 and not others:
                others.append(download(log_of(OTHER), folder / "log", Reader(1)))
                assert (folder / "log").read_bytes() == OTHER
            return super().read(start_byte, length)

    others = []
    download(Held(DATA, "replaces a cut character", SLICE), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA, "who ends last"
    assert [path.name for path in folder.iterdir()] == ["log"]


@pytest.mark.parametrize("name", ["log", "x" * 255])
def test_a_draft_is_gone_on_with_where_there_are_no_locks(folder, without_locks, name):
    path = folder / name
    with pytest.raises(NotFoundError):
        download(Broken(DATA, 300), path, Reader(1))
    assert len(list(folder.iterdir())) == 2, "the draft and its note"
    log = Broken(DATA, len(DATA) + 9)
    download(log, path, Reader(1))
    assert log.first > 2 * SLICE, "it went on from what was there"
    assert path.read_bytes() == DATA
    assert list(folder.iterdir()) == [path]


def test_where_there_are_no_locks_no_file_is_moved_that_is_open(
    folder, without_locks, open_while_moved
):
    save_twice(folder)
    assert set(open_while_moved) == {False}


@pytest.mark.parametrize("after", [0, 300])
def test_two_that_fail_where_there_are_no_locks_leave_what_one_of_them_had(
    folder, without_locks, after
):
    class Held(Broken):
        def read(self, start_byte, length):
            if start_byte > 100 and not others:
                others.append(True)
                with pytest.raises(NotFoundError):
                    download(Broken(DATA, after), folder / "log", Reader(1))
            return super().read(start_byte, length)

    others = []
    with pytest.raises(NotFoundError):
        download(Held(DATA, 400), folder / "log", Reader(1))
    assert sorted(path.name for path in folder.iterdir()) == [".log.part", ".log.part.json"]
    download(log_of(), folder / "log", Reader(1))
    assert (folder / "log").read_bytes() == DATA


@pytest.mark.parametrize(("size", "is_kept"), [(243, True), (244, True), (245, False)])
def test_a_draft_has_the_name_of_its_file_as_long_as_that_of_its_note_fits(folder, size, is_kept):
    with pytest.raises(NotFoundError):
        download(Broken(DATA, 300), folder / ("n" * size), Reader(1))
    assert (folder / f".{'n' * size}.part").exists() is is_kept
    assert max(len(found.name) for found in folder.iterdir()) <= 255


@pytest.mark.parametrize("name", ["x" * 255, "长" * 85, "y" * 248 + ".log", "z" * 245])
def test_the_name_of_a_file_may_be_as_long_as_any(folder, name):
    begin_with = folder / name
    with pytest.raises(NotFoundError):
        download(Broken(DATA, 300), begin_with, Reader(1))
    log = Broken(DATA, len(DATA) + 9)
    download(log, begin_with, Reader(1))
    assert log.first > 2 * SLICE, "it went on from what was there"
    assert begin_with.read_bytes() == DATA
    assert [path.name for path in folder.iterdir()] == [name]


def test_long_names_that_begin_alike_have_drafts_of_their_own(folder):
    first, second = (folder / ("x" * 250 + end) for end in "ab")
    for path in (first, second):
        with pytest.raises(NotFoundError):
            download(Broken(DATA, 300), path, Reader(1))
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("name", ["x" * 255, "长" * 85])
def test_the_next_version_looks_for_the_draft_of_a_long_name_where_this_one_does(folder, name):
    with pytest.raises(NotFoundError):
        download(Broken(DATA, 300), folder / name, Reader(1))
    kept, digest = name.encode()[:200].decode(errors="ignore"), hashlib.sha256(name.encode())
    assert (folder / f".{kept}-{digest.hexdigest()[:16]}.part").exists()


def linked(path, kind, elsewhere):
    if kind == "a link":
        path.symlink_to(elsewhere)
    elif kind == "a second name":
        os.link(elsewhere, path)
    elif kind == "a folder":
        path.mkdir()
    else:
        os.mkfifo(path)


@pytest.mark.parametrize("kind", ["a link", "a second name", "a folder", "a pipe"])
@pytest.mark.parametrize("name", [".log.part", ".log.part.json"])
def test_nothing_of_somebody_else_is_written_or_waited_for(folder, tmp_path, kind, name):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    linked(folder / name, kind, elsewhere)
    with pytest.raises(InvalidArgumentError, match=f"{name} is in the way"):
        download(log_of(), folder / "log", Reader(1))
    assert not (folder / "log").exists()
    assert elsewhere.read_text() == "precious"


@pytest.mark.parametrize("path", ["", ".", "..", "a folder", "a\0b", "\ud800"])
def test_a_path_that_is_no_file_is_refused_before_anything_is_read(folder, monkeypatch, path):
    (folder / "a folder").mkdir()
    monkeypatch.chdir(folder)
    log = Broken(DATA, 0)
    with pytest.raises(InvalidArgumentError, match="Cannot write"):
        download(log, type(folder)(path), Reader(1))
    assert [found.name for found in folder.iterdir()] == ["a folder"]
