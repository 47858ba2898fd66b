"""What a panel tells a chart in the browser of the metrics of its log."""

from __future__ import annotations

import random
import re
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_service import ChangingJob

from modelarts_magics import metrics
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.logs.follow import Finished
from modelarts_magics.estimator import TrainingJob
from modelarts_magics.notebook.log.asked import AskedMetric
from modelarts_magics.notebook.log.bell import Bell, Condition
from modelarts_magics.notebook.log.command import parser
from modelarts_magics.notebook.log.metrics import LogMetrics, News
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.notebook.log.standing import StandingLook
from modelarts_magics.session import Session

COLUMNS = {"v": "values", "b": "bytes", "l": "lines", "s": "steps", "e": "epochs"}


@dataclass
class Chart:
    """What a page has of the metrics: it keeps what it is told, as the seam says."""

    now: int = 0
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    points: dict[int, dict[str, list[float]]] = field(default_factory=dict)
    segments: dict[int, list[int]] = field(default_factory=dict)

    def take(self, news: News) -> None:
        message, at = news.message, 0
        assert message["since"] <= self.now
        if message["since"] == 0:
            self.names, self.points, self.segments = {}, {}, {}
        self.now = message["now"]
        for number in message["gone"]:
            for kept in (self.names, self.points, self.segments):
                kept.pop(number, None)
        for number, name, file, _unit, _job in message["added"]:
            self.names[number] = name, file
        for number, keep, count, columns, segments in message["parts"]:
            old = self.points.get(number, {})
            new = {}
            for letter in columns:
                told = struct.unpack_from(f"<{count}d", news.data, at)
                at += 8 * count
                new[letter] = [*old.get(letter, [])[:keep], *told]
            self.points[number] = new
            self.segments[number] = [
                *(n for n in self.segments.get(number, []) if n < keep), *segments
            ]  # fmt: skip
        assert at == len(news.data)

    def series(self, file: str = "w") -> dict[str, dict[str, Any]]:
        return {
            name: {**self.points[number], "segments": self.segments[number]}
            for number, (name, of) in self.names.items()
            if of == file
        }


@pytest.fixture
def model() -> Iterator[LogModel]:
    with closing(LogModel(JobVersion(job_name="mnist"), ())) as made:
        yield made


def write(model: LogModel, text: str, file: str = "w", start: int | None = None) -> None:
    spool = model.spools.get(file)
    start = (spool.end if spool else 0) if start is None else start
    model.apply(LogText(text, start, start + len(text.encode()), file))


def lines(count: int, start: int = 0, pattern: str = "step {n} loss={v}\n") -> str:
    return "".join(pattern.format(n=n, v=f"{1 / (n + 2):.5f}") for n in range(start, start + count))


def expected(text: str) -> dict[str, dict[str, Any]]:
    """The same as Python reads it, in the form in which a chart has it."""
    return {name: columns(series) for name, series in metrics.read(text).items()}


def columns(series: metrics.MetricSeries) -> dict[str, list[float]]:
    every = {letter: getattr(series, title) for letter, title in COLUMNS.items()}
    if series.has_band:
        every |= {"m": series.lows, "M": series.highs}
    told = {letter: list(map(float, one)) for letter, one in every.items() if one is not None}
    return {**told, "segments": list(series.segments)}


def told_until(panel: LogPanel, steps: Iterator[float], wanted: str) -> None:
    """Go on until the panel says something: on a busy machine a short look may read nothing."""
    give_up = time.monotonic() + 30
    for pause in steps:
        if wanted in repr(panel):
            return
        assert time.monotonic() < give_up, repr(panel)
        time.sleep(min(pause, 0.05))
    raise AssertionError(repr(panel))


def test_a_chart_gets_the_series_that_python_reads(model):
    text = lines(
        20, pattern="[rank0]: epoch 1 step {n} 损失={v} acc=nan\n[rank1]: step {n} 损失=1\n"
    )
    chart = Chart()
    write(model, text)
    chart.take(LogMetrics(model).since())
    assert repr(chart.series()) == repr(expected(text))
    assert set(chart.series()["损失"]) == {*"vblsemM", "segments"}


@pytest.mark.usefixtures("scripted_shell")
def test_a_panel_gives_its_metrics_to_python_live(scripted):
    scripted.script = job = ChangingJob(8, {"a": lines(5)})
    panel = LogPanel(TrainingJob(Session(), "7", "70"), view="text")
    with closing(panel):
        steps = panel.steps()
        next(steps)
        assert panel.metrics == metrics_in("a", lines(5))
        job.to(10, a=lines(3, start=5))()
        panel.act("refresh")
        for _pause in steps:
            if len(panel.metrics["loss"]) > 5:
                break
        assert panel.metrics == metrics_in("a", lines(8))


@pytest.mark.usefixtures("scripted_shell")
def test_a_head_without_a_script_tells_the_last_and_the_best_value(scripted):
    told = "step {n} lr={v} loss={v} acc=0.{n}\n"
    scripted.script = job = ChangingJob(8, {"a": lines(5, pattern=told)})
    panel = LogPanel(TrainingJob(Session(), "7", "70"), view="text")
    with closing(panel):
        steps = panel.steps()
        told_until(panel, steps, "loss 0.1667 (best 0.1667) · acc 0.4 (best 0.4) · lr 0.1667")
        job.to(10, a=lines(2, start=5, pattern=told) + "step 7 loss=0.9 acc=0.1\n")()
        panel.act("refresh")
        for _pause in steps:
            pass
        assert "loss 0.9 (best 0.125) · acc 0.1 (best 0.6) · lr 0.125" in panel.summary.as_text()
        assert "(best 0.125)" in panel.summary.as_html()


def test_a_head_waits_until_all_is_read_and_reads_little_at_once(model):
    now = [0.0]
    write(model, "quiet\n" * 40_000 + lines(4))
    look = StandingLook(LogMetrics(model), model, clock=lambda: now[0])
    seen = []
    for _second in range(100):
        look.look()
        seen.append(bool(model.metrics))
        now[0] += 1.0
    assert not seen[0]
    assert seen[-1]
    changes = model.changes
    look.look()
    assert model.changes == changes


def metrics_in(file: str, text: str) -> dict[str, metrics.MetricSeries]:
    reader = metrics.MetricReader(file)
    reader.feed(text)
    return reader.series


def test_only_what_is_new_travels(model):
    chart = Chart()
    asked = LogMetrics(model)
    write(model, lines(500))
    chart.take(asked.since(chart.now))
    assert not asked.since(chart.now).is_new
    write(model, lines(2, start=500))
    news = asked.since(chart.now)
    ((_number, keep, count, columns, segments),) = news.message["parts"]
    assert (keep, count, columns, segments) == (500, 2, "vbls", [])
    assert len(news.data) == 2 * 4 * 8
    assert news.message["added"] == news.message["gone"] == []


def test_a_point_leads_to_its_line(model):
    text = "训练开始\n" + lines(5, pattern="step {n}：损失＝{v}\n")
    write(model, text, start=1000)
    (series,) = LogMetrics(model).series.values()
    assert set(series.files) == {"w"}
    assert [text.encode()[byte - 1000 :].decode().partition("\n")[0] for byte in series.bytes] == (
        text.split("\n")[1:6]
    )


def test_several_tasks_are_series_of_a_chart_and_one_with_a_band_in_python(model):
    chart = Chart()
    asked = LogMetrics(model)
    for task in range(3):
        write(model, "".join(f"step {n} loss={n + task}\n" for n in range(9)), f"w{task}")
    chart.take(asked.since())
    assert [file for _name, file in chart.names.values()] == ["w0", "w1", "w2"]
    (series,) = asked.series.values()
    assert series.steps == tuple(range(9))
    assert series.values == tuple(n + 1 for n in range(9))
    assert (series.lows, series.highs) == (tuple(range(9)), tuple(range(2, 11)))


def test_a_log_that_was_written_anew_is_read_anew(model):
    chart = Chart()
    asked = LogMetrics(model)
    write(model, lines(9) + lines(9, pattern="step {n} acc={v}\n"))
    chart.take(asked.since())
    write(model, lines(4, start=3), start=0)
    news = asked.since(chart.now)
    chart.take(news)
    assert news.message["epoch"] == 1
    assert chart.series() == expected(lines(4, start=3))


def test_the_last_line_of_a_log_that_has_ended_counts(model):
    asked = LogMetrics(model)
    write(model, lines(4)[:-1])
    assert len(asked.series["loss"]) == 3
    model.apply(Finished(None))
    assert len(asked.series["loss"]) == 4


def test_what_was_read_stays_when_the_panel_is_closed(model):
    asked = LogMetrics(model)
    write(model, lines(4))
    before = asked.series
    model.close()
    assert asked.series == before != {}


BARS = "\rEpoch {n}:  50%|███  | 5/10 [00:01<00:01, loss={v}]"
BLOCKS = "{{\n 'loss': {v},\n 'epoch': {n}\n}}\n"
OWN = "".join(f"step {n}: took {n}.5 ms, at {10 * n} loss={n}.25\n" for n in range(1, 5))


@pytest.mark.parametrize(
    ("typed", "steps", "values"),
    [
        (r"took=took (\S+)", (1, 2, 3, 4), (1.5, 2.5, 3.5, 4.5)),
        (r"took=at (?P<step>\d+).*=(?P<value>.*)", (10, 20, 30, 40), (1.25, 2.25, 3.25, 4.25)),
        (r"took=^st(e)p", None, None),
        (r"took=step (2)", (2,), (2,)),
        (r"loss=took (\S+)", (1, 2, 3, 4), (1.5, 2.5, 3.5, 4.5)),
        ("-loss", None, None),
    ],
)
def test_a_metric_is_read_by_a_pattern_of_the_user_or_hidden(model, typed, steps, values):
    asked = AskedMetric.parse(typed)
    write(model, OWN)
    found = LogMetrics(model, [AskedMetric.parse("took=x(y)"), asked]).series
    own = found.pop(asked.name, None)
    assert (own and own.steps, own and own.values) == (steps, values)
    assert list(found) == ["loss"] * (asked.name != "loss")


def test_a_pattern_that_takes_for_ever_is_given_up_and_the_rest_goes_on(model):
    asked = [AskedMetric.parse(text) for text in (r"slow=(a+)+$", r"took=took (\S+)")]
    write(model, "a" * 60 + "!\n" + OWN)
    found = LogMetrics(model, asked)
    assert set(found.series) == {"took", "loss"}
    assert "(a+)+$ takes too long" in model.note
    write(model, "a" * 60 + "!\nstep 5: took 7 ms\n")
    assert found.series["took"].values[-1] == 7


MISTAKES = {
    "loss": "loss is no metric",
    "=(.)": "=(.) is no metric",
    "-": "- is no metric",
    "loss=x": "no such group: 1",
    "loss=(": "Not a regular expression",
}


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_metric_that_makes_no_sense_is_refused_by_one_line(scripted_shell, typed):
    assert MISTAKES[typed] in scripted_shell(f"%ma_log job --metric '{typed}'").mistake
    with pytest.raises(InvalidArgumentError, match=re.escape(MISTAKES[typed])):
        LogPanel(TrainingJob(Session(), "7", "70"), metrics=[typed])


def test_a_line_and_the_settings_say_what_a_panel_reads(scripted_shell):
    asked = parser().parse_line('job --metric -loss --metric=-at --metric "a b=(.)"')
    assert [one.text for one in asked.metrics] == ["-loss", "-at", "a b=(.)"]
    try:
        scripted_shell.ok(r"%config ModelArtsMagics.metrics = ['took=took (\S+)']")
        assert list(scripted_shell.context.metrics) == [r"took=took (\S+)"]
    finally:
        scripted_shell.ok("%config ModelArtsMagics.metrics = []")


PATTERNS = ("step {n} loss={v}\n", "[rank0]: step {n} loss={v}\n", BARS, BLOCKS, "step 1 acc={v}\n")


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_charts_that_miss_answers_or_get_them_twice_have_the_same_in_the_end(seed):
    chance = random.Random(seed)
    charts = [Chart(), Chart(), Chart()]
    with closing(LogModel(JobVersion(job_name="mnist"), ())) as model:
        asked = LogMetrics(model)
        for _step in range(chance.randrange(1, 12)):
            text = lines(
                chance.choice((1, 3, 40, 900)), chance.randrange(50), chance.choice(PATTERNS)
            )
            write(model, text, start=0 if chance.random() < 0.1 else None)
            news = asked.since(chance.choice(charts).now, seconds=chance.choice((0, 1)))
            hearing = [chart for chart in charts if chart.now >= news.message["since"]]
            for chart in chance.choices(hearing, k=3):  # some never, some twice
                chart.take(news)
        last = asked.series
        for chart in charts:
            chart.take(asked.since(chart.now))
            assert chart.series() == {name: columns(series) for name, series in last.items()}


def test_a_chart_that_knows_nothing_of_long_ago_is_told_all(model):
    chart = Chart()
    asked = LogMetrics(model)
    write(model, lines(9))
    chart.take(asked.since())
    for _time in range(300):  # more than are remembered one by one
        write(model, lines(1, start=9 + _time))
        asked.since()
    chart.take(asked.since(chart.now))
    assert chart.series()["loss"]["v"] == list(asked.series["loss"].values)
    stranger = asked.since(10**9)
    assert stranger.message["since"] == 0
    assert len(stranger.message["added"]) == 1


def test_an_answer_does_not_wait_for_all_of_a_long_log(model):
    asked = LogMetrics(model)
    write(model, lines(20_000))
    news = asked.since(0, seconds=0.0)
    assert news.is_more
    while news.is_more:
        news = asked.since(news.version, seconds=0.0)
    assert asked.series["loss"].values[-1] == round(1 / 20_001, 5)


def test_threads_may_ask_at_once(model):
    asked = LogMetrics(model)
    charts = [Chart() for _thread in range(4)]

    def follow(chart: Chart) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and len(chart.series().get("loss", {}).get("v", ())) < 400:
            chart.take(asked.since(chart.now))

    threads = [threading.Thread(target=follow, args=[chart]) for chart in charts]
    [thread.start() for thread in threads]
    for start in range(0, 400, 20):
        write(model, lines(20, start))
    [thread.join() for thread in threads]
    assert [chart.series() for chart in charts] == [expected(lines(400))] * 4


def names(n: int) -> range:
    """Of 1,000, 600 come again and again."""
    first = 20 * (n if n < 50 else n % 30)
    return range(first, first + 20) if n < 200 else range(0)


HOSTILE: dict[str, Callable[[int], str]] = {
    "more names than are kept": lambda n: " ".join(f"loss_{m:x}=0.{n}" for m in names(n)) + "\n",
    "a name of 1 MB": lambda n: "step 1 " + "loss_" * 200_000 + f"=0.{n}\n" if n < 4 else "",
    "__proto__": lambda n: f"step {n} __proto__={n}.5 constructor=0.{n} loss=1.{n}\n",
    "HTML": lambda n: f"step {n} <img src=x onerror=alert(1)>loss=0.{n}\n",
    "10,000 digits": lambda n: f"step {n} loss={'7' * 10_000}\n" if n < 200 else "",
    "steps backwards": lambda n: f"step {10**9 - n} loss={n % 7}.5\n",
    "backwards by ranks": lambda n: f"[rank{n % 4}]: step {10**9 - n} loss={n % 7}.5\n",
    "names that come and go": lambda n: f"step {n} loss_{'ab'[n // 9 % 2] * (n // 18)}={n}.5\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_log_tells_a_chart_a_bounded_amount(model, kind):
    chart = Chart()
    asked = LogMetrics(model)
    tracemalloc.start()
    try:
        for start in range(0, 1_000, 200):
            write(model, "".join(map(HOSTILE[kind], range(start, start + 200))))
            news = asked.since(chart.now, seconds=60)
            assert len(news.data) < 6_000_000
            assert len(repr(news.message)) < 300_000
            chart.take(news)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert len(chart.names) <= 500
    assert all(len(name) <= 120 for name, _file in chart.names.values())


# ---- bells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "rings"),
    [
        ("loss > 0.5", "loss > 0.5: 0.7"),
        ("loss<-1", None),
        (" loss  <  .25 ", "loss  <  .25: 0.2"),
        ("loss > 1e0", None),
        ("accuracy is nan", "accuracy is nan: nan"),
        ("loss is nan", None),
        ("nothing > 0", None),
    ],
)
def test_a_panel_rings_once_when_a_metric_is_beyond_a_bound(
    model: LogModel, typed: str, rings: str | None
) -> None:
    bell = Bell(LogMetrics(model), [Condition.parse(typed)], model.ring)
    bell.look()
    steps = [(0.3, "0.1"), (0.7, "0.2"), (0.2, "0.3"), (0.25, "nan")]
    write(model, "".join(f"step {n} loss: {a} accuracy: {b}\n" for n, (a, b) in enumerate(steps)))
    for _ in range(2):
        bell.look()
    assert model.bells == model.state()["bells"] == ([rings] if rings else [])
    assert model.note == (rings or "")


@pytest.mark.parametrize("typed", ["loss", "> 5", "loss > x", "loss >= 5", "loss is 5", "a" * 300])
def test_what_is_no_bound_is_refused(typed: str) -> None:
    with pytest.raises(InvalidArgumentError, match="NAME > NUMBER"):
        Condition.parse(typed)
