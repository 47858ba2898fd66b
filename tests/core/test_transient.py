"""What may pass by itself is decided once: whoever asks the service, the verdict is the same."""

from __future__ import annotations

from collections import deque

import pytest
from fake_service import Reply, closed_port
from log_services import Clock
from troubles import HAPPENINGS
from visualization_service import client_of, jobs_of

from modelarts_magics.core import visualization
from modelarts_magics.core.api.v1.logs import ByteEndpoint
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    DeadlineExceededError,
    ModelArtsError,
    OutcomeUnknownError,
    ServiceError,
)
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.core.logs.download import download
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower
from modelarts_magics.core.logs.readers import open_log
from modelarts_magics.core.visualization import NewVisualization

TEXT = "a line\n"
LOG = "/v1/p/training-jobs/1/versions/2/log"
VERSION = "/v1/p/training-jobs/1/versions/2"
VIZ = "/v1/p/visualization-jobs"


@pytest.fixture
def client(service):
    """Tries each call four times."""
    with client_of(service.url, Limits()) as made:
        yield made


@pytest.fixture
def log(service):
    """A log; what happens to the next request for it is appended."""
    happens = deque()

    def reply(seen):
        if happens:
            return happens.popleft()
        start = int(seen.query["start_byte"])
        text = TEXT[start if start >= 0 else -1 :]
        return Reply({"log": text, "log_byte_count": len(text), "end_byte": len(TEXT)})

    service.on("GET", LOG, reply)
    return happens


@pytest.fixture(params=HAPPENINGS, ids=str)
def happening(request):
    return HAPPENINGS[request.param]


def test_a_persons_call_is_made_again(service, client, happening):
    service.on("GET", VERSION, happening.reply, Reply({"status": 8}))
    if happening.is_called_again:
        assert client.get_version("1", "2").status is JobStatus.RUNNING
        assert len(service.seen) == 2
        return
    with pytest.raises(ServiceError) as caught:
        client.get_version("1", "2")
    assert caught.value.is_transient is happening.is_transient
    assert len(service.seen) == 1


def test_a_call_that_changes_something_is_made_again_only_when_it_had_no_effect(
    service, client, happening
):
    service.script(happening.reply, Reply())
    is_again = happening.is_transient and not happening.had_effect
    try:
        client.stop_version("1", "2")
    except ServiceError:
        assert not is_again
    assert len(service.seen) == 1 + is_again


def test_a_follower_goes_on(log, client, happening):
    log.append(happening.reply)
    clock = Clock()
    reader = Reader()
    files = [open_log([ByteEndpoint(client.for_reader(reader), "1", "2", "f.0")], reader)]
    follower = JobFollower(files, lambda: JobStatus.RUNNING, clock=clock)
    last = follower.poll_due()[-1]
    assert isinstance(last, Trouble if happening.is_transient else Finished)
    if happening.is_transient:
        clock.now += follower.due_in
        assert [event.text for event in follower.poll_due()] == [TEXT]


def test_a_download_goes_on(log, client, happening, tmp_path):
    log.append(happening.reply)
    source = ByteEndpoint(client.for_reader(Reader()), "1", "2", "f.0")
    pauses = []
    if happening.is_transient:
        download(source, tmp_path / "log", Reader(), wait=pauses.append)
        assert (tmp_path / "log").read_text("utf-8") == TEXT
        assert len(pauses) == 1
        return
    with pytest.raises(ServiceError):
        download(source, tmp_path / "log", Reader(), wait=pauses.append)
    assert pauses == []


def test_waiting_for_a_job_goes_on(service, happening):
    service.on("GET", f"{VIZ}/197", happening.reply, Reply({"job_id": 197, "status": 8}))
    with jobs_of(service.url) as jobs:
        looks = visualization.progress(jobs, "197")
        if happening.is_transient:
            assert [bool(look.trouble) for look in looks] == [True, False]
            return
        with pytest.raises(ModelArtsError):
            list(looks)


def test_a_creation_looks_for_its_job_where_the_request_may_have_had_an_effect(service, happening):
    service.on("GET", VIZ, Reply({"jobs": []}), Reply({"jobs": [{"job_id": 7, "job_name": "n"}]}))
    service.on("POST", VIZ, happening.reply)
    new = NewVisualization.checked("/bucket/run/", "n")
    with jobs_of(service.url) as jobs:
        if happening.had_effect:
            outcome = visualization.create(jobs, new, lambda _seconds: None)
            assert outcome.how is visualization.How.ADOPTED
            return
        with pytest.raises(ServiceError):
            visualization.create(jobs, new, pytest.fail)


def test_a_creation_looks_again_after_trouble(service, happening):
    found = Reply({"jobs": [{"job_id": 7, "job_name": "n"}]})
    service.on("GET", VIZ, Reply({"jobs": []}), happening.reply, found)
    service.on("POST", VIZ, Reply({}, 500))
    new = NewVisualization.checked("/bucket/run/", "n")
    with jobs_of(service.url) as jobs:
        if happening.is_transient:
            outcome = visualization.create(jobs, new, lambda _seconds: None)
            assert outcome.how is visualization.How.ADOPTED
            return
        with pytest.raises(OutcomeUnknownError):
            visualization.create(jobs, new, lambda _seconds: None)


def test_what_is_not_of_this_api_is_asked_for_only_once_more(service, client):
    service.script(Reply(b"<html>"))
    with pytest.raises(ServiceError, match="Check the endpoint") as caught:
        client.get_version("1", "2")
    assert caught.value.is_transient
    assert len(service.seen) == 2


def test_no_connection_and_a_deadline_may_pass():
    nobody = f"http://127.0.0.1:{closed_port()}"
    with client_of(nobody) as client, pytest.raises(ServiceError) as caught:
        client.get_version("1", "2")
    assert caught.value.is_transient
    assert DeadlineExceededError("late").is_transient
