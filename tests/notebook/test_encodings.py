"""Terminals of other encodings than UTF-8 show what they can, and escape the rest."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_log_core_view import a_model

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.encodable import encodable
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.scalars.series import Point
from modelarts_magics.notebook.log.progress import ProgressLine
from modelarts_magics.notebook.log.results import JobTable, LogPicture
from modelarts_magics.notebook.log.stream import Printer
from modelarts_magics.notebook.viz.scalars.text_table import sparkline
from modelarts_magics.sdk.writer import say

ENCODINGS = ("gbk", "latin-1", "ascii", "cp1252", "utf-8")
LOG = "epoch 1 \u2705 \u8bad\u7ec3 loss=0.9 \u2588\u258f| caf\xe9 \U0001f680\n"


class Terminal:
    """Standard output and error of one encoding."""

    def __init__(self, encoding: str) -> None:
        self._bytes, self._encoding = io.BytesIO(), encoding
        self.stream = io.TextIOWrapper(self._bytes, encoding, write_through=True)

    @property
    def text(self) -> str:
        return self._bytes.getvalue().decode(self._encoding)

    @contextmanager
    def shown(self) -> Iterator[None]:
        with redirect_stdout(self.stream), redirect_stderr(self.stream):
            yield


@pytest.fixture(params=ENCODINGS)
def terminal(request: pytest.FixtureRequest) -> Terminal:
    return Terminal(request.param)


def test_following_a_log_goes_on(terminal: Terminal) -> None:
    printer = Printer(["a.log"])
    with terminal.shown():
        printer.tell(LogText(LOG, 0, 0, "a.log"))
        printer.tell(Trouble("\u2705", 1.0))
        printer.tell(Finished(JobStatus.COMPLETED))
    assert "loss=0.9" in terminal.text
    assert "completed" in terminal.text


def test_pictures_tables_and_mistakes_are_shown(terminal: Terminal) -> None:
    job = a_model().job
    with terminal.shown():
        for shown in (LogPicture(job, "a", ["a"], LogText(LOG, 0, 0)), JobTable([])):
            print(shown.bundle()["text/plain"])
            print(shown)
        print(*InvalidArgumentError(LOG)._render_traceback_())
    assert terminal.text.count("loss=0.9") == 3


def test_progress_and_curves_are_drawn_with_other_characters(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 100, 10))
    monkeypatch.setattr("modelarts_magics.notebook.log.progress.time.monotonic", lambda: next(now))
    with terminal.shown():
        ProgressLine().tell(50, 100)
        say(sparkline([Point(step, 0.0, step) for step in range(8)]))
    if terminal.stream.encoding in ("ascii", "latin-1"):
        assert "##########----------" in terminal.text
        assert "_.,-=+*#" in terminal.text


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("gbk", "epoch 1 \\u2705 训练 loss=0.9 █▏| caf\xe9 \\U0001f680\n"),
        ("latin-1", "epoch 1 \\u2705 \\u8bad\\u7ec3 loss=0.9 ##| café \\U0001f680\n"),
        ("ascii", "epoch 1 \\u2705 \\u8bad\\u7ec3 loss=0.9 ##| caf\\xe9 \\U0001f680\n"),
        ("utf-8", LOG),
        ("no-such-encoding", LOG),
        (None, LOG),
    ],
)
def test_what_cannot_be_shown_is_escaped_and_nothing_else(encoding: str, shown: str) -> None:
    class Stream:
        pass

    stream = Stream()
    stream.encoding = encoding
    assert encodable(LOG, stream) == shown


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_can_be_written(text: str, encoding: str) -> None:
    terminal = Terminal(encoding)
    say(text, stream=terminal.stream)
    assert encodable(text, terminal.stream) == encodable(
        encodable(text, terminal.stream), terminal.stream
    )
