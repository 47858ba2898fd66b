"""The panel in JupyterLab 4: it starts as HTML and becomes the rich view."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from panel_page import PanelPage, sleeping_cell
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser


def test_follows_a_job_to_its_end_while_another_cell_sleeps(
    panel_page: PanelPage, jobs: WrittenJobs, tmp_path: Path
) -> None:
    job = jobs.submit("live", "first line\n训练开始\n")
    panel_page.start("live", "%ma_log live", sleeping_cell(tmp_path / "go"))
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("训练开始")
    panel_page.begin(2)
    job.write("a line while the other cell sleeps\n")
    panel.shows("a line while the other cell sleeps")
    job.write("the last line\n")
    job.end()
    panel.shows("the last line")
    panel.shows("COMPLETED")
    assert panel_page.still_runs(2)
    (tmp_path / "go").touch()
    panel_page.wait_done(2)
    panel.has_no_complaint()


def test_run_all_shows_a_live_panel_and_then_the_rich_view(
    panel_page: PanelPage, jobs: WrittenJobs, tmp_path: Path
) -> None:
    job = jobs.submit("run-all", "before\n")
    cells = ("%ma_log run-all", sleeping_cell(tmp_path / "go"))
    panel_page.start("run-all", *cells, load=False, fresh=True)
    panel_page.begin_all()
    panel = panel_page.panel(1)
    panel.shows("before")
    panel_page.wait_begun(2)
    job.write("while all cells run\n")
    panel.shows("while all cells run")
    assert panel_page.still_runs(2)
    (tmp_path / "go").touch()
    panel_page.wait_done(2)
    job.write("after all cells\n")
    panel.shows("after all cells")
    panel.is_rich()
    panel.has_no_complaint()


def test_reloading_the_page_brings_everything_back(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    lines = (f"line {n} of the first {'.' * 3000}\n" for n in range(300))
    job = jobs.submit("reload", "".join(lines))
    panel_page.start("reload", "%ma_log reload --tail all --interval 1")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("line 299 of the first")
    panel.rich.locator(".cm-content").press("z")
    panel_page.save()
    panel_page.reload()
    panel = panel_page.panel(1)
    panel.is_rich()
    expect(panel.rich.locator("[data-action=fold]")).to_have_attribute("aria-checked", "true")
    panel.shows("line 299 of the first")
    job.write("written after the reload\n")
    panel.shows("written after the reload")
    # The page has only the end of it; the kernel has the rest.
    panel.press("Search")
    pattern = panel.rich.get_by_role("textbox", name="Search in the log")
    pattern.fill("line 7 of the first")
    beyond = panel.rich.locator(".mm-elsewhere")
    expect(beyond).to_have_text("+ 1 in what is not loaded")
    pattern.press("Enter")
    found = panel.rich.locator(".cm-line:has(.mm-match-current)")
    expect(found).to_contain_text("line 7 of the first")
    expect(beyond).to_be_empty()
    panel_page.screenshot("panel-rich-search-beyond")
    downloaded = panel.download()
    assert downloaded.count("of the first") == 300
    panel.has_no_complaint()


def test_keys_that_the_panel_does_not_use_reach_the_notebook(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    jobs.submit("keys", "first\nneedle\nlast\n")
    panel_page.start("keys", "%ma_log keys --interval 1")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("last")
    page = panel_page.page
    panel.rich.locator(".cm-content").focus()
    for focused in (".cm-content", ".mm-pattern"):
        panel_page.edit(0, f"# with the focus in {focused}")
        panel_page.save_by_key()
        expect(panel.rich.locator(focused)).to_be_focused()
        page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    page.keyboard.press("Enter")
    expect(panel.rich.locator(".mm-count")).to_have_text("1 of 1")
    assert [cell.source for cell in panel_page.cells()][1:] == ["%ma_log keys --interval 1"]


def test_reading_tools_work_while_the_kernel_is_busy(
    panel_page: PanelPage, jobs: WrittenJobs, tmp_path: Path
) -> None:
    lines = [f"step {n}: {'the needle' if n % 50 == 7 else 'hay'}" for n in range(400)]
    job = jobs.submit("tools", "\n".join([*lines, "long " * 200, "the end\n"]))
    panel_page.start("tools", "%ma_log tools --interval 1", sleeping_cell(tmp_path / "go"))
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("the end")
    panel_page.begin(2)
    panel_page.wait_begun(2)

    # Text that arrives does not move a reader who scrolled up.
    panel.rich.locator(".cm-scroller").hover()
    panel_page.page.mouse.wheel(0, -3000)
    to_end = panel.rich.get_by_role("button", name=re.compile("Jump to the end"))
    expect(to_end).to_be_visible()
    job.write("new text below\n")
    expect(to_end).to_contain_text("1 new")
    expect(panel.rich.locator(".cm-content")).not_to_contain_text("new text below")
    to_end.click()
    expect(panel.rich.locator(".cm-content")).to_contain_text("new text below")
    expect(to_end).to_be_hidden()

    panel.press("Search")
    panel.rich.get_by_role("textbox", name="Search in the log").fill("needle")
    expect(panel.rich.locator(".mm-count")).to_contain_text(re.compile("of 8|8 match"))
    panel.press("Only matching lines")
    expect(panel.rich.locator(".cm-line")).to_have_count(8)
    panel_page.screenshot("panel-rich-filter")
    panel.press("Only matching lines")
    panel.rich.locator(".mm-search").get_by_role("button", name="Close").click()

    expect(panel.rich.locator(".cm-lineWrapping")).to_have_count(0)
    panel.press("Wrap")
    expect(panel.rich.locator(".cm-lineWrapping")).to_have_count(1)

    downloaded = panel.download()
    assert downloaded == "\n".join([*lines, "long " * 200, "the end\n"]) + "new text below\n"
    assert panel_page.still_runs(2)
    (tmp_path / "go").touch()
    panel_page.wait_done(2)


def test_end_of_the_job_keeps_what_the_reader_does(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("reader", "".join(f"line {n}\n" for n in range(500)))
    panel_page.start("reader", "%ma_log reader --interval 1")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("line 499")
    panel.press("Search")
    panel.rich.get_by_role("textbox", name="Search in the log").fill("line 12")
    panel.press("Only matching lines")
    expect(panel.rich.locator(".cm-line")).to_have_count(11)
    job.end()
    panel_page.save_until(lambda data: "COMPLETED" in json.dumps(data["cells"][1]["outputs"]))
    panel.shows("COMPLETED")
    searched = panel.rich.get_by_role("textbox", name="Search in the log")
    expect(searched).to_have_value("line 12")
    expect(panel.rich.locator(".cm-line")).to_have_count(11)


def test_pause_stops_reading_until_resume(panel_page: PanelPage, jobs: WrittenJobs) -> None:
    job = jobs.submit("pause", "before the pause\n")
    panel_page.start("pause", "%ma_log pause --as panel", "panel.model.paused")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("before the pause")
    panel.press("Pause")
    expect(panel.button("Resume")).to_be_visible()
    panel_page.run_until(2, "True")
    job.write("during the pause\n")
    job.wait_written("during the pause")
    expect(panel.output).not_to_contain_text("during the pause")
    panel.press("Resume")
    panel.shows("during the pause")


def test_stopping_the_job_asks_first(panel_page: PanelPage, jobs: WrittenJobs) -> None:
    job = jobs.submit("stopped", "it runs\n")
    panel_page.start("stopped", "%ma_log stopped --interval 1")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.press("Stop the job")
    panel.press("No")
    assert not job.is_over
    panel.press("Stop the job")
    panel.press("Yes, stop it")
    expect(panel.rich.locator(".mm-chip[data-phase=stopped]")).to_be_visible()
    panel.shows("The job was stopped")
    assert job.is_over
    panel_page.screenshot("panel-rich-stopped")


def test_two_workers_are_merged_or_read_one_by_one(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("two-workers", workers=2)
    job.write("from the first\n", 0)
    job.write("from the second\n", 1)
    place = f"%ma_log two-workers --interval 1 --file {job.files[1]} --at line2"
    panel_page.start("two-workers", "%ma_log two-workers --interval 1", place)
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("from the first")
    panel.shows("from the second")
    expect(panel.rich.locator(".mm-worker").first).to_be_visible()
    colours = panel.rich.locator(".mm-worker").evaluate_all(
        "found => [...new Set(found.map(one => getComputedStyle(one).color))]"
    )
    assert len(colours) == 2
    panel_page.screenshot("panel-rich-workers")
    panel.press("Tasks side by side")
    lanes = panel.rich.locator(".mm-lanes")
    expect(lanes.get_by_role("columnheader")).to_contain_text(["time", *job.files])
    cells = lanes.get_by_role("row").filter(has_text="from the first").get_by_role("cell")
    expect(cells.last).to_have_text("from the second")  # beside it, as neither tells a time
    panel.is_for_all()
    panel_page.screenshot("panel-rich-lanes")
    panel.press("Tasks side by side")
    choice = panel.rich.get_by_role("combobox", name="Log file")
    choice.select_option(index=2)
    expect(panel.rich.locator(".cm-content")).not_to_contain_text("from the first")
    panel.shows("from the second")
    job.write("more from the second\n", 1)
    panel.shows("more from the second")
    choice.select_option(index=0)
    panel.shows("from the first")
    panel_page.run(2)
    opened = panel_page.panel(2)
    opened.is_rich()
    opened.shows("more from the second")
    told = "document.getSelection().toString()"
    opened.rich.locator(".cm-content").focus()
    panel_page.wait_for(f"{told} === 'more from the second'")
    opened.press("Copy the address of the line")
    opened.shows(f"--file {job.files[1]} --at {len('from the second') + 1}")
    panel_page.screenshot("panel-rich-place")


def test_every_line_is_there_after_a_burst_beside_a_cell_that_floods_the_wire(
    panel_page: PanelPage, jobs: WrittenJobs, tmp_path: Path
) -> None:
    """The server drops messages of a kernel that sends more than a million bytes a second."""
    flood = (
        "import time, sys\nfor _n in range(60):\n"
        "    print('x' * 80_000, end='\\r'); sys.stdout.flush(); time.sleep(0.05)"
    )
    job = jobs.submit("burst", "start\n")
    panel_page.start("burst", "%ma_log burst", flood)
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel_page.begin(2)
    panel_page.wait_begun(2)
    lines = [f"burst {n} {'b' * (n % 50)}\n" for n in range(8000)]
    for line in lines:
        job.write(line)
    job.end()
    panel_page.wait_done(2)
    panel.shows("COMPLETED")
    panel.shows("burst 7999")
    panel.wait_whole()
    assert panel.download().startswith("start\n" + "".join(lines))
