"""The run that somebody means, by id or by name."""

from __future__ import annotations

import pytest
from fake_service import Reply, refusal

from modelarts_magics.core import jobs as runs
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.auth.sources import KeyCredentials
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.http.transport import Transport

JOBS = "/v1/p/training-jobs"


@pytest.fixture
def client(service):
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("A", "s")))
    yield Client(transport, "p")
    transport.close()


def jobs(*names, total=None, first=100):
    listed = [{"job_id": first + n, "job_name": name} for n, name in enumerate(names)]
    return Reply({"jobs": listed, "job_total_count": len(names) if total is None else total})


def test_an_id_is_taken_without_asking(service, client):
    assert runs.find_job_id(client, "182626") == "182626"
    assert service.seen == []


def test_a_name_is_looked_up_exactly(service, client):
    service.script(jobs("mnist-2", "mnist", "my-mnist"))
    assert runs.find_job_id(client, "mnist") == "101"
    assert service.last.query["search_content"] == "mnist"


def test_a_name_on_a_later_page_is_found(service, client):
    service.script(jobs("a", total=150), jobs("mnist", total=150, first=200))
    assert runs.find_job_id(client, "mnist") == "200"
    assert [seen.query["page"] for seen in service.seen] == ["1", "2"]


def test_a_near_name_is_suggested(service, client):
    service.script(jobs(total=0), jobs("mnist"))
    with pytest.raises(InvalidArgumentError, match="Did you mean mnist"):
        runs.find_job_id(client, "mnsit")


def versions(*items):
    listed = [
        {"version_id": number, "version_name": name, "create_time": time}
        for number, name, time in items
    ]
    return Reply({"job_id": 1, "job_name": "j", "versions": listed, "version_count": len(items)})


def described(service, number):
    service.on("GET", f"{JOBS}/1/versions/{number}", Reply({"version_id": number, "status": 8}))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, "12"), ("11", "11"), ("V0001", "11"), ("v0001", "11"), ("V0002", "12")],
)
def test_a_version_by_id_by_name_or_the_newest(service, client, wanted, found):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", 5), (12, "V0002", 6)))
    described(service, 11)
    described(service, 12)
    assert runs.find_version(client, "1", wanted).version_id == found


def test_the_newest_of_versions_that_do_not_say_when_or_have_no_number(service, client):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", None), ("x-2", "V0002", None)))
    described(service, 11)
    described(service, "x-2")
    assert runs.find_version(client, "1", None).version_id in {"11", "x-2"}


def test_a_version_that_is_not_there_is_named_with_those_that_are(service, client):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", 5)))
    with pytest.raises(InvalidArgumentError, match=r"Job j has no version V0009.*V0001"):
        runs.find_version(client, "1", "V0009")


def test_a_job_that_is_not_there_is_named(service, client):
    service.script(refusal("ModelArts.0015", status=404))
    with pytest.raises(InvalidArgumentError, match="no training job 1"):
        runs.find_version(client, "1", None)


def test_the_log_file_that_is_named_or_the_first():
    assert runs.choose_log_file(("a.0", "a.1"), None, "j") == "a.0"
    assert runs.choose_log_file(("a.0", "a.1"), "a.1", "j") == "a.1"
    with pytest.raises(InvalidArgumentError, match=r"no log file b.*a\.0, a\.1"):
        runs.choose_log_file(("a.0", "a.1"), "b", "j")
    with pytest.raises(InvalidArgumentError, match="no log yet"):
        runs.choose_log_file((), None, "j")
