"""The visualization jobs that somebody means, or that match."""

from __future__ import annotations

import pytest
from fake_service import Reply, refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from visualization_service import DENIED, JOBS, VisualizationService, jobs_of

from modelarts_magics.core import visualization
from modelarts_magics.core.api.base import VisualizationQuery
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import InvalidArgumentError, PermissionDeniedError


@pytest.fixture
def api(viz_jobs):
    return viz_jobs


def names(jobs):
    return [job.job_name for job in jobs]


# ---- one ----------------------------------------------------------------------------------------


def test_a_job_is_found_by_its_id_with_one_request(viz, api):
    viz.add(job_name="curves")
    assert visualization.find(api, "197").job_name == "curves"
    assert [seen.path for seen in viz.seen] == [f"{JOBS}/197"]


def test_a_job_is_found_by_exactly_its_name(viz, api):
    for name in ("curves-2", "curves", "my-curves"):
        viz.add(job_name=name)
    assert visualization.find(api, "curves").job_id == "198"
    assert viz.last.query["search_content"] == "curves"


def test_a_name_of_digits_is_found_when_there_is_no_such_id(viz, api):
    viz.add(job_name="2024")
    assert visualization.find(api, "2024").job_id == "197"


def test_an_id_comes_before_a_name(viz, api):
    viz.add(job_name="first")
    viz.add(job_name="197")
    assert visualization.find(api, "197").job_name == "first"
    assert visualization.find(api, "id:197").job_name == "first"
    assert visualization.find(api, "name:197").job_id == "198"


def test_a_job_whose_name_is_the_id_of_another_is_found_as_a_namesake(viz, api):
    viz.add(job_name="first")
    viz.add(job_name="197")
    found = visualization.find(api, "197")
    assert visualization.namesake(api, "197", found).job_id == "198"
    assert visualization.namesake(api, "id:197", found) is None
    assert visualization.namesake(api, "first", found) is None


@pytest.mark.parametrize("code", ["0015", "0102", "0105", "0104"])
def test_an_id_is_unknown_by_whatever_code_the_service_says_so(service, code):
    service.on("GET", f"{JOBS}/5", refusal(f"ModelArts.{code}"))
    service.on("GET", JOBS, Reply({"jobs": [{"job_id": 9, "job_name": "5"}]}))
    with jobs_of(service.url) as api:
        assert visualization.find(api, "5").job_id == "9"


@pytest.mark.parametrize(
    "wanted", ["curvse", "198", "9" * 65, "１９７", "a/../b", "日志", "x" * 99]
)
def test_a_job_that_is_not_there_is_named(viz, api, wanted):
    viz.add(job_name="curves")
    with pytest.raises(InvalidArgumentError) as caught:
        visualization.find(api, wanted)
    hint = "Did you mean curves?" if wanted == "curvse" else "%ma_viz list shows"
    assert str(caught.value).startswith(f"There is no visualization job {wanted}. {hint}")


def test_an_empty_name_is_nobodys(viz, api):
    viz.add(job_name="")
    with pytest.raises(InvalidArgumentError, match="no visualization job"):
        visualization.find(api, "")


def test_a_refusal_is_not_taken_for_a_job_that_is_not_there(viz, api):
    viz.faults = [DENIED]
    with pytest.raises(PermissionDeniedError):
        visualization.find(api, "197")


def test_the_newest_job_has_a_name_that_two_have(viz, api):
    viz.add(job_name="twice")
    viz.add(job_name="twice")
    assert visualization.named(api, "twice").job_id == "198"


# ---- all ----------------------------------------------------------------------------------------


def test_the_service_filters_searches_sorts_and_pages(viz, api):
    for name in ("b", "a", "c"):
        viz.add(job_name=f"viz-{name}", status=int(JobStatus.KILLED))
    viz.add(job_name="viz-d")
    asked = VisualizationQuery("viz", JobStatus.KILLED, "job_name", "asc", page=2, per_page=2)
    page = api.list(asked)
    assert (names(page.items), page.total) == (["viz-c"], 3)
    assert viz.last.query == {
        "status": "12",
        "per_page": "2",
        "page": "2",
        "sortBy": "job_name",
        "order": "asc",
        "search_content": "viz",
    }


def test_the_newest_come_first(viz, api):
    for name in ("old", "new"):
        viz.add(job_name=name)
    assert names(api.list(VisualizationQuery()).items) == ["new", "old"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_page": 101},
        {"per_page": 0},
        {"page": 0},
        {"sort": "service_url"},
        {"sort": None},
        {"order": "up"},
        {"search": "a" * 65},
        {"status": "running"},
    ],
)
def test_what_the_service_would_refuse_is_not_sent(viz, api, wrong):
    with pytest.raises(InvalidArgumentError) as caught:
        api.list(VisualizationQuery(**wrong))
    assert len(str(caught.value).splitlines()) == 1
    assert viz.seen == []


def test_pages_are_asked_for_when_they_are_wanted(viz, api):
    for _ in range(250):
        viz.add()
    jobs = visualization.iter_jobs(api)
    assert viz.seen == []
    assert next(jobs).job_id == "446"
    assert len(viz.seen) == 1
    assert len([*jobs]) == 249
    assert len(viz.seen) == 3


def test_a_job_that_moves_to_the_next_page_comes_once(viz, api):
    for _ in range(150):
        viz.add()
    jobs = visualization.iter_jobs(api)
    first = next(jobs)
    for _ in range(30):
        viz.add()
    ids = [first.job_id, *(job.job_id for job in jobs)]
    assert len(set(ids)) == len(ids) == 150


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_the_end_is_found_without_a_total(service, count):
    def page(first, last):
        return Reply({"jobs": [{"job_id": number} for number in range(first, last)]})

    service.script(page(0, min(100, count)), page(100, max(100, count)), page(0, 0))
    with jobs_of(service.url) as api:
        assert len([*visualization.iter_jobs(api)]) == count


def test_a_service_that_does_not_turn_pages_is_not_asked_for_ever(service):
    service.script(Reply({"jobs": [{"job_id": 1}], "job_total_count": 500}))
    with jobs_of(service.url) as api:
        assert len([*visualization.iter_jobs(api)]) == 1
    assert len(service.seen) == 2


@settings(max_examples=20)
@given(
    count=st.integers(0, 320),
    status=st.sampled_from([None, 8]),
    search=st.sampled_from([None, "1"]),
)
def test_all_that_match_come_in_order(count, status, search):
    with VisualizationService() as viz, jobs_of(viz.url) as api:
        for number in range(count):
            viz.add(job_name=f"job-{number}", status=8 + number % 2)
        asked = VisualizationQuery(search or "", status, order="asc")
        found = [*visualization.iter_jobs(api, asked)]
        wanted = [
            job["job_name"]
            for job in viz.jobs.values()
            if status in {None, job["status"]} and (search or "") in job["job_name"]
        ]
    assert names(found) == wanted
