"""The address of a line: copied, and gone to."""

from __future__ import annotations

import pytest
from log_view_page import LogViewPage, numbered
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COMMAND = "%ma_log job-1"


def copied(view: LogViewPage, action: str) -> str:
    view.page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    view.press(action)
    expect(view.find(".mm-said")).to_contain_text("Copied")
    return str(view.page.evaluate("window.copied"))


def test_a_line_far_up_is_gone_to_by_its_byte_and_tells_it_again(view: LogViewPage) -> None:
    text = "训练\n" + numbered(0, 300_000)
    at = len(text[: text.index("line 150000\n")].encode())
    view.kernel("grow", text)
    view.open(options={"command": COMMAND, "at": {"file": "worker-0.log", "byte": at + 3}})
    view.kernel("answer")
    view.say("the end\n")
    expect(view.find(".cm-content")).to_contain_text("line 150000")
    expect(view.find(".mm-to-end")).to_be_visible()  # it does not follow the end
    view.wait_for_rows("line 149999", "line 150001")
    view.picture("place")
    assert copied(view, "copy_address") == f"{COMMAND} --at {at}"
    assert copied(view, "copy_markdown") == (
        f"`{COMMAND} --at {at}`\n\n```text\nline 150000\n```\n"
    )
    view.kernel("options", {"at": {"file": "worker-0.log", "byte": 2**40}})
    expect(view.find(".mm-said")).to_contain_text("does not go that far: 3.3 MB")


def test_a_line_is_gone_to_by_its_number_where_no_byte_is_known(view: LogViewPage) -> None:
    view.kernel("grow", numbered(0, 200_000))
    view.open(
        state={"begins": {"worker-0.log": None}},
        options={"command": COMMAND, "at": {"file": "worker-0.log", "line": 70_001}},
    )
    view.say("the end\n")
    view.wait_for_text("the end")
    view.press("copy_address")
    expect(view.find(".mm-said")).to_contain_text("No line number is known")
    view.kernel("answer")
    view.kernel("state", {"begins": {"worker-0.log": 0}})
    expect(view.find(".cm-content")).to_contain_text("line 70000")
    assert copied(view, "copy_address") == f"{COMMAND} --at line70001"


def test_of_several_logs_the_address_names_one(view: LogViewPage) -> None:
    files = ["worker-0.log", "worker 1.log"]
    view.open(state={"files": files}, options={"command": COMMAND})
    view.say("first\n", files[0])
    view.say("one\ntwo\n", files[1])
    view.wait_for_rows("first", "two")
    view.find(".cm-line").filter(has_text="two").click()
    assert copied(view, "copy_address") == f'{COMMAND} --file "worker 1.log" --at 4'
