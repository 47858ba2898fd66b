"""The job that somebody means, by id or by name."""

from __future__ import annotations

import pytest
from fake_service import Reply, refusal

from modelarts_magics.core.api.base import JobRef, JobSearch
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.api.v1.models.training import JobVersion, ListedJob
from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.jobs import choose_log_file, ref_of

JOBS = "/v1/p/training-jobs"
NOT_FOUND = refusal("ModelArts.0015", status=404)


@pytest.fixture
def jobs(service):
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("A", "s")))
    yield TrainingJobs(Client(transport, "p"))
    transport.close()


def listed(*names, total=None, first=100):
    items = [{"job_id": first + n, "job_name": name} for n, name in enumerate(names)]
    return Reply({"jobs": items, "job_total_count": len(names) if total is None else total})


@pytest.mark.parametrize("meant", ["1", JobRef("v1", "1"), JobRef("v1", "1", "11")])
def test_an_id_is_not_searched_for(service, jobs, meant):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", 5)))
    described(service, 11)
    assert jobs.find(meant).ref.version == "11"
    assert [seen.path for seen in service.seen] == [f"{JOBS}/1/versions", f"{JOBS}/1/versions/11"]


def test_a_name_of_digits_is_found_where_no_job_has_this_id(service, jobs):
    service.on("GET", f"{JOBS}/2024/versions", NOT_FOUND)
    service.on("GET", JOBS, listed("20240", "2024"))
    service.on("GET", f"{JOBS}/101/versions", versions((11, "V0001", 5)))
    assert jobs.versions("2024") == ["V0001"]


@pytest.mark.parametrize(("word", "path"), [("id:2024", "2024"), ("name:2024", "100")])
def test_a_word_may_say_whether_it_is_an_id_or_a_name(service, jobs, word, path):
    service.on("GET", JOBS, listed("2024"))
    service.on("GET", f"{JOBS}/{path}/versions", versions((11, "V0001", 5)))
    assert jobs.versions(word) == ["V0001"]
    assert f"{JOBS}/{path}/versions" == service.last.path


@pytest.mark.parametrize("word", ["id:2024", "name:2024", "2024"])
def test_a_job_that_is_neither_is_named_as_it_was_typed(service, jobs, word):
    service.on("GET", f"{JOBS}/2024/versions", NOT_FOUND)
    service.on("GET", JOBS, listed("other"))
    with pytest.raises(InvalidArgumentError, match=f"no training job {word}\\. "):
        jobs.find(word)


def test_another_job_of_the_same_digits_is_found_as_a_namesake(service, jobs):
    service.on("GET", JOBS, listed("2024", "2024-2"))
    assert jobs.namesake("2024", JobRef("v1", "2024")) == JobRef("v1", "100")
    assert jobs.namesake("2024", JobRef("v1", "100")) is None
    service.seen.clear()
    for word in ("id:2024", "name:2024", "mnist"):
        assert jobs.namesake(word, JobRef("v1", "2024")) is None
    assert service.seen == []


def test_a_name_is_looked_up_exactly(service, jobs):
    service.on("GET", JOBS, listed("mnist-2", "mnist", "my-mnist"))
    service.on("GET", f"{JOBS}/101/versions", versions((11, "V0001", 5)))
    assert jobs.versions("mnist") == ["V0001"]
    assert service.seen[0].query["search_content"] == "mnist"


def test_a_name_on_a_later_page_is_found(service, jobs):
    service.on("GET", JOBS, listed("a", total=150), listed("mnist", total=150, first=200))
    service.on("GET", f"{JOBS}/200/versions", versions((11, "V0001", 5)))
    assert jobs.versions("mnist") == ["V0001"]
    assert [seen.query.get("page") for seen in service.seen[:2]] == ["1", "2"]


def test_a_near_name_is_suggested(service, jobs):
    service.script(listed(total=0), listed("mnist"))
    with pytest.raises(InvalidArgumentError, match="Did you mean mnist"):
        jobs.find("mnsit")


def versions(*items):
    items = [
        {"version_id": number, "version_name": name, "create_time": time}
        for number, name, time in items
    ]
    return Reply({"job_id": 1, "job_name": "j", "versions": items, "version_count": len(items)})


def described(service, number):
    service.on("GET", f"{JOBS}/1/versions/{number}", Reply({"version_id": number, "status": 8}))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, "12"), ("11", "11"), ("V0001", "11"), ("v0001", "11"), ("V0002", "12")],
)
def test_a_version_by_id_by_name_or_the_newest(service, jobs, wanted, found):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", 5), (12, "V0002", 6)))
    described(service, 11)
    described(service, 12)
    assert jobs.find("1", wanted).ref.version == found


def test_the_newest_of_versions_that_do_not_say_when_or_have_no_number(service, jobs):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", None), ("x-2", "V0002", None)))
    described(service, 11)
    described(service, "x-2")
    assert jobs.find("1", None).ref.version in {"11", "x-2"}


def test_a_version_that_is_not_there_is_named_with_those_that_are(service, jobs):
    service.on("GET", f"{JOBS}/1/versions", versions((11, "V0001", 5)))
    with pytest.raises(InvalidArgumentError, match=r"Job j has no version V0009.*V0001"):
        jobs.find("1", "V0009")


def test_a_job_that_is_not_there_is_named(service, jobs):
    service.script(refusal("ModelArts.0015", status=404))
    with pytest.raises(InvalidArgumentError, match="no training job 1"):
        jobs.find("1", None)


def test_the_log_file_that_is_named_or_the_first():
    assert choose_log_file(("a.0", "a.1"), None, "j") == "a.0"
    assert choose_log_file(("a.0", "a.1"), "a.1", "j") == "a.1"
    with pytest.raises(InvalidArgumentError, match=r"no log file b.*a\.0, a\.1"):
        choose_log_file(("a.0", "a.1"), "b", "j")
    with pytest.raises(InvalidArgumentError, match="no log yet"):
        choose_log_file((), None, "j")


class OfTheVendor:
    job_id, version_id = 7, 8


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        (OfTheVendor(), JobRef("v1", "7", "8")),
        (ListedJob(job_id="1", version_id="2"), JobRef("v1", "1", "2")),
        (JobVersion(job_id="1", version_id="2"), JobRef("v1", "1", "2")),
        (VisualizationJob(job_id="3"), JobRef("v1", "3")),
        ("1", None),
    ],
)
def test_an_object_says_which_job_it_stands_for(value, ref):
    assert ref_of(value) == ref


def test_jobs_are_looked_for_by_a_part_of_the_name_and_one_status(service, jobs):
    service.on("GET", JOBS, listed("net"))
    assert [job.name for job in jobs.list(JobSearch("ne", "killed"))] == ["net"]
    assert {"search_content": "ne", "status": "12"}.items() <= service.last.query.items()


def test_those_in_a_phase_are_picked_here_from_all_pages(service, jobs):
    states = [8, 11, 14, 10] * 50
    rows = [{"job_id": n, "job_name": f"n{n}", "status": state} for n, state in enumerate(states)]
    pages = [Reply({"jobs": rows[n : n + 100], "job_total_count": 200}) for n in (0, 100)]
    service.on("GET", JOBS, *pages)
    found = jobs.list(JobSearch(status="failed", is_all=True))
    assert [job.ref.job for job in found] == [str(n) for n in range(200) if n % 4 in (1, 2)]
    assert "status" not in service.last.query


def test_a_word_of_the_other_generation_finds_nothing_and_asks_nobody(service, jobs):
    assert jobs.list(JobSearch(status="abnormal")) == []
    assert service.seen == []
