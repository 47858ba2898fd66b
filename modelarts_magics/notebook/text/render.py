"""Text and HTML for people, from values; everything foreign is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from ...core.api.base import Phase, State
from ...core.i18n import _
from . import colors, terminal
from .row import Line, Span
from .styles import PLAIN, Style
from .widths import beginning, width

_PHASE_COLORS = {
    Phase.WAITING: "warning",
    Phase.RUNNING: "accent",
    Phase.SUCCEEDED: "good",
    Phase.STOPPED: "quiet",
    Phase.FAILED: "error",
    Phase.UNKNOWN: "quiet",
}
_SHORT = 1000  # characters
# Said where the text stands: in the pages of nbconvert <pre> inherits the font of the prose.
_MONOSPACE = "font-family:var(--jp-code-font-family,monospace)"
_CELL = "padding:2px 12px 2px 0;text-align:left;vertical-align:top"


def duration(milliseconds: int | None) -> str:
    """A duration in words.

    >>> duration(None), duration(900), duration(62_000), duration(3 * 3_600_000 + 60_000)
    ('', '0.9 s', '1 min 2 s', '3 h 1 min')
    """
    if milliseconds is None:
        return ""
    if milliseconds < 10_000:
        return _("{seconds:.1f} s", seconds=max(0, milliseconds) / 1000)
    minutes, rest = divmod((milliseconds + 500) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    return _("{n} s", n=rest)


def rough_duration(milliseconds: int) -> str:
    """A duration in its largest unit, for an age.

    >>> rough_duration(4_000), rough_duration(90_000), rough_duration(7_200_000)
    ('4 s', '1 min', '2 h')
    >>> rough_duration(3 * 86_400_000)
    '3 d'
    """
    seconds = milliseconds // 1000
    if seconds < 60:
        return _("{n} s", n=seconds)
    if seconds < 3600:
        return _("{n} min", n=seconds // 60)
    if seconds < 48 * 3600:
        return _("{n} h", n=seconds // 3600)
    return _("{n} d", n=seconds // 86400)


def local_time(milliseconds: int | None) -> str:
    """The local time of an epoch in milliseconds; empty when that is no time of a calendar."""
    if milliseconds is None:
        return ""
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def clock_time(milliseconds: int) -> str:
    """The time of day on the kernel's clock, with its zone, for a reader elsewhere; of another day
    with the date."""
    moment = datetime.fromtimestamp(milliseconds / 1000).astimezone()
    is_today = moment.date() == datetime.now().astimezone().date()
    return moment.strftime("%H:%M:%S %Z" if is_today else "%Y-%m-%d %H:%M:%S %Z")


def status_word(status: State) -> str:
    """The name of a status, with a word for its phase where the reader does not read English."""
    word = _(status.phase.value)
    return status.word if word == status.phase.value else f"{status.word} {word}"


def status_html(status: State) -> str:
    color = colors.variable(_PHASE_COLORS[status.phase])
    return f'<b style="color:{color}">● {escape(status_word(status))}</b>'


def marked(mark: str, role: str) -> str:
    """A mark in the colour of a role, as HTML."""
    return f'<b style="color:{colors.variable(role)}">{escape(mark)}</b>'


def plain(text: str) -> str:
    """One line of text without anything that a terminal would obey.

    >>> plain("name\\x1b[2J\\nsecond")
    'name second'
    """
    is_harmless = text.isprintable() and len(text) <= _SHORT  # as nearly all are
    return " ".join((text if is_harmless else terminal.plain(text)).split())


def shortened(text: str, columns: int) -> str:
    """A line that takes at most some columns.

    >>> shortened("a long description", 8), shortened("作业作业", 5), shortened("short", 8)
    ('a long …', '作业…', 'short')
    """
    return text if width(text) <= columns else beginning(text, columns - 1) + "…"


def text_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for a terminal; wide characters count as two columns."""
    from tabulate import tabulate

    return str(tabulate(list(rows), headers=headers, disable_numparse=True))


def html_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; headers are text, and none make no line of them."""
    names = "".join(f'<th style="{_CELL}">{escape(header)}</th>' for header in headers)
    head = f"<thead><tr>{names}</tr></thead>" if names else ""
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f'<table class="modelarts-magics">{head}<tbody>{body}</tbody></table>'


def titled_html(headings: Iterable[str], body: str, notes: Iterable[str]) -> str:
    """What a result shows between what it is about and what is to be known of it.

    Args:
        headings: HTML, a line each.
        body: HTML.
        notes: text, a line each.
    """
    above = "".join(f"<div>{heading}</div>" for heading in headings)
    below = "".join(f"<div>{safe(note)}</div>" for note in notes)
    return f'<div class="modelarts-magics">{above}{body}{below}</div>'


def log_html(lines: Iterable[Line], heading: str) -> str:
    """A log with its colours in a box that starts at its end; ``heading`` is HTML."""
    body = "\n".join(map(line_html, lines))
    return (
        f'<div class="modelarts-magics"><div style="padding:4px 0">{heading}</div>'
        '<div class="modelarts-magics-log" style="display:flex;flex-direction:column-reverse;'
        'max-height:32em;overflow:auto;border:1px solid rgba(128,128,128,.4)">'
        f'<pre style="{_MONOSPACE};margin:0;padding:6px 8px;line-height:1.35;white-space:pre-wrap;'
        'overflow-wrap:anywhere;overflow:visible;color:inherit">'
        f"{body}</pre></div></div>"
    )


def lines_html(text: str) -> str:
    """Some lines as they are, such as a traceback; empty for no text."""
    style = f"{_MONOSPACE};margin:2px 0;white-space:pre-wrap;overflow-wrap:anywhere;color:inherit"
    return f'<pre style="{style}">{escape(text)}</pre>' if text else ""


def safe(text: str) -> str:
    """One line of foreign text as HTML."""
    return escape(plain(text))


def line_html(line: Line) -> str:
    return "".join(map(_span_html, line))


def log_text(lines: Iterable[Line]) -> str:
    """A log for a terminal: its colours, and nothing else that a terminal would obey."""
    return "\n".join(map(terminal.ansi, lines))


def fitting(lines: Sequence[Line], size: int) -> list[Line]:
    """As many of the last lines as have room in some bytes of HTML, and the end of another one."""
    shown: list[Line] = []
    for line in reversed(lines):
        spans = []
        for span in reversed(line):
            size -= _size(span)
            if size < 0:
                break
            spans.append(span)
        size -= 1
        if spans or size >= 0:
            shown.append(tuple(spans[::-1]))
        if size < 0:
            break
    return shown[::-1]


def _size(span: Span) -> int:
    """Bytes of HTML."""
    return len(_span_html(span).encode("utf-8", "replace"))


def _span_html(span: Span) -> str:
    shown = escape(span.text)
    if span.style == PLAIN:
        return shown
    css = ";".join(filter(None, (colors.rules(span.style), _css(span.style))))
    return f'<span class="{colors.TEXT}" style="{css}">{shown}</span>'


def _css(style: Style) -> str:
    lines = {"underline": style.underline, "line-through": style.strike}
    rules = {
        "font-weight": "bold" if style.bold else "",
        "font-style": "italic" if style.italic else "",
        "text-decoration": " ".join(name for name, is_on in lines.items() if is_on),
    }
    return ";".join(f"{name}:{value}" for name, value in rules.items() if value)
