"""Scalars as small line charts beside each other: SVG without scripts, drawn from values.

A chart shows what is there and nothing else: no smoothing, no cut-off, the last value in words, a
gap where a value is no number and a cross at its foot. Tags and run names are foreign text.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from ....core.i18n import _
from ....core.scalars.series import Jobs, Point, Series, TensorBoardRun, step_range
from ...text import colors, render
from .axis import Tick, number, step_ticks, ticks
from .thin import stretches, thin

# Each stands out on a white and on a black page. The first four are told apart by colour-blind
# people too, the others are dashed.
COLORS = (
    "#1f80c8", "#d55e00", "#009e73", "#c45a9b", "#a67c00", "#9467d8", "#138a9e", "#7f7f7f",
)  # fmt: skip
_SOLID = COLORS[:4]
_DASHES = ("", "5 3", "2 3", "8 3 2 3")
MOST_CHARTS = 24
MOST_LINES = len(COLORS)

_WIDTH, _HEIGHT = 300, 132
_TOP, _RIGHT, _BOTTOM = 8, 10, 18
_CHARACTER = 6.8  # of a label, in units of the drawing
_MOST_MARKS = 6  # on the value axis
_FONT = "font:12px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);"
_GRID = (
    "display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:10px;"
    "max-width:1400px;margin:4px 0 10px"
)
_CARD = "border:1px solid rgba(128,128,128,.3);border-radius:4px;padding:6px 10px 4px;min-width:0"
_ONE_LINE = "white-space:nowrap;overflow:hidden;text-overflow:ellipsis;min-width:0"
_FAINT = f"color:{colors.variable('quiet')}"


@dataclass(frozen=True)
class Line:
    """One run's series of a chart; where jobs are compared, ``place`` tells the run apart."""

    run: str
    color: str
    series: Series
    place: int = 0

    @property
    def dashes(self) -> str:
        return _DASHES[(self.place + (self.color not in _SOLID)) % len(_DASHES)]


@dataclass(frozen=True)
class Chart:
    """All that is drawn for a tag; ``more`` lines are left out, ``missing`` jobs have none."""

    tag: str
    lines: tuple[Line, ...]
    more: int = 0
    missing: tuple[str, ...] = ()

    @property
    def hover(self) -> str:
        """The name in whole, or what the source calls it."""
        return self.lines[0].series.source_name or self.tag

    @property
    def group(self) -> str:
        """The tag's prefix, as TensorBoard groups tags."""
        return self.tag.rpartition("/")[0].partition("/")[0]


def charts(runs: Sequence[TensorBoardRun]) -> list[Chart]:
    """A chart for each tag, by group and name; a run has the same colour in all of them."""
    return _by_tag(
        Line(run.name, COLORS[index % len(COLORS)], series)
        for index, run in enumerate(runs)
        for series in run.series
    )


def job_charts(jobs: Jobs) -> list[Chart]:
    """The same of several jobs: each has a colour, and its runs are told apart by dashes."""
    places = [*dict.fromkeys(run.name for _job, runs in jobs for run in runs)]
    made = _by_tag(
        Line(
            job if len(places) == 1 else f"{job} · {run.name}",
            COLORS[index % len(COLORS)],
            series,
            places.index(run.name),
        )
        for index, (job, runs) in enumerate(jobs)
        for run in runs
        for series in run.series
    )
    return [replace(chart, missing=tuple(without(jobs, chart.tag))) for chart in made]


def without(jobs: Jobs, tag: str) -> list[str]:
    """The names of the jobs that have no series of a tag."""
    return [
        job
        for job, runs in jobs
        if not any(series.tag == tag for run in runs for series in run.series)
    ]


def _by_tag(every: Iterable[Line]) -> list[Chart]:
    lines: dict[str, list[Line]] = {}
    for line in every:
        lines.setdefault(line.series.tag, []).append(line)
    made = [
        Chart(tag, tuple(drawn[:MOST_LINES]), len(drawn[MOST_LINES:]))
        for tag, drawn in lines.items()
    ]
    return sorted(made, key=lambda chart: (chart.group, chart.tag))


def grid(drawn: Sequence[Chart]) -> str:
    """Charts as HTML, in as many columns as there is room for."""
    runs = {line.run for chart in drawn for line in chart.lines}
    with_names = len(runs) > 1 or any(chart.missing for chart in drawn)
    blocks = "".join(_block(name, charts, with_names) for name, charts in _groups(drawn))
    return f'<div class="modelarts-magics" style="{_FONT}">{blocks}{_left_out(drawn)}</div>'


def _groups(drawn: Sequence[Chart]) -> list[tuple[str, list[Chart]]]:
    """Charts under the name of their group; those that would be alone there come first."""
    first: list[Chart] = []
    named: list[tuple[str, list[Chart]]] = []
    for name, group in groupby(drawn[:MOST_CHARTS], key=lambda chart: chart.group):
        members = list(group)
        if name and len(members) > 1:
            named.append((name, members))
        else:
            first += members
    return [("", first), *named] if first else named


def _block(name: str, charts: Iterable[Chart], with_names: bool) -> str:
    heading = f'<div style="margin-top:6px;{_FAINT}"><b>{_safe(name)}</b></div>' if name else ""
    cards = "".join(_card(chart, with_names=with_names) for chart in charts)
    return f'{heading}<div style="{_GRID}">{cards}</div>'


def _left_out(drawn: Sequence[Chart]) -> str:
    left = len(drawn) - MOST_CHARTS
    if left <= 0:
        return ""
    words = _("{n} more tags are not drawn: choose some with --tags REGEX", n=left)
    return f"<div>{escape(words)}</div>"


def _card(chart: Chart, *, with_names: bool) -> str:
    """A chart under its tag; the last value stands beside the tag, or with the run's name."""
    title = f'<b style="{_ONE_LINE}" title="{_safe(chart.hover)}">{_safe(chart.tag)}</b>'
    last = "" if with_names else f'<span style="white-space:nowrap">{_last(chart.lines[0])}</span>'
    names = _names(chart) if with_names else ""
    return (
        f'<div style="{_CARD}"><div style="display:flex;justify-content:space-between;gap:8px">'
        f"{title}{last}</div>{svg(chart)}{names}</div>"
    )


def _last(line: Line) -> str:
    last = line.series.last
    step = escape(_("step {n:,}", n=last.step))
    return f'<b>{escape(number(last.value))}</b> <span style="{_FAINT}">{step}</span>'


def _bullet(line: Line) -> str:
    color = colors.variable(f"series-{COLORS.index(line.color)}")
    return f'<span style="color:{color}">{"●" if line.color in _SOLID else "○"}</span>'


def _names(chart: Chart) -> str:
    rows = "".join(
        f'<div style="display:flex;gap:6px">{_bullet(line)}'
        f'<span style="{_ONE_LINE};flex:1" title="{_safe(line.run)}">{_safe(line.run)}</span>'
        f'<span style="white-space:nowrap">{_last(line)}</span></div>'
        for line in chart.lines
    )
    if chart.more:
        words = _("{n} more runs are not drawn", n=chart.more)
        rows += f'<div style="{_FAINT}">{escape(words)}</div>'
    if chart.missing:
        rows += f'<div style="{_FAINT}">{_safe(_not_in(chart))}</div>'
    return rows


def _not_in(chart: Chart) -> str:
    return _("Not in {jobs}", jobs=", ".join(chart.missing))


def _safe(text: str) -> str:
    """Foreign text as HTML that is XML too, which two characters cannot be part of."""
    return render.safe(text.translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}))


# ---- the drawing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """The rectangle that lines are drawn in, and what its edges mean."""

    left: float
    steps: tuple[int, int]
    values: tuple[float, float]

    def across(self, point: Point) -> float:
        """Between the left (0) and the right (1) edge."""
        first, last = self.steps
        return (point.step - first) / (last - first) if last > first else 0.5

    def x(self, point: Point) -> float:
        return self.left + self.across(point) * (_WIDTH - _RIGHT - self.left)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - _fraction(value, *self.values) * (_HEIGHT - _BOTTOM - _TOP)


def svg(chart: Chart) -> str:
    """The drawing: axes, lines, a dot at the end of each."""
    every = [point for line in chart.lines for point in line.series.points]
    numbers = [point.value for point in every if math.isfinite(point.value)]
    values, marks = _value_axis(numbers)
    left = 10 + _CHARACTER * max((len(mark.label) for mark in marks), default=0)
    frame = _Frame(left, step_range(every), values)
    words = _safe(describe(chart))
    lines = "".join(_line(line, frame) for line in reversed(chart.lines))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{words}"'
        ' xmlns="http://www.w3.org/2000/svg" style="display:block;width:100%;height:auto"'
        f' fill="none" stroke-linejoin="round" stroke-linecap="round"><title>{words}</title>'
        f"{_axes(frame, marks)}{lines}</svg>"
    )


def describe(chart: Chart) -> str:
    """A chart in words, for who cannot see it or wants to know exactly."""
    missing = [_not_in(chart)] if chart.missing else []
    return "; ".join([chart.tag, *map(_in_words, chart.lines), *missing])


def _in_words(line: Line) -> str:
    last = line.series.last
    words = _("{value} at step {step:,}", value=number(last.value), step=last.step)
    name = "" if line.run == "." else f"{line.run}: "
    finite = line.series.finite
    if not finite:
        return name + words
    low, high = min(finite, key=lambda p: p.value), max(finite, key=lambda p: p.value)
    extremes = _(
        "lowest {low} at step {low_step:,}, highest {high} at step {high_step:,}",
        low=number(low.value),
        low_step=low.step,
        high=number(high.value),
        high_step=high.step,
    )
    return f"{name}{words}, {extremes}"


def _value_axis(numbers: Sequence[float]) -> tuple[tuple[float, float], list[Tick]]:
    """What the lower and the upper edge stand for, and the marks between them."""
    if not numbers:
        return (0.0, 1.0), []
    low, high = min(numbers), max(numbers)
    marks = ticks(low, high, _MOST_MARKS)
    if not marks:  # one value, or so close to each other that floats cannot tell
        biggest = max(abs(low), abs(high))
        room = biggest if biggest > sys.float_info.min else 1.0
        return _padded(low, high, room), [Tick(high, number(high))]
    bottom, top = _padded(low, high, high / 2 - low / 2)
    if bottom < 0 <= low:
        bottom = 0.0
    return (bottom, top), ticks(bottom, top, _MOST_MARKS)


def _padded(low: float, high: float, room: float) -> tuple[float, float]:
    largest = sys.float_info.max
    return max(-largest, low - room * 0.1), min(largest, high + room * 0.1)


def _fraction(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, also where their distance is no float."""
    if math.isfinite(high - low):
        return (value - low) / (high - low)
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def _axes(frame: _Frame, marks: Iterable[Tick]) -> str:
    """Light lines across, and round numbers at two edges."""
    right, foot = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    across = [(frame.y(mark.value), mark.label) for mark in marks]
    rules = "".join(f"M{_n(frame.left)} {_n(y)}H{right}" for y, _label in across)
    labels = "".join(
        f'<text x="{_n(frame.left - 5)}" y="{_n(y + 3.5)}" text-anchor="end">{escape(label)}</text>'
        for y, label in across
    )
    for mark in _step_marks(frame):
        x = frame.x(Point(int(mark.value), 0.0, 0.0))
        labels += (
            f'<text x="{_n(x)}" y="{_HEIGHT - 5}" text-anchor="middle">{escape(mark.label)}</text>'
        )
    return (
        f'<path d="{rules}" stroke="currentColor" stroke-opacity=".13"/>'
        f'<path d="M{_n(frame.left)} {foot}H{right}" stroke="currentColor" stroke-opacity=".4"/>'
        f'<g fill="currentColor" fill-opacity=".7" font-size="11">{labels}</g>'
    )


def _step_marks(frame: _Frame) -> list[Tick]:
    """As many as there is room for."""
    room = (_WIDTH - _RIGHT - frame.left) / _CHARACTER
    for most in (5, 3, 2):
        marks = step_ticks(*frame.steps, most)
        if sum(len(mark.label) + 2 for mark in marks) <= room:
            return marks
    return []


def _line(line: Line, frame: _Frame) -> str:
    points = thin(line.series.points, frame.across)
    drawn = list(stretches(points))
    path = "".join(_stretch(stretch, frame) for stretch in drawn if len(stretch) > 1)
    lone = [stretch[0] for stretch in drawn if len(stretch) == 1]
    dots = "".join(_dot(point, line, frame) for point in dict.fromkeys([*lone, *points[-1:]]))
    odd = "".join(
        f"M{_n(frame.x(p) - 2)} {_HEIGHT - _BOTTOM - 5}l4 4m-4 0l4-4"
        for p in points
        if not math.isfinite(p.value)
    )
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    crosses = f'<path d="{odd}"/>' if odd else ""
    return (
        f'<g stroke="{line.color}" stroke-width="1.5"><path d="{path}"{dashes}/>{crosses}</g>{dots}'
    )


def _stretch(points: Sequence[Point], frame: _Frame) -> str:
    places = " ".join(f"{_n(frame.x(point))} {_n(frame.y(point.value))}" for point in points)
    return f"M{places}"


def _dot(point: Point, line: Line, frame: _Frame) -> str:
    """A point that stands alone, or the last one."""
    if not math.isfinite(point.value):
        return ""
    x, y = _n(frame.x(point)), _n(frame.y(point.value))
    return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{line.color}"/>'


def _n(value: float) -> str:
    """A coordinate to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")
