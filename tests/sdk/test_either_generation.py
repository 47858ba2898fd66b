"""One session for both generations of the API: who is asked about which job."""

from __future__ import annotations

import math

import pytest
from v2_service import JOB, Asked, Cloud, Said, job, refused

from modelarts_magics.core.api.base import JobRef, VisualizationQuery
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.errors import InvalidArgumentError, UnavailableError
from modelarts_magics.session import Session

VERSION = {"version_id": 70, "version_name": "V0001", "status": 8}
ABSENT = [
    Said({"error_code": "APIGW.0101", "error_msg": "The API does not exist"}, 404),
    Said(b"", 404),
    Said(b"", 405),
]


class Both(Cloud):
    """A service of both generations; the older one has jobs by their numbers.

    Attributes:
        older: names by ids.
    """

    def __init__(self) -> None:
        super().__init__([job(), job("22222222-2222-4333-8444-555555555555", "12345")])
        self.older = {"7": "mnist", "8": "resnet"}
        self.answers["/v1/"] = self.say_older

    def say_older(self, asked: Asked) -> Said:
        parts = asked.path.split("/")
        if parts[-1] == "training-jobs":
            part = asked.query.get("search_content", "")
            found = [{"job_id": i, "job_name": n} for i, n in self.older.items() if part in n]
            return Said({"jobs": found, "job_total_count": len(found)})
        if parts[4] not in self.older:
            return refused("0102", 404)
        described = {**VERSION, "job_id": parts[4], "job_name": self.older[parts[4]]}
        if parts[-1] == "versions":
            return Said({**described, "versions": [described], "version_count": 1})
        return Said(described)

    def asked_of(self, generation: str) -> int:
        return sum(f"/{generation}/" in one.path for one in self.asked)


@pytest.fixture
def cloud():
    return Both()


@pytest.fixture
def session_of(cloud):
    made = []

    def make(**options):
        given = {"access_key": "AK", "secret_key": "s", "project_id": "p", **options}
        session = Session(**{"region_name": "cn-north-4", **given})
        session.client.transport.pool.mount("https://", cloud.adapter)
        session.client.transport.limiter = RateLimit(math.inf)
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()


# word: generation, id; which generations are asked
MEANT = {
    JOB: ("v2", JOB, {"v2"}),
    f"id:{JOB}": ("v2", JOB, {"v2"}),
    "resnet": ("v2", JOB, {"v2"}),
    "mnist": ("v1", "7", {"v1", "v2"}),
    "name:mnist": ("v1", "7", {"v1", "v2"}),
    "7": ("v1", "7", {"v1"}),
    "id:7": ("v1", "7", {"v1"}),
    "12345": ("v2", "22222222-2222-4333-8444-555555555555", {"v1", "v2"}),
    "name:12345": ("v2", "22222222-2222-4333-8444-555555555555", {"v2"}),
}


@pytest.mark.parametrize("word", MEANT)
def test_a_word_is_asked_of_the_generation_that_it_can_be_of(cloud, session_of, word):
    api, job_id, asked = MEANT[word]
    found = session_of().jobs.find(word)
    assert (found.ref.api, found.ref.job) == (api, job_id)
    assert {one for one in ("v1", "v2") if cloud.asked_of(one)} == asked


def test_what_no_generation_knows_is_said_once(session_of):
    with pytest.raises(InvalidArgumentError, match="There is no training job resnt"):
        session_of().jobs.find("resnt")


def test_without_a_job_the_newer_generation_lists(cloud, session_of):
    assert [one.ref.api for one in session_of().jobs.list()] == ["v2", "v2"]
    assert cloud.asked_of("v1") == 0


@pytest.mark.parametrize("absent", ABSENT)
def test_a_generation_that_is_not_there_is_asked_once(cloud, session_of, absent):
    cloud.answers = {"/v2/": lambda _asked: absent, **cloud.answers}
    session = session_of()
    assert [one.name for one in session.jobs.list()] == ["mnist", "resnet"]
    assert session.jobs.find("resnet").ref == JobRef("v1", "8", "70")
    session.jobs.list()
    assert cloud.asked_of("v2") == 1


def test_trouble_is_no_absence(cloud, session_of):
    cloud.answers = {"/v2/": lambda _asked: Said(b"", 503), **cloud.answers}
    with pytest.raises(UnavailableError):
        session_of().jobs.list()
    assert cloud.asked_of("v1") == 0


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_the_generation_can_be_chosen(cloud, session_of, api):
    assert {one.ref.api for one in session_of(api=api).jobs.list()} == {api}
    assert cloud.asked_of("v1" if api == "v2" else "v2") == 0


def test_visualization_jobs_are_those_of_the_generation_of_what_they_show(cloud, session_of):
    either = session_of().visualizations
    assert either.api == "v2"  # without a job, the newer one is asked first
    assert either.for_job(JobRef("v1", "7")).api == "v1"
    assert either.for_job(JobRef("v2", JOB)).api == "v2"
    assert either.for_word("/bucket/run/").api == "v1"
    assert either.for_word(JOB).api == "v2"
    assert either.for_word("resnet") is None
    assert session_of(api="v2").visualizations.for_word("/bucket/run/").api == "v2"
    assert list(either.list(VisualizationQuery()).items) == []
    assert (cloud.asked_of("v1"), cloud.asked_of("v2")) == (0, 1)


@pytest.mark.parametrize("absent", ABSENT)
def test_visualization_jobs_of_a_generation_that_is_not_there_are_asked_for_once(
    cloud, session_of, absent
):
    jobs = Said({"jobs": [{"job_id": 5, "job_name": "old"}], "job_total_count": 1})
    cloud.answers = {"/v2/": lambda _asked: absent, "/visualization-jobs": lambda _asked: jobs}
    either = session_of().visualizations
    for _time in range(2):
        assert [one.name for one in either.list(VisualizationQuery()).items] == ["old"]
    assert cloud.asked_of("v2") == 1


def test_a_known_job_is_asked_of_its_own_generation(cloud, session_of):
    jobs = session_of().jobs
    older, newer = jobs.find("7"), jobs.find(JOB)
    assert jobs.status(older.ref).word == "RUNNING"
    assert jobs.status(newer.ref).word == "Running"
    assert jobs.find(newer.ref).name == "resnet"
    assert (jobs.versions("7"), jobs.versions(JOB)) == (["V0001"], ())
    assert jobs.log_files(newer.ref) == ("worker-0",)


def test_a_name_of_two_jobs_is_told_apart(session_of):
    jobs = session_of().jobs
    found = jobs.find("resnet").ref
    other = jobs.namesake("resnet", found)
    assert (found.api, other.api, other.job) == ("v2", "v1", "8")
    assert jobs.namesake("mnist", jobs.find("mnist").ref) is None
