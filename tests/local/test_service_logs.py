"""Logs over HTTP: names, bytes, lines, in both profiles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_service import RunningService, Training, until

WORDS = "第一行 épreuve 😀\nsecond line\r\rthird\n" * 200 + "\n\nlast line"
TEXT = WORDS + "\n[Modelarts Service Log]Training completed.\n"
PRINT = f"import sys\nsys.stdout.write({WORDS!r})\n"


@pytest.fixture(scope="module")
def done(service: RunningService) -> Training:
    job = service.train("logs", PRINT)
    job.wait(10)
    return job


def chunk(job: Training, **query: Any) -> dict[str, Any]:
    return job.service.get(job.path + "/log", **{"log_file": job.log_files()[0], **query})


def lines(job: Training, **query: Any) -> dict[str, Any]:
    return job.service.get(job.path + "/aom-log", **{"log_file": job.log_files()[0], **query})


def test_the_whole_log_can_be_read(done: Training) -> None:
    assert done.log() == TEXT


def test_without_numbers_a_chunk_is_the_first_2048_bytes(done: Training) -> None:
    answer = chunk(done)
    assert answer["log"] == TEXT.encode()[:2048].decode(errors="replace")
    assert (answer["log_byte_count"], answer["end_byte"]) == (2048, 2048)
    assert set(answer) == {"is_success", "log", "log_byte_count", "end_byte"}


@given(start=st.integers(-1, 20_000), offset=st.integers(-2048, 2048))
@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
def test_any_chunk_is_the_documented_slice(done: Training, start: int, offset: int) -> None:
    content = TEXT.encode()
    size = len(content)
    answer = chunk(done, start_byte=start, offset=offset)
    if start == -1:
        expected, end = content[size - abs(offset) :] if offset else b"", size
    elif offset < 0:
        expected, end = content[max(0, start + offset) : start], min(start, size)
    else:
        expected = content[start : start + offset]
        end = min(start, size) + len(expected)
    assert answer["log"] == expected.decode(errors="replace")
    assert (answer["log_byte_count"], answer["end_byte"]) == (len(expected), end)


@pytest.mark.parametrize(
    "query",
    [
        {"offset": 2049},
        {"offset": -2049},
        {"start_byte": -2},
        {"start_byte": "x"},
        {"start_byte": "1e3"},
        {"start_byte": 2**63},
        {"start_byte": "9" * 40},
        {"offset": "0x10"},
        {"log_file": None},
        {"log_file": ""},
    ],
)
def test_a_chunk_outside_the_documented_ranges_is_refused(
    done: Training, query: dict[str, Any]
) -> None:
    query = {"log_file": "job-logs.0", **query}
    assert done.service.refuse("GET", done.path + "/log", params=query) == (400, "ModelArts.0104")


@pytest.mark.parametrize("path", ["/log", "/aom-log"])
@pytest.mark.parametrize(
    "name",
    [
        "job-logs.1",
        "job-logs.00",
        "job-other.0",
        "../1/job-logs.0",
        "/etc/passwd",
        "../../../credentials.json",
        "job-logs.0/../../../../credentials.json",
        "job-logs.0\0",
        ".",
        "%2e%2e/credentials.json",
    ],
)
def test_only_the_listed_files_can_be_read(done: Training, path: str, name: str) -> None:
    query = {"log_file": name}
    assert done.service.refuse("GET", done.path + path, params=query) == (400, "ModelArts.0806")


def test_a_log_file_that_became_a_link_is_not_followed(own_service: RunningService) -> None:
    job = own_service.train("linked", "print('done')")
    job.wait(10)
    (log,) = (own_service.root / "logs" / "training" / str(job.version_id)).iterdir()
    log.unlink()
    log.symlink_to(own_service.root / "credentials.json")
    for path in ("/log", "/aom-log"):
        query = {"log_file": log.name}
        assert own_service.refuse("GET", job.path + path, params=query) == (400, "ModelArts.0806")


def test_without_a_base_line_the_newest_entries_come(done: Training) -> None:
    for order in ({}, {"order": "desc"}, {"order": "asc"}):
        answer = lines(done, lines=2, **order)
        assert answer["content"] == "last line\n\n[Modelarts Service Log]Training completed.\n"
        assert answer["lines"] == 2
        assert len(answer["start_line"]) == len(answer["end_line"]) == 19
    assert lines(done)["lines"] == 50


@pytest.mark.parametrize("count", [7, 500])
def test_lines_are_paged_up_and_down_without_gap_or_overlap(done: Training, count: int) -> None:
    wanted = [line + "\n" for line in TEXT.split("\n")[:-1]]
    up = [lines(done, lines=count)]
    while up[-1]["lines"]:
        up.append(lines(done, lines=count, base_line=up[-1]["start_line"], order="asc"))
    first = min(int(page["start_line"]) for page in up)
    down = [lines(done, lines=count, base_line=first - 1, order="desc")]
    while down[-1]["lines"]:
        down.append(lines(done, lines=count, base_line=down[-1]["end_line"], order="desc"))
    for pages in (up[-2::-1], down[:-1]):
        assert sum(page["lines"] for page in pages) == len(wanted)
        assert "\n".join(page["content"] for page in pages) == "\n".join(wanted)


def test_when_nothing_is_newer_the_cursor_comes_back(done: Training) -> None:
    end = lines(done, lines=1)["end_line"]
    answer = lines(done, base_line=end, order="desc")
    assert answer == {
        "is_success": True,
        "content": "",
        "lines": 0,
        "start_line": end,
        "end_line": end,
    }
    assert lines(done, lines=0)["content"] == ""


@pytest.mark.parametrize(
    "query",
    [
        {"lines": 501},
        {"lines": -1},
        {"lines": "all"},
        {"order": "down"},
        {"base_line": "first"},
        {"base_line": "-1"},
        {"base_line": "1" * 31},
        {"base_line": "٣"},
        {"log_file": None},
    ],
)
def test_lines_outside_the_documented_ranges_are_refused(
    done: Training, query: dict[str, Any]
) -> None:
    query = {"log_file": "job-logs.0", **query}
    answer = done.service.refuse("GET", done.path + "/aom-log", params=query)
    assert answer == (400, "ModelArts.0104")


def test_following_lines_shows_each_one_once_it_is_complete(service: RunningService) -> None:
    source = (
        "import pathlib, time, sys\n"
        "print('one\\ntwo\\nthr', end='')\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.02)\n"
        "print('ee\\nfour', end='')\n"
    )
    go = service.root / "obs" / "bucket" / "code" / "go"
    job = service.train("followed", source)
    until(lambda: job.has_logged("thr"))
    seen = lines(job)
    assert seen["content"] == "one\n\ntwo\n"
    assert lines(job, base_line=seen["end_line"])["lines"] == 0
    go.touch()
    job.wait(10)
    go.unlink()
    rest = lines(job, base_line=seen["end_line"], order="desc")
    assert rest["content"] == "three\n\nfour\n\n[Modelarts Service Log]Training completed.\n"


def test_a_pending_job_has_an_empty_log(own_service: RunningService) -> None:
    forever = "import time; time.sleep(600)"
    jobs = [own_service.train(f"job-{i}", forever) for i in range(9)]
    assert jobs[-1].log() == ""
    assert lines(jobs[-1]) == {
        "is_success": True,
        "content": "",
        "lines": 0,
        "start_line": "",
        "end_line": "",
    }


def test_a_very_long_line_is_served_in_pieces(service: RunningService) -> None:
    source = "import sys\nfor i in range(40_000): sys.stdout.write(f'{i:05d} 进度\\r')\n"
    job = service.train("long-line", source)
    job.wait(10)
    text, base, pages = "", "0", 0
    while (page := lines(job, base_line=base, lines=1))["lines"]:
        text += page["content"]
        base = page["end_line"]
        pages += 1
    assert text == job.log()
    assert pages > 5


def test_the_other_profile_shows_the_other_forms(alt_service: RunningService) -> None:
    job = alt_service.train("logs", PRINT)
    job.wait(10)
    log_file = "job-logs.0"
    position, text = 0, ""
    while True:
        answer = alt_service.get(
            job.path + "/log", log_file=log_file, start_byte=position, offset=100
        )
        assert set(answer) == {"log", "end_byte", "count"}
        assert type(answer["end_byte"]) is type(answer["count"]) is str
        assert len(answer["log"].encode()) == int(answer["count"])
        if answer["count"] == "0":
            break
        text += answer["log"]
        position = int(answer["end_byte"])
    assert text == TEXT

    newest = alt_service.get(job.path + "/aom-log", log_file=log_file, lines=3)
    assert (newest["lines"], type(newest["start_line"])) == ("3", int)
    base = newest["start_line"]
    after = alt_service.get(job.path + "/aom-log", log_file=log_file, base_line=base)
    assert after["start_line"] == base
    assert (after["lines"], after["end_line"]) == ("2", newest["end_line"])
