"""A whole log by the first of its places that has it, and what is missing by whoever has that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from bucket import Bucket
from log_services import Clock, GrowingLog
from v2_service import JOB, Cloud, client_of, refused

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.api.v2.logs import WholeFile
from modelarts_magics.core.logs.others import Others
from modelarts_magics.core.logs.readers import LogBytes
from modelarts_magics.core.obs.object_bytes import ObjectsBytes
from modelarts_magics.errors import NotFoundError, UnavailableError

REF = JobRef("v2", JOB)
TASK = "worker-0"
WHOLE = b"".join(b"line %05d\n" % n for n in range(100))


class Place(GrowingLog):
    """A place of a log, which refuses while it has none."""

    folder = ""

    def __init__(self, data: bytes = b"", error: Exception | None = None) -> None:
        super().__init__(data, "replaces a cut character", 2000)
        self.error = error or NotFoundError("no such object", status=404, code="NoSuchKey")
        self.asked = 0

    def read(self, start_byte, length):
        self.asked += 1
        if not self.data:
            raise self.error
        return super().read(start_byte, length)


class BothAtOnce(Place):
    """Refuses two readers at once."""

    def __init__(self) -> None:
        super().__init__()
        self._both = Barrier(2, timeout=10)

    def read(self, start_byte, length):
        self._both.wait()
        return super().read(start_byte, length)


@pytest.mark.parametrize("has_link", [True, False])
def test_two_connections_that_are_refused_at_once_take_the_next_place(has_link):
    places = [Place(WHOLE), Place(WHOLE)] if has_link else [Place(WHOLE)]
    file = WholeFile(BothAtOnce(), *places)
    with ThreadPoolExecutor(2) as pool:
        found = [one.text for one in pool.map(lambda at: file.read(at, 11), (0, 11))]
    assert found == ["line 00000\n", "line 00001\n"]
    assert [one.asked for one in places[1:]] == [0] * (len(places) - 1)


def test_where_a_place_has_it_no_more_all_are_asked_again():
    copy, link = Place(), Place(WHOLE)
    file = WholeFile(copy, link)
    assert file.read(0, 5).text == "line "
    assert file.read(5, 5).text == "00000"
    assert copy.asked == 1
    link.data, copy.data = b"", WHOLE
    assert file.read(0, 5).text == "line "


def test_what_nobody_has_is_refused_as_by_the_last_place_and_asked_for_again():
    places = Place(), Place(), Place(error=NotFoundError("the last"))
    file = WholeFile(*places)
    for _time in range(2):
        with pytest.raises(NotFoundError, match="the last"):
            file.read(0, 5)
    places[1].data = WHOLE
    assert file.read(0, 5).text == "line "


# ---- who has what is missing before the newest part ----------------------------------------------


def test_a_copy_that_comes_later_is_used():
    copy, clock = Place(), Clock()
    others = Others([copy], clock)
    assert others.piece(0, 11) is None
    copy.data = WHOLE
    assert others.piece(0, 11).text.startswith("line 00000\n")


def test_for_a_cheaper_reading_who_refuses_is_left_alone_for_a_while():
    copy, link, clock = Place(), Place(WHOLE), Clock()
    others = Others([copy, link], clock)
    for _look in range(10):
        assert others.piece(0, 11, is_routine=True)
    assert copy.asked == 1
    clock.now += 600
    copy.data = WHOLE
    assert others.piece(0, 11, is_routine=True)
    assert copy.asked == 2, "at once, while text comes"


def test_trouble_of_a_cheaper_reading_lets_the_next_one_answer():
    copy, link = Place(error=UnavailableError("trouble", status=503)), Place(WHOLE)
    others = Others([copy, link], Clock())
    assert others.piece(0, 11, is_routine=True).text.startswith("line")
    with pytest.raises(UnavailableError):  # a gap waits for whoever may have it
        others.piece(0, 11)


@pytest.mark.parametrize("known", ["line 00001\nline 00002\n", "训练" * 100, "\ufffd\n"])
def test_a_copy_is_believed_when_it_has_what_was_told_before(known):
    data = known.encode() + b"next\n"
    others = Others([Place(data)], Clock())
    assert others.piece(len(data) - 5, 5, known).text == "next\n"


def test_a_copy_of_another_log_is_not_believed():
    copy, link = Place(b"other text\n" * 20), Place(WHOLE)
    others = Others([copy, link], Clock())
    assert others.piece(22, 11, WHOLE[:22].decode()).text.startswith("line 00002\n")


# ---- the copy ------------------------------------------------------------------------------------

FOLDER = f"logs/modelarts-job-{JOB}-"


@pytest.fixture
def bucket():
    return Bucket()


@pytest.fixture
def copy(bucket):
    with bucket.opened() as client:
        yield ObjectsBytes(client, "bucket", FOLDER, TASK)


@pytest.mark.parametrize(
    "names",
    [
        ["worker-0.log"],
        ["worker-0.log.2", "worker-0.log.10", "worker-0.log"],
        ["worker-0-9.log", "worker-0-10.log", "worker-0.log"],
        ["worker-0-20260930-235959.log", "worker-0-20261001-000000.log"],
        ["a1-worker-0-172.16.0.10-0a1b.log"],
    ],
    ids=" ".join,
)
def test_the_objects_of_a_log_are_taken_in_their_order(bucket, copy, names):
    bucket.objects = {f"{FOLDER}{name}": b"%d;" % n for n, name in enumerate(names)}
    bucket.objects |= {f"{FOLDER}worker-00.log": b"?", f"{FOLDER}a1-worker-01-x.log": b"?"}
    assert copy.read(0, 100).text == "".join(f"{n};" for n in range(len(names)))


def test_a_copy_that_is_not_there_is_not_found(copy):
    with pytest.raises(NotFoundError) as caught:
        copy.read(0, 10)
    assert not caught.value.is_unknown_call


def test_where_nobody_may_list_the_usual_name_is_read(bucket, copy):
    bucket.objects = {f"{FOLDER}worker-0.log": WHOLE}
    bucket.may_list = False
    assert copy.read(11, 5).text == "line "
    assert copy.read(-1, 5).end_byte == len(WHOLE)


def test_an_object_that_became_shorter_ends_the_slice(bucket, copy):
    bucket.objects = {f"{FOLDER}worker-0-{n}.log": b"0123456789" for n in (1, 2)}
    assert copy.read(0, 20).text == "0123456789" * 2
    bucket.objects[f"{FOLDER}worker-0-1.log"] = b"01234"
    assert copy.read(0, 20).text == "01234"


def test_a_job_that_tells_its_folder_later_is_read_from_there():
    cloud = Cloud()
    cloud.logs[TASK] = WHOLE
    cloud.link, cloud.window = "absent", 100
    cloud.lines = "absent"
    with client_of(cloud.adapter) as client:
        source = LogBytes(TrainingJobs(client, lambda *_place: Place(WHOLE)).logs(REF, TASK))
        with pytest.raises(Exception, match="only the newest"):
            source.read(0, 5)
        cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://ma-logs/logs/"}
        assert source.read(0, 5).text == "line "


def test_a_link_that_an_endpoint_lacks_is_not_asked_for_again():
    cloud = Cloud()
    cloud.link = "absent"
    cloud.answers["preview"] = lambda _asked: refused("2819")
    with client_of(cloud.adapter) as client:
        file = LogBytes([TrainingJobs(client).logs(REF, TASK)[-1]])
        for _time in range(3):
            with pytest.raises(NotFoundError):
                file.read(0, 5)
    assert sum("/logs/url" in asked.path for asked in cloud.asked) == 1
