"""What arrives on a wire that loses, repeats and reorders."""

from __future__ import annotations

import random

import pytest
from log_view_page import LogViewPage, numbered
from playwright.sync_api import expect

from modelarts_magics.notebook.text import terminal

W0 = "worker-0.log"
pytestmark = pytest.mark.browser


def test_new_text_is_appended(view: LogViewPage) -> None:
    view.open()
    view.say("one\ntw")
    view.wait_for_text("one\ntw")
    view.say("o\nthr")
    view.say("ee")
    view.wait_for_text("one\ntwo\nthree")


def test_the_front_end_says_that_it_is_ready(view: LogViewPage) -> None:
    view.open()
    assert view.kernel("sent", "ready") == [{"kind": "ready"}]


def test_packed_text_is_that_of_the_log_and_brings_the_numbers_of_the_head(
    view: LogViewPage,
) -> None:
    view.open(state={"files": [W0, "b"], "status_text": "RUNNING"})
    view.page.evaluate(
        """async () => {
            const pieces = ["\\ufeff日志 1\\n", "2\\n"].map((text) => kernel.grow(text));
            const last = kernel.grow("\\ufeff3");
            await kernel.packed([pieces[0], kernel.grow("of b\\n", "b")], {bytes: 1});
            await kernel.packed([last], {bytes: 1234567, lines: 89});
            await kernel.packed([pieces[1]], {});
        }"""
    )
    view.kernel("options", {"file": W0})
    view.wait_for_text("‹U+FEFF›日志 1\n2\n‹U+FEFF›3")
    assert "1.2 MB" in view.find(".mm-size").inner_text()
    assert "89 lines" in view.find(".mm-size").inner_text()
    assert view.kernel("sent", "need") == []


def test_what_cannot_be_unpacked_is_asked_for(view: LogViewPage) -> None:
    view.open()
    view.page.evaluate(
        """async () => {
            const {text, ...piece} = kernel.grow("one\\n");
            const message = {kind: "text", epoch: 1, pieces: [{...piece, size: text.length}]};
            kernel.model.receive(message, [new DataView(new ArrayBuffer(8))]);
            await kernel.packed([kernel.grow("two\\n")]);
        }"""
    )
    view.page.wait_for_function("kernel.sent('need').length === 1")
    assert view.sent("need")[0]["end"] == 4


def test_a_repeat_and_an_overlap_are_cut(view: LogViewPage) -> None:
    view.open()
    view.page.evaluate(
        """() => {
            kernel.grow("日志 one\\n二 two\\n");
            const end = kernel.files["worker-0.log"].length;
            for (const [from, to] of [[0, 9], [0, 9], [3, end], [6, end]]) {
                kernel.text(kernel.piece(from, to));
            }
        }"""
    )
    view.wait_for_text("日志 one\n二 two")


def test_a_wrong_order_is_put_right(view: LogViewPage) -> None:
    view.open()
    view.page.evaluate(
        """() => {
            const parts = ["a\\n", "b\\n", "c\\n", "d\\n"].map((text) => kernel.grow(text));
            kernel.text(parts[0]);
            kernel.text(parts[3], parts[2]);
            kernel.text(parts[1]);
        }"""
    )
    view.wait_for_text("a\nb\nc\nd")
    assert view.kernel("sent", "need") == []


def test_a_gap_is_asked_for(view: LogViewPage) -> None:
    view.open()
    view.kernel("answer")
    view.say("one\n")
    view.kernel("grow", "two\n")
    view.say("three\n")
    view.wait_for_text("one\ntwo\nthree")
    need = {"kind": "need", "epoch": 1, "file": W0, "start": 4, "end": 8}
    assert view.kernel("sent", "need") == [need]


def test_a_gap_that_stays_is_marked_and_filled_in_place(view: LogViewPage) -> None:
    view.open()
    view.say("one\n")
    view.kernel("grow", "x" * 12_345)
    view.say("\nthree\n")
    gap = view.find(".mm-gap")
    expect(gap).to_have_text("… 12,345 bytes not here yet …")
    assert view.text() == "one\n\nthree"
    view.kernel("text", view.kernel("piece", 4, 4 + 12_345))
    expect(gap).to_have_count(0)
    assert view.text().startswith("one\nxxx")
    assert view.text().endswith("xxx … \nthree".replace(" … ", ""))


def test_the_tail_repairs_a_gap_unasked(view: LogViewPage) -> None:
    view.open()
    view.say("one\n")
    view.kernel("grow", "two\n")
    view.say("three\n")
    view.kernel("tail")
    view.wait_for_text("one\ntwo\nthree")


def test_the_tail_tells_what_was_lost_at_the_end(view: LogViewPage) -> None:
    view.open()
    view.say("one\n")
    view.kernel("grow", "two\n")
    view.kernel("tail")
    view.wait_for_text("one\ntwo")


def test_a_reloaded_page_starts_from_the_tail(view: LogViewPage) -> None:
    view.kernel("grow", numbered(0, 50_000))
    view.open(tail={"epoch": 1, "files": {}})
    view.kernel("tail")
    view.wait_for_end("line 49999")
    assert len(view.text()) < 65_537
    expect(view.find(".mm-before")).to_contain_text("before this are not loaded")
    expect(view.find(".cm-lineNumbers")).to_contain_text("~")


def test_everything_before_is_loaded_on_request(view: LogViewPage) -> None:
    text = numbered(0, 150_000)
    view.kernel("grow", text)
    view.open()
    view.kernel("tail")
    view.kernel("answer")
    view.button("load_all").click()
    view.wait_for_text(text.rstrip("\n"))
    needs = view.kernel("sent", "need")
    assert all(need["end"] - need["start"] <= 2**20 for need in needs)
    assert len(needs) == 2
    expect(view.find(".mm-before")).to_be_hidden()
    assert view.distance_to_end() < 2, "what was added above does not move the reader"


def test_scrolling_to_the_top_loads_what_is_before(view: LogViewPage) -> None:
    view.kernel("grow", numbered(0, 300_000))
    view.open()
    view.kernel("tail")
    view.kernel("answer")
    view.wait_for_end("line 299999")
    view.find(".cm-content").focus()
    view.page.keyboard.press("Control+Home")
    seen = view.find(".cm-line").first.inner_text()
    view.wheel(-300)
    view.page.wait_for_function("kernel.sent('need').length === 1")
    view.page.wait_for_function("document.querySelector('.cm-scroller').scrollTop > 1000")
    assert seen in view.find(".cm-content").inner_text(), "the reader stays where he was"


def test_a_small_beginning_is_asked_for_unasked(view: LogViewPage) -> None:
    view.open()
    view.kernel("answer")
    view.kernel("grow", "one\n")
    view.say("two\n")
    view.wait_for_text("one\ntwo")


def test_a_question_is_asked_again_when_nothing_comes(view: LogViewPage) -> None:
    view.open()
    view.say("one\n")
    view.kernel("grow", "two\n")
    view.say("three\n")
    view.page.wait_for_function("kernel.sent('need').length >= 3")
    view.kernel("answer")
    view.wait_for_text("one\ntwo\nthree")


def test_a_reset_forgets_what_is_older(view: LogViewPage) -> None:
    view.open()
    view.say("old\n")
    view.wait_for_text("old")
    view.kernel("reset")
    view.say("new\n")
    old = {"file": W0, "start": 4, "end": 8, "text": "bad\n"}
    view.page.evaluate(
        "(piece) => kernel.model.receive({kind: 'text', epoch: 1, pieces: [piece]})", old
    )
    view.wait_for_text("new")


def test_a_lost_reset_is_seen_from_the_epoch(view: LogViewPage) -> None:
    view.open()
    view.say("old\n")
    view.page.evaluate("() => { kernel.epoch = 2; kernel.files = {}; kernel.say('new\\n'); }")
    view.wait_for_text("new")


def test_two_views_of_one_model(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 300))
    view.wait_for_end("line 299")
    view.kernel("view")
    view.wait_for_end("line 299", view=1)
    view.search("line 7")
    view.say("more\n")
    view.wait_for_end("more", view=1)
    expect(view.find(".mm-search", view=1)).to_be_hidden()
    assert view.text(0) == view.text(1)


def test_a_closed_view_listens_to_nothing(view: LogViewPage) -> None:
    view.open()
    before = view.page.evaluate("kernel.model.listening")
    view.kernel("view")
    view.page.evaluate("() => kernel.views.pop()()")
    assert view.page.evaluate("kernel.model.listening") == before
    view.page.evaluate("() => { kernel.views.pop()(); kernel.closeModel(); }")
    assert view.page.evaluate("kernel.model.listening") == 0
    expect(view.page.locator(".mm-log")).to_have_count(0)
    view.say("nobody hears it\n")
    view.kernel("state", {"paused": True})


def test_the_view_puts_itself_into_a_box(view: LogViewPage) -> None:
    swapped = view.page.evaluate(
        """async () => {
            const box = {set: (name, value) => { box[name] = value; }};
            kernel.open({box_id: "abc", get_model: async (id) => (id === "abc" ? box : null)});
            await new Promise((done) => setTimeout(done));
            return box.children.length === 1 && box.children[0] === kernel.model;
        }"""
    )
    assert swapped
    view.open(box_id="gone")  # there is no manager to ask: the view works all the same
    view.say("one\n")
    view.wait_for_text("one")


@pytest.mark.parametrize("seed", range(12))
def test_any_wire_ends_with_the_text_of_the_file(view: LogViewPage, seed: int) -> None:
    pick = random.Random(seed)
    words = ["plain", "", "\x1b[31mred\x1b[0m", "中文", "😀", "10%\r20%", "tab\t", "é"]
    lines = [" ".join(pick.choices(words, k=pick.randrange(5))) for _ in range(400)]
    text = "\n".join(lines) + pick.choice(["", "\n"])
    data = text.encode()
    edges = [at for at in range(len(data) + 1) if at == len(data) or data[at] & 0xC0 != 0x80]
    pieces, at = [], 0
    while at < len(edges) - 1:
        end = min(len(edges) - 1, at + pick.randrange(1, 400))
        start = max(0, at - pick.choice([0, 0, 0, 37]))
        pieces.append((edges[start], edges[end]))
        at = end
    wire = [piece for piece in pieces if pick.random() > 0.2]
    wire += pick.sample(pieces, len(pieces) // 4)
    for _ in range(len(wire) // 3):
        one, other = pick.randrange(len(wire)), pick.randrange(len(wire))
        wire[one], wire[other] = wire[other], wire[one]
    view.kernel("grow", text)
    view.open()
    view.kernel("answer")
    view.page.evaluate(
        """async (wire) => {
            for (const [start, end] of wire) {
                kernel.text(kernel.piece(start, end));
                if (Math.random() < 0.2) await new Promise((done) => setTimeout(done, 20));
            }
            kernel.tail(2000);
        }""",
        wire,
    )
    view.wait_for_text(terminal.plain(text))
