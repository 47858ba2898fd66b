"""Whole logs brought out of a panel: all that were asked for, or why not."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from modelarts_magics.core.api.log import LogChunk
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.errors import ServiceError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.save import Saving


class Source:
    longest_slice = 16

    def __init__(self, name, data):
        self.name = name
        self._data = data

    def read(self, start_byte, length):
        if self._data is None:
            raise ServiceError("no longer here", status=410)
        end = len(self._data)
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        text = self._data[start : start + length]
        return LogChunk(text.decode(), start, start + len(text), len(text))


class Logs:
    """The logs of a job; one that is ``None`` is refused."""

    def __init__(self, **logs):
        self.reader = Reader()
        self._logs = logs

    def source(self, name):
        return Source(name, self._logs[name])


@contextmanager
def saved(**logs):
    job = {"job_id": 7, "job_name": "job", "version_id": 70, "version_name": "V1", "status": 8}
    saving = Saving(LogModel(JobVersion.from_json(job), tuple(logs)), Logs(**logs), lambda: None)
    saving.start(list(logs))
    saving.wait(30)
    yield saving
    saving.close()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_file_that_was_asked_for_is_saved(count):
    logs = {f"worker_{n}": b"one line of many\n" * (n + 5) for n in range(count)}
    with saved(**logs) as saving:
        assert [log.data for log in saving.saved] == list(logs.values())
        assert saving.said == ""


def test_a_refusal_is_told():
    with saved(worker_0=b"a line\n", worker_1=None) as saving:
        assert "no longer here" in saving.said
        assert saving.saved == ()
