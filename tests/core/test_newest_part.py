"""A log of which only the newest part can be had is saved, and what is missing is counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import GrowingLog
from v2_service import JOB, Cloud, client_of, refused

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.download import WrittenLog, download, read_whole
from modelarts_magics.core.logs.readers import LogBytes

REF = JobRef("v2", JOB)
TASK = "worker-0"


@pytest.fixture
def cloud():
    made = Cloud()
    made.lines = made.link = "absent"
    made.window = 100
    return made


@pytest.fixture
def source(cloud):
    with client_of(cloud.adapter) as client:
        yield LogBytes(TrainingJobs(client).logs(REF, TASK))


def lines(first: int, last: int) -> bytes:
    return b"".join(b"line %04d\n" % n for n in range(first, last))


def test_it_is_saved_behind_a_line_that_tells_how_much_is_missing(cloud, source, tmp_path):
    cloud.logs[TASK] = lines(0, 1000)
    written = download(source, tmp_path / "log", Reader(4))
    marker = b"[9,900 bytes of the log are missing here]\n"
    assert (tmp_path / "log").read_bytes() == marker + lines(990, 1000)
    assert (written, written.missing, written.is_exact) == (len(marker) + 100, 9900, False)


def test_it_is_read_behind_that_line_too(cloud, source):
    cloud.logs[TASK] = lines(0, 1000)
    found = read_whole(source, Reader(1))
    assert found.part.text.startswith("[9,900 bytes of the log are missing here]\nline 0990\n")
    assert (found.missing, found.is_exact) == (9900, False)


def test_the_log_that_is_all_there_has_no_such_line(cloud, source, tmp_path):
    cloud.logs[TASK] = lines(0, 10)
    written = download(source, tmp_path / "log", Reader(4))
    assert (tmp_path / "log").read_bytes() == lines(0, 10)
    assert (written.missing, written.is_exact) == (0, True)
    assert (WrittenLog(5).missing, WrittenLog(5).is_exact) == (0, True)


@pytest.mark.parametrize("front", ["replaced", "kept"])
@pytest.mark.parametrize("window", [3, 5, 6, 7, 8, 12, 13, 14, 99])
def test_a_character_that_is_half_written_is_not_counted_as_missing(cloud, source, window, front):
    cloud.window, cloud.front = window, front
    cloud.logs[TASK] = whole = "步 1\n步 2\n步".encode()[:-1]
    found = read_whole(source, Reader(1))
    start = max(0, len(whole) - window)
    while 0x80 <= whole[start] < 0xC0:
        start += 1
    assert (found.missing, found.is_exact) == (start, False)
    marker = f"[{start} bytes of the log are missing here]\n" if start else ""
    assert found.part.text == marker + whole[start:].decode(errors="replace")


def test_what_the_service_refuses_without_a_newest_part_is_refused(cloud, source, tmp_path):
    cloud.answers["preview"] = lambda _asked: refused("2819", message="log file cleared")
    with pytest.raises(Exception, match="log file cleared"):
        download(source, tmp_path / "log", Reader(1))
    assert [one.name for one in tmp_path.iterdir() if "log" in one.name] == []


@settings(max_examples=25, deadline=None)
@given(
    text=st.text(st.sampled_from("a\n中é😀"), min_size=30, max_size=90),
    window=st.integers(8, 60),
    front=st.sampled_from(["dropped", "replaced", "kept"]),
    held=st.integers(0, 90),
)
def test_what_somebody_holds_already_is_not_missing(text, window, front, held, tmp_path_factory):
    cloud = Cloud()
    cloud.lines = cloud.link = "absent"
    cloud.window, cloud.front = window, front
    cloud.logs[TASK] = whole = text.encode()
    has = text[:held].encode()
    path = tmp_path_factory.getbasetemp() / "newest-part.log"
    with client_of(cloud.adapter) as client:
        written = download(
            LogBytes(TrainingJobs(client).logs(REF, TASK)),
            path,
            Reader(1),
            held=GrowingLog(has, "drops cut bytes", 2**20),
        )
    before, marker, after = path.read_bytes().partition(b" bytes of the log are missing here]\n")
    assert bool(marker) == bool(written.missing)
    if marker:
        before, _bracket, missing = before.rpartition(b"[")
        before = before.removesuffix(b"\n") if not has.endswith(b"\n") and before else before
        assert int(missing.replace(b",", b"")) == written.missing
        assert len(before) + written.missing + len(after) == len(whole)
    assert whole.startswith(before)
    assert whole.endswith(after)
