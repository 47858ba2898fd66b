"""What API v2 answers about a log becomes a piece of it, where that stands, or an error."""

from __future__ import annotations

import pytest
from requests.structures import CaseInsensitiveDict
from v2_service import JOB, Cloud, Said, client_of, job, refused

from modelarts_magics.core.api.log import LogChunk, LogPage, LogWindow
from modelarts_magics.core.api.v2.logs import (
    CopyInObs,
    LineEndpoint,
    LinkEndpoint,
    PreviewBytes,
    PreviewEndpoint,
    WholeFile,
    chunk_of,
)
from modelarts_magics.core.http.answer import Answer
from modelarts_magics.errors import (
    LogClearedError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServiceError,
    UnavailableError,
    UnexpectedAnswerError,
    UnknownCallError,
)

TASK = "worker-0"


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def client(cloud):
    with client_of(cloud.adapter) as made:
        yield made


def calls(cloud, part):
    return [asked for asked in cloud.asked if part in asked.path]


# ---- entries -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "lines", "start", "end", "page"),
    [
        ("a\nb\n", 2, "1", "2", LogPage("a\nb\n", 2, "1", "2")),
        ("b\na\n", 2, "2", "1", LogPage("a\nb\n", 2, "1", "2")),
        ("b\na", None, "2", "1", LogPage("a\nb\n", 2, "1", "2")),
        ("b\na\n", None, "10", "9", LogPage("a\nb\n", 2, "9", "10")),
        ("a\nb", None, "9", "10", LogPage("a\nb\n", 2, "9", "10")),
        ("a", None, "1", "1", LogPage("a\n", 1, "1", "1")),
        ("\n\n", None, "1", "2", LogPage("\n\n", 2, "1", "2")),
        ("", 3, "1", "1", LogPage("", 0, "1", "1")),
        ("", None, "", "", LogPage("", 0, "", "")),
        ("a\nb\n", 2, "x", "b", LogPage("a\nb\n", 2, "x", "b")),
        ("a\nb\n", 2, "2", "b", LogPage("a\nb\n", 2, "2", "b")),
        ("a\nmore of it\n", 1, "1", "1", LogPage("a\nmore of it\n", 1, "1", "1")),
    ],
)
def test_a_page_is_in_order_of_time_and_its_last_line_is_whole(
    cloud, client, content, lines, start, end, page
):
    said = {"content": content, "lines": lines, "start_line": start, "end_line": end}
    cloud.answers["logs"] = lambda _asked: Said(said)
    assert LineEndpoint(client, JOB, TASK).newest(7) == page
    [asked] = cloud.asked
    assert asked.query == {"base_line": "", "lines": "7", "order": "desc"}


def test_no_more_entries_are_asked_for_than_the_service_gives(cloud, client):
    cloud.logs[TASK] = b"".join(b"%d\n" % n for n in range(2000))
    log = LineEndpoint(client, JOB, TASK)
    page = log.newest(log.most_entries)
    for _page in range(3):
        page = log.older(page.start, log.most_entries)
        assert page.entries in (499, 500)
    while page.entries:
        page = log.newer(page.end, log.most_entries)
    assert max(int(asked.query["lines"]) for asked in cloud.asked) == 500


@pytest.mark.parametrize("has_base", [False, True])
@pytest.mark.parametrize("order", ["named", "v1"])
def test_an_order_that_is_known_is_not_asked_for_again(cloud, client, order, has_base):
    cloud.lines, cloud.has_base = order, has_base
    cloud.logs[TASK] = b"".join(b"%d\n" % n for n in range(10))
    log = LineEndpoint(client, JOB, TASK)
    page = log.newest(1)
    assert (page.text, page.entries) == ("9\n", 1)
    older = log.older(page.start, 3)  # where the cursor's own entry is not given, one more comes
    expected = ("6\n7\n8\n", 3) if has_base else ("5\n6\n7\n8\n", 4)
    assert (older.text, older.entries) == expected
    before = len(cloud.asked)
    newer = LineEndpoint(client, JOB, TASK).newer(older.start, 2)
    expected = ("7\n8\n", 2) if has_base else ("6\n7\n8\n", 3)
    assert (newer.text, newer.entries) == expected
    assert len(cloud.asked) == before + 1
    probes = [int(asked.query["lines"]) for asked in cloud.asked[1 : before - 1]]
    assert probes in ([2], [2, 2])


def test_a_log_of_one_entry_has_none_before_it_and_none_after_it(cloud, client):
    for cloud.has_base in (False, True):
        cloud.logs[TASK] = b"only\n"
        log = LineEndpoint(client, JOB, TASK)
        page = log.newest(5)
        assert log.older(page.start, 5).entries == 0
        assert log.newer(page.end, 5).entries == 0
        assert client.known.asc_is_newer is None


def test_lines_that_a_service_lacks_are_asked_for_once(cloud, client):
    cloud.lines = "absent"
    for _log in range(2):
        with pytest.raises(UnknownCallError):
            LineEndpoint(client, JOB, TASK).newest(1)
    assert len(cloud.asked) == 1


def test_trouble_with_lines_lets_another_reading_answer_and_other_trouble_does_not(cloud, client):
    log = LineEndpoint(client, JOB, TASK)
    cloud.answers["logs"] = lambda _asked: refused("2955", 500, "no lines today")
    with pytest.raises(UnknownCallError, match="no lines today") as caught:
        log.newest(1)
    assert (caught.value.code, caught.value.status) == ("ModelArts.2955", 500)
    cloud.answers["logs"] = lambda _asked: refused("2950", 500)
    with pytest.raises(UnavailableError):
        log.newest(1)
    cloud.answers.clear()
    assert log.newest(1).entries == 0, "it is asked for again"


# ---- the newest part -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "window"),
    [
        ({"content": "é"}, LogWindow("é", 2, 2)),
        ({"content": "abc", "full_size": 10}, LogWindow("abc", 3, 10)),
        ({"content": "abc", "current_size": 4, "full_size": 10}, LogWindow("abc", 4, 10)),
        ({"content": "abc", "current_size": 4}, LogWindow("abc", 4, 4)),
        ({"content": "abc", "current_size": 4, "full_size": 3}, LogWindow("abc", 3, 3)),
        ({"content": "", "current_size": 0, "full_size": 0}, LogWindow("", 0, 0)),
        ({"content": None, "full_size": 0}, None),
    ],
)
def test_the_newest_part_stands_where_its_sizes_say(cloud, client, answer, window):
    cloud.answers["preview"] = lambda _asked: Said(answer)
    assert PreviewEndpoint(client, JOB, TASK).window() == window


@pytest.mark.parametrize(
    ("start", "length", "chunk"),
    [
        (0, 4, LogChunk("0123", 0, 4, 4)),
        (3, 4, LogChunk("3456", 3, 7, 4)),
        (0, 10, LogChunk("0123456789", 0, 10, 10)),
        (8, 10, LogChunk("89", 8, 10, 2)),
        (-1, 4, LogChunk("6789", 6, 10, 4)),
        (-1, 40, LogChunk("0123456789", 0, 10, 10)),
        (10, 4, LogChunk("", 10, 10, 0)),
        (12, 4, LogChunk("", 12, 10, 0)),
    ],
)
def test_a_log_that_is_all_in_its_newest_part_is_read_in_slices(
    cloud, client, start, length, chunk
):
    cloud.logs[TASK] = b"0123456789"
    assert PreviewBytes(client, JOB, TASK).read(start, length) == chunk


def test_a_character_that_a_slice_cuts_counts_as_the_bytes_of_the_log(cloud, client):
    cloud.logs[TASK] = "aé".encode()
    log = PreviewBytes(client, JOB, TASK)
    assert log.read(0, 2) == LogChunk("a\ufffd", 0, 2, 2)
    cloud.answers["preview"] = lambda _asked: Said({"content": "a", "current_size": 2})
    assert log.read(0, 9) == LogChunk("a", 0, 2, 2), "the end of it is not all there yet"
    assert log.read(0, 1) == LogChunk("a", 0, 1, 1)


def test_of_a_log_that_is_not_there_yet_the_slices_are_empty(cloud, client):
    assert PreviewBytes(client, JOB, TASK).read(0, 5) == LogChunk("", 0, 0, 0)


def test_of_a_log_that_is_larger_it_is_said_what_can_be_had(cloud, client):
    cloud.logs[TASK], cloud.window = b"x" * 2345, 1234
    with pytest.raises(NotOfferedError, match="worker-0: only the newest 1,234 bytes can be had"):
        PreviewBytes(client, JOB, TASK).read(0, 5)


# ---- a link to the file --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "asked"), [(0, 5, "bytes=0-4"), (7, 1, "bytes=7-7"), (-1, 5, "bytes=-5")]
)
def test_a_range_of_the_file_is_asked_for(cloud, client, start, length, asked):
    cloud.logs[TASK] = b"0123456789"
    chunk = LinkEndpoint(client, JOB, TASK).read(start, length)
    assert cloud.asked[-1].headers["Range"] == asked
    assert cloud.asked[-1].headers["Accept-Encoding"] == "identity"
    first = 10 - length if start < 0 else start
    assert chunk == LogChunk("0123456789"[first : first + length], first, first + length, length)


@pytest.mark.parametrize(("status", "links"), [(400, 2), (401, 2), (403, 2), (404, 1), (500, 1)])
def test_a_link_that_is_refused_is_asked_for_once_more(cloud, client, status, links):
    cloud.answers["file-of"] = lambda _asked: Said(b"no", status)
    with pytest.raises(ServiceError, match="The file of the log cannot be read"):
        LinkEndpoint(client, JOB, TASK).read(0, 5)
    assert len(calls(cloud, "/logs/url")) == links
    assert len(calls(cloud, "file-of")) == links


def test_a_link_serves_as_long_as_it_is_good(cloud, client):
    cloud.logs[TASK] = b"0123456789"
    log = LinkEndpoint(client, JOB, TASK)
    for start in range(3):
        log.read(start, 1)
    assert len(calls(cloud, "/logs/url")) == 1
    cloud.links.clear()
    assert log.read(3, 2).text == "34"
    assert len(calls(cloud, "/logs/url")) == 2


@pytest.mark.parametrize(
    "url", ["http://obs.example/x", "ftp://obs.example/x", "//[", "", "https//obs.example"]
)
def test_an_address_that_would_be_unsafe_is_not_opened(cloud, client, url):
    cloud.answers["/logs/url"] = lambda _asked: Said({"obs_url": url})
    with pytest.raises(UnexpectedAnswerError, match="not safe"):
        LinkEndpoint(client, JOB, TASK).read(0, 5)
    assert len(cloud.asked) == 1


def test_links_that_a_service_lacks_are_asked_for_once(cloud, client):
    cloud.link = "absent"
    with pytest.raises(UnknownCallError):
        LinkEndpoint(client, JOB, TASK).read(0, 5)
    with pytest.raises(NotOfferedError, match="no links to logs"):
        LinkEndpoint(client, JOB, TASK).read(0, 5)
    assert len(cloud.asked) == 1


def answer(status, body=b"", place=""):
    headers = {"content-range": place} if place else {}
    return Answer(status, CaseInsensitiveDict(headers), body)


@pytest.mark.parametrize(
    ("said", "start", "chunk"),
    [
        (answer(206, b"34567", "bytes 3-7/10"), 3, LogChunk("34567", 3, 8, 5)),
        (answer(206, b"56789", "bytes 5-9/10"), -1, LogChunk("56789", 5, 10, 5)),
        (answer(206, b"\xc3", "bytes 3-3/10"), 3, LogChunk("\ufffd", 3, 4, 1)),
        (answer(200, b"0123456789"), 3, LogChunk("34567", 3, 8, 5)),
        (answer(200, b"0123456789"), -1, LogChunk("56789", 5, 10, 5)),
        (answer(200, b"012"), -1, LogChunk("012", 0, 3, 3)),
        (answer(200, b"0123456789"), 8, LogChunk("89", 8, 10, 2)),
        (answer(416, place="bytes */10"), 12, LogChunk("", 10, 10, 0)),
        (answer(416, place="bytes */10"), 10, LogChunk("", 10, 10, 0)),
        (answer(416, place="bytes */0"), -1, LogChunk("", 0, 0, 0)),
        (answer(416), 12, LogChunk("", 12, 12, 0)),
        (answer(416), -1, LogChunk("", 0, 0, 0)),
    ],
)
def test_what_comes_of_a_file_is_a_slice_of_it(said, start, chunk):
    assert chunk_of(said, start, 5) == chunk


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (answer(206, b"34567"), UnexpectedAnswerError),
        (answer(206, b"34567", "bytes */10"), UnexpectedAnswerError),
        (answer(206, b"34567", "lines 3-7/10"), UnexpectedAnswerError),
        (answer(206, b"34567", "bytes 4-8/10"), UnexpectedAnswerError),
        (answer(206, b"34567", "bytes 2-6/10"), UnexpectedAnswerError),
        (answer(206, b"3456", "bytes 3-7/10"), UnexpectedAnswerError),
        (answer(206, b"345678", "bytes 3-7/10"), UnexpectedAnswerError),
        (answer(200), UnexpectedAnswerError),
        (answer(404), NotFoundError),
        (answer(403), PermissionDeniedError),
        (answer(503), UnavailableError),
    ],
)
def test_what_is_no_such_slice_is_an_error(said, error):
    with pytest.raises(error, match="The file of the log cannot be read") as caught:
        chunk_of(said, 3, 5)
    assert caught.value.status == said.status


# ---- the copy in OBS -----------------------------------------------------------------------------


class Copies:
    """Opens copies, and remembers which."""

    name = TASK
    origin = ("obs", "ma-logs")
    longest_slice = 100

    def __init__(self):
        self.opened = []

    def __call__(self, *place):
        self.opened.append(place)
        return self

    def read(self, start_byte, length):
        return LogChunk("copy", start_byte, start_byte + 4, 4)


def copy_of(client, copies=None):
    return CopyInObs(client, JOB, TASK, copies, lambda: client.get_job(JOB))


def test_a_copy_is_opened_once_in_the_folder_of_the_job(cloud, client):
    cloud.jobs = [job(tasks=[TASK, "worker-1"])]
    cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://ma-logs/logs/"}
    copies = Copies()
    copy = copy_of(client, copies)
    assert copy.folder == "obs://ma-logs/logs/"
    for start in (0, 4):
        assert copy.read(start, 4) == LogChunk("copy", start, start + 4, 4)
    assert copies.opened == [(f"/ma-logs/logs/modelarts-job-{JOB}-", TASK, (TASK, "worker-1"))]
    assert len(cloud.asked) == 1


@pytest.mark.parametrize("has_folder", [True, False])
def test_without_a_folder_or_who_can_read_it_there_is_no_copy(cloud, client, has_folder):
    if has_folder:
        cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://ma-logs/logs/"}
    copy = copy_of(client, None if has_folder else Copies())
    with pytest.raises(NotOfferedError, match=f"Job {JOB} copies no logs to OBS"):
        copy.read(0, 4)


@pytest.mark.parametrize(
    ("folder", "words"), [("obs://b/l/", "Its copy is in obs://b/l/"), ("", "")]
)
def test_of_a_log_that_was_cleared_it_is_told_where_its_copy_is(cloud, client, folder, words):
    cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": folder}
    cloud.answers["preview"] = lambda _asked: refused("2819", message="log file cleared")
    file = WholeFile(copy_of(client), PreviewBytes(client, JOB, TASK))
    with pytest.raises(LogClearedError, match="log file cleared") as caught:
        file.read(0, 5)
    assert words in str(caught.value)
    assert (caught.value.code, caught.value.status) == ("ModelArts.2819", 400)


@pytest.mark.parametrize("number", ["2771", "2775"])
def test_a_place_that_refuses_lets_the_next_one_answer(cloud, client, number):
    cloud.answers["/logs/url"] = lambda _asked: refused(number, 403)
    cloud.logs[TASK] = b"0123456789"
    places = LinkEndpoint(client, JOB, TASK), PreviewBytes(client, JOB, TASK)
    file = WholeFile(copy_of(client), *places)
    assert file.read(0, 5).text == "01234"


def test_a_place_in_trouble_does_not(cloud, client):
    cloud.answers["/logs/url"] = lambda _asked: refused("2955", 500)
    cloud.logs[TASK] = b"0123456789"
    places = LinkEndpoint(client, JOB, TASK), PreviewBytes(client, JOB, TASK)
    with pytest.raises(UnavailableError):
        WholeFile(copy_of(client), *places).read(0, 5)
