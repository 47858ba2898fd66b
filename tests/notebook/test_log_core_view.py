"""The view of core widgets, by what its widgets hold."""

from __future__ import annotations

import base64
import html
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import ipywidgets
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.base import JobEvent
from modelarts_magics.core.api.log import Before, LogChunk, LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v2.models.job import TrainingJob
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.follow import Finished, StatusChanged, Trouble
from modelarts_magics.notebook.log.model import FAR, LogModel
from modelarts_magics.notebook.log.save import LARGEST_LINK, Saving, file_name
from modelarts_magics.notebook.log.views.core.reel import LINES, Reel
from modelarts_magics.notebook.log.views.core.view import LogCoreView
from modelarts_magics.notebook.panels.widget_tree import close_tree


def a_model(*files: str, status: int = 8) -> LogModel:
    described = {
        "job_id": 7,
        "job_name": "job",
        "version_id": 70,
        "version_name": "V0001",
        "status": status,
    }
    return LogModel(JobVersion.from_json(described), files or ("a.log",))


class Written:
    """A log of a service, by bytes."""

    longest_slice = 2**16

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.origin = ("here", name)
        self._data = data

    def read(self, start_byte: int, length: int) -> LogChunk:
        start = start_byte if start_byte >= 0 else max(0, len(self._data) - length)
        cut = self._data[start : start + length]
        return LogChunk(cut.decode(errors="replace"), start, start + len(cut), len(cut))


class Shown:
    """A view, without a kernel: what it asks of the panel is kept."""

    def __init__(self, model: LogModel) -> None:
        self.model = model
        self.asked: list[str] = []
        self.saving = Saving(model, self, lambda: None)
        self.reader = Reader()
        self._written: dict[str, bytes] = {}
        act = lambda name, _value: self.asked.append(name)  # noqa: E731
        self.wanted: list[tuple[str, int, int]] = []
        want = lambda *asked: self.wanted.append(asked)  # noqa: E731
        self.view = LogCoreView(model, self.saving, act, threading.RLock(), "20em", want)

    def close(self) -> None:
        self.saving.close()
        self.view.close()
        self.model.close()

    def say(self, text: str, file: str = "a.log") -> None:
        before = self._written.get(file, b"")
        self._written[file] = written = before + text.encode()
        self.model.apply(LogText(text, len(before), len(written), file))

    def source(self, file: str) -> Written:
        """What a service has of a log."""
        return Written(file, self._written[file])

    def follow(self, text: str, start: int) -> None:
        """The panel begins to follow at a byte."""
        self.model.apply(LogText(text, start, start + len(text.encode()), "a.log"))

    def widgets(self, kind: type) -> list:
        return [one for one in _tree(self.view.box) if isinstance(one, kind)]

    def press(self, text: str) -> None:
        next(b for b in self.widgets(ipywidgets.Button) if b.description == text).click()

    @property
    def text(self) -> str:
        """All that is in sight, as text."""
        self.view.refresh(is_last=True)
        return "\n".join(map(_plain, self.widgets(ipywidgets.HTML)))

    @property
    def log(self) -> str:
        """The lines of the reel, oldest first."""
        self.view.refresh(is_last=True)
        return reel_text(self.view.reel)


def _tree(widget) -> Iterator:
    if widget.layout.display == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _tree(child)


def _plain(widget) -> str:
    return html.unescape(re.sub(r"<style>.*</style>|<[^>]*>", "", widget.value, flags=re.DOTALL))


def reel_text(reel: Reel) -> str:
    _free, *pages = reel.box.children
    return "".join(_plain(page) for page in sorted(pages, key=_place, reverse=True))


def _place(page: ipywidgets.HTML) -> int:
    """Where a page says that it stands."""
    order = re.search(r"\{order:(-?\d+)\}", page.value)
    return int(order[1]) if order else 0


@pytest.fixture
def shown() -> Iterator[Shown]:
    with closing(Shown(a_model())) as made:
        yield made


def test_a_reader_goes_back_page_by_page_and_text_that_comes_later_is_shown_as_it_comes(
    shown: Shown,
) -> None:
    lines = [f"{number:05d}: a line of the log\n" for number in range(6000)]
    log = "".join(lines)
    shown.follow(log[100_000:], 100_000)  # the panel began with the last lines
    assert lines[-1] in shown.log
    shown.press("Earlier lines")
    assert "bytes" in shown.text
    assert lines[4900] in shown.text  # from what was read
    assert lines[-1] not in shown.text
    file, _start, end = shown.wanted[-1]
    assert (file, end) == ("a.log", 100_000)
    shown.press("Back to the log")
    assert lines[-1] in shown.log


def test_of_a_log_by_lines_a_page_says_where_it_stands_once_somebody_knows(shown: Shown) -> None:
    end = LogText("the end\n", 0, 8, "a.log", is_relative=True, before=Before("", "9"))
    shown.model.apply(end)
    shown.press("Earlier lines")
    file, _start, above = shown.wanted[-1]
    assert (file, above) == ("a.log", FAR)
    assert shown.view.add_earlier(LogText("before\n", FAR - 7, FAR, "a.log"))
    assert "before" in shown.text
    assert "reading…" in shown.text
    assert "bytes 0" not in shown.text
    shown.model.tell_beginning(shown.model.spools["a.log"], FAR - 7)
    assert shown.view.add_earlier(LogText("", FAR - 7, FAR - 7, "a.log"))
    assert "bytes 0-15 · the beginning of the log" in shown.text
    count = len(shown.wanted)
    shown.press("Earlier lines")
    assert len(shown.wanted) == count


def test_a_page_from_before_what_was_followed_grows_towards_its_beginning(shown: Shown) -> None:
    log = "".join(f"{number:05d}: a line of the log\n" for number in range(6000))
    shown.follow(log[140_000:], 140_000)
    assert shown.log
    shown.press("Earlier lines")
    _file, start, end = shown.wanted[-1]
    assert (start, end) == (41_696, 140_000)
    assert "reading…" in shown.text
    for first in (100_000, start):
        assert shown.view.add_earlier(LogText(log[first:end], first, end, "a.log"))
        assert log[first + 40 : first + 60] in shown.text
        end = first
    assert "reading…" not in shown.text
    first = start + log[start:].index("\n") + 1  # a page begins with a line
    assert f"\n{log[first : first + 20]}" in shown.text
    assert not shown.view.add_earlier(LogText("x", 10, 11, "a.log"))
    shown.press("Earlier lines")
    assert shown.wanted[-1] == ("a.log", 0, first)
    shown.view.add_earlier(LogText(log[:first], 0, first, "a.log"))
    assert "the beginning of the log" in shown.text
    count = len(shown.wanted)
    shown.press("Earlier lines")
    assert len(shown.wanted) == count


_BURSTS = st.tuples(st.integers(1, 30), st.sampled_from([9, 500, 3000]), st.booleans())


@given(st.lists(_BURSTS, min_size=1, max_size=3))
@example([(60, 3000, True)])  # each long line turns a page
@settings(deadline=None, max_examples=5)
def test_the_reel_and_the_pages_back_from_it_are_the_whole_log(
    bursts: list[tuple[int, int, bool]],
) -> None:
    lines: list[str] = []
    with closing(Shown(a_model("a.log", "b.log"))) as shown:
        for count, size, is_one_by_one in bursts:
            first = len(lines)
            new = [f"{first + n} é{'x' * size}" for n in range(count)]
            lines += new
            for text in new if is_one_by_one else ["\n".join(new)]:
                shown.say(f"{text}\n")
                shown.say("of another\n", "b.log")
                shown.view.refresh(is_last=True)
        mark = "[a.log] "
        reel = [line[len(mark) :] for line in shown.log.splitlines() if line.startswith(mark)]
        assert _pages_back(shown) + reel == lines


def _pages_back(shown: Shown) -> list[str]:
    """The lines of all pages before the reel, oldest first."""
    lines: list[str] = []
    while "the beginning of the log" not in shown.text:
        shown.press("Earlier lines")
        shown.view.refresh(is_last=True)
        lines = _plain(shown.widgets(ipywidgets.HTML)[-1]).splitlines() + lines
    return lines


_PIECES = st.lists(st.integers(0, 700), max_size=6)


@given(_PIECES, st.sampled_from(["", "an open line"]))
@settings(deadline=None, max_examples=30)
def test_the_reel_holds_the_last_lines_in_their_order(counts: list[int], rest: str) -> None:
    reel, number, expected = Reel("20em"), 0, []
    for count in counts:
        lines = [f"line {n}" for n in range(number, number + count)]
        number += count
        expected += lines
        reel.add("a", "", "".join(f"{line}\n" for line in lines))
        reel.show("nothing")
    reel.add("a", "", rest)
    reel.show("nothing")
    got = reel_text(reel).split("\n")[:-1]
    whole = [*expected, *([rest] if rest else [])]
    if not whole:
        assert got == [] or reel_text(reel) == "nothing\n"
    else:
        assert got == whole[-len(got) :]
        assert len(got) >= min(len(whole), LINES)
        assert reel.text.split("\n")[-len(got) :] == got
    close_tree(reel.box)


@given(st.text("ab\n\r\x1b[31m", max_size=80), st.lists(st.integers(0, 80), max_size=4))
@settings(deadline=None)
def test_where_pieces_end_does_not_matter(text: str, cuts: list[int]) -> None:
    whole, parts = Reel("20em"), Reel("20em")
    whole.add("a", "", text)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(text)]):
        parts.add("a", "", text[start:end])
        parts.show("")
    whole.show("")
    parts.show("")
    assert reel_text(whole) == reel_text(parts)
    assert whole.text == parts.text
    close_tree(whole.box)
    close_tree(parts.box)


def test_colours_go_on_over_the_ends_of_lines_and_levels_over_tracebacks() -> None:
    reel = Reel("20em")
    reel.add(
        "a", "", "\x1b[31mred\nstill red\x1b[0m\nTraceback (most recent call last):\n  File x\n"
    )
    reel.show("")
    page = reel.box.children[1].value
    assert page.count("--l:#b92d27") == 2
    assert page.count('class="error"') == 2
    reel.add("a", "", "OSError: full\nfine\n")
    reel.show("")
    assert reel.box.children[1].value.count('class="error"') == 3
    close_tree(reel.box)


def test_a_filter_shows_matches_of_what_the_reader_sees() -> None:
    reel = Reel("20em")
    reel.matches = lambda lines: ["needle" in line for line in lines]
    reel.add("a", "", "hay\nnee\x1b[1mdle\x1b[0m one\nneedle\rgone 123\nneed")
    reel.show("no match")
    assert reel_text(reel) == "needle one\n"
    reel.add("a", "", "le two\n")
    reel.show("no match")
    assert reel_text(reel) == "needle one\nneedle two\n"
    assert (reel.found, reel.looked_at) == (2, 4)
    close_tree(reel.box)


def test_merged_files_keep_their_lines_apart() -> None:
    with closing(Shown(a_model("a.log", "b.log"))) as shown:
        shown.say("first of a, ", "a.log")
        shown.say("first of b\nopen b", "b.log")
        shown.say("goes on\n", "a.log")
        lines = shown.log.splitlines()
        assert sorted(lines) == [
            "[a.log] first of a, goes on",
            "[b.log] first of b",
            "[b.log] open b",
        ]
        colours = re.findall(
            r"--l:(#\w+);[^>]*>\[(.)\.log", str(shown.view.reel.box.children[1].value)
        )
        assert len(set(colours)) == 2


def test_a_reader_who_is_far_behind_is_told_what_is_left_out(shown: Shown) -> None:
    shown.say("the first\n")
    assert shown.log == "the first\n"
    shown.say("".join(f"line {n:06} {'.' * 80}\n" for n in range(10_000)))
    text = shown.model.text_since({"a.log": len("the first\n")})[0][1]
    assert re.match(r"\n… [\d,]+ bytes are left out here …\nline \d{6} ", text)


def test_an_empty_log_says_so(shown: Shown) -> None:
    assert shown.log == "(no log text)"
    shown.say("text\n")
    assert shown.log == "text\n"


def test_trouble_is_told_until_the_service_answers(shown: Shown) -> None:
    shown.model.apply(Trouble("The service does not answer", 8.0))
    assert "The service does not answer (again in 8 s)" in shown.text
    shown.model.recovered()
    assert "does not answer" not in shown.text
    shown.model.apply(Trouble("The log was written anew", 0.0))
    shown.say("text\n")
    shown.model.recovered()
    assert "The log was written anew" in shown.text


@pytest.mark.parametrize(
    ("status", "reason", "log", "ending"),
    [
        (10, "", "ERROR in between\n", "The job has completed"),
        (11, "The job failed: FAILED", "fine\n", "The job failed: FAILED"),
        (
            11,
            "The job failed: FAILED",
            "Traceback (most recent call last):\n  x\nOSError: <b>\x1b[2J full\nbye\n",
            "The job failed: FAILED · last error: OSError: <b> full",
        ),
        (12, "The job was stopped", "ERROR\n", "The job was stopped"),
    ],
)
def test_the_end_is_told_in_every_form(status: int, reason: str, log: str, ending: str) -> None:
    with closing(Shown(a_model(status=status))) as shown:
        shown.say(log)
        shown.model.apply(Finished(JobStatus(status), reason))
        assert ending in shown.text.splitlines()
        assert shown.model.words()[-1] == ending
        assert shown.model.state()["reason"] == ending


def test_buttons_ask_the_panel_and_never_wait(shown: Shown) -> None:
    for text in ("Pause", "Refresh", "Stop following", "Stop the job", "Stop it", "Last error"):
        shown.press(text)
    assert shown.asked == ["pause", "refresh", "stop_following", "look", "stop_job", "look"]
    shown.model.paused = True
    assert "paused" in shown.text
    shown.press("Resume")
    assert shown.asked[-1] == "resume"


def test_lines_of_the_platform_are_hidden_by_a_switch_also_in_a_search(shown: Shown) -> None:
    shown.say("[ModelArts Service Log] preparing\nepoch 1\nepoch 2 Platform=ModelArts-Service\n")
    assert "preparing" in shown.log
    [switch] = [
        one
        for one in shown.widgets(ipywidgets.ToggleButton)
        if one.description == "Hide platform lines"
    ]
    switch.value = True
    assert shown.log == "epoch 1\n"
    [pattern] = shown.widgets(ipywidgets.Text)
    pattern.value = "epoch"
    assert shown.log == "epoch 1\n"
    assert "1 of 3 lines match" in shown.text
    pattern.value = ""
    switch.value = False
    assert len(shown.log.splitlines()) == 3


def test_events_are_there_where_the_service_has_some(shown: Shown) -> None:
    assert "Events" not in [button.description for button in shown.widgets(ipywidgets.Button)]
    shown.model.tells_more = True
    shown.view.refresh(is_last=True)
    shown.press("Events")
    assert shown.asked == ["events"]
    shown.model.tell_events([JobEvent(1767322800000, "Error", "[worker-0] <b>ended</b>")])
    assert "[worker-0] <b>ended</b>" in shown.text
    shown.model.tell_events([])
    assert "Nothing is told of the job yet" in shown.text
    shown.model.tell_events(None)
    assert "Nothing is told" not in shown.text


def test_a_failure_says_what_the_service_says_and_then_what_the_log_of_its_task_says() -> None:
    told = {"task": "worker-1", "exit_code": 3, "message": "The task was lost\n  node 7"}
    described = {
        "kind": "job",
        "metadata": {"id": "11111111-2222-4333-8444-555555555555", "name": "job"},
        "status": {"phase": "Running", "tasks": ["worker-0", "worker-1"], "task_statuses": [told]},
    }
    running = TrainingJob.from_json(described)
    described["status"]["phase"] = "Failed"
    failed = TrainingJob.from_json(described)
    with closing(Shown(LogModel(running, ("worker-0", "worker-1")))) as shown:
        shown.say("OSError: of worker 0\n", "worker-0")
        shown.say("ok\n  x\nOSError: <b>\x1b[2J full\n", "worker-1")
        assert "2 tasks" in shown.text
        assert shown.model.failure == ""
        shown.model.job = failed
        shown.model.apply(StatusChanged(failed.state))
        assert shown.model.failure == "worker-1 · exit code 3\nThe task was lost\n  node 7"
        shown.model.apply(Finished(failed.state, "The job failed: Failed"))
        assert "last error: OSError: <b> full" in shown.model.ending
        assert shown.model.failure.splitlines()[-3:] == ["ok", "  x", "OSError: <b> full"]
        assert shown.model.failure in shown.text


def test_of_hundreds_of_files_one_is_chosen_by_typing_a_part_of_its_name() -> None:
    files = [f"worker-{number}" for number in range(512)]
    with closing(Shown(a_model(*files))) as shown:
        shown.say("here\n", "worker-377")
        shown.say("there\n", "worker-3")
        [box] = shown.widgets(ipywidgets.Combobox)
        assert (box.layout.display, len(box.options), box.description) == ("", 512, "Log file")
        box.value = "377"
        assert (box.value, shown.asked[-1]) == ("worker-377", "file")
        assert shown.log == "here\n"
        box.value = "server"
        assert box.value == "worker-377"
        assert box.placeholder == "No log file has server in its name"
        box.value = ""
        assert set(shown.log.splitlines()) == {"[worker-377] here", "[worker-3] there"}
        assert shown.widgets(ipywidgets.Dropdown) == [], "what is in sight is the box"


def test_a_file_that_was_chosen_stays_so_when_more_appear() -> None:
    with closing(Shown(a_model("a", "b"))) as shown:
        [few] = shown.widgets(ipywidgets.Dropdown)
        few.value = "b"
        shown.say("new\n", "c")
        assert shown.text
        assert few.value == "b"
        assert shown.asked == ["file"]


def test_stopping_the_job_needs_two_presses(shown: Shown) -> None:
    shown.press("Stop the job")
    shown.press("Keep it")
    assert set(shown.asked) == {"look"}


def test_a_pattern_that_is_none_is_told_in_words(shown: Shown) -> None:
    shown.say("one\ntwo\n")
    (pattern,) = shown.widgets(ipywidgets.Text)
    toggles = {t.description: t for t in shown.widgets(ipywidgets.ToggleButton)}
    pattern.value = "("
    assert shown.log == "No line matches"
    toggles["Regular expression"].value = True
    assert "Not a regular expression: missing )" in shown.text
    assert shown.log == "one\ntwo\n"
    pattern.value = "T.O"
    assert shown.log == "two\n"
    toggles["Match case"].value = True
    assert shown.log == "No line matches"


def test_a_pattern_that_takes_too_long_is_told_in_words_and_the_panel_goes_on(shown: Shown) -> None:
    shown.say("one\n" + "a" * 40 + "!\n")
    (pattern,) = shown.widgets(ipywidgets.Text)
    toggles = {t.description: t for t in shown.widgets(ipywidgets.ToggleButton)}
    toggles["Regular expression"].value = True
    pattern.value = r"(\w+\s?)+$"
    assert r"The regular expression (\w+\s?)+$ takes too long" in shown.text
    shown.say("two\n")
    assert shown.log.endswith("two\n")
    pattern.value = "^t"
    assert shown.log == "two\n"


@given(st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_a_file_name_means_nothing_to_a_page_or_a_file_system(parts: list[str]) -> None:
    name = file_name(*parts)
    assert not re.search(r"[\s/\\<>\"'&:;%\x00-\x1f\u202e]", name)
    assert not name.startswith((".", "-"))
    assert name.endswith(".log")
    assert len(name.encode()) < 200


def test_a_log_of_hostile_text_is_saved_as_it_is_in_a_link_that_holds_only_letters(
    shown: Shown,
) -> None:
    log = "<script>alert(1)</script>\n\"' onclick=x\x00 训练\r\n"
    shown.say(log)
    shown.press("Download")
    shown.saving.wait(10)
    shown.view.refresh(is_last=True)
    (link,) = [w.value for w in shown.widgets(ipywidgets.HTML) if "<a " in w.value]
    found = re.search(
        r'<a download="job-V0001-a\.log" href="data:text/plain;charset=utf-8;base64,'
        r'([A-Za-z0-9+/=]+)"',
        link,
    )
    assert found is not None
    assert base64.b64decode(found[1]).decode() == log


def test_what_is_too_large_for_a_link_lies_beside_the_notebook_under_a_new_name(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job-V0001-a.log").write_text("somebody's")
    log = "0123456789 中\n" * (LARGEST_LINK // 14 + 1)
    shown.say(log)
    shown.press("Download")
    shown.saving.wait(30)
    assert f"Written on the machine of the kernel: {tmp_path}/job-V0001-a-1.log" in shown.text
    assert (tmp_path / "job-V0001-a-1.log").read_text("utf-8") == log
    assert (tmp_path / "job-V0001-a.log").read_text() == "somebody's"
    shown.press("Close")
    assert "Written" not in shown.text


@pytest.mark.parametrize("button", ["Last error", "Copy", "Earlier lines"])
def test_the_log_or_what_stands_in_its_place_is_always_in_sight(shown: Shown, button: str) -> None:
    shown.say("ValueError: one\n")
    assert shown.log
    places = [shown.view.reel.box.layout, shown.view.box.children[-1].layout]
    seen: list[tuple[str | None, ...]] = []
    for place in places:
        place.observe(lambda _change: seen.append(tuple(p.display for p in places)), "display")
    for pressed in (button, "Back to the log"):
        shown.press(pressed)
        shown.view.refresh(is_last=True)
    assert len(seen) == 4
    assert ("none", "none") not in seen


def test_without_any_text_there_are_no_earlier_lines_to_look_at(shown: Shown) -> None:
    shown.press("Earlier lines")
    shown.view.refresh(is_last=True)
    assert shown.view.reel.box in shown.widgets(ipywidgets.Box)
