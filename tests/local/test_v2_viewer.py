"""TensorBoards of API v2: a viewer of another job, behind a token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from event_files import Writer
from huaweicloudsdkmodelarts import v1 as vendor
from running_service import (
    TIME_LIMIT,
    RunningService,
    StartedService,
    arguments_of,
    descendants,
    in_process,
    running_service,
    until,
)
from v2_calls import V2, Job, new_job, vendor_client, viewer_of

OUTPUT = {"name": "out", "remote": {"obs": {"obs_url": "obs://runs/out/"}}}
COOKIE = "modelarts-magics-viewer"


def get(url: str, **options: Any) -> requests.Response:
    options = {"allow_redirects": False, "timeout": TIME_LIMIT, **options}
    return requests.get(url, **options)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("viewer") / "root") as running:
        yield running


@pytest.fixture(scope="module")
def v2(own: RunningService) -> V2:
    return V2(own)


@pytest.fixture(scope="module")
def trained(own: RunningService, v2: V2) -> Job:
    """A job that has written an event file."""
    job = v2.run("true", algorithm={"outputs": [OUTPUT]})
    job.wait("Completed")
    with Writer(own.root / "obs" / "runs" / "out" / "lesson") as events:
        events.scalars(1, loss=0.5)
    return job


@pytest.fixture(scope="module")
def viewer(own: RunningService, v2: V2, trained: Job) -> Job:
    """Made and found by the vendor's client; where it answers is in ``made``."""
    client = vendor_client(own)
    body = viewer_of(trained.id)
    made = client.create_training_job(vendor.CreateTrainingJobRequest(body=body))
    request = vendor.ShowTrainingJobDetailsRequest(training_job_id=made.metadata.id)
    until(lambda: client.show_training_job_details(request).status.phase == "Running", "viewer")
    found = client.show_training_job_details(request).endpoints.tensorboard
    job = v2.job(made.metadata.id)
    assert job.made["endpoints"] == {"tensorboard": {"url": found.url, "token": found.token}}
    return job


@pytest.fixture
def url(viewer: Job) -> str:
    return str(viewer.made["endpoints"]["tensorboard"]["url"])


@pytest.fixture
def token(viewer: Job) -> str:
    return str(viewer.made["endpoints"]["tensorboard"]["token"])


# ---- who gets in --------------------------------------------------------------------------------


def test_a_token_in_the_query_becomes_a_cookie_and_leaves_the_address(url: str, token: str) -> None:
    first = get(url, params={"token": token, "darkMode": "true"})
    assert (first.status_code, first.headers["Location"]) == (
        302,
        url[url.index("/tb/") :] + "?darkMode=true",
    )
    cookie = first.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/tb/" in cookie
    page = get(url, cookies={COOKIE: first.cookies[COOKIE]})
    assert page.status_code == 200
    assert "tensorboard" in page.text.lower()


def test_a_token_in_the_path_serves_a_frame_that_gets_no_cookie_back(url: str, token: str) -> None:
    base = f"{url}{token}/"
    page = get(base)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors http://localhost:*" in page.headers["Content-Security-Policy"]
    assert get(base + "data/runs").json() == ["lesson"]
    ask = {"requests": '[{"plugin": "scalars", "tag": "loss"}]'}
    series = requests.post(
        base + "experiment/defaultExperimentId/data/plugin/timeseries/timeSeries",
        data=ask,
        timeout=TIME_LIMIT,
    )
    (found,) = series.json()
    assert found["runToSeries"]["lesson"][0]["value"] == 0.5
    without_slash = get(base[:-1])
    assert without_slash.headers["Location"] == base[base.index("/tb/") :]
    assert requests.head(base, timeout=TIME_LIMIT).status_code == 200


@pytest.mark.parametrize("way", ["nothing", "query", "path", "cookie", "both"])
def test_nobody_gets_in_without_the_token(url: str, token: str, way: str) -> None:
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    answers = {
        "nothing": lambda: get(url),
        "query": lambda: get(url, params={"token": wrong}),
        "path": lambda: get(f"{url}{wrong}/data/runs"),
        "cookie": lambda: get(url, cookies={COOKIE: wrong}),
        "both": lambda: get(f"{url}?token={token}&token={wrong}"),
    }
    answer = answers[way]()
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert token not in answer.text + str(answer.headers)


def test_a_token_of_another_tensorboard_opens_nothing(
    v2: V2, trained: Job, url: str, token: str
) -> None:
    other = v2.create(viewer_of(trained.id))
    there = other.wait("Running")["endpoints"]["tensorboard"]
    assert there["token"] != token
    assert get(there["url"], params={"token": token}).status_code == 403
    assert get(f"{there['url']}{token}/").status_code == 403
    assert get(url, cookies={COOKIE: there["token"]}).status_code == 403
    other.terminate()
    assert other.wait("Terminated")["endpoints"] == {}
    gone = get(there["url"], params={"token": there["token"]})
    assert gone.status_code == 404


def test_a_page_of_the_web_under_another_name_is_not_served(url: str, token: str) -> None:
    answer = get(f"{url}{token}/", headers={"Host": "evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/tb/", "/tb", "/tb/../credentials.json", "/tb/%2e%2e/", "/tb/x'--/", "/tb//"]
)
def test_nothing_else_is_behind_these_addresses(own: RunningService, path: str) -> None:
    session = requests.Session()
    with session:
        request = requests.Request("GET", own.endpoint).prepare()
        request.url = own.endpoint + path
        assert session.send(request, timeout=TIME_LIMIT).status_code in {403, 404}


def test_a_large_body_is_not_handed_on(url: str, token: str) -> None:
    answer = requests.post(f"{url}{token}/data/runs", data=b"x" * 2**21, timeout=TIME_LIMIT)
    assert answer.status_code == 413


def test_the_token_is_in_no_file_and_in_no_title_of_a_process(
    own: RunningService, token: str
) -> None:
    titles = [arguments_of(pid) for pid in descendants(own.process.pid)]
    assert any("tensorboard" in title for title in titles)
    assert not any(token in title for title in titles)
    files = [path for path in own.root.rglob("*") if path.is_file()]
    assert [path for path in [*files, own.words] if token.encode() in path.read_bytes()] == []


# ---- what it shows ------------------------------------------------------------------------------


def test_both_generations_see_a_viewer(own: RunningService, v2: V2, viewer: Job) -> None:
    listed = own.get("/visualization-jobs")["jobs"]
    name = viewer.made["metadata"]["name"]
    (seen,) = [one for one in listed if one["job_name"] == name]
    assert (seen["status"], seen["train_url"]) == (8, "/runs/out/")
    body = {"job_name": "made-by-v1", "train_url": "/runs/out/"}
    own.succeed("POST", "/visualization-jobs", json=body)
    filters = [{"key": "name", "operator": "in", "value": ["made-by-v1"]}]
    (found,) = v2.search(filters=filters)["items"]
    assert found["kind"] == "visualization_job"
    made = Job(v2, found)
    there = made.wait("Running")["endpoints"]["tensorboard"]
    assert get(f"{there['url']}{there['token']}/data/runs").json() == ["lesson"]
    made.terminate()


def test_a_summary_is_preferred_to_an_output(v2: V2) -> None:
    summary = {"log_type": "tensorboard", "log_dir": {"pfs": {"pfs_path": "/pfs-a/runs/"}}}
    job = v2.run("true", algorithm={"outputs": [OUTPUT], "summary": summary})
    viewer = v2.create(viewer_of(job.id))
    again = v2.create(viewer_of(viewer.id))
    for one in (viewer, again):
        one.terminate()
        one.wait("Terminated")
    assert job.wait("Completed")["algorithm"]["summary"] == summary


def test_what_no_viewer_can_read_is_refused(v2: V2, trained: Job) -> None:
    without = v2.run("true")
    sources: list[tuple[Any, str]] = [
        ([{"job": {"job_id": "99999999-0000-4000-8000-000000000000"}}], "2775"),
        ([{"job": {"job_id": without.id}}], "2788"),
        ([{"nfs": {"nfs_path": "x:/"}}], "2788"),
        ([], "2788"),
        ([{"job": {"job_id": trained.id}}] * 2, "2788"),
    ]
    for source, code in sources:
        body = viewer_of(trained.id)
        body["algorithm"]["summary"]["data_sources"] = source
        assert v2.refuse("POST", "/training-jobs", json=body) == (400, code)
    taken = {**viewer_of(trained.id), "metadata": trained.made["metadata"]}
    assert v2.refuse("POST", "/training-jobs", json=taken) == (400, "2751")
    link = {"log_dir": {"pfs": {"pfs_path": "/../x/"}}}
    bad = new_job("true", algorithm={"summary": link})
    assert v2.refuse("POST", "/training-jobs", json=bad) == (400, "2791")


def test_a_viewer_stops_by_itself(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        job = v2.run("true", algorithm={"outputs": [OUTPUT]})
        stop = {"auto_stop": {"time_unit": "HOURS", "duration": 1}}
        viewer = v2.create(viewer_of(job.id, **stop))
        there = viewer.wait("Running")["endpoints"]["tensorboard"]
        started.now += 3601
        viewer.wait("Terminated")
        assert get(f"{there['url']}{there['token']}/").status_code == 404

    in_process(tmp_path / "root", scenario, heartbeat=0.05)
