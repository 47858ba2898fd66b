"""Still pictures, lists, slices and saving keep to the rate limit of their project, too."""

from __future__ import annotations

import pytest
from counting_limit import Counting
from scripted_service import one_job

LINES = [
    "%ma_log",
    "%ma_log job --no-follow",
    "%ma_log job --no-follow --tail all",
    "%ma_log job --plain --tail 5",
    "%ma_log job --start-byte 0 --offset 10",
    "%ma_log job --save saved.log",
    "%ma_log job",
    "%ma_viz list",
    "%ma_viz list --all",
    "%ma_viz info 7",
]


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_within_the_rate(scripted_shell, scripted, line):
    job = one_job("line\n" * 5000)

    def script(method, path, query):
        is_list = path.endswith("/visualization-jobs")
        return (200, {"jobs": [], "job_total_count": 0}) if is_list else job(method, path, query)

    scripted.script = script
    limit = scripted_shell.context.session.client.transport.limiter = Counting()
    assert scripted_shell(line).success
    assert limit.passed == len(scripted.requests) > 0
