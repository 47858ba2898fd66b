"""The view of core widgets: what it can do without a script of ours, in Jupyter old and new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jupyters import LAB_3, LAB_PLAIN
from panel_page import Panel, PanelPage
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

EVERYWHERE = pytest.mark.parametrize(
    ("jupyter", "kernel"),
    [
        pytest.param(LAB_PLAIN, "newest", id="lab-4"),
        pytest.param(LAB_3, "widgets-7", id="lab-3", marks=pytest.mark.slow),
    ],
    indirect=["jupyter"],
)
TRACEBACK = """\
Traceback (most recent call last):
  File "train.py", line 12, in <module>
    main()
ValueError: 形状不匹配 <b>(32, 3)</b>
"""


def _opened(panel_page: PanelPage, name: str, kernel: str, *cells: str, flags: str = "") -> Panel:
    panel_page.start(name, f"%ma_log {name} --interval 1 {flags}", *cells, kernel=kernel)
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_core()
    return panel


@EVERYWHERE
def test_search_shows_only_what_matches_and_the_last_error_is_one_click_away(
    panel_page: PanelPage, jobs: WrittenJobs, kernel: str
) -> None:
    lines = [f"step {n}: {'the needle (a+b)' if n % 50 == 7 else 'hay'}" for n in range(3000)]
    name = f"core-search-{kernel}"
    job = jobs.submit(name, "\n".join(lines) + "\n")
    panel = _opened(panel_page, name, kernel, flags="--tail all")
    panel.shows("step 2999")
    pattern = panel.output.get_by_placeholder("Show only lines with…")
    pattern.fill("NEEDLE (a+b)")
    panel.shows("60 of 3,000 lines match")
    panel.lacks("step 2999")
    panel.shows("step 2957: the needle")
    job.write("step 3000: another needle (a+b)\nstep 3001: hay\n")
    panel.shows("61 of 3,002 lines match")
    panel.shows("step 3000: another")
    panel_page.screenshot(f"panel-core-search-{kernel}")
    panel.press("Match case")
    panel.shows("No line matches")
    panel.press("Regular expression")
    pattern.fill("needle (")
    panel.shows("Not a regular expression: missing ), unterminated subpattern")
    panel.shows("step 3001: hay")
    pattern.fill(r"step 29\d7: the")
    panel.shows("2 of 3,002 lines match")
    panel.shows("step 2907")
    pattern.fill("")
    panel.shows("step 3001: hay")

    before = "".join(f"before {n}\n" for n in range(1200))
    after = "".join(f"after {n}\n" for n in range(1200))
    job.write(f"{before}{TRACEBACK}{after}")
    panel.shows("after 1199")
    job.end(1)
    panel.shows("The job failed: FAILED · last error: ValueError: 形状不匹配 <b>(32, 3)</b>")
    panel.press("Last error")
    panel.shows("The last error, with the lines around it")
    error = panel.output.locator(".modelarts-magics-lines:visible")
    expect(error).to_have_count(1)  # the log goes once this is there
    expect(error.locator(".error")).to_have_count(4)
    expect(error).to_contain_text("before 1199")
    expect(error).to_contain_text("after 9")
    expect(error).not_to_contain_text("after 1199")
    panel_page.screenshot(f"panel-core-error-{kernel}")
    panel.press("Back to the log")
    panel.shows("after 1199")
    panel.has_no_complaint()


@EVERYWHERE
def test_download_is_the_whole_log(panel_page: PanelPage, jobs: WrittenJobs, kernel: str) -> None:
    name = f"core-download-{kernel}"
    log = "".join(f"line {n} 训练 <a href='x'> \x1b[31mred\x1b[0m\n" for n in range(2500))
    job = jobs.submit(name, log, workers=2)
    job.write("the other worker\r\nwithout an end", 1)
    write = "import modelarts_magics.notebook.log.save as saving\nsaving.LARGEST_LINK = 1000"
    panel = _opened(panel_page, name, kernel, write)
    panel.shows("line 2499")
    panel.shows("without an end")
    panel.press("Download")
    links = panel.output.locator("a[download]")
    expect(links).to_have_count(2)
    panel_page.screenshot(f"panel-{name}")
    for worker, text in enumerate([log, "the other worker\r\nwithout an end"]):
        with panel_page.page.expect_download() as saving:
            links.nth(worker).click()
        assert saving.value.suggested_filename == f"{name}-V0001-job-{name}.{worker}.log"
        assert Path(saving.value.path()).read_bytes() == text.encode()
    panel.press("Close")
    expect(links).to_have_count(0)

    # What is too large for a link is written where the kernel works: beside the notebook.
    panel_page.run(2)
    panel.press("Download")
    panel.shows("Written on the machine of the kernel")
    for worker, text in enumerate([log, "the other worker\r\nwithout an end"]):
        path = panel_page.jupyter.notebooks / f"{name}-V0001-job-{name}.{worker}.log"
        assert path.read_bytes() == text.encode()
    panel.press("Close")
    panel.lacks("Written on the machine of the kernel")
    panel.has_no_complaint()


@EVERYWHERE
def test_lines_can_be_copied_as_text_wrapped_and_cleared_from_the_view_only(
    panel_page: PanelPage, jobs: WrittenJobs, kernel: str
) -> None:
    name = f"core-copy-{kernel}"
    short = "".join(f"line {n}\n" for n in range(50))
    others = "long " * 300 + "\nWARNING slow\nERROR bad\n"
    job = jobs.submit(name, f"{short}{others}</textarea><b>\x1b[31mred\n")
    panel = _opened(panel_page, name, kernel)
    panel.shows("red")
    panel.press("Copy")
    text = panel.output.get_by_role("textbox", name="Lines of the log as text")
    expect(text).to_be_visible()
    assert text.evaluate("area => area.readOnly")
    expected = f"{short}{others}</textarea><b>red"
    assert text.input_value() == expected
    text.click()
    panel_page.page.keyboard.press("Control+A")
    selected = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert selected == expected
    assert panel_page.page.locator(".jp-Cell.jp-mod-multiSelected").count() == 0
    panel_page.screenshot(f"panel-{name}")
    panel.press("Back to the log")
    expect(text).to_have_count(0)

    reel = panel.log("core")
    assert reel.locator(".warning").inner_text().strip() == "WARNING slow"
    assert reel.locator(".error").inner_text().strip() == "ERROR bad"
    is_wide = "reel => reel.scrollWidth > reel.clientWidth + 500"
    assert not reel.evaluate(is_wide)
    panel.press("Wrap")
    panel_page.wait_for(is_wide, arg=reel.element_handle())
    panel_page.screenshot(f"panel-core-wrap-{kernel}")
    panel.press("Wrap")
    panel.press("Clear")
    panel.shows("Text before this was cleared from the view.")
    panel.lacks("ERROR bad")
    job.write("after the clearing\n")
    panel.shows("after the clearing")
    panel.press("Show it again")
    panel.shows("line 0")
    panel.lacks("cleared from the view")
    assert re.search(r"last text at \d\d:\d\d:\d\d \w+", panel.output.inner_text())


@pytest.mark.parametrize("jupyter", [pytest.param(LAB_PLAIN, id="")], indirect=True)
def test_everything_works_after_the_end_of_the_job(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("core-ended", "one\n", workers=2)
    job.write("two, without an end", 1)
    panel = _opened(panel_page, "core-ended", "newest")
    job.end()
    panel.shows("The job has completed")
    panel.shows("two, without an end")
    panel.output.get_by_role("combobox").select_option(index=1)
    panel.lacks("without an end")
    panel.output.get_by_placeholder("Show only lines with…").press_sequentially("nothing of this")
    panel.shows("No line matches")
    panel.output.get_by_placeholder("Show only lines with…").fill("one")
    panel.shows("1 of")
    panel.press("Last error")
    panel.shows("No error found")
    panel_page.screenshot("panel-core-ended")
