"""Results show themselves by one rule: text everywhere, HTML beside it in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.formatters import DisplayFormatter

from modelarts_magics.core.api.base import JobEvent, ResourceUsage
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion, ListedJob
from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.obs.log_folder import LogFolderFile
from modelarts_magics.notebook.log.beside import FileTable
from modelarts_magics.notebook.log.events import EventTable
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.resources import Resources
from modelarts_magics.notebook.log.results import JobTable, LogPicture, PanelTable, PlainLog
from modelarts_magics.notebook.shell.doctor import Finding, Findings, Report
from modelarts_magics.notebook.shell.session import SessionView
from modelarts_magics.notebook.text.shown import Shown
from modelarts_magics.notebook.viz.results import JobCard, VisualizationTable
from modelarts_magics.notebook.viz.scalars.compared import Compared
from modelarts_magics.notebook.viz.scalars.scalars import Scalars
from modelarts_magics.notebook.viz.tensorboard.bare import BareAddress, Revealed
from modelarts_magics.notebook.viz.tensorboard.frame import open_job

JOB = JobVersion(job_name="mnist")
PICTURE = LogPicture(JOB, "job0.0", ("job0.0",), LogText("text\n", 0, 5))
BOARD = VisualizationJob(job_id="197", job_name="curves", service_url="http://127.0.0.1:6006/")
FINDINGS = Findings((Finding("python", "3.12"), Finding("obs", "no answer", "bad", "wait")))
RESULTS = {
    "the picture of a log": PICTURE,
    "training jobs": JobTable((ListedJob(job_id="1", job_name="mnist"),)),
    "no training jobs": JobTable(()),
    "a session": SessionView((("source", "arguments"),)),
    "a visualization job": JobCard(BOARD),
    "visualization jobs": VisualizationTable((BOARD,)),
    "no visualization jobs": VisualizationTable(()),
    "TensorBoard": open_job(BOARD, is_embedded=True),
    "the address of a viewer": BareAddress.of(BOARD),
    "events": EventTable(JOB, [JobEvent(0, "Info", "started")]),
    "no events": EventTable(JOB, []),
    "files beside a log": FileTable(JOB, [LogFolderFile("slog/a.log", 1024, "obs://b/slog/a.log")]),
    "no files beside a log": FileTable(JOB, []),
    "resources": Resources(JOB, "worker-0", [ResourceUsage("CPU", "%", [(0, 12.5)])]),
    "what works and what does not": FINDINGS,
    "scalars": Scalars(Path("no-such-folder"), "no-such-folder"),
    "scalars of several": Compared([Scalars(Path("none"), name) for name in ("a", "b")]),
}
ONLY_TEXT = {
    "a plain log": PICTURE.plain(),
    "the address of a viewer with its token": Revealed("http://127.0.0.1:6006/?token=t"),
    "the same as JSON": Report(FINDINGS),
    "panels": PanelTable((("mnist", "V0001", "RUNNING"),)),
    "no panels": PanelTable(()),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_notebook_shows_html_and_keeps_text(name):
    data, _metadata = DisplayFormatter().format(RESULTS[name])
    assert data["text/plain"] == repr(RESULTS[name]) != ""
    assert data["text/html"].startswith("<")


@pytest.mark.parametrize("name", ONLY_TEXT)
def test_what_is_only_text_is_shown_as_text(name):
    data, _metadata = DisplayFormatter().format(ONLY_TEXT[name])
    assert data == {"text/plain": repr(ONLY_TEXT[name])}


def test_the_table_of_panels_holds_no_sequence_of_a_name():
    model = LogModel(JobVersion(job_name="a\x1b[2Jb", version_name="V\x1b]0;t\x07"), ())
    assert "\x1b" not in PanelTable.of([model]).as_text()


def test_every_result_shows_itself_by_the_same_class():
    known = {type(result) for result in (*RESULTS.values(), *ONLY_TEXT.values())}
    assert all(issubclass(kind, Shown) for kind in known)
    assert {kind for kind in Shown.__subclasses__() if "modelarts" in kind.__module__} == known
    assert isinstance(PICTURE.plain(), PlainLog)
