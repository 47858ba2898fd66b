"""Which panels live on, and which end: by their cell, by what they show, by being closed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fake_front_end import FrontEnd
from magic_kernel import Kernel
from scripted_service import ScriptedService, byte_slice, one_job

pytestmark = pytest.mark.kernel

_FILES = ("worker0", "worker1")
_HELP = """
from dataclasses import dataclass
from modelarts_magics.estimator import TrainingJob
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.notebook.panels.live import live_panels
from modelarts_magics.session import Session
JOB = TrainingJob(Session(), "7", "70")
def followed():
    return sorted(
        f"{p.model.job.name} {p.model.job.version_name} {','.join(p.model.files)}"
        for p in live_panels().running(LogPanel)
    )
"""
_FOLLOWED = """
import json, threading, time
while [t.name for t in threading.enumerate()].count("modelarts-magics-log") != len(followed()):
    time.sleep(0.01)  # one that is stopped shows the rest
print(json.dumps(followed()))
"""


@pytest.fixture(scope="module")
def service() -> Iterator[ScriptedService]:
    made = ScriptedService()
    made.script = _two_jobs
    yield made
    made.close()


@pytest.fixture(scope="module")
def _kernel(front_end: None, service: ScriptedService, tmp_path_factory) -> Iterator[Kernel]:
    made = Kernel(tmp_path_factory.mktemp("kernel"), service.environment)
    made.run(_HELP)
    yield made
    made.close()


@pytest.fixture
def kernel(_kernel: Kernel) -> Kernel:
    """A kernel without panels."""
    _kernel.run("%reload_ext modelarts_magics")
    assert followed(_kernel) == []
    return _kernel


@pytest.fixture
def bare(kernel: Kernel) -> Iterator[Kernel]:
    """The same without anywidget; nobody shows what it displays, or answers."""
    run(kernel, _WITHOUT_ANYWIDGET)
    yield kernel
    run(kernel, "sys.modules.update(kept)")


_WITHOUT_ANYWIDGET = """
import sys
kept = {"anywidget": sys.modules["anywidget"]}
for module in ("log.views.rich", "panels.watch"):
    sys.modules.pop(f"modelarts_magics.notebook.{module}", None)
sys.modules["anywidget"] = None
"""


def _two_jobs(method: str, path: str, query: dict[str, str]) -> tuple[int, object]:
    """Jobs ``job`` and ``other``, both running; ``job`` has two versions with two files each."""
    one = {"job_id": 7, "version_id": 70, "version_name": "V0001", "status": 8}
    versions = [one, {**one, "version_id": 71, "version_name": "V0002"}]
    other = {"job_id": 8, "job_name": "other", "version_id": 80, "status": 8}
    if path.endswith("/log/file-names"):
        return 200, {"is_success": True, "log_file_list": list(_FILES)}
    if path.endswith("/log"):
        return 200, byte_slice("text\n", int(query["start_byte"]), int(query["offset"]))
    if "/training-jobs/8" in path:
        return one_job("", **other)(method, path, query)
    meant = versions["/versions/71" in path]
    status, answer = one_job("", **meant)(method, path, query)
    if path.endswith("/versions"):
        return status, {**answer, "versions": [{**answer, **v} for v in versions]}
    if path.endswith("/training-jobs"):
        answer["jobs"] += one_job("", **other)(method, path, query)[1]["jobs"]
    return status, answer


def followed(kernel: Kernel) -> list[str]:
    """What is followed, each by a thread of its own."""
    found: list[str] = json.loads(run(kernel, _FOLLOWED, "looks"))
    return found


def run(kernel: Kernel, code: str, cell_id: str = "") -> str:
    cell = kernel.run(code, cell_id=cell_id)
    assert not cell.failed, cell.outputs
    return cell.printed


FIRST, SECOND = "job V0001 worker0,worker1", "job V0002 worker0,worker1"
OTHER = "other V0001 worker0,worker1"


@pytest.mark.parametrize("cell_id", ["one", ""])
def test_a_cell_follows_versions_and_files_of_one_job_side_by_side(kernel, cell_id):
    lines = [
        "%ma_log job V0001",
        "%ma_log job V0002",
        "%ma_log job V0002 --file worker0",
        "%ma_log job V0002 --file worker1",
    ]
    expected = [FIRST, "job V0002 worker0", SECOND, "job V0002 worker1"]
    for _again in range(2):
        run(kernel, "\n".join(lines), cell_id)
        assert followed(kernel) == expected
    heads = run(kernel, "print(*live_panels().running(LogPanel))")
    assert [heads.count(f" · {file} · ") for file in _FILES] == [1, 1]


def test_of_two_that_show_the_same_in_one_cell_the_later_one_stays(kernel):
    run(kernel, "%ma_log job V0001 --as one\n%ma_log job V0001 --as two", "cell")
    assert followed(kernel) == [FIRST]
    assert run(kernel, "print(one.is_closed, two.is_closed)").split() == ["True", "False"]


def test_a_cell_that_runs_again_ends_its_own_panels_and_no_others(kernel):
    run(kernel, "%ma_log job V0001", "one")
    run(kernel, "%ma_log job V0001", "two")
    run(kernel, "%ma_log job V0002", "three")
    assert followed(kernel) == [FIRST, FIRST, SECOND]
    run(kernel, "%ma_log other", "one")  # its text has changed
    assert followed(kernel) == [FIRST, SECOND, OTHER]
    run(kernel, "1", "two")
    assert followed(kernel) == [SECOND, OTHER]


def test_cells_without_an_id_are_known_by_their_text(kernel):
    run(kernel, "name = 'job'")
    run(kernel, "%ma_log $name V0001\n'a'")
    run(kernel, "%ma_log job V0001\n'another cell'")
    assert followed(kernel) == [FIRST, FIRST]
    run(kernel, "name = 'other'")
    run(kernel, "%ma_log $name V0001\n'a'")  # again, and it means another job by now
    assert followed(kernel) == [FIRST, OTHER]


def test_code_that_a_cell_runs_is_a_part_of_it(kernel):
    nested = "get_ipython().run_cell('%ma_log job V0002', store_history=False)"
    run(kernel, f"%ma_log job V0001\n{nested}\nget_ipython().run_cell('1')", "cell")
    assert followed(kernel) == [FIRST, SECOND]
    run(kernel, "1", "cell")
    assert followed(kernel) == []


def test_stopping_a_version_leaves_the_others(kernel):
    for version in ("V0001", "V0002"):
        run(kernel, f"%ma_log job {version}", version)
    assert "job" in run(kernel, "%ma_log --stop job V0001")
    run(kernel, "while len(followed()) > 1: time.sleep(0.01)")
    assert followed(kernel) == [SECOND]
    assert kernel.run("%ma_log --stop job V0001").failed
    assert kernel.run("%ma_log --stop JOB").failed  # an object for the first version
    run(kernel, "%ma_log --stop job")
    run(kernel, "while followed(): time.sleep(0.01)")


def test_panels_that_python_makes_end_as_those_of_the_magic(kernel):
    for _again in range(3):
        run(kernel, "panel = LogPanel(JOB)\npanel", "cell")
        assert followed(kernel) == [FIRST]
    run(kernel, "panel", "another cell")  # it appears there, too
    run(kernel, "1", "another cell")
    assert followed(kernel) == [FIRST]
    assert "job (7)" in run(kernel, "%ma_log --stop job")
    run(kernel, "panel = LogPanel(JOB)\npanel.show()\nLogPanel(JOB, file='worker1').show()", "cell")
    assert followed(kernel) == [FIRST, "job V0001 worker1"]
    run(kernel, "%unload_ext modelarts_magics\n%load_ext modelarts_magics")
    assert followed(kernel) == []
    assert run(kernel, "print(panel.is_closed)").strip() == "True"


def test_a_panel_lives_without_a_reference_and_ends_by_close(kernel):
    run(kernel, "import gc\npanel = LogPanel(JOB)\npanel.show()\nclose = panel.close", "cell")
    run(kernel, "del panel\ngc.collect()")
    assert followed(kernel) == [FIRST]
    run(kernel, "close()")
    assert followed(kernel) == []


def test_a_panel_that_is_assigned_appears_where_it_is_wanted(kernel):
    cell = kernel.run("x = %ma_log job V0001\ny = %ma_viz")
    assert (cell.failed, cell.displays) == (False, [])
    assert followed(kernel) == []
    shown = kernel.run("x")
    assert "job (7) V0001" in str(shown.displays)
    assert followed(kernel) == [FIRST]
    run(kernel, "%ma_log job V0002")
    assert run(kernel, "print(type(_).__name__, _.model.job.version_name)").split() == [
        "LogPanel",
        "V0002",
    ]


@pytest.mark.parametrize("cell_id", ["one", ""])
def test_without_anywidget_panels_begin_and_end_by_the_same_rules(bare, cell_id):
    both = "%ma_log job V0001\n%ma_log job V0002"
    for _again in range(2):
        cell = bare.run(both, cell_id=cell_id)
        assert (cell.failed, cell.printed) == (False, "")
        assert sum("job (7)" in str(shown) for shown in cell.displays) == 2
        assert followed(bare) == [FIRST, SECOND]
    run(bare, "%ma_log other", cell_id and "another")
    assert followed(bare) == [FIRST, SECOND, OTHER]
    run(bare, "%ma_log --stop job V0001", cell_id and "stops")
    run(bare, "while len(followed()) > 2: time.sleep(0.01)")
    assert followed(bare) == [SECOND, OTHER]
    run(bare, both, cell_id)
    assert followed(bare) == [FIRST, SECOND, OTHER]
    run(bare, "1", cell_id)
    assert followed(bare) == ([OTHER] if cell_id else [FIRST, SECOND, OTHER])
    run(bare, "%ma_log --stop other", cell_id and "stops")
    run(bare, f"while {OTHER!r} in followed(): time.sleep(0.01)")
    assert followed(bare) == ([] if cell_id else [FIRST, SECOND])


def texts(page: FrontEnd) -> list[str]:
    """What the panels show, oldest first."""
    shown = [data.get("text/plain", "") for data in page.shown.values()]
    return [text for text in shown if "job (7)" in text]


@pytest.mark.parametrize(
    ("cell_id", "cells", "words"),
    [
        ("", ["%ma_log job V0001"] * 2, "a cell with the same text has run"),
        ("cell", ["%ma_log job V0001\n%ma_log job V0001"], "made another panel of the same"),
        ("cell", ["%ma_log job V0001"] * 2, "its cell has run again"),  # it may be elsewhere, too
    ],
)
def test_a_panel_that_is_ended_by_a_cell_says_so(kernel, cell_id, cells, words):
    page = FrontEnd(kernel)
    for code in cells:
        page.run(code, cell_id)
    ended, lives = texts(page)
    assert ended.count("Ended: ") == ended.count(words) == 1
    assert "Ended: " not in lives


@pytest.mark.parametrize("cell_id", ["cell", ""])
def test_a_panel_ends_when_its_output_is_cleared_and_no_other(kernel, cell_id):
    page = FrontEnd(kernel)
    lines = ["job V0001", "job V0002", "other"]
    for line in lines:  # without an id each is the same cell, edited, for all that is known
        page.run(f"%ma_log {line}", cell_id and line)
    page.clear(page.panels[:1])
    page.run("while len(followed()) > 2: time.sleep(0.01)", "waits")
    page.clear(page.panels[1:2])
    page.run("while len(followed()) > 1: time.sleep(0.01)", "waits")
    assert followed(kernel) == [OTHER]


def test_every_kind_of_panel_ends_when_its_output_is_cleared(kernel):
    page = FrontEnd(kernel)
    page.run("v = %ma_viz\nv\nl = %ma_log job V0001 --view core\ndisplay(v, l)", "cell")
    assert len(page.panels) == 2
    page.clear(page.panels)
    page.run("while not (v.is_closed and l.is_closed): time.sleep(0.01)", "waits")
    page.run("l", "shows it")
    assert "Ended: its output was cleared" in page.texts()


@pytest.mark.parametrize("panels", ["all", None, {}, [], [1, None, {}, "never shown"]])
def test_what_a_page_says_of_panels_that_are_none_ends_nothing(kernel, panels):
    page = FrontEnd(kernel)
    page.run("%ma_log job V0001", "cell")
    page.clear(panels)
    assert followed(kernel) == [FIRST]


def test_a_panel_that_ended_before_its_cell_ran_again_keeps_its_own_end(kernel):
    page = FrontEnd(kernel)
    page.run("%ma_log job V0001\n%ma_log --stop job", "cell")
    page.run("while followed(): time.sleep(0.01)", "waits")
    page.run("1", "cell")
    (text,) = texts(page)
    assert "No longer followed" in text
    assert "Ended: " not in text


def test_a_panel_that_was_closed_before_it_appeared_starts_nothing(kernel):
    threads = "print([t.name for t in threading.enumerate() if 'modelarts' in t.name])"
    before = run(kernel, threads)
    for close, words in {"1": "Ended: its cell has run again", "x.close()": "job (7)"}.items():
        run(kernel, "x = %ma_log job V0001", "one")
        run(kernel, close, "one" if close == "1" else "another")
        cell = kernel.run("x")
        assert (cell.failed, words in str(cell.displays)) == (False, True)
        assert followed(kernel) == []
        assert run(kernel, threads) == before
