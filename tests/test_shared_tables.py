"""What Python and the log view's JavaScript decide alike stands once, in a table that both read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_translation import texts_in_the_code

import modelarts_magics
from modelarts_magics.core.locale.zh import MESSAGES
from modelarts_magics.core.metrics.standing import better
from modelarts_magics.notebook.log.levels import Levels, level_of
from modelarts_magics.notebook.text import colors
from modelarts_magics.notebook.text.row import Line
from modelarts_magics.notebook.text.styles import Color, Style
from modelarts_magics.notebook.text.terminal import Change, Terminal

PACKAGE = Path(modelarts_magics.__file__).parent
REPOSITORY = Path(__file__).resolve().parent.parent
JS = REPOSITORY / "js"
SHARED = json.loads((PACKAGE / "core/locale/shared.json").read_text("utf-8"))
LEVELS = json.loads((PACKAGE / "notebook/log/levels.json").read_text("utf-8"))

Asked = Callable[[object], object]

# Answers each line of JSON by a line of JSON.
_LOOP = """
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}
"""
_LEVELS = """
import { Levels, levelOf } from "./src/text/levels.js";
function answer(lines) {
  const levels = new Levels();
  return [lines.map((line) => levelOf(line) ?? ""), lines.map((line) => levels.next(line) ?? "")];
}
"""
_TERMINAL = """
import { Terminal } from "./src/terminal/terminal.js";
import { CONTROL, PLAIN, Styles } from "./src/terminal/styles.js";
function answer(pieces) {
  const styles = new Styles();
  const terminal = new Terminal(styles);
  return pieces.map((piece) => {
    const { first, lines, extras } = terminal.feed(piece);
    return [first, lines.map((line, index) => cells(styles, line, extras[index]))];
  });
}
// What is seen character by character: its style, and how much of the line is left out.
function cells(styles, line, extra) {
  const [more = 0, ...runs] = extra ?? [];
  const found = [];
  let at = 0;
  for (const character of line) {
    const index = runs.findIndex((from, n) => n % 3 === 0 && from <= at && at < runs[n + 1]);
    const { fg, bg, flags } = styles.get(index < 0 ? PLAIN : runs[index + 2]);
    found.push([character, fg, bg, flags & ~CONTROL]);
    at += character.length;
  }
  return [found, more];
}
"""
_COLORS = """
import { colours } from "./src/terminal/palette.js";
const answer = (style) => colours(style);
"""
_BETTER = """
import { better } from "./src/charts/standing.js";
const answer = (names) => names.map(better);
"""
_WORDS = 'import { MESSAGES } from "./src/text/messages.js"; const answer = () => MESSAGES;'


def javascript(script: str) -> Iterator[Asked]:
    """A function of JavaScript that takes and returns JSON values."""
    if shutil.which("node") is None:
        pytest.skip("there is no Node")
    command = ["node", "--no-warnings", "--input-type=module", "--eval", script + _LOOP]
    with subprocess.Popen(
        command, cwd=JS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def ask(value: object) -> object:
            print(json.dumps(value), file=node.stdin, flush=True)
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()


@pytest.fixture(scope="module")
def levels_of_javascript() -> Iterator[Asked]:
    yield from javascript(_LEVELS)


@pytest.fixture(scope="module")
def terminal_of_javascript() -> Iterator[Asked]:
    yield from javascript(_TERMINAL)


@pytest.fixture(scope="module")
def colors_of_javascript() -> Iterator[Asked]:
    yield from javascript(_COLORS)


@pytest.fixture(scope="module")
def better_of_javascript() -> Iterator[Asked]:
    yield from javascript(_BETTER)


@pytest.fixture(scope="module")
def words_of_javascript() -> Iterator[Asked]:
    yield from javascript(_WORDS)


def sources(suffix: str) -> list[Path]:
    """What is written by hand, with one of the languages' endings."""
    found = [*PACKAGE.rglob(f"*{suffix}"), *(JS / "src").rglob(f"*{suffix}")]
    return [path for path in found if path.parent.name != "static"]


WORDS = "ERROR FATAL WARN level= error warn warning [fatal] [E1] : _ 9 torch. ValueError Exception"
MORE = "KeyboardInterrupt UserWarning é ı ſ 形 🔥"
SPACES = " \t\x0b\x1c\x85\xa0\u2028\u3000\ufeff\r\n"
PIECES = st.sampled_from([*WORDS.split(), *MORE.split(), *SPACES, LEVELS["traceback"], "x" * 390])
LINES = st.one_of(
    st.lists(PIECES, max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


@example(["🔥" * 399 + " ERROR", "🔥" * 396 + "ERROR", "ValueError\n", "\u3000error: x"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=50))
def test_both_languages_find_the_same_levels(levels_of_javascript: Asked, lines: list[str]) -> None:
    levels = Levels()
    found = [[level_of(line) for line in lines], [levels.next(line) for line in lines]]
    assert levels_of_javascript(lines) == found


MOVES = st.builds(
    "\x1b[{}{}".format,
    st.sampled_from(["", "0", "1", "2", "3", "60"]),
    st.sampled_from("ABCDEFGJK"),
)
COLORS = st.sampled_from(
    ["\x1b[31m", "\x1b[1;2;9m", "\x1b[0m", "\x1b[m", "\x1b[22;4:3m", "\x1b[38;5;300m",
     "\x1b[48:2::1:2:300m", "\x1b[97;7m"]
)  # fmt: skip
OTHER = st.sampled_from(
    ["\x1b]8;id=1;u\x1b\\", "\x1b]0;t", "\x07", "\x1b", "\x1b[", "\x1b[?25l", "\x1b7", "\x1b[H",
     "\x1b(B", "\u202e", "\x00", "\x9b1m", "🚀", "训练", "\ud800", "x" * 398, "y" * 9_999,
     "\n" * 49]
)  # fmt: skip
WRITTEN = st.one_of(MOVES, MOVES, COLORS, OTHER, st.sampled_from("\r\n\x08 ab\t"))
LOG_PIECES = st.lists(
    st.lists(WRITTEN).map("".join),
    max_size=6,
)


def shown_by(change: Change) -> list[object]:
    """The rows as the script above tells them."""
    return [change.first, [cells_of(line) for line in change.lines]]


def cells_of(line: Line) -> list[object]:
    spans = list(line)
    left_out = re.fullmatch(r" … \(\+([\d,]+)\)", spans[-1].text) if spans else None
    more = int(left_out[1].replace(",", "")) if left_out else 0
    shown = spans[:-1] if more else spans
    return [[[c, *look(span.style)] for span in shown for c in span.text], more]


def look(style: Style) -> list[object]:
    """A style in the numbers of styles.js."""
    names = ("bold", "dim", "italic", "underline", "inverse", "strike")
    flags = sum(2**n for n, name in enumerate(names) if getattr(style, name))
    return [*map(number_of, (style.foreground, style.background)), flags]


def number_of(color: Color | None) -> int | None:
    if not isinstance(color, tuple):
        return color
    red, green, blue = color
    return 0x1000000 + (red << 16) + (green << 8) + blue


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOG_PIECES)
def test_both_languages_show_the_same_rows(
    terminal_of_javascript: Asked, pieces: list[str]
) -> None:
    terminal = Terminal()
    assert terminal_of_javascript(pieces) == [shown_by(terminal.feed(piece)) for piece in pieces]


COLOR_NUMBERS = st.none() | st.integers(0, 255) | st.tuples(*[st.integers(0, 255)] * 3)
STYLES = st.builds(Style, COLOR_NUMBERS, COLOR_NUMBERS, dim=st.booleans(), inverse=st.booleans())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STYLES)
def test_both_languages_have_the_same_colours(colors_of_javascript: Asked, style: Style) -> None:
    fg, bg = map(number_of, (style.foreground, style.background))
    asked = {"fg": fg, "bg": bg, "isDim": style.dim, "isInverse": style.inverse}
    found = {name: colors.colors(style, name) for name in ("light", "dark")}
    assert colors_of_javascript(asked) == {
        name: {"color": text or None, "background": back or None}
        for name, (text, back) in found.items()
    }


NAME_PARTS = st.sampled_from(
    ["loss", "acc", "Loss", "ACC", "mAP50", "F1", "f1", "f12", "bF1", "err", "Top", "rate", "/",
     "_", "-", "9", "损失", "准确率", "验证", "é", "É", "ı", "constructor"]
)  # fmt: skip
NAMES = st.lists(NAME_PARTS, max_size=6).map("".join)


@example(["valid/top1_error", "eval_accuracy", "rewardLoss", "cross_entropy", "tokens/s", ""])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, max_size=50))
def test_both_languages_know_alike_which_value_is_better(
    better_of_javascript: Asked, names: list[str]
) -> None:
    assert better_of_javascript(names) == [*map(better, names)]


def test_a_pattern_of_levels_stands_in_their_table_only() -> None:
    pieces = [LEVELS["traceback"], "CRITICAL", "FATAL", r"\w+Warning"]
    pieces += LEVELS["error"] + LEVELS["warning"]
    found = {
        (path.name, piece)
        for suffix in (".py", ".js")
        for path in sources(suffix)
        for piece in pieces
        if piece in path.read_text("utf-8")
    }
    doctests = {(name, LEVELS["traceback"]) for name in ("rules.py", "numbers.py")}
    assert found <= doctests


def test_a_shared_word_is_one_that_python_shows() -> None:
    assert set(SHARED) <= texts_in_the_code()
    assert SHARED.items() <= MESSAGES.items()


def test_no_word_has_a_second_translation_in_the_log_view(words_of_javascript: Asked) -> None:
    words = dict(words_of_javascript(None).values())  # type: ignore[attr-defined]
    assert {english for english in words if english in MESSAGES} == set(SHARED)
    assert words.items() >= SHARED.items()


def test_chinese_words_stand_in_the_tables_of_words_only() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    found = {path.name for path in sources(".js") if chinese.search(path.read_text("utf-8"))}
    assert found == {"messages.js"}
