"""Colours that can be read on what is behind them, in each theme of a page.

``colors.json`` holds a palette for each theme; the rich view's ``js/src/view/themes.js`` and
``js/src/terminal/palette.js`` read it too. What is computed here, they compute alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .styles import Color, Style

_TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("colors.json").read_text("utf-8"))
THEMES: dict[str, dict[str, Any]] = _TABLE["themes"]
BACKGROUNDS = ("page", "raised", "error_page", "warning_page", "selection")
"""What text of any colour may stand on."""
TEXT = "modelarts-magics-text-color"
"""The class of text that has colours for a light and for a dark page."""
_READABLE: float = _TABLE["readable"]
_STEPS = (0, 95, 135, 175, 215, 255)
_FAINT = 0.35  # of the page in the colour of dim text

Rgb = tuple[float, float, float]


def variable(name: str) -> str:
    """The colour of the page's theme with a name of the table, such as ``error``; where no style
    sheet of ours is, the text has the colour of what is around it."""
    return f"var(--modelarts-{name},inherit)"


def _variables(theme: dict[str, Any]) -> Iterator[str]:
    for name, value in theme.items():
        if isinstance(value, str):
            yield f"--modelarts-{name}:{value}"
    yield from (f"--modelarts-series-{n}:{value}" for n, value in enumerate(theme["series"]))


def _rules() -> Iterator[str]:
    for name, theme in THEMES.items():
        yield f"{','.join(_TABLE['where'][name])}{{{';'.join(_variables(theme))}}}"
    for name, kind in (("light", "l"), ("dark", "d")):
        where = [f"{place} .{TEXT}" for place in _TABLE["where"][name]]
        yield (
            f"{','.join(where)}{{color:var(--{kind},inherit);background-color:var(--{kind}b,inherit)}}"
        )
    yield (
        ".modelarts-magics-log{background-color:var(--modelarts-page);color:var(--modelarts-ink)}"
    )


RULES = "".join(_rules())
STYLE = f"<style>{RULES}</style>"
"""What HTML of ours needs for its colours; once in an output."""


def rules(style: Style) -> str:
    """The colours of text as custom properties, for an element of class :data:`TEXT`."""
    return ";".join(
        f"--{kind}{suffix}:{color}"
        for kind, name in (("l", "light"), ("d", "dark"))
        for suffix, color in zip(("", "b"), colors(style, name))
        if color
    )


def colors(style: Style, name: str) -> tuple[str, str]:
    """The colours of text and of its background in a theme; empty where they are the page's.

    >>> colors(Style(foreground=1), "light"), colors(Style(background=1), "dark")
    (('#b92d27', ''), ('#111111', '#f3837d'))
    """
    theme = THEMES[name]
    page, ink = parse(theme["page"]), parse(theme["ink"])
    text, back = (_rgb(color, theme) for color in (style.foreground, style.background))
    if style.inverse:
        text, back = (page if back is None else back), (ink if text is None else text)
    if text is None and back is None and not style.dim:
        return "", ""
    behind = _hardest(theme) if back is None else back
    if text is None:
        is_page = back is not None and _contrast(page, back) > _contrast(ink, back)
        text = page if is_page else ink
    if style.dim:
        text = _mixed(text, behind, _FAINT)
    return css(readable(text, behind)), "" if back is None else css(back)


def _hardest(theme: dict[str, Any]) -> Rgb:
    """Of the backgrounds of text without one of its own that which is nearest to the text."""
    ink = parse(theme["ink"])
    return min((parse(theme[name]) for name in BACKGROUNDS), key=lambda b: _contrast(ink, b))


def _rgb(color: Color | None, theme: dict[str, Any]) -> Rgb | None:
    """The 16 of the theme, a cube of 216, a ramp of 24 greys, or a colour as it was given."""
    if color is None or isinstance(color, tuple):
        return color
    if color < 16:
        return parse(theme["sixteen"][color])
    if color >= 232:
        grey = 8 + 10 * (color - 232)
        return grey, grey, grey
    red, rest = divmod(color - 16, 36)
    green, blue = divmod(rest, 6)
    return _STEPS[red], _STEPS[green], _STEPS[blue]


def parse(color: str) -> Rgb:
    """Channels of ``#rrggbb``."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def css(rgb: Rgb) -> str:
    return "#" + "".join(f"{int(channel + 0.5):02x}" for channel in rgb)


def readable(rgb: Rgb, background: Rgb) -> Rgb:
    """A colour, made darker or lighter until it can be read on a background."""
    target: Rgb = (0, 0, 0) if _luminance(background) > 0.18 else (255, 255, 255)
    for tenths in range(10):
        mixed = parse(css(_mixed(rgb, target, tenths / 10)))
        if _contrast(mixed, background) >= _READABLE:
            return mixed
    return target


def _mixed(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(rgb, other))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG, 1 to 21.

    >>> round(contrast("#ffffff", "#000000")), round(contrast("#777777", "#ffffff"), 2)
    (21, 4.48)
    """
    return _contrast(parse(one), parse(other))


def _contrast(one: Rgb, other: Rgb) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(rgb: Iterable[float]) -> float:
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
