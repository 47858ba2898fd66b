"""What a page of charts is told of scalars: each point once, and all of it whatever it missed."""

from __future__ import annotations

import math
import random
import struct
from typing import Any

from modelarts_magics.core.scalars.series import Point, Series, TensorBoardRun
from modelarts_magics.notebook.viz.scalars.feed import ScalarFeed


class Chart:
    """What a page has: it keeps what it is told."""

    def __init__(self) -> None:
        self.now = 0
        self.names: dict[int, tuple[str, str, str]] = {}
        self.points: dict[int, list[tuple[float, ...]]] = {}

    def take(self, message: dict[str, Any], data: bytes) -> None:
        assert message["since"] <= self.now
        if message["since"] == 0:
            self.names, self.points = {}, {}
        self.now, at = message["now"], 0
        for number in message["gone"]:
            self.names.pop(number, None)
            self.points.pop(number, None)
        for number, tag, run, _unit, job, _name in message["added"]:
            self.names[number] = job, run, tag
            self.points[number] = []
        for number, keep, count, columns, _segments in message["parts"]:
            told = struct.unpack_from(f"<{count * len(columns)}d", data, at)
            at += 8 * len(told)
            fresh = zip(*(told[n * count : (n + 1) * count] for n in range(len(columns))))
            self.points[number] = [*self.points[number][:keep], *fresh]
        assert at == len(data)

    @property
    def shown(self) -> dict[tuple[str, str, str], list[tuple[float, ...]]]:
        return {name: self.points[number] for number, name in self.names.items()}


def told(feed: ScalarFeed, runs: dict[str, dict[str, list[Point]]]) -> None:
    made = [
        TensorBoardRun(run, tuple(Series(tag, tuple(points)) for tag, points in tags.items()))
        for run, tags in runs.items()
    ]
    feed.take([("", made)])


def test_pages_that_look_when_they_like_have_all_points():
    chance = random.Random(7)
    feed, pages = ScalarFeed(), [Chart() for _ in range(3)]
    runs: dict[str, dict[str, list[Point]]] = {}
    for step in range(300):
        points = runs.setdefault(chance.choice("abc"), {}).setdefault(chance.choice("xyz"), [])
        points.append(Point(step, 1.0 * step, chance.choice([0.5, math.inf, float(step)])))
        if chance.random() < 0.05:
            del points[: len(points) // 2]  # thinned
        if chance.random() < 0.03:
            del runs[chance.choice(list(runs))]
        kept = {
            run: {tag: points for tag, points in tags.items() if points}
            for run, tags in runs.items()
        }
        told(feed, kept)
        page = chance.choice(pages)
        page.take(*feed.since(page.now))
        assert page.shown == {
            ("", run, tag): [(p.value, p.step, p.wall_time) for p in points]
            for run, tags in kept.items()
            for tag, points in tags.items()
        }


def test_only_what_is_new_travels():
    feed = ScalarFeed()
    line = [Point(step, 0.0, step / 7) for step in range(1_000)]
    points = {f"run{run}": {f"tag{tag}": [*line] for tag in range(24)} for run in range(8)}
    told(feed, points)
    look = feed.now
    told(feed, points)
    assert feed.now == look
    for tags in points.values():
        for some in tags.values():
            some.append(Point(1_000, 0.0, math.nan))
    told(feed, points)
    message, data = feed.since(look)
    assert len(data) == 24 * 8 * 3 * 8
    assert len(data) + len(str(message)) < 20_000


def test_a_training_that_began_again_is_a_new_segment():
    feed = ScalarFeed()
    told(feed, {"r": {"loss": [Point(s, 0.0, 1.0) for s in (1, 2, 3, 2, 3)]}})
    (part,) = feed.since(0)[0]["parts"]
    assert part[-1] == [0, 3]
