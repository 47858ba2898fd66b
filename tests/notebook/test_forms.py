"""A log that moves the cursor looks the same in every form in which it is shown."""

from __future__ import annotations

import contextlib
import io
import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from magic_shell import Page
from test_log_core_view import a_model, reel_text

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.logs.follow import Finished
from modelarts_magics.notebook.log.results import LogPicture
from modelarts_magics.notebook.log.stream import Printer
from modelarts_magics.notebook.log.views.core.reel import Reel
from modelarts_magics.notebook.log.views.html import LogSummary
from modelarts_magics.notebook.panels.widget_tree import close_tree
from modelarts_magics.notebook.text import terminal
from modelarts_magics.notebook.text.safe_stream import SafeStream

# The rich view's JavaScript is tested by the same table.
JS = Path(__file__).resolve().parent.parent.parent / "js"
CASES = [
    case for case in json.loads((JS / "test/terminal.json").read_text("utf-8")) if any(case[1])
]
SGR = re.compile(r"\x1b\[[0-9;]*m")
# Into a real terminal goes nothing that reaches above the log, or where there is no row yet.
REACHES_OUT = re.compile(r"\x1b\[(1J|[0-9;]*B)")


def picture(log: str) -> LogPicture:
    return LogPicture(a_model().job, "a.log", ["a.log"], LogText(log, 0, 0))


def body(shown: str) -> str:
    """Without the heading and the colours."""
    return SGR.sub("", shown.partition("\n")[2])


@pytest.mark.parametrize(("log", "shown"), CASES, ids=range(len(CASES)))
def test_pictures_panels_and_core_widgets_show_the_same(log: str, shown: list[str]) -> None:
    whole = "\n".join(shown)
    made, model, reel = picture(log), a_model(), Reel("20em")
    assert body(made.as_text()) == body(made.plain().as_text()) == whole
    assert Page(made.as_html()).text.endswith(whole)
    assert "monospace" in made.as_html()  # the pages of nbconvert have another font for <pre>
    with closing(model):
        model.apply(LogText(log, 0, len(log.encode("utf-8", "surrogatepass")), "a.log"))
        if "\ud800" not in log:  # the spool holds UTF-8
            assert body(LogSummary(model).as_text()) == whole
            assert Page(LogSummary(model).as_html()).text.endswith(whole)
    for character in log:
        reel.add("a", "", character)
        reel.show("")
    assert reel.text == whole
    assert reel_text(reel) == whole + "\n"
    close_tree(reel.box)


@pytest.mark.parametrize(("log", "shown"), CASES, ids=range(len(CASES)))
def test_a_terminal_is_told_the_same(log: str, shown: list[str]) -> None:
    if not REACHES_OUT.search(log):
        assert terminal.plain(SafeStream().feed(log)) == "\n".join(shown)


BARS = [case for case in CASES if "trained" in case[1]]


@pytest.mark.parametrize(("log", "shown"), BARS)
def test_bars_of_several_workers_are_printed_once_they_are_done(log: str, shown: list[str]) -> None:
    printer, printed = Printer(["w0", "w1"]), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        for name in ("w0", "w1"):
            printer.tell(LogText(log, 0, 0, name))
        printer.tell(Finished(JobStatus.COMPLETED))
    lines = printed.getvalue().splitlines()
    for name in ("w0", "w1"):
        assert [line for line in lines if f"[{name}]" in line] == [f"[{name}] {s}" for s in shown]


def test_what_is_said_beside_a_log_stands_below_its_bars() -> None:
    safe = SafeStream()
    assert safe.feed("outer\n\rinner\x1b[A") == "outer\n\rinner\x1b[1A"
    assert safe.leave() == "\n"
    assert safe.feed("\x1b[9Anext") == "next"


def test_no_line_above_the_log_is_reached_in_a_terminal() -> None:
    for sequence in (
        "\x1b[9A",
        "\x1b[F",
        "\x1b[1J",
        "\x1b[2J",
        "\x1b[H",
        "\x1b[5;1H",
        "\x1bM",
        "\x1b[T",
    ):
        assert SafeStream().feed(f"{sequence}x") in ("x", "\rx")
