"""The header and what the buttons do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from log_view_page import LogViewPage, numbered
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_header_tells_how_the_job_stands(view: LogViewPage) -> None:
    view.open(state={"bytes": 1_234_567, "lines": 4321, "status_text": "Running (fine)"})
    expect(view.find(".mm-title")).to_have_text("train-mnist")
    expect(view.find(".mm-chip")).to_contain_text("Running (fine)")
    expect(view.find(".mm-size")).to_have_text("1.2 MB, 4,321 lines")
    first = view.find(".mm-elapsed").inner_text()
    expect(view.find(".mm-elapsed")).not_to_have_text(first)  # it counts by itself
    progress = {"done": 0.428, "epoch": 3, "epochs": 10, "left_ms": 750_000}
    view.kernel("state", {"progress": progress})
    told = view.find(".mm-progress")
    expect(told).to_have_text("epoch 3 of 10, 42 %, about 12 min left")
    assert view.find("progress").get_attribute("aria-label") == told.inner_text()
    view.picture("progress")
    view.kernel("state", {"trouble": "The service does not answer; next try in 5 s."})
    expect(view.find(".mm-trouble")).to_contain_text("does not answer")
    view.kernel("state", {"trouble": "", "phase": "failed", "status_text": "", "finished": True})
    expect(view.find(".mm-trouble")).to_be_hidden()
    expect(view.find(".mm-chip")).to_contain_text("failed")
    expect(view.find(".mm-ended")).to_contain_text("The job has ended")


def test_pause_is_at_once_and_resume_shows_all(view: LogViewPage) -> None:
    view.open()
    view.say("one\n")
    view.wait_for_text("one")
    view.button("pause").click()
    view.say("two\n")
    view.settle()
    assert view.text() == "one"
    expect(view.find(".mm-paused")).to_be_visible()
    view.button("pause").click()
    view.wait_for_text("one\ntwo")
    names = [action["name"] for action in view.kernel("sent", "action")]
    assert names == ["pause", "resume"]


def test_buttons_tell_the_kernel(view: LogViewPage) -> None:
    view.open(state={"can_stop_job": True})
    view.press("refresh")
    view.press("stop_following")
    view.press("stop_job")
    expect(view.button("stop_job_no")).to_be_focused()
    view.page.keyboard.press("Escape")
    expect(view.button("more")).to_be_focused()
    view.press("stop_job")
    view.button("stop_job_yes").click()
    names = [action["name"] for action in view.kernel("sent", "action")]
    assert names == ["refresh", "stop_following", "stop_job"]
    view.kernel("state", {"following": False, "can_stop_job": False})
    expect(view.button("stop_following")).to_be_disabled()
    expect(view.button("stop_job")).to_be_hidden()


def test_clear_hides_what_was_and_can_show_it_again(view: LogViewPage) -> None:
    view.open()
    view.say("old\n")
    view.wait_for_text("old")
    view.press("clear")
    view.wait_for_text("")
    view.say("new\n")
    view.wait_for_text("new")
    view.button("show_again").click()
    view.wait_for_text("old\nnew")


def test_download_is_the_log_byte_for_byte(view: LogViewPage) -> None:
    text = "one\x1b[31m\r\n二\x00\n"
    view.open()
    view.say(text)
    view.wait_for_end("二")
    with view.page.expect_download() as waiting:
        view.button("download").click()
    assert Path(waiting.value.path()).read_bytes() == text.encode()
    assert waiting.value.suggested_filename == "train-mnist-V0001-worker-0.log"


def test_of_a_log_that_is_not_all_here_the_kernel_brings_the_whole(view: LogViewPage) -> None:
    view.kernel("grow", "x" * 400_000)
    view.open()
    view.say("end\n")
    view.wait_for_text("end")
    view.button("download").click()
    expect(view.find(".mm-said")).to_have_text("Reading the whole log…")
    assert {"kind": "action", "name": "download", "value": ""} in view.sent("action")
    with view.page.expect_download() as waiting:
        view.saving("", [{"name": "job.log", "size": 5, "path": ""}], ["whole"])
    assert Path(waiting.value.path()).read_text() == "whole"
    assert waiting.value.suggested_filename == "job.log"
    expect(view.find(".mm-said")).to_have_text("Saved 5 B.")
    view.button("download").click()
    view.saving("", [{"name": "job.log", "size": 5_000_000, "path": "/notebooks/job.log"}], [""])
    expect(view.find(".mm-said")).to_contain_text("/notebooks/job.log")
    view.button("download").click()
    view.saving("Not saved: no", [], [])
    expect(view.find(".mm-said")).to_have_text("Not saved: no")


def test_copy_takes_the_selection_or_all(view: LogViewPage) -> None:
    view.open()
    view.page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    view.say(numbered(0, 1000))
    view.wait_for_end("line 999")
    view.press("copy")
    expect(view.find(".mm-said")).to_have_text("Copied 1,000 lines.")
    assert view.page.evaluate("window.copied") == numbered(0, 1000).rstrip("\n")
    view.search("line 99")
    expect(view.count).to_have_text(re.compile("of 11$"))
    view.press("copy")
    expect(view.find(".mm-said")).to_have_text("Copied 1 lines.")
    assert view.page.evaluate("window.copied") == "line 99"


def test_the_bell_calls_whoever_looks_elsewhere_once(view: LogViewPage) -> None:
    view.page.evaluate(
        """() => {
            window.told = [];
            window.Notification = class {
                static permission = "default";
                static requestPermission() { this.permission = "granted"; }
                constructor(title, { body, tag }) { window.told.push([title, body, tag]); }
            };
            document.hasFocus = () => false;
        }"""
    )
    view.open(state={"bells": ["before this"]})
    view.kernel("state", {"bells": ["before this", "while it is off"]})
    view.button("bell").click()
    view.kernel("state", {"bells": ["before this", "while it is off", "loss > 5: 7"]})
    told = view.page.evaluate("window.told")
    assert [one[:2] for one in told] == [["train-mnist", "loss > 5: 7"]]
    assert view.page.title() == "🔔 log view"
    view.page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert view.page.title() == "log view"
    view.say("begun\n")
    view.wait_for_text("begun")
    view.say("ValueError: one\nValueError: two\n")
    view.page.wait_for_function("window.told.length === 2")
    assert view.page.evaluate("window.told[1][1]") == "ValueError: one"
    view.kernel("view")  # another view of the same panel: its notification has the same tag
    view.button("bell", 1).click()
    view.kernel("state", {"bells": ["", "", "", "The job has ended."]})
    tags = [tag for _, body, tag in view.page.evaluate("window.told") if "ended" in body]
    assert len(tags) == 2
    assert len(set(tags)) == 1
