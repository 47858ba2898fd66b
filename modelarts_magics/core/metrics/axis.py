"""Where the points of a curve stand on its axis, and where a restart begins a new segment.

A log tells a step, an epoch, both, a part of the epoch, or nothing. Steps that go on over epochs
are the axis. Those that begin again with each epoch are turned into epochs and the part that is
done, or are counted on where nobody tells how many there are. Any other step back is a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .shape import Place

_NEARLY_ALL = 0.9  # of the steps of an epoch, after which the next one begins without a word


class Axis(NamedTuple):
    """Steps of points, ``None`` where none were told, and the points at which a segment begins."""

    steps: tuple[float, ...] | None
    segments: tuple[int, ...]


def axis(places: Sequence[Place]) -> Axis:
    """The axis of points in the order of their writing."""
    steps = _steps(places)
    if steps is None:
        return Axis(None, (0,) if places else ())
    back = [n for n in range(1, len(steps)) if steps[n] < steps[n - 1]]
    return Axis(tuple(steps), (0, *back))


def _steps(places: Sequence[Place]) -> list[float] | None:
    if not places:
        return None
    if all(place.part is not None for place in places):
        return _of_parts(places)
    if all(place.step is not None for place in places):
        return _of_steps(places)
    if all(place.epoch is not None for place in places):
        return _of_epochs(places)
    if sum(place.is_told for place in places) * 2 < len(places):
        return None
    return _mixed(places)


def _of_parts(places: Sequence[Place]) -> list[float]:
    """The epochs that are done; they are counted where none are told."""
    found, counted, last = [], 0.0, 0.0
    first = _first_epoch(places)
    for place in places:
        part = place.part or 0.0
        if place.epoch is not None:
            counted = place.epoch - first
        elif part < last:
            counted += 1
        last = part
        found.append(counted + part)
    return found


def _of_epochs(places: Sequence[Place]) -> list[float]:
    """The epochs; beside a bar, which tells the part that is done, what tells none is its end."""
    parts = _parts(places)
    if all(part is None for part in parts):
        return [place.epoch or 0.0 for place in places]
    first = _first_epoch(places)
    return [
        (place.epoch or 0.0) - first + (1.0 if part is None else part)
        for place, part in zip(places, parts)
    ]


def _parts(places: Sequence[Place]) -> list[float | None]:
    """The part of its epoch that is done, as told, or by steps that begin again with each epoch."""
    told = [place for place in places if place.step is not None]
    goes_on = any(
        (now.epoch or 0.0) > (before.epoch or 0.0) and (now.step or 0.0) > (before.step or 0.0)
        for before, now in zip(told, told[1:])
    )
    if goes_on or not all(place.total for place in told):
        return [place.part for place in places]
    return [_part(place) for place in places]


def _part(place: Place) -> float | None:
    if place.part is None and place.step is not None and place.total:
        return place.step / place.total
    return place.part


def _first_epoch(places: Sequence[Place]) -> float:
    """The number of the first epoch of a training: 0 or 1."""
    epochs = [place.epoch for place in places if place.epoch is not None]
    return 1.0 if epochs and min(epochs) >= 1 else 0.0


def _of_steps(places: Sequence[Place]) -> list[float]:
    places = [*map(_untangled, places)] if _are_tangled(places) else places
    if len({p.step for p in places}) == 1 and all(p.epoch is not None for p in places):
        return [place.epoch or 0.0 for place in places]
    begins = [n for n in range(1, len(places)) if _begins_epoch(places[n - 1], places[n])]
    if not begins:
        return [place.step or 0.0 for place in places]
    if all(place.total and place.epoch is not None for place in places):
        first = _first_epoch(places)
        return [(p.epoch or 0.0) - first + (p.step or 0.0) / (p.total or 1.0) for p in places]
    return _counted_on(places, set(begins))


def _are_tangled(places: Sequence[Place]) -> bool:
    """Whether ``3/120`` means epoch and step: what looks like their number grows with each line."""
    totals = {place.total for place in places if place.total is not None}
    return len(totals) > max(2, len(places) // 10) and all(p.epoch is None for p in places)


def _untangled(place: Place) -> Place:
    return Place(place.step, place.total)


def _begins_epoch(before: Place, now: Place) -> bool:
    """Whether a step begins again because another epoch does."""
    if (now.step or 0.0) >= (before.step or 0.0):
        return False
    if now.epoch is not None and before.epoch is not None:
        return now.epoch > before.epoch
    return bool(before.total) and (before.step or 0.0) >= _NEARLY_ALL * (before.total or 0.0)


def _counted_on(places: Sequence[Place], begins: set[int]) -> list[float]:
    found, done = [], 0.0
    for n, place in enumerate(places):
        if n in begins:
            before = places[n - 1]
            done += before.total or before.step or 0.0
        elif n and (place.epoch or 0.0) < (places[n - 1].epoch or 0.0):
            done = 0.0
        found.append(done + (place.step or 0.0))
    return found


def _mixed(places: Sequence[Place]) -> list[float]:
    """What each tells, and the last that was told where one tells nothing."""
    found, last = [], 0.0
    for place in places:
        told = (place.step, place.epoch, place.part)
        last = next((one for one in told if one is not None), last)
        found.append(last)
    return found
