"""The jobs of API v2 by what every generation has in common."""

from __future__ import annotations

import pytest
from v2_service import JOB, Cloud, Said, client_of, job

from modelarts_magics.core.api.base import JobRef, JobSearch, Phase
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.api.v2.names import is_taken
from modelarts_magics.errors import InvalidArgumentError, NotFoundError, NotOfferedError

REF = JobRef("v2", JOB)
NOW = 1_767_323_100  # seconds


@pytest.fixture
def cloud():
    return Cloud([job(), *(job(f"{n:08}-2222-4333-8444-555555555555", f"n{n}") for n in range(70))])


@pytest.fixture
def client(cloud):
    with client_of(cloud.adapter) as made:
        yield made


@pytest.fixture
def jobs(client):
    return TrainingJobs(client, clock=lambda: NOW)


@pytest.mark.parametrize("counts", ["items", "pages"])
@pytest.mark.parametrize("word", [JOB, f"id:{JOB}", "resnet", "name:resnet", REF])
def test_a_job_is_found_by_its_id_or_its_name(cloud, jobs, word, counts):
    cloud.counts = counts
    assert jobs.find(word).name == "resnet"


def test_of_names_that_hold_the_one_that_is_meant_only_itself_is_found(cloud, jobs):
    cloud.jobs = [job(f"{n:08}-2222-4333-8444-555555555555", f"net-{n}") for n in range(120)]
    cloud.jobs.append(job(name="net"))
    assert jobs.find("net").ref == REF
    assert jobs.find("net-77").name == "net-77"


def test_a_name_is_looked_for_in_two_thousand_jobs_that_hold_it_and_in_no_more(cloud, client, jobs):
    numbers = iter(range(100_000))

    def page(_asked):
        items = [job(f"{next(numbers):08}-2222-4333-8444-555555555555", "a-net") for _ in range(50)]
        return Said({"items": items, "count": 100_000})

    cloud.answers["searches"] = page
    client.known.jobs.are_items = True
    with pytest.raises(InvalidArgumentError, match="There is no training job net"):
        jobs.find("net")
    *looked_for, near = [asked.json["offset"] for asked in cloud.asked]
    assert (looked_for, near) == ([*range(0, 2000, 50)], 0)


@pytest.mark.parametrize("has_call", [True, False])
def test_a_name_is_taken_by_a_job_of_exactly_this_name(cloud, client, has_call):
    there = ["0-net-0", "1-net-1", "net-2"]
    cloud.jobs = [job(f"{n:08}-2222-4333-8444-555555555555", name) for n, name in enumerate(there)]
    if has_call:
        names = {"net": False, "1-net-1": True}
        cloud.answers["job-names"] = lambda asked: Said(
            {"is_duplicate": names[asked.query["job_name"]]}
        )
    for _time in range(2):
        assert not is_taken(client, "net")
        assert is_taken(client, "1-net-1")
    asked = sum(asked.path.endswith("job-names") for asked in cloud.asked)
    assert asked == (4 if has_call else 1)


def test_a_near_name_is_suggested(jobs):
    with pytest.raises(InvalidArgumentError, match="Did you mean resnet"):
        jobs.find("resnt")


@pytest.mark.parametrize("word", ["id:resnet", f"name:{JOB}", "id:7", JOB.replace("5", "6")])
def test_a_word_that_says_what_it_is_is_taken_for_nothing_else(cloud, jobs, word):
    with pytest.raises(InvalidArgumentError) as caught:
        jobs.find(word)
    assert str(caught.value) == f"There is no training job {word}. %ma_log lists the jobs"


def test_a_name_is_not_asked_for_as_an_id_nor_an_id_as_a_name(cloud, jobs):
    jobs.find("resnet")
    assert [asked.method for asked in cloud.asked] == ["POST", "GET"]
    assert jobs.find(JOB).ref == REF
    assert [asked.method for asked in cloud.asked[2:]] == ["GET"]
    assert jobs.namesake("resnet", REF) is None


def test_a_version_is_refused(jobs):
    with pytest.raises(InvalidArgumentError, match="have no versions"):
        jobs.find("resnet", "V0001")
    assert jobs.versions("resnet") == ()


def test_viewers_are_no_training_jobs(cloud, jobs):
    cloud.jobs[1]["kind"] = "visualization_job"
    cloud.jobs[2]["kind"] = "workflow_job"  # whatever that may be
    assert [one.name for one in jobs.list()][:2] == ["resnet", "n1"]


def test_where_a_job_copies_its_logs_is_as_it_was_when_that_job_was_looked_at_last(cloud, client):
    other = JobRef("v2", cloud.jobs[1]["metadata"]["id"])
    for number, one in enumerate(cloud.jobs[:2]):
        one["spec"]["log_export_path"] = {"obs_url": f"obs://bucket/{number}/"}
    opened = []

    def copy_of(*place):
        opened.append(place[0])
        raise NotFoundError("no such object", status=404)

    jobs = TrainingJobs(client, copy_of)
    jobs.status(REF)
    for ref in (REF, other):
        jobs.log_slice(ref, "worker-0", 0, None)
    assert [folder.split("modelarts")[0] for folder in opened] == ["/bucket/0/", "/bucket/1/"]
    described = [asked.path.rpartition("/")[2] for asked in cloud.asked]
    assert [described.count(ref.job) for ref in (REF, other)] == [1, 1]


@pytest.mark.parametrize("counts", ["items", "pages"])
def test_all_of_them_are_listed_and_those_that_are_looked_for(cloud, jobs, counts):
    cloud.counts = counts
    cloud.jobs[3]["status"]["phase"] = "Failed"
    assert len(jobs.list()) == 50
    assert len(jobs.list(JobSearch(is_all=True))) == 71
    assert [one.name for one in jobs.list(JobSearch("n6"))] == [
        "n6",
        *(f"n6{n}" for n in range(10)),
    ]
    assert [one.name for one in jobs.list(JobSearch(status="failed"))] == ["n2"]
    [filtered] = cloud.adapter.asked[-1].json["filters"]
    assert filtered == {"key": "phase", "operator": "in", "value": ["Failed", "Abnormal"]}
    assert jobs.list(JobSearch(status="killed")) == []


def test_a_job_is_stopped_and_deleted(cloud, jobs):
    assert jobs.status(REF).can_stop
    assert jobs.stop(REF).is_stopping
    assert jobs.status(REF).phase is Phase.RUNNING
    cloud.jobs[0]["status"]["phase"] = "Terminated"
    assert jobs.status(REF).can_delete
    jobs.delete(REF)
    with pytest.raises(NotFoundError, match="not found"):
        jobs.get(REF)


@pytest.mark.parametrize(
    ("phase", "told"),
    [
        ("Running", "Terminating"),
        ("", "Terminating"),
        ("Terminating", "Terminating"),
        ("Terminated", "Terminated"),
        ("Completed", "Completed"),
    ],
)
def test_a_job_that_is_stopped_is_stopping_though_the_answer_is_of_a_moment_before(
    cloud, jobs, phase, told
):
    cloud.answers["actions"] = lambda _asked: Said(job(phase=phase), 202)
    assert jobs.stop(REF).name == told


def test_when_it_was_started_anew_is_told(cloud, jobs):
    assert list(jobs.restarts(REF)) == []
    records = [{"start_at": 100, "end_reason": "node lost"}, {"start_at": 200}]
    cloud.jobs[0]["status"]["running_records"] = records
    [restart] = jobs.restarts(REF)
    assert restart.reason == "node lost"
    assert jobs.status(REF).starts == 2
    cloud.jobs[0]["status"]["running_records"] = "none"
    assert jobs.status(REF).starts == 0
    assert jobs.tells_more(REF)


@pytest.mark.parametrize("is_there", [True, False])
def test_tasks_come_from_the_job_where_the_call_is_absent(cloud, jobs, is_there):
    cloud.jobs[0]["status"]["tasks"] = ["worker-0", "server-0"]
    if not is_there:
        cloud.answers["/tasks$"] = lambda _asked: Said({"error_code": "APIGW.0101"}, 404)
    for _time in range(2):
        assert [task.name for task in jobs.tasks(REF)] == ["worker-0", "server-0"]
    assert sum(asked.path.endswith("/tasks") for asked in cloud.asked) == (2 if is_there else 1)


@pytest.mark.parametrize("counts", ["items", "pages"])
def test_all_events_come_the_oldest_first(cloud, jobs, counts):
    cloud.counts = counts
    cloud.events = [
        {"time": f"2026-01-02T11:{n // 60:02}:{n % 60:02}Z", "level": "Info", "message": "again"}
        for n in range(250)
    ]
    times = [event.time for event in jobs.events(REF)]
    assert len(times) == 250
    assert times == sorted(times)


def test_resource_usage_ends_now_and_leaves_out_what_was_not_measured(cloud, jobs):
    cloud.answers["metrics"] = lambda _asked: Said(
        {
            "metrics": [
                {"metric": "cpuUsage", "value": [-1, 12.5, 40]},
                {"metric": "memUsage", "value": [1, 2]},
                {"metric": "npuUtil", "value": []},
            ]
        }
    )
    cpu, memory, npu = jobs.resource_usage(REF, "worker-0")
    assert memory.points == [((NOW - 60) * 1000, 1.0), (NOW * 1000, 2.0)]
    assert npu.points == []
    assert (cpu.resource, cpu.unit) == ("cpuUsage", "%")
    assert cpu.points == [((NOW - 60) * 1000, 12.5), (NOW * 1000, 40.0)]


def test_a_viewer_is_asked_for_each_time(cloud, jobs):
    assert jobs.viewer_address(REF) == ""
    cloud.jobs[0]["endpoints"] = {"tensorboard": {"url": "https://v.example/1", "token": "t"}}
    assert jobs.viewer_address(REF) == "https://v.example/1?token=t"


@pytest.mark.parametrize("url", ["//[", "", None, 7, "https://v.example/#x"])
def test_an_address_of_any_kind_is_read(cloud, jobs, url):
    cloud.jobs[0]["endpoints"] = {"tensorboard": {"url": url, "token": "t"}}
    assert isinstance(jobs.viewer_address(REF), str)


def test_what_nobody_describes_is_not_offered(jobs):
    with pytest.raises(NotOfferedError, match="API v2 does not offer"):
        jobs.restart(REF)


def test_a_slice_of_a_log(cloud, jobs):
    cloud.logs["worker-0"] = "训练\n".encode()
    part = jobs.log_slice(REF, "worker-0", 3, None)
    assert (part.text, part.start_byte, part.end_byte) == ("练\n", 3, 7)
    part = jobs.log_slice(REF, "worker-0", 0, 3)
    assert (part.text, part.start_byte, part.end_byte) == ("训", 0, 3)
    cloud.logs["worker-0"] = b""
    part = jobs.log_slice(REF, "worker-0", 0, None)
    assert (part.text, part.start_byte, part.end_byte) == ("", 0, 0)
    assert list(jobs.log_files(REF)) == ["worker-0"]


def test_a_slice_that_cannot_be_is_refused_and_nothing_is_sent(cloud, jobs):
    for start, length in ((-1, None), (-1, 0), (0, 1), (10**15, 10**9)):
        jobs.check_slice(start, length)
    for start, length, words in (
        (-2, None, "start_byte is -2. It is -1 or more"),
        (0, -1, "offset is -1. It is 0 or more"),
        (0.0, 1, "start_byte is 0.0"),
    ):
        with pytest.raises(InvalidArgumentError, match=words):
            jobs.check_slice(start, length)
    assert cloud.asked == []
