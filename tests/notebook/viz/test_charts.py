"""Charts: true to their numbers, well-formed, small, and deaf to what tags and runs are called."""

from __future__ import annotations

import json
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.scalars.series import GrowingSeries, Point, Series, TensorBoardRun
from modelarts_magics.notebook.text.colors import variable
from modelarts_magics.notebook.viz.scalars.charts import (
    COLORS,
    MOST_CHARTS,
    MOST_LINES,
    Chart,
    Line,
    charts,
    describe,
    grid,
    svg,
)
from modelarts_magics.notebook.viz.scalars.text_table import table
from modelarts_magics.notebook.viz.scalars.thin import COLUMNS, thin

SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan
ANY_POINTS = st.dictionaries(
    st.integers(-(2**63), 2**63 - 1), st.floats(), min_size=1, max_size=60
).map(lambda found: tuple(Point(step, 0.0, found[step]) for step in sorted(found)))


def points(*values, stride=1):
    return tuple(Point(step * stride, 0.0, value) for step, value in enumerate(values, 1))


def chart(*series, tag="loss"):
    lines = (Line(f"run{n}", COLORS[n], Series(tag, made)) for n, made in enumerate(series))
    return Chart(tag, tuple(lines))


def drawn(made):
    return ElementTree.fromstring(svg(made))


def paths(tree):
    return [element.get("d") for element in tree.iter(f"{SVG}path") if element.get("d")]


def coordinates(path):
    """The points of a line, by its parts."""
    return [
        [tuple(map(float, place)) for place in re.findall(r"(-?[\d.]+) (-?[\d.]+)", part)]
        for part in path.split("M")[1:]
    ]


def line_of(made):
    """The first line's parts: the paths of the axes come before."""
    [group] = [g for g in drawn(made).iter(f"{SVG}g") if g.get("stroke")]
    return coordinates(group.find(f"{SVG}path").get("d"))


def labels(made):
    return [element.text for element in drawn(made).iter(f"{SVG}text")]


def dots(made):
    return [float(c.get("cx")) for c in drawn(made).iter(f"{SVG}circle")]


# ---- what is drawn -------------------------------------------------------------------------------


def test_a_line_goes_through_its_points():
    [line] = line_of(chart(points(1.0, 0.0, 0.5)))
    (x1, top), (x2, foot), (x3, middle) = line
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert top < middle < foot
    assert middle == pytest.approx((top + foot) / 2, abs=0.2)


def test_distances_between_steps_are_true():
    series = (Point(0, 0.0, 1.0), Point(10, 0.0, 2.0), Point(100, 0.0, 3.0))
    [[(x1, _), (x2, _), (x3, _)]] = line_of(chart(series))
    assert (x2 - x1) * 10 == pytest.approx(x3 - x1, abs=1.1)


def test_round_numbers_stand_on_the_axes():
    assert labels(chart(points(*[step / 24 for step in range(1, 25)]))) == [
        *("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"),
        *("5", "10", "15", "20"),
    ]


def test_a_positive_series_does_not_go_below_zero():
    assert labels(chart(points(0.01, 1.0)))[0] == "0.0"


def test_a_gap_stays_where_a_value_is_no_number_and_is_marked():
    made = chart(points(1.0, 2.0, NAN, 3.0, 4.0))
    assert [len(part) for part in line_of(made)] == [2, 2]
    assert sum("l4 4" in path for path in paths(drawn(made))) == 1


def test_a_point_between_gaps_is_a_dot():
    made = chart(points(1.0, NAN, 2.0, math.inf, 3.0))
    assert len(dots(made)) == 3


def test_a_single_point_is_seen_and_labelled():
    made = chart(points(0.5))
    assert len(dots(made)) == 1
    assert labels(made) == ["0.5", "1"]


@pytest.mark.parametrize(
    ("value", "label"), [(3.0, "3"), (0.0, "0"), (5e-324, "4.941e-324"), (-1.7e308, "-1.7e308")]
)
def test_a_constant_is_a_level_line_at_its_value(value, label):
    made = chart(points(value, value, value))
    assert labels(made)[0] == label
    [line] = line_of(made)
    assert len({y for _x, y in line}) == 1


def test_a_series_without_any_number_is_marked():
    made = chart(points(NAN, math.inf))
    assert dots(made) == []
    assert labels(made) == ["1", "2"]


def test_the_last_value_and_its_step_are_written_out():
    html = grid(
        charts([TensorBoardRun(".", (Series("loss", points(0.5, 0.03425, stride=1_200)),))])
    )
    assert "<b>0.03425</b>" in html
    assert "step 2,400" in html


def test_a_chart_is_told_in_words_to_those_who_do_not_see_it():
    made = Chart("loss", (Line(".", COLORS[0], Series("loss", points(2.0, 0.25, 0.5))),))
    words = "loss; 0.5 at step 3, lowest 0.25 at step 2, highest 2 at step 1"
    assert describe(made) == words
    tree = drawn(made)
    assert (tree.get("role"), tree.get("aria-label")) == ("img", words)
    assert tree[0].tag == f"{SVG}title"
    assert tree[0].text == words


# ---- several -------------------------------------------------------------------------------------


def test_runs_are_lines_of_their_own_colour_with_names_and_values():
    runs = [
        TensorBoardRun(name, (Series("loss", points(n, n + 1.5)),)) for n, name in enumerate("abc")
    ]
    html = grid(charts(runs))
    for n, name in enumerate("abc"):
        assert html.count(f'stroke="{COLORS[n]}"') == 1
        assert f'color:{variable(f"series-{n}")}">●</span>' in html
        assert f">{name}</span>" in html
        assert f"<b>{n + 1.5}</b>" in html


def test_a_run_keeps_its_colour_in_charts_where_others_are_missing():
    runs = [
        TensorBoardRun("a", (Series("x", points(1.0)),)),
        TensorBoardRun("b", (Series("y", points(1.0)),)),
    ]
    assert [made.lines[0].color for made in charts(runs)] == list(COLORS[:2])


def test_more_runs_than_colours_are_counted_not_drawn():
    runs = [TensorBoardRun(f"{n}", (Series("loss", points(1.0)),)) for n in range(MOST_LINES + 3)]
    [made] = charts(runs)
    assert len(made.lines) == MOST_LINES
    assert "3 more runs are not drawn" in grid([made])


def test_tags_are_grouped_by_their_prefix_and_lone_ones_come_first():
    tags = ("train/loss", "lr", "eval/loss", "train/accuracy")
    html = grid(charts([TensorBoardRun(".", tuple(Series(tag, points(1.0)) for tag in tags))]))
    order = [
        html.index(f">{word}</b>") for word in ("lr", "eval/loss", "train", *sorted(tags[::3]))
    ]
    assert order == sorted(order)
    assert ">eval</b>" not in html


def test_more_charts_than_a_page_holds_are_counted_with_the_way_to_choose():
    runs = [
        TensorBoardRun(".", tuple(Series(f"tag{n}", points(1.0)) for n in range(MOST_CHARTS + 7)))
    ]
    html = grid(charts(runs))
    assert html.count("<svg") == MOST_CHARTS
    assert "7 more tags are not drawn: choose some with --tags REGEX" in html


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_each_colour_stands_out_on_a_light_and_on_a_dark_page(page):
    for color in COLORS:
        brighter, darker = sorted((luminance(color), luminance(page)), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.1, 1.4.11


def luminance(color):
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# ---- whatever comes ------------------------------------------------------------------------------


@given(st.lists(ANY_POINTS, min_size=1, max_size=3))
def test_any_numbers_make_a_chart_inside_its_frame(series):
    made = chart(*series)
    tree = drawn(made)
    for group in tree.iter(f"{SVG}g"):
        for path in group.iter(f"{SVG}path"):
            for part in coordinates(path.get("d")):
                assert all(-5 <= x <= 305 and 0 <= y <= 132 for x, y in part)
    assert {element.tag.removeprefix(SVG) for element in tree.iter()} <= {
        *("svg", "title", "path", "g", "text", "circle"),
    }
    for words in (tree.get("aria-label"), *paths(tree)):
        assert "inf" not in re.sub("[a-zA-Z]*inf[a-z]+", "", words)


HOSTILE = st.text() | st.sampled_from(
    [
        "</title></svg><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' style='background:url(//x)'",
        "\x1b]0;title\x07\x00\ufffe",
        "\u202egnp.exe/\u2066",
        "javascript:alert(1)",
        "&lt;b&gt;/&amp;",
        "\ud800",
    ]
)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_tags_and_runs_are_text_and_nothing_else(names):
    html = grid(
        charts([TensorBoardRun(run, (Series(tag, points(1.0, 2.0)),)) for run, tag in names])
    )
    tree = ElementTree.fromstring(html)
    elements = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert elements <= {"div", "span", "b", "svg", "title", "path", "g", "text", "circle"}
    for element in tree.iter():
        assert not [name for name in element.attrib if name.lower().startswith(("on", "href"))]
        assert "url(" not in element.get("style", "")
    json.dumps(html, ensure_ascii=False).encode()  # the wire takes it


@given(st.lists(st.floats(), min_size=1, max_size=3_000), st.integers(1, 10**12))
def test_a_line_of_any_length_is_small_and_keeps_its_extremes(values, stride):
    series = GrowingSeries(lambda: 1_000)
    for step, value in enumerate(values):
        series.add("file", Point(step * stride, 0.0, value))
    kept = thin(series.points, lambda point: point.step / (stride * len(values)))
    assert len(kept) <= 3 * COLUMNS + 2
    assert kept == sorted(kept)
    assert kept[-1].step == (len(values) - 1) * stride
    numbers = [value for value in values if math.isfinite(value)]
    left = [point.value for point in kept if math.isfinite(point.value)]
    assert (max(left, default=0), min(left, default=0)) == (
        max(numbers, default=0),
        min(numbers, default=0),
    )
    assert len(svg(chart(series.points))) <= 9_000


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats()), min_size=1, max_size=300))
def test_steps_in_any_order_are_drawn(written):
    points = tuple(Point(step, 0.0, value) for step, value in written)
    drawn = chart(points)
    ElementTree.fromstring(svg(drawn))
    steps = table([TensorBoardRun(".", (Series("loss", points),))]).split("\n")[2].split()[2]
    assert steps == f"{min(written)[0]}-{max(written)[0]}"
