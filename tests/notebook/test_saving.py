"""Whole logs brought out of a panel: all that were asked for, or why not."""

from __future__ import annotations

import resource
import threading
from contextlib import contextmanager

import pytest
from v2_service import JOB, Cloud, client_of

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.cancellation import pause
from modelarts_magics.core.errors import ServiceError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.follow import Finished
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.save import LARGEST_LINK, Saving, read_all, save

TIME_LIMIT = 30.0  # seconds; far more than anything here takes


class Source:
    longest_slice = 16

    def __init__(self, name, data):
        self.name = name
        self.origin = ("https://service", "project", "7", "70", name)
        self._data = data

    def read(self, start_byte, length):
        if self._data is None:
            raise ServiceError("no longer here", status=410)
        end = len(self._data)
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        text = self._data[start : start + length]
        return LogChunk(text.decode(errors="replace"), start, start + len(text), len(text))


class Logs:
    """The logs of a job; one that is ``None`` is refused."""

    def __init__(self, **logs):
        self.reader = Reader()
        self._logs = logs

    def __setitem__(self, name, data):
        self._logs[name] = data

    def source(self, name):
        return Source(name, self._logs[name])


def a_model(*files):
    job = {"job_id": 7, "job_name": "job", "version_id": 70, "version_name": "V1", "status": 8}
    return LogModel(JobVersion.from_json(job), files)


@contextmanager
def saved(**logs):
    saving = Saving(a_model(*logs), Logs(**logs), lambda: None)
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


@pytest.mark.parametrize("end", [Saving.close, Saving.forget])
def test_a_saving_ends_while_the_service_holds_its_request(end):
    asked, left = threading.Event(), threading.Event()

    class Silent(Source):
        def read(self, start_byte, length):
            asked.set()
            try:
                pause(TIME_LIMIT)
            finally:
                left.set()

    logs = Logs()
    logs.source = lambda name: Silent(name, b"")
    saving = Saving(a_model("f"), logs, lambda: None)
    saving.start(["f"])
    assert asked.wait(TIME_LIMIT)
    end(saving)
    assert left.wait(TIME_LIMIT / 2)
    assert (saving.saved, "Not saved" in saving.said) == ((), False)


def test_a_log_that_was_written_anew_after_a_full_disk_is_saved_as_it_is_now(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = a_model("f")
    before, after = ("before\n" * (LARGEST_LINK // 4), "after\n" * (LARGEST_LINK // 4))
    logs = Logs(f=before.encode())
    saving = Saving(model, logs, lambda: None)
    model.apply(LogText(before, 0, len(before), "f"))
    with room_for(LARGEST_LINK):
        saving.start(["f"])
        saving.wait(30)
    assert "Not saved" in saving.said
    logs["f"] = after.encode()
    model.apply(LogText(after, 0, len(after), "f"))
    saving.start(["f"])
    saving.wait(30)
    (log,) = saving.saved
    assert log.path.read_text() == after
    saving.close()
    model.close()


def started(model, logs, names=("f",)):
    saving = Saving(model, logs, lambda: None)
    saving.start(names)
    saving.wait(30)
    saving.close()
    return saving


def test_what_the_panel_lacks_of_a_job_that_runs_is_fetched():
    whole = "".join(f"第 {number} 行\n" for number in range(400))
    model, logs = a_model("f"), Logs(f=whole.encode())
    model.apply(LogText(whole[:90], 0, len(whole[:90].encode()), "f"))
    (log,) = started(model, logs).saved
    assert log.data == whole.encode()
    model.close()


def test_of_an_ended_job_nothing_is_fetched_that_the_panel_has():
    model, logs = a_model("f"), Logs(f=None)
    text = "".join(f"第 {number} 行\n" for number in range(400))
    model.apply(LogText(text, 0, len(text.encode()), "f"))
    model.apply(Finished(JobStatus.COMPLETED))
    (log,) = started(model, logs).saved
    assert log.data == text.encode()
    model.close()


@pytest.mark.parametrize("has_ended", [False, True])
def test_the_last_lines_of_a_log_by_lines_are_not_taken_for_the_whole(has_ended):
    model, logs = a_model("f"), Logs(f=b"line\n" * 90)
    model.apply(LogText("line\n" * 5, 0, 25, "f", is_relative=True))
    if has_ended:
        model.apply(Finished(JobStatus.COMPLETED))
    (log,) = started(model, logs).saved
    assert log.data == b"line\n" * 90
    model.close()


def test_a_log_that_was_written_anew_since_the_panel_read_it_is_saved_as_it_is_now():
    model, logs = a_model("f"), Logs(f=b"after\n" * 90)
    model.apply(LogText("before\n" * 50, 0, 350, "f"))
    (log,) = [*started(model, logs).saved, None][:1]
    assert log is None or log.data == b"after\n" * 90
    model.close()


def test_text_that_is_not_the_bytes_of_the_log_is_not_taken_from_the_panel():
    """Of a log that is no UTF-8 the panel counts its text, and the service its bytes."""
    model, logs = a_model("f"), Logs(f=b"abc" * 200)
    model.apply(LogText("\ufffdbc" * 200, 0, 600, "f"))
    (log,) = started(model, logs).saved
    assert log.data == b"abc" * 200
    model.close()


def test_what_the_job_has_written_since_is_told_beside_the_file():
    class Growing(Source):
        lock = threading.Lock()

        def read(self, start_byte, length):
            with self.lock:
                chunk = super().read(start_byte, length)
                self._data += b"more\n"
                return chunk

    class GrowingLogs(Logs):
        def source(self, name):
            return Growing(name, b"line\n" * 50)

    (log,) = started(a_model("f"), GrowingLogs()).saved
    assert log.data == b"line\n" * 50
    (told,) = log.remarks
    assert "bytes more since" in told


@contextmanager
def room_for(size):
    """No file can become larger, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_who_asks_for_an_unchanged_log_once_more_gets_it_once_more():
    from modelarts_magics.notebook.log.search import Search
    from modelarts_magics.notebook.log.views.rich import LogRichView

    model, sent = a_model("f"), []
    saving = Saving(model, Logs(f=b"a line\n"), lambda: None)
    nothing = lambda *_what: None  # noqa: E731
    view = LogRichView(model, nothing, saving, Search(model, nothing), nothing, nothing, {})
    view.widget.send = lambda message, buffers=None: sent.append((message["kind"], buffers))
    view.widget.comm.handle_msg(custom({"kind": "ready"}))
    for times in (1, 2):
        view.widget.comm.handle_msg(custom({"kind": "action", "name": "download"}))
        saving.wait(30)  # the panel's thread may wait for the service meanwhile
        view.refresh()
        assert sent.count(("saving", [b"a line\n"])) == times
    saving.close()
    view.close()


def custom(content):
    """A message of the script."""
    return {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}


# ---- what the service has only in part -----------------------------------------------------------


@pytest.fixture
def in_part():
    """The logs of a job of which only the newest 100 of 1,000 bytes can be had."""
    cloud = Cloud()
    cloud.lines = cloud.link = "absent"
    cloud.window, cloud.logs = 100, {"worker-0": b"line 0000\n" * 100}
    with client_of(cloud.adapter) as client:
        yield JobLogs(TrainingJobs(client), JobRef("v2", JOB), Reader(1))


PART = "[900 bytes of the log are missing here]\n" + "line 0000\n" * 10
REMARK = "Only its newest part can be had: 900 bytes before it are missing."


def test_a_panel_saves_the_part_that_there_is_and_says_so(in_part):
    saving = Saving(a_model("worker-0"), in_part, lambda: None)
    saving.start(["worker-0"])
    saving.wait(30)
    assert [(one.data.decode(), one.remarks) for one in saving.saved] == [(PART, (REMARK,))]
    saving.close()


def test_a_line_saves_and_shows_the_part_that_there_is_and_says_so(in_part, tmp_path, capsys):
    def opened(_reader):
        return in_part.source("worker-0")

    save(opened, str(tmp_path / "log"), lambda: None)
    assert (tmp_path / "log").read_text() == PART
    assert REMARK in capsys.readouterr().out
    assert read_all(opened).text == PART
    assert REMARK in capsys.readouterr().out
