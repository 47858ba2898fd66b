"""Languages, themes, keys and readers of screens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from barriers import barriers
from log_view_page import LogViewPage, numbered
from playwright.sync_api import Locator, expect

W0, W1 = "worker-0.log", "worker-1.log"
pytestmark = pytest.mark.browser


def test_chinese(view: LogViewPage) -> None:
    view.open(options={"language": "zh"}, state={"can_stop_job": True})
    view.say("训练开始\n第 1 轮 损失 0.5\nERROR 内存不足\n")
    view.wait_for_end("内存不足")
    expect(view.button("pause")).to_have_attribute("aria-label", "暂停")
    view.search("损失")
    expect(view.count).to_have_text("第 1 个，共 1 个")
    view.button("more").click()
    titles = "node => [...node.querySelectorAll('[title]')].map((one) => one.title).join()"
    tools = view.find(".mm-toolbar")
    told = tools.inner_text() + tools.evaluate(titles)
    assert set(re.findall(r"[A-Za-z]{3,}", told)) == {"notify"}, "but for the name of a flag"
    view.picture("zh")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_written_can_be_read(view: LogViewPage, theme: str) -> None:
    view.page.evaluate(
        "(theme) => { document.body.dataset.jpThemeLight = String(theme === 'light'); }", theme
    )
    view.open(
        state={
            "phase": "failed",
            "finished": True,
            "reason": "The process ended with code 1.",
            "trouble": "The service is slow.",
            "files": [W0, W1],
            "can_stop_job": True,
        }
    )
    colours = "".join(f"\x1b[{code}m{code}\x1b[0m " for code in (*range(30, 38), *range(90, 98)))
    pages = "".join(f"\x1b[{code}m {code} \x1b[0m" for code in (*range(40, 48), *range(100, 108)))
    cube = "".join(f"\x1b[38;5;{code}m{code}\x1b[0m " for code in range(16, 256, 7))
    for file in (W0, W1):
        view.say(f"{colours}\n{pages}\n{cube}\n\x1b[30;40mhidden?\x1b[0m \x1b[2mdim\x1b[0m\n", file)
        view.say("WARNING look\nERROR bad\n\x00\x1b[6n control\n", file)
    view.wait_for_end("control")
    view.search("l")
    view.picture(theme)
    assert view.page.evaluate(_CONTRASTS) == []
    view.press("lanes")
    view.find(".mm-lanes").get_by_role("cell").filter(has_text="control").first.click()
    view.picture(f"lanes-{theme}")
    assert view.page.evaluate(_CONTRASTS) == []
    view.press("lanes")
    if theme == "dark":  # the system may force its own few colours on all
        view.page.emulate_media(forced_colors="active", color_scheme="dark")
        view.settle()
        view.picture("forced-dark")
        assert barriers(view.root()) == {}
        view.page.emulate_media(forced_colors="null", color_scheme="null")


# Texts whose contrast with what is behind them is below 4.5 (WCAG AA).
_CONTRASTS = """() => {
  const parse = (css) => {
    const [r, g, b, a = 1] = css.match(/[\\d.]+/g).map(Number);
    return {rgb: [r, g, b], a: css.includes("%") ? a / 100 : a};
  };
  const over = (top, below) => top.rgb.map((v, i) => v * top.a + below[i] * (1 - top.a));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    if (node === null) return [255, 255, 255];
    const pageOf = (part) => parse(getComputedStyle(node, part).backgroundColor);
    const pages = ["::before", null].map(pageOf);
    return pages.reduce((below, page) => over(page, below), behind(node.parentElement));
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text === "" || !node.offsetParent || node.closest("style, script, :disabled")) continue;
    const page = behind(node);
    const ink = over(parse(getComputedStyle(node).color), page);
    const [low, high] = [light(page), light(ink)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.45) found.push(`${text.slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return found;
}"""


def test_the_theme_changes_at_once(view: LogViewPage) -> None:
    view.open()
    expect(view.root()).not_to_have_class(re.compile("mm-dark"))
    view.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(view.root()).to_have_class(re.compile("mm-dark"))


def test_everything_has_a_name_and_a_place_in_the_order(view: LogViewPage) -> None:
    view.open(state={"can_stop_job": True, "files": [W0, W1]})
    view.say("one\n")
    view.button("search").click()
    nameless = view.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, .cm-content")]
            .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim()))
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []
    view.press("keys")
    view.press("stop_job")
    view.button("more").click()
    assert barriers(view.root()) == {}
    view.page.keyboard.press("Escape")
    view.button("stop_job_no").click()
    view.button("close_keys").click()
    expect(view.root()).to_have_attribute("aria-label", "Log of train-mnist")
    assert view.find(".cm-content").get_attribute("role") == "textbox"
    assert view.find(".cm-content").get_attribute("aria-live") is None
    view.find(".mm-file").focus()
    order: list[Any] = []
    for _ in range(40):
        view.page.keyboard.press("Tab")
        order.append(
            view.page.evaluate(
                """() => document.activeElement.dataset.action
                    ?? document.activeElement.className.split(" ")[0]"""
            )
        )
        if order[-1] == "cm-content":
            break
    assert order.index("pause") < order.index("search") < order.index("mm-pattern")
    assert order[-1] == "cm-content"
    view.page.keyboard.press("Tab")
    assert not view.page.evaluate("document.activeElement.classList.contains('cm-content')")


# Of each element, keys that it uses, and keys that are the notebook's.
KEYS = {
    '[data-action="pause"]': (
        "Enter Space F3 Control+f n G f e ?",
        "d Control+s Shift+Enter ArrowUp Escape Control+g",
    ),
    ".mm-line": (
        "d Backspace ArrowLeft Enter Control+a Control+v",
        "Control+s Control+Enter F1 Control+Shift+c",
    ),
    ".mm-file": ("d ArrowDown Space", "Control+s Control+Enter"),
    ".cm-content": (
        "ArrowUp PageDown Home Control+Home Shift+End Control+a Control+c F3 Control+f / w",
        "d Control+s Control+Enter Shift+Enter Escape Control+z Control+Shift+c",
    ),
}


MODIFIERS = {"Control", "Shift", "Alt"}


@pytest.mark.parametrize("element", KEYS)
def test_only_the_keys_that_the_panel_uses_stop_there(view: LogViewPage, element: str) -> None:
    view.open(state={"files": ["worker-0.log", "worker-1.log"]})
    view.button("search").click()
    view.page.evaluate(
        """() => {
            window.heard = [];
            const marked = (event) =>
                event.target.closest("[data-lm-suppress-shortcuts]") ? [] : [event.type];
            document.addEventListener("keydown", (event) => {
                window.early = marked(event).length > 0;
            }, { capture: true });
            document.addEventListener("keydown", (event) => {
                window.heard.push(event.key);
                event.preventDefault();
            });
        }"""
    )
    for keys, is_heard in zip(KEYS[element], (False, True)):
        for key in keys.split():
            view.find(element).focus()
            view.page.evaluate("window.heard = []")
            view.page.keyboard.press(key)
            heard = [k for k in view.page.evaluate("window.heard") if k not in MODIFIERS]
            assert (key, bool(heard)) == (key, is_heard)
            assert (key, view.page.evaluate("window.early")) == (key, is_heard)


def test_a_narrow_cell(view: LogViewPage) -> None:
    view.page.set_viewport_size({"width": 320, "height": 700})
    view.open(state={"can_stop_job": True, "title": "a-rather-long-job-name-" * 3})
    view.say(numbered(0, 100))
    view.wait_for_end("line 99")
    view.picture("narrow")
    width = view.root().evaluate("(node) => node.scrollWidth - node.clientWidth")
    assert width <= 1


def test_pictures_for_people(view: LogViewPage) -> None:
    view.open(
        state={
            "title": "train-resnet50",
            "files": ["worker-0.log", "worker-1.log", "worker-2.log"],
            "trouble": "The service does not answer (time-out); next try in 8 s.",
            "bytes": 1_530_211,
            "lines": 14_233,
        }
    )
    for step in range(30):
        for worker in range(3):
            name = f"worker-{worker}.log"
            view.say(
                f"10:00:{step:02} INFO rank {worker}: step {step} loss 0.{9 - step // 4}\n", name
            )
    view.say("10:00:31 WARNING rank 1: the network is slow\n", "worker-1.log")
    view.wait_for_end("slow")
    expect(view.find(".mm-worker")).not_to_have_count(0)
    view.picture("distributed")
    view.kernel(
        "state", {"phase": "failed", "finished": True, "reason": "Exit code 1: see the log."}
    )
    view.kernel("state", {"trouble": "", "elapsed_running": False})
    view.say("Traceback (most recent call last):\n  File x\nRuntimeError: NCCL\n", "worker-1.log")
    view.wait_for_end("NCCL")
    view.picture("failed")
    _is_side_by_side(view)


def _is_side_by_side(view: LogViewPage) -> None:
    view.press("lanes")
    lanes = view.find(".mm-lanes")
    heads = ["time", "worker-0.log", "worker-1.log", "worker-2.log"]
    expect(lanes.get_by_role("columnheader")).to_have_text(heads)
    told = "10:00:29 INFO rank {}: step 29 loss 0.2"
    row = lanes.get_by_role("row").filter(has_text=told.format(0))
    expect(row.get_by_role("cell")).to_have_text([told.format(worker) for worker in range(3)])
    view.picture("lanes")
    assert barriers(view.root()) == {}
    view.search("rank 1: step 3 ")
    expect(lanes.locator(".mm-match-current")).to_have_text("rank 1: step 3 ")
    expect(view.find(".mm-to-end")).to_be_visible()
    view.page.keyboard.press("Escape")
    expect(lanes).to_be_focused()
    view.say("10:00:32 INFO rank 0: <img src=x onerror='window.trapped = true'>\n", W0)
    view.page.keyboard.press("Control+End")
    expect(lanes.get_by_role("cell").filter(has_text="<img src=x")).to_be_visible()
    expect(view.find(".mm-to-end")).to_be_hidden()
    lanes.get_by_role("cell").filter(has_text="network is slow").click()
    view.button("more").click()
    expect(view.button("numbers")).to_be_disabled()
    view.page.keyboard.press("Escape")
    view.page.set_viewport_size({"width": 420, "height": 700})
    expect(view.find(".mm-narrow")).to_contain_text("Too narrow")
    expect(view.find(".cm-content")).to_be_visible()
    view.page.set_viewport_size({"width": 560, "height": 700})
    _has_columns(lanes, 2)
    view.page.set_viewport_size({"width": 1000, "height": 700})
    _has_columns(lanes, 3)
    view.say("and on it goes\n", "worker-2.log")
    expect(lanes.get_by_role("cell").filter(has_text="and on it goes")).to_be_visible()
    view.page.set_viewport_size({"width": 560, "height": 700})
    _has_columns(lanes, 2)
    lanes.get_by_role("combobox", name="Log file in column 2").select_option("worker-2.log")
    expect(lanes.get_by_role("cell").filter(has_text="rank 2: step 29")).to_be_visible()
    view.picture("lanes-narrow")
    assert view.page.evaluate(_CONTRASTS) == []
    view.page.add_style_tag(content=":root { --jp-code-font-size: 8px; }")
    view.settle(8)
    assert lanes.locator(".mm-lane-body").evaluate(_IS_FULL), "also of small letters"
    assert view.page.evaluate("window.trapped") is None


_IS_FULL = """(body) => {
    const { top } = body.firstChild.getBoundingClientRect();
    return body.lastChild.getBoundingClientRect().bottom - top >= body.clientHeight;
}"""


def _has_columns(lanes: Locator, count: int) -> None:
    expect(lanes.get_by_role("columnheader")).to_have_count(1 + count)
    last = ".mm-lane-body .mm-lane:last-child"
    expect(lanes.locator(f"{last}:nth-child({1 + count})")).not_to_have_count(0)
    expect(lanes.locator(f"{last}:not(:nth-child({1 + count}))")).to_have_count(0)


def test_single_keys_do_what_less_does(view: LogViewPage) -> None:
    view.open()
    errors = "ERROR one\n" + numbered(0, 500) + "ERROR two\n" + numbered(500, 1000)
    view.say(numbered(0, 500) + errors)
    view.wait_for_end("line 999")
    text, keys = view.find(".cm-content"), view.page.keyboard
    text.focus()
    keys.press("g")
    expect(text).to_contain_text("line 0")
    for shown in ("ERROR one", "ERROR two", "ERROR one"):  # around
        keys.press("e")
        expect(text).to_contain_text(shown)
    # The colour of a line is below what is selected.
    below = "found => [null, '::before'].map(part => getComputedStyle(found, part).backgroundColor)"
    own, tint = view.find(".mm-line-error").first.evaluate(below)
    assert own == "rgba(0, 0, 0, 0)" != tint
    keys.press("E")
    expect(text).to_contain_text("ERROR two")
    keys.press("G")
    expect(view.find(".mm-to-end")).to_be_hidden()
    keys.press("f")
    expect(view.find(".mm-to-end")).to_be_visible()
    keys.press("w")
    expect(view.button("wrap")).to_have_attribute("aria-pressed", "true")
    keys.press("/")
    expect(view.find(".mm-pattern")).to_be_focused()
    keys.type("line 7")
    expect(view.count).to_contain_text("of ")
    text.focus()
    keys.press("g")
    keys.press("n")
    expect(view.find(".mm-match-current")).to_be_visible()
    keys.press("?")
    expect(view.button("close_keys")).to_be_focused()
    view.picture("keys")
    keys.press("Escape")
    expect(text).to_be_focused()


def test_the_menu_is_worked_by_keys(view: LogViewPage) -> None:
    view.open(state={"can_stop_job": True})
    view.say("one\n")
    view.button("more").focus()
    view.page.keyboard.press("Enter")
    expect(view.button("refresh")).to_be_focused()
    view.picture("menu")
    view.page.keyboard.press("ArrowUp")
    expect(view.button("stop_job")).to_be_focused()
    view.page.keyboard.press("Home")
    view.page.keyboard.press("ArrowDown")
    expect(view.button("stop_following")).to_be_focused()
    view.page.keyboard.press("Escape")
    expect(view.button("more")).to_be_focused()
    expect(view.find(".mm-menu")).to_be_hidden()
    view.press("numbers")
    expect(view.button("numbers")).to_have_attribute("aria-checked", "false")
    view.button("more").click()
    view.find(".cm-content").click()
    expect(view.find(".mm-menu")).to_be_hidden()
