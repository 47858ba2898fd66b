"""The logs of a run over the wire: whatever happens to a request, no byte is lost or doubled."""

from __future__ import annotations

import pytest
from fake_service import Half, Hang, Reply, Reset

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.follow import Finished, StatusChanged, Trouble
from modelarts_magics.core.logs.job_logs import JobLogs

REF = JobRef("v1", "1", "2")
FOLDER = "/v1/p/training-jobs/1/versions/2"
TEXT = "".join(f"第 {number} 行 line 😀\n" for number in range(3000))
DATA = TEXT.encode()


class FirstKeyIsOld(KeyCredentials):
    """Keys of which the first has ended when it is used."""

    def __init__(self):
        super().__init__(lambda: AccessKey("AK", "SK"))
        self.renewed = 0

    def renew(self, refused):
        self.renewed += 1
        return True


@pytest.fixture
def transport(service):
    made = Transport(service.url, FirstKeyIsOld())
    yield made
    made.close()


SHORT = "第一行\nline 2\n"


def job_of(service, *, names=("f.0",), status=10, data=DATA):
    service.on("GET", FOLDER, Reply({"is_success": True, "status": status}))
    service.on("GET", f"{FOLDER}/log/file-names", Reply({"log_file_list": list(names)}))
    service.on("GET", f"{FOLDER}/log", lambda seen: part_of_log(seen, data))


def part_of_log(seen, data=DATA):
    start, length = int(seen.query["start_byte"]), int(seen.query["offset"])
    start = max(0, len(data) - length) if start < 0 else min(start, len(data))
    cut = data[start : start + length]
    log = cut.decode(errors="replace")
    return Reply({"log": log, "log_byte_count": len(cut), "end_byte": start + len(cut)})


def all_events(follower):
    """Every event, without waiting for the next poll."""
    events = []
    while not follower.finished:
        follower.hurry()
        events += follower.poll_due()
    return events


TROUBLES = {
    "429": Reply({}, 429),
    "500": Reply({}, 500),
    "503": Reply({}, 503),
    "a reset": Reset(),
    "half a body": Half(),
    "half of a chunked body": Half(chunked=True),
    "a time-out": Hang(b'{"log": "'),
    "a page of a proxy": Reply(b"<html>"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_a_slice_is_told_and_nothing_is_lost(service, transport, trouble):
    job_of(service)
    answers = {3: TROUBLES[trouble], 25: TROUBLES[trouble]}
    asked = []

    def reply(seen):
        asked.append(seen)
        return answers.get(len(asked)) or part_of_log(seen)

    service.on("GET", f"{FOLDER}/log", reply)
    logs = JobLogs(TrainingJobs(Client(transport, "p")), REF, deadline=1.0)
    events = all_events(logs.follow())
    assert "".join(e.text for e in events if isinstance(e, LogText)) == TEXT
    assert len([e for e in events if isinstance(e, Trouble)]) >= 2
    assert events[-1] == Finished(JobStatus.COMPLETED)


def test_keys_that_have_ended_are_renewed_in_the_middle_of_a_log(service, transport):
    job_of(service)
    asked = []

    def reply(seen):
        asked.append(seen)
        return Reply({}, 401) if len(asked) == 4 else part_of_log(seen)

    service.on("GET", f"{FOLDER}/log", reply)
    events = all_events(JobLogs(TrainingJobs(Client(transport, "p")), REF).follow())
    assert "".join(e.text for e in events if isinstance(e, LogText)) == TEXT
    assert transport.credentials.renewed == 1


def test_the_log_files_of_a_job_that_waits_join_when_they_are_there(service, transport):
    job_of(service, names=(), status=7)
    follower = JobLogs(TrainingJobs(Client(transport, "p")), REF).follow()
    for _poll in range(3):
        follower.hurry()
        assert follower.poll_due() in ([], [StatusChanged(JobStatus.WAITING)])
    job_of(service, names=("f.0", "f.1"))
    events = all_events(follower)
    for name in ("f.0", "f.1"):
        texts = [e.text for e in events if isinstance(e, LogText) and e.log_file == name]
        assert "".join(texts) == TEXT


def test_one_file_is_followed_without_asking_for_names(service, transport):
    job_of(service)
    all_events(JobLogs(TrainingJobs(Client(transport, "p")), REF).follow(file="f.0"))
    assert not any("file-names" in seen.path for seen in service.seen)


def test_a_file_that_is_not_there_yet_is_waited_for(service, transport):
    job_of(service, names=(), status=8)
    follower = JobLogs(TrainingJobs(Client(transport, "p")), REF).follow(file="f.1", names=())
    follower.poll_due()
    job_of(service, names=("f.0", "f.1"))
    found = {event.log_file for event in all_events(follower) if isinstance(event, LogText)}
    assert found == {"f.1"}


def test_a_log_can_be_followed_from_a_byte(service, transport):
    job_of(service)
    start = len(TEXT[:50].encode())
    events = all_events(JobLogs(TrainingJobs(Client(transport, "p")), REF).follow(start))
    assert "".join(e.text for e in events if isinstance(e, LogText)) == TEXT[50:]


def texts_of(events):
    found = {}
    for event in events:
        if isinstance(event, LogText):
            found[event.log_file] = found.get(event.log_file, "") + event.text
    return found


@pytest.mark.parametrize("names", [None, ["f.0", "f.1"]])
def test_of_several_files_only_the_one_that_is_asked_for_is_followed(service, transport, names):
    job_of(service, names=("f.0", "f.1"), data=SHORT.encode())
    logs = JobLogs(TrainingJobs(Client(transport, "p")), REF)
    assert texts_of(all_events(logs.follow(file="f.1", names=names))) == {"f.1": SHORT}
    assert not any("file-names" in seen.path for seen in service.seen)


def test_files_that_were_listed_just_now_are_followed_and_listed_once_more_at_the_end(
    service, transport
):
    job_of(service, names=("f.0", "f.1"), data=SHORT.encode())
    follower = JobLogs(TrainingJobs(Client(transport, "p")), REF).follow(names=["f.0"])
    assert texts_of(all_events(follower)) == {"f.0": SHORT, "f.1": SHORT}
    assert sum("file-names" in seen.path for seen in service.seen) == 1


def test_who_knows_the_status_is_asked_for_it(service, transport):
    job_of(service, status=8, data=SHORT.encode())
    logs = JobLogs(TrainingJobs(Client(transport, "p")), REF)
    asked = []

    def status():
        asked.append(1)
        return JobStatus.COMPLETED

    follower = logs.follow(names=["f.0"], status=status, last_status=JobStatus.RUNNING)
    assert follower.poll_due()[0] == StatusChanged(JobStatus.RUNNING)
    assert asked == []
    assert all_events(follower)[-1] == Finished(JobStatus.COMPLETED)
    assert asked
    assert FOLDER not in {seen.path for seen in service.seen}


def test_an_interval_that_was_chosen_is_that_between_polls(service, transport):
    job_of(service, status=8, data=SHORT.encode())
    follower = JobLogs(TrainingJobs(Client(transport, "p")), REF).follow(file="f.0", interval=50)
    for _poll in range(2):
        follower.hurry()
        follower.poll_due()
    assert 40 < follower.due_in <= 50


def test_what_a_job_has_is_what_its_service_says(service, transport):
    job_of(service, names=("f.0", "f.1"), status=8, data=SHORT.encode())
    logs = JobLogs(TrainingJobs(Client(transport, "p")), REF)
    assert (logs.status(), list(logs.names())) == (JobStatus.RUNNING, ["f.0", "f.1"])
    assert logs.source("f.1").read(0, 6).text == SHORT[:2]
    assert service.last.path.endswith("/log")
    assert service.last.query["log_file"] == "f.1"


def test_files_are_not_asked_for_at_once_where_they_were_listed_just_now(transport):
    logs = JobLogs(TrainingJobs(Client(transport, "p")), REF)
    assert logs.follow().due_in == 0
    assert logs.follow(names=()).due_in > 1
