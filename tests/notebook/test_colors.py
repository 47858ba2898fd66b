"""Text can be read in every theme: light, dark, and with high contrast."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.base import Phase
from modelarts_magics.notebook.text import colors, render, terminal
from modelarts_magics.notebook.text.colors import BACKGROUNDS, THEMES, contrast
from modelarts_magics.notebook.text.styles import Style

READABLE = 4.5
PACKAGE = Path(render.__file__).parent.parent.parent
CSS = (PACKAGE.parent / "js/src/view/style.css").read_text("utf-8")
TEXTS = ("ink", "quiet", "accent", "error", "warning", "good", "sixteen", "workers", "series")


def texts(theme: str) -> list[str]:
    values = (THEMES[theme][name] for name in TEXTS)
    return [text for value in values for text in ([value] if isinstance(value, str) else value)]


@pytest.mark.parametrize("theme", THEMES)
def test_each_colour_of_text_can_be_read_on_each_background(theme: str) -> None:
    needed = 7.0 if theme.endswith("contrast") else READABLE
    behind = [THEMES[theme][name] for name in BACKGROUNDS]
    pairs = [*product(texts(theme), behind)]
    pairs += [(THEMES[theme]["ink"], THEMES[theme][name]) for name in ("match", "match_current")]
    assert [pair for pair in pairs if contrast(*pair) < needed] == []


COLORS = st.none() | st.integers(0, 255) | st.tuples(*[st.integers(0, 255)] * 3)
STYLES = st.builds(Style, COLORS, COLORS, dim=st.booleans(), inverse=st.booleans())


@example(Style(foreground=8, dim=True))
@example(Style(background=7))
@settings(deadline=None)
@given(STYLES)
def test_whatever_a_program_asks_for_can_be_read(style: Style) -> None:
    for theme in ("light", "dark"):
        text, back = colors.colors(style, theme)
        behind = [back] if back else [THEMES[theme][name] for name in BACKGROUNDS]
        assert min(contrast(text or THEMES[theme]["ink"], other) for other in behind) >= READABLE


def test_the_style_sheet_of_the_rich_view_takes_colours_from_the_table_only() -> None:
    used = re.findall(r"(?<![-\w])(?:background|background-color|color):\s*([^;}]+)", CSS)
    names = {re.fullmatch(r"var\(--mm-([a-z]+(?:-[a-z]+)?)(?:-\d)?\)", value) for value in used}
    plain = {value for value in used if not value.startswith("var(")}
    of_the_system = {"Highlight", "HighlightText"}  # one on the other, where it takes its own
    assert plain <= {"inherit", "none", "transparent"} | of_the_system
    known = {name.replace("_", "-") for theme in THEMES.values() for name in theme}
    of_styles = {"fg-light", "fg-dark", "bg-light", "bg-dark"}
    assert {name[1] for name in names if name} <= known | of_styles
    assert "opacity" not in CSS.replace("opacity: 1;", "")


def test_no_other_colour_of_text_stands_in_the_code() -> None:
    """Those of lines and boxes may: they are no text."""
    fixed = re.compile(r"(?<![-\w])(?:color|background|background-color):\s*(?:#|rgb|var\(--jp)")
    found = {p.name for p in PACKAGE.rglob("*.py") if fixed.search(p.read_text("utf-8"))}
    assert found == set()


def test_a_page_that_has_our_style_sheet_has_all_colours_that_are_named() -> None:
    pages = render.log_html(terminal.lines("\x1b[31mred"), "")
    named = re.findall(r"var\(--modelarts-([\w-]+)", pages + colors.STYLE)
    named += [re.findall(r"--modelarts-([\w-]+)", colors.variable(n))[0] for n in TEXTS[:6]]
    assert all(f"--modelarts-{name}:#" in colors.STYLE for name in named)
    assert len(Phase) == 6
