"""The panel of visualization jobs in JupyterLab: the list, and the form for a new job."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from event_files import Writer
from fake_service import Reply
from lab import Lab
from panel_page import PanelPage, sleeping_cell
from playwright.sync_api import Browser, expect
from visualization_service import Fault, VisualizationService, failing
from viz_panel_page import VizPanelView, use_service
from watched_page import TIME_LIMIT
from written_jobs import WrittenJobs

from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.models.listing import ListQuery
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import ConflictError
from modelarts_magics.session import Session

pytestmark = pytest.mark.browser

FOLDER = "/viz-bucket/spirals/"


@pytest.fixture
def client(modelarts: Lab) -> Iterator[Client]:
    """The embedded service, with event files in a folder and without visualization jobs."""
    folder = modelarts.data / "obs" / FOLDER.strip("/")
    if not folder.exists():
        with Writer(folder) as writer:
            for step in range(20):
                writer.scalars(step, **{"train/loss": 1 / (step + 1)})
    with closing(Session(local_root=str(modelarts.data))) as session:
        yield session.client
        for job in session.client.list_visualization_jobs(ListQuery(per_page=100)).jobs:
            _delete(session.client, job.job_id)


def _delete(client: Client, job_id: str) -> None:
    """Delete a job as soon as that can be: one that is just being stopped cannot."""
    give_up = time.monotonic() + TIME_LIMIT / 1000
    while time.monotonic() < give_up:
        with suppress(ConflictError):
            client.delete_visualization_job(job_id)
            return
        time.sleep(0.1)
    pytest.fail(f"job {job_id} does not end")


def opened(
    panel_page: PanelPage, name: str, *before: str, after: tuple[str, ...] = ()
) -> VizPanelView:
    """A notebook with a panel, behind cells that have run; others are there to be run."""
    panel_page.start(name, *before, "%ma_viz", *after)
    for number in range(1, len(before) + 2):
        panel_page.run(number)
    panel = VizPanelView(panel_page, len(before) + 1)
    panel.is_core()
    return panel


def with_form(panel: VizPanelView, **values: str) -> VizPanelView:
    """Open the form, and type into it."""
    panel.open_form()
    for label, value in values.items():
        panel.field(label).fill(value)
    return panel


# ---- with the embedded service, and TensorBoard -------------------------------------------------


def test_a_job_is_made_from_the_form_opened_stopped_restarted_and_deleted(
    panel_page: PanelPage, client: Client
) -> None:
    panel = opened(panel_page, "viz-life")
    panel.shows("There are no jobs yet")
    with_form(panel)
    expect(panel.create).to_be_disabled()
    panel.field("Folder").fill(FOLDER)
    panel.field("Name").fill("curves")
    panel_page.screenshot("viz-form")
    panel.create.click()
    panel.is_in_state("curves", "RUNNING")
    panel.form.get_by_role("button", name="Open").click()
    expect(panel.tensorboard.get_by_text("train/loss").first).to_be_visible()
    panel_page.screenshot("viz-open")

    panel.press("Hide TensorBoard")
    expect(panel.output.locator("iframe")).to_have_count(0)
    expect(panel.button("Hide TensorBoard")).to_be_hidden()
    panel.press_in("curves", "Open")
    expect(panel.tensorboard.get_by_text("train/loss").first).to_be_visible()
    panel.press_in("curves", "Stop")
    panel.is_in_state("curves", "KILLED")
    expect(panel.output.locator("iframe")).to_have_count(0)

    panel.press_in("curves", "Restart")
    panel.is_in_state("curves", "RUNNING")
    panel.press_in("curves", "Delete")
    panel.press_in("curves", "Keep it")
    panel.press_in("curves", "Delete")
    expect(panel.row("curves").get_by_role("alert")).to_contain_text("for good")
    panel_page.screenshot("viz-delete")
    panel.press_in("curves", "Delete it")
    panel.shows("There are no jobs yet")
    assert client.list_visualization_jobs().jobs == ()


def test_form_suggests_folders_begins_with_settings_and_then_with_what_was_used(
    panel_page: PanelPage, client: Client, jobs: WrittenJobs
) -> None:
    trained = jobs.submit("trained").job.get_job_version_info()["train_url"]
    setting = "%config ModelArtsMagics.viz_auto_stop = 2"
    panel = opened(panel_page, "viz-defaults", setting, after=("%ma_viz",))
    with_form(panel)
    expect(panel.field("Auto-stop")).to_have_value("after 2 h")
    suggested = panel.form.locator("datalist option")
    expect(suggested.and_(panel.page.locator(f"[value='{trained}']"))).to_be_attached()
    panel.field("Folder").fill(FOLDER)
    panel.field("Name").fill("refused")
    panel.field("Description").fill("kept · 保留")
    panel.field("Auto-stop").select_option("after 3 h")
    panel.field("Type").select_option("mindinsight")
    panel.create.click()
    alert = panel.form.get_by_role("alert")
    expect(alert).to_contain_text("does not support job_type mindinsight")
    typed = {"Folder": FOLDER, "Name": "refused", "Description": "kept · 保留"}
    for label, value in typed.items():
        expect(panel.field(label)).to_have_value(value)
    panel.field("Type").select_option("tensorboard")
    panel.create.click()
    panel.is_in_state("refused", "RUNNING")
    made = client.list_visualization_jobs().jobs[0]
    assert (made.job_desc, made.train_url) == ("kept · 保留", FOLDER)
    client.stop_visualization_job(made.job_id)

    panel_page.run(3)
    again = VizPanelView(panel_page, 3)
    again.is_core()
    with_form(again)
    expect(again.field("Folder")).to_have_value(FOLDER)
    expect(again.field("Auto-stop")).to_have_value("after 3 h")
    expect(again.field("Name")).to_have_value("")
    expect(again.create).to_be_enabled()
    expect(
        again.form.locator("datalist option").and_(again.page.locator(f"[value='{FOLDER}']"))
    ).to_be_attached()


# ---- the form, with a service that does what the test wants -------------------------------------

_FOLDERS = {
    "bucket": "does not name a folder inside a bucket",
    "obs://bucket": "does not name a folder inside a bucket",
    "Bucket/run": "is not the name of a bucket",
    "/bucket/a b/": "without spaces",
    "/bucket/训练/": "printable ASCII",
    "/bucket//run/": "Remove the doubled slash",
    "/bucket/../run/": "does not name a folder inside a bucket",
}
_NAMES = ("with a blank", "名称", "a" * 21, "dot.ted")


def test_form_says_beside_each_field_what_is_wrong_as_one_types(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    panel = opened(panel_page, "viz-form", use_service(visualizations))
    with_form(panel)
    expect(panel.field("Folder")).to_be_focused()
    panel.has_note("Folder", "OBS folder with event files")
    expect(panel.create).to_be_disabled()
    for folder, reason in _FOLDERS.items():
        panel.field("Folder").fill(folder)
        panel.has_note("Folder", reason)
        expect(panel.create).to_be_disabled()
        panel.field("Folder").fill("/bucket/run/")
        expect(panel.create).to_be_enabled()
    for folder in ("bucket/run", "obs://bucket/run/1", " /bucket/run/ "):
        panel.field("Folder").fill("")
        expect(panel.create).to_be_disabled()
        panel.field("Folder").fill(folder)
        expect(panel.create).to_be_enabled()
        expect(panel.note("Folder")).to_have_text("")

    for name in _NAMES:
        panel.field("Name").fill(name)
        panel.has_note("Name", "1 to 20 letters, digits, - and _")
        expect(panel.create).to_be_disabled()
        panel.field("Name").fill("a" * 20)
        expect(panel.note("Name")).to_have_text("")
        expect(panel.create).to_be_enabled()

    for character in "a学🚀":
        panel.field("Description").fill(character * 256)
        panel.has_note("Description", "256 / 256")
        expect(panel.create).to_be_enabled()
        panel.field("Description").press("End")
        panel.field("Description").press_sequentially(character)
        panel.has_note("Description", "has 257 characters")
        expect(panel.create).to_be_disabled()
    panel_page.screenshot("viz-form-wrong")
    assert visualizations.creations == []


def test_form_makes_one_job_by_a_double_click_and_follows_it_until_it_can_be_opened(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    panel = opened(panel_page, "viz-create", use_service(visualizations))
    panel.press("Pause")
    panel.shows("Resume")
    gate = threading.Event()
    nothing = Reply({"is_success": True, "job_total_count": 0, "jobs": []}, wait_for=gate)
    with_form(panel, Folder="bucket/run", Name="twice", Description="第一")
    expect(panel.create).to_be_enabled()
    visualizations.faults = [Fault(nothing)]  # the first look for a job of this name
    panel.create.dblclick()
    expect(panel.form).to_contain_text("Creating…")
    panel.field("Folder").fill("bucket/run2")
    panel.field("Folder").fill("bucket/run")
    expect(panel.create).to_be_disabled()
    gate.set()
    expect(panel.form).to_contain_text("Created visualization job twice")
    (made,) = visualizations.jobs.values()
    for state in (JobStatus.INIT, JobStatus.WAITING):
        made["status"] = int(state)
        expect(panel.form.locator("b", has_text=state.name)).to_be_visible()
        expect(panel.create).to_be_disabled()
        expect(panel.form.get_by_role("button", name="Open")).to_be_hidden()
    panel_page.screenshot("viz-form-waits")
    made.update(status=int(JobStatus.RUNNING), service_url="http://127.0.0.1:9/")
    expect(panel.form.get_by_role("button", name="Open")).to_be_visible()
    expect(panel.field("Folder")).to_have_value("bucket/run")
    for label in ("Name", "Description"):  # good for one job
        expect(panel.field(label)).to_have_value("")
    (creation,) = visualizations.creations
    asked = {key: creation.body.get(key) for key in ("job_name", "job_desc", "train_url")}
    assert asked == {"job_name": "twice", "job_desc": "第一", "train_url": "/bucket/run/"}


def test_form_keeps_everything_that_was_typed_when_a_creation_fails(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    visualizations.add(job_name="taken", train_url="/bucket/other/")
    panel = opened(panel_page, "viz-fails", use_service(visualizations))
    typed = {"Folder": "/bucket/run/", "Name": "taken", "Description": "说明"}
    with_form(panel, **typed)
    panel.field("Auto-stop").select_option("after 5 h")
    panel.create.click()
    alert = panel.form.get_by_role("alert")
    expect(alert).to_contain_text("taken")
    panel_page.screenshot("viz-form-fails")
    for label, value in typed.items():
        expect(panel.field(label)).to_have_value(value)
    expect(panel.field("Auto-stop")).to_have_value("after 5 h")

    panel.field("Name").fill("free")
    panel.create.click()
    panel.is_in_state("free", "INIT")
    made = next(job for job in visualizations.jobs.values() if job["job_name"] == "free")
    made.update(status=int(JobStatus.FAILED), failure_reason="no space left <b>anywhere</b>")
    expect(alert).to_be_visible()
    expect(panel.field("Name")).to_have_value("free")
    expect(panel.create).to_be_enabled()
    panel.row("free").get_by_text("no space left <b>anywhere</b>").wait_for()


# ---- the list -----------------------------------------------------------------------------------


def test_list_is_searched_filtered_sorted_and_turned_page_by_page(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    for number in range(23):
        state = JobStatus.COMPLETED if number % 10 == 4 else JobStatus.KILLED
        visualizations.add(job_name=f"job-{number:02}", status=int(state))
    newest = [f"job-{number:02}" for number in reversed(range(23))]
    panel = opened(panel_page, "viz-list", use_service(visualizations))
    panel.shows_jobs(*newest[:10])
    panel.shows("1-10 of 23")
    expect(panel.button("‹ Previous")).to_be_disabled()
    panel.press("Next ›")
    panel.shows_jobs(*newest[10:20])
    panel.press("Next ›")
    panel.shows_jobs(*newest[20:])
    panel.shows("page 3 of 3")
    expect(panel.button("Next ›")).to_be_disabled()
    panel.press("‹ Previous")
    panel.shows_jobs(*newest[10:20])

    panel.field("Sort").select_option("by name")
    panel.shows_jobs(*reversed(newest[13:]))
    panel.field("State").select_option("COMPLETED")
    panel.shows_jobs("job-04", "job-14")
    panel.field("Sort").select_option("newest first")
    panel.shows_jobs("job-14", "job-04")
    panel.field("State").select_option("all states")
    panel.field("Search").press_sequentially("job-1")
    panel.shows_jobs(*newest[3:13])
    panel.press("Pause")
    panel.shows("Resume")
    panel.field("Search").fill("job-12")
    panel.shows_jobs("job-12")
    panel.field("Search").fill("job-12?")
    panel.shows("No visualization job matches")
    panel.shows_jobs()


def test_rows_offer_what_their_state_allows_and_keep_what_is_being_typed(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    visualizations.add(job_name="ended", status=int(JobStatus.KILLED), job_desc="before")
    visualizations.add(job_name="stopping", status=int(JobStatus.KILLING))
    runs = visualizations.add(job_name="runs", service_url="http://127.0.0.1:9/")
    panel = opened(panel_page, "viz-rows", use_service(visualizations))
    panel.shows_jobs("runs", "stopping", "ended")
    panel.can_press("runs", "Open", "Stop", "Edit", "Delete")
    panel.can_press("stopping", "Edit")
    panel.can_press("ended", "Restart", "Edit", "Delete")

    panel.press_in("ended", "Edit")
    typed = panel.row("ended").locator("textarea")
    expect(typed).to_have_value("before")
    typed.fill("half-ty")
    panel.press_in("runs", "Delete")  # a question that survives, too
    typed.click()
    typed.press("End")
    visualizations.add(job_name="newer")  # somebody else's
    runs["status"] = int(JobStatus.COMPLETED)
    panel.shows_jobs("newer", "runs", "stopping", "ended")
    panel.is_in_state("runs", "COMPLETED")
    panel.can_press("runs", "Delete it", "Keep it")
    expect(typed).to_be_focused()
    typed.press_sequentially("ped · 改")
    expect(typed).to_have_value("half-typed · 改")
    panel_page.screenshot("viz-rows")

    panel.button_in("newer", "Delete").focus()  # the order of Tab is the one that is seen
    panel.page.keyboard.press("Tab")
    expect(panel.button_in("runs", "Delete it")).to_be_focused()

    visualizations.faults = [Fault(failing(400))] * 10
    panel.press_in("ended", "Save")
    panel.shows("backend trouble")
    expect(typed).to_have_value("half-typed · 改")
    visualizations.faults = []
    panel.press_in("ended", "Save")
    expect(typed).to_have_count(0)
    panel.is_in_state("ended", "half-typed · 改")
    panel.press_in("ended", "Edit")
    typed.fill("学" * 257)
    expect(panel.row("ended")).to_contain_text("257 / 256")
    panel.can_press("ended", "Cancel")
    panel.press_in("ended", "Cancel")
    panel.is_in_state("ended", "half-typed · 改")

    panel.press_in("runs", "Keep it")
    panel.can_press("runs", "Open", "Restart", "Edit", "Delete")
    panel.press_in("ended", "Restart")
    panel.is_in_state("ended", "WAITING")
    panel.can_press("ended", "Stop", "Edit", "Delete")
    panel.press_in("ended", "Stop")
    panel.is_in_state("ended", "KILLED")
    panel.press_in("ended", "Delete")
    panel.press_in("ended", "Delete it")
    panel.shows_jobs("newer", "runs", "stopping")


def test_list_says_what_is_wrong_with_the_service_and_recovers(
    panel_page: PanelPage, visualizations: VisualizationService
) -> None:
    visualizations.add(job_name="there")
    panel = opened(panel_page, "viz-trouble", use_service(visualizations))
    panel.shows_jobs("there")
    visualizations.faults = [Fault(failing(503))] * 1000
    panel.press("Refresh")
    panel.shows("backend trouble")
    panel.shows_jobs("there")
    panel_page.screenshot("viz-trouble")
    visualizations.faults = []
    expect(panel.core).not_to_contain_text("backend trouble")

    panel.press("Pause")
    panel.shows("paused")
    asked = len(visualizations.seen)
    visualizations.add(job_name="during-the-pause")
    panel.press("New job…")  # answered by the kernel, and so after what it did before
    expect(panel.form).to_be_visible()
    panel.shows_jobs("there")
    assert len(visualizations.seen) == asked
    panel.press("Resume")
    panel.shows_jobs("during-the-pause", "there")


_TRAPS = [
    "<script>window.trapped = 'script'</script>",
    "<img src=x onerror=\"window.trapped = 'image'\">",
    "\"><b onmouseover=window.trapped='over'>attribute</b>",
    "'><iframe src='javascript:parent.trapped=1'></iframe>",
    "right to left \u202e gnp.exe \u2066 isolated",
    "nul \0 bell \x07 escape \x1b[31m \x1b]8;;javascript:window.trapped=1\x07link",
    "</div></td></table><h1>outside</h1><style>body {display: none}</style>",
    "[x](javascript:window.trapped=1) $\\href{javascript:window.trapped=1}{y}$",
]
_FOREIGN = "script, img, h1, style:not(:first-child), iframe, b[onmouseover], a[href^=javascript]"


@pytest.mark.parametrize("view", ["core", "html"])
def test_hostile_jobs_are_shown_and_do_nothing(
    panel_page: PanelPage, visualizations: VisualizationService, view: str
) -> None:
    for number, trap in enumerate(_TRAPS):
        parts = {"job_desc": trap, "failure_reason": trap, "train_url": trap}
        trapped = {**parts, "job_name": trap, "status": int(JobStatus.FAILED)}
        visualizations.add(**(parts | {"job_name": f"job-{number}"} if number % 2 else trapped))
    visualizations.add(job_name="link", service_url="javascript:window.trapped='link'")
    panel_page.start(f"viz-hostile-{view}", use_service(visualizations), f"%ma_viz --view {view}")
    panel_page.run(1)
    panel_page.run(2)
    panel = VizPanelView(panel_page, 2)
    panel.shows("window.trapped = 'script'")
    panel.shows("gnp.exe")
    panel.has_no_complaint()
    shown = panel.core if view == "core" else panel.html
    assert shown.locator(_FOREIGN).count() == 0
    text = shown.inner_text()
    assert not set("\u202e\u2066\0\x07\x1b") & set(text)
    if view == "core":
        visualizations.faults = [
            Fault(Reply({"error_code": trap, "error_msg": trap}, 400)) for trap in _TRAPS[:3] * 3
        ]
        panel.press_in("link", "Open")
        panel.shows("window.trapped")
        visualizations.faults = []
        panel.press_in("link", "Open")
        panel.shows("is not opened")
        for row in panel.rows.all():
            row.hover()
        assert shown.locator(_FOREIGN).count() == 0
    assert panel_page.page.evaluate("window.trapped") is None
    panel_page.screenshot(f"viz-hostile-{view}")


# ---- the notebook around it ---------------------------------------------------------------------


def test_panel_lives_while_another_cell_runs_and_a_late_click_reaches_no_other_job(
    panel_page: PanelPage, visualizations: VisualizationService, tmp_path: Path
) -> None:
    gone = visualizations.add(job_name="gone", status=int(JobStatus.KILLED))
    cells = (sleeping_cell(tmp_path / "go"), "'and another'")
    panel = opened(panel_page, "viz-busy", use_service(visualizations), after=cells)
    panel.shows_jobs("gone")
    panel_page.begin(3)
    panel_page.wait_begun(3)
    panel.press_in("gone", "Restart")
    with visualizations.pause():
        del visualizations.jobs[gone["job_id"]]
        visualizations.add(job_name="other", status=int(JobStatus.KILLED))
    panel.shows_jobs("other")
    assert panel_page.still_runs(3)
    (tmp_path / "go").touch()
    panel_page.wait_done(3)
    panel_page.run(4)  # by then the click has been answered
    panel.press("Refresh")
    panel.is_in_state("other", "KILLED")
    assert "POST" not in visualizations.methods


def test_run_all_shows_the_jobs_and_then_the_panel(
    panel_page: PanelPage, visualizations: VisualizationService, tmp_path: Path
) -> None:
    job = visualizations.add(job_name="at-once", status=int(JobStatus.WAITING))
    cells = (use_service(visualizations), "%ma_viz", sleeping_cell(tmp_path / "go"))
    panel_page.start("viz-run-all", *cells, load=False)
    panel_page.begin_all()
    panel = VizPanelView(panel_page, 2)
    panel.shows("WAITING")
    panel_page.wait_begun(3)
    job["status"] = int(JobStatus.RUNNING)
    panel.shows("RUNNING")
    assert panel_page.still_runs(3)
    (tmp_path / "go").touch()
    panel_page.wait_done(3)
    panel.is_core()
    panel.shows_jobs("at-once")
    panel.has_no_complaint()


def test_saved_notebook_has_a_true_picture_and_a_reloaded_page_its_panel(
    panel_page: PanelPage, visualizations: VisualizationService, browser: Browser
) -> None:
    job = visualizations.add(job_name="kept", job_desc="说明", status=int(JobStatus.WAITING))
    panel = opened(panel_page, "viz-saved", use_service(visualizations))
    panel.is_in_state("kept", "WAITING")
    job["status"] = int(JobStatus.RUNNING)
    saved = panel_page.save_until(lambda data: "RUNNING" in json.dumps(data["cells"][2]["outputs"]))
    picture = next(out for out in saved["cells"][2]["outputs"] if "kept" in str(out["data"]))
    for kind in ("text/plain", "text/html"):
        text = "".join(picture["data"][kind])
        for words in ("kept", "RUNNING", "说明", "%ma_viz create /bucket/run/"):
            assert words in text
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(panel_page.converted().as_uri(), wait_until="domcontentloaded")
    expect(page.locator("table.modelarts-magics")).to_contain_text("RUNNING")
    expect(page.locator("body")).not_to_contain_text("VBox")
    page.screenshot(path=panel_page.results / "viz-saved-converted.png")
    context.close()

    panel_page.reload()
    panel = VizPanelView(panel_page, 2)
    panel.is_core()
    panel.has_no_complaint()
    panel.press_in("kept", "Stop")
    panel.is_in_state("kept", "KILLED")
