"""What can be asked of a panel: flags, several panels, several views, odd jobs, trouble."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest
from lab import Lab
from panel_page import PanelPage
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

TRACEBACK = """\
Traceback (most recent call last):
  File "train.py", line 12, in <module>
OSError: 磁盘已满
"""
_IS_NARROW = "root => root.clientWidth > 600 && root.clientWidth < 720"
_AGAIN = "(again in "  # so many seconds
VIEWS = ("rich", "core", "html", "text")


def test_two_panels_are_listed_stopped_and_independent(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    first, second = jobs.submit("pair-one", "one\n"), jobs.submit("pair-two", "two\n")
    panel_page.start(
        "pair",
        "%ma_log pair-one",
        "%ma_log pair-two --view core --height 8em",
        "%ma_log --list",
        "%ma_log --stop pair-one",
        "%ma_log --list",
    )
    for cell in (1, 2, 3):
        panel_page.run(cell)
    one, two = panel_page.panel(1), panel_page.panel(2)
    one.is_rich()
    one.shows("one")
    two.shows("two")
    assert "pair-one" in panel_page.printed(3)
    assert "pair-two" in panel_page.printed(3)
    panel_page.run(4)
    assert "No longer following pair-one" in panel_page.printed(4)
    one.shows("No longer followed")
    one.lacks("has ended")
    panel_page.run_until(5, "pair-two")
    assert "pair-one" not in panel_page.printed(5)
    first.write("more of the first\n")
    second.write("more of the second\n")
    two.shows("more of the second")
    one.lacks("more of the first")
    assert not first.is_over
    panel_page.screenshot("panel-pair")


def test_flags_say_how_much_how_high_and_how_often(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("flags", "".join(f"line {n}\n" for n in range(100)))
    job.wait_written("line 99")
    panel_page.start(
        "flags",  # 30 lines do not fit: where the top is in sight, what is before it is loaded
        "%ma_log flags --tail 30 --height 12em --interval 3600 --as panel",
        "%ma_log flags --tail 7 --height 150px --view core",
        "panel.text.count('line')",
    )
    panel_page.run(1)
    rich = panel_page.panel(1)
    rich.is_rich()
    rich.shows("line 99")
    em = rich.rich.evaluate("root => parseFloat(getComputedStyle(root).fontSize)")
    height = rich.rich.locator(".mm-text").evaluate("box => box.clientHeight")
    assert abs(height - 12 * em) <= 2
    panel_page.run(2)
    core = panel_page.panel(2)
    core.shows("line 93")
    core.lacks("line 92\n")
    assert abs(core.log("core").evaluate("box => box.offsetHeight") - 150) <= 2
    job.write("line 100\n")
    core.shows("line 100")  # while the other one looks once an hour
    panel_page.run(3)
    assert panel_page.printed(3) == "30"


@pytest.mark.parametrize("view", ["rich", "core"])
def test_a_second_view_of_the_output_shows_the_same(
    panel_page: PanelPage, jobs: WrittenJobs, view: str
) -> None:
    name = f"second-{view}"
    job = jobs.submit(name, "before the second view\n")
    panel_page.start(name, f"%ma_log {name} --view {view}")
    panel_page.run(1)
    panel_page.panel(1).shows("before the second view")
    panel_page.command("notebook:create-output-view")
    page = panel_page.page
    other = page.locator(".jp-LinkedOutputView")
    expect(other).to_contain_text("before the second view", use_inner_text=True)
    job.write("after it\n")
    panel_page.panel(1).shows("after it")
    expect(other).to_contain_text("after it", use_inner_text=True)
    expect(other.locator("div.modelarts-magics")).to_be_hidden()
    panel_page.screenshot(f"panel-{name}")


def test_every_view_tells_an_empty_log_a_service_that_does_not_answer_and_why_a_job_failed(
    panel_page: PanelPage, jobs: WrittenJobs, modelarts: Lab
) -> None:
    job = jobs.submit("trouble")
    in_view = panel_page.start_views("trouble", VIEWS)
    panels = in_view.values()
    for panel in panels:
        panel.shows("(no log text)")
        assert re.search(r"\b0 (bytes|B)", panel.output.inner_text())
    job.write("before the trouble\n")
    for panel in panels:
        panel.shows("before the trouble")

    service = json.loads((modelarts.data / "service.json").read_text())["pid"]
    os.kill(service, signal.SIGSTOP)
    try:
        for panel in panels:
            panel.shows(_AGAIN)
        panel_page.screenshot("panel-trouble")
    finally:
        os.kill(service, signal.SIGCONT)
    for panel in panels:
        panel.lacks(_AGAIN)
    job.write("after the trouble\n")
    for panel in panels:
        panel.shows("after the trouble")
        panel.shows("RUNNING")

    job.write("fine\n" * 50 + TRACEBACK + "cleaning up\n" * 50)
    for panel in panels:
        panel.shows("cleaning up")
    job.end(1)
    for panel in panels:
        panel.shows("The job failed: FAILED · last error: OSError: 磁盘已满")
    rich = in_view["rich"]
    rich.press("Last error")
    expect(rich.rich.locator(".mm-line-error", has_text="OSError")).to_be_visible()
    panel_page.screenshot("panel-failed")


def test_a_long_name_and_an_empty_log_in_a_narrow_cell_in_every_view(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    name = "a-very-long-name-for-a-job-".ljust(64, "x")
    jobs.submit(name, workers=2)
    panels = panel_page.start_views(name, ("rich", "core", "html"), language="zh")
    panel_page.use_theme("JupyterLab Dark")
    panel_page.page.set_viewport_size({"width": 1000, "height": 2000})
    for panel in panels.values():
        panel.shows(name)
        panel.shows("RUNNING 运行中")
        panel_page.wait_for(_IS_NARROW, arg=panel.output.element_handle())
        panel.fits()
    panel_page.screenshot("panel-narrow")
