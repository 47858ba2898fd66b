"""Nothing that a session asks goes around the rate limit of its project."""

from __future__ import annotations

from contextlib import suppress

import pytest
from counting_limit import Counting
from fake_service import Reply
from test_interrupts import METHODS

from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session


@pytest.fixture
def limit(session):
    session.client.transport.limiter = counting = Counting()
    return counting


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_within_the_rate(name, session, limit, notebook, tmp_path):
    notebook.script(Reply({"error_code": "ModelArts.0102", "error_msg": "nothing here"}, 404))
    with suppress(Exception):  # what they make of a refusal is tested elsewhere
        METHODS[name](session, tmp_path / "log")
    assert limit.passed == len(notebook.seen) > 0


@pytest.mark.parametrize("rate", [None, 1e6, 999])
def test_a_download_is_within_the_rate_of_the_project_whatever_its_own(
    rate, session, limit, notebook, tmp_path
):
    whole = b"line\n" * 2000

    def slices(seen):
        start, length = int(seen.query["start_byte"]), int(seen.query["offset"])
        start = max(0, len(whole) - length) if start < 0 else start
        part = whole[start : start + length]
        end = start + len(part)
        return Reply({"log": part.decode(), "log_byte_count": len(part), "end_byte": end})

    notebook.script(slices)
    job = Estimator(session, job_id="10", version_id="11")
    assert job.download_job_log("a", tmp_path / "log", rate=rate) == len(whole)
    assert limit.passed == len(notebook.seen) > 5


def test_sessions_of_a_project_share_one_limit(notebook):
    first, second = Session(), Session()
    other = Session(project_id="another")
    assert first.client.transport.limiter is second.client.transport.limiter
    assert first.client.transport.limiter is not other.client.transport.limiter
    assert first.client.transport.limiter.rate == 150
