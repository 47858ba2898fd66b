"""Every public number is checked where it comes in: name, value and range; nothing is sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics import LogPanel
from modelarts_magics.core.api.v1.models.listing import ListQuery
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.core.numbers import number, whole
from modelarts_magics.estimator import Estimator, VisualizationJob


@dataclass(frozen=True)
class Number:
    """A public number.

    Attributes:
        give: gives it to who takes it, in a session.
        least, most: what it may be.
        is_whole: else a fraction is fine; then ``least`` is excluded.
    """

    give: Callable[[Any, Any], object]
    least: float
    most: float = math.inf
    is_whole: bool = True


def job(session):
    return Estimator(session, job_id="10", version_id="11")


def saved(session, **given):
    return job(session).download_job_log("worker-0", "saved", **given)


def estimator(session, count):
    described = Estimator(session, train_instance_count=count, train_instance_type="cpu")
    return described.fit(job_name="x")


def seconds(name):
    return Number(lambda _session, value: Limits(**{name: value}), 0, 86_400, is_whole=False)


DAY = 86_400
NUMBERS = {
    "connect": seconds("connect"),
    "read": seconds("read"),
    "deadline": seconds("deadline"),
    "tries": Number(lambda _session, value: Limits(tries=value), 1),
    "connections of a session": Number(lambda _s, value: Limits(connections=value), 1, 256),
    "connections": Number(lambda session, value: saved(session, connections=value), 1, 256),
    "connections of a reader": Number(lambda _session, value: Reader(value), 1, 10_000),
    "rate": Number(lambda session, value: saved(session, rate=value), 0, is_whole=False),
    "rate of a limit": Number(lambda _session, value: RateLimit(value), 0, is_whole=False),
    "start_byte": Number(lambda session, value: job(session).get_job_log("a", value), -1),
    "offset": Number(lambda session, value: job(session).get_job_log("a", 0, value), -2048, 2048),
    "start_byte of who follows": Number(
        lambda session, value: job(session).follow_job_log("a", value), 0
    ),
    "start_byte of the client": Number(
        lambda session, value: session.client.read_log("1", "2", "a", value), -1
    ),
    "offset of the client": Number(
        lambda session, value: session.client.read_log("1", "2", "a", 0, value), -2048, 2048
    ),
    "lines": Number(
        lambda session, value: session.client.read_log_lines("1", "2", "a", lines=value), 1, 500
    ),
    "per_page": Number(lambda s, value: Estimator.get_job_list(s, per_page=value), 1, 1000),
    "page": Number(lambda session, value: Estimator.get_job_list(session, page=value), 1, 65_535),
    "per_page of visualization jobs": Number(
        lambda s, value: VisualizationJob.get_visualization_job_list(s, per_page=value), 1, 100
    ),
    "page of visualization jobs": Number(
        lambda s, value: VisualizationJob.get_visualization_job_object_list(s, page=value),
        1,
        65_535,
    ),
    "per_page of the client": Number(
        lambda session, value: session.client.list_jobs(ListQuery(per_page=value)), 1, 1000
    ),
    "page of the client": Number(
        lambda session, value: session.client.list_visualization_jobs(ListQuery(page=value)),
        1,
        65_535,
    ),
    "per_page of versions": Number(
        lambda session, value: session.client.list_versions("1", per_page=value), 1, 1000
    ),
    "page of versions": Number(
        lambda session, value: session.client.list_versions("1", page=value), 1, 65_535
    ),
    "tail": Number(lambda session, value: LogPanel(job(session), tail=value), 0),
    "interval": Number(
        lambda session, value: LogPanel(job(session), interval=value), 0, DAY, is_whole=False
    ),
    "train_instance_count": Number(estimator, 1),
}
HUGE = 2**20_000  # newer Pythons write it in no decimal form
OPTIONAL = {"rate", "tail", "interval"}
NO_NUMBERS = ["3", "", b"3", True, False, [], {}, object(), math.nan, 1j, Decimal(3)]


def refused(session, name, value):
    with pytest.raises(InvalidArgumentError, match=f"^{name.partition(' ')[0]} is ") as caught:
        NUMBERS[name].give(session, value)
    assert repr(value) in caught.value.message
    assert caught.value.hint.startswith("It is ")


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_refused_and_nothing_is_sent(name, session, notebook):
    values = NO_NUMBERS if name in OPTIONAL else [*NO_NUMBERS, None]
    if name == "train_instance_count":  # its text is accepted: forms give it
        values = [value for value in values if value not in ("3", Decimal(3))]
    for value in values:
        refused(session, name, value)
    assert notebook.seen == []


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_outside_its_range_is_refused_and_nothing_is_sent(name, session, notebook):
    asked = NUMBERS[name]
    below = asked.least - 1 if asked.is_whole else asked.least
    for value in [below, below - 1, -(10**400), -math.inf]:
        if asked.is_whole and value == -math.inf:
            continue
        refused(session, name, value)
    for value in [asked.most + 1, 10**400] if asked.most < math.inf else []:
        refused(session, name, value)
    for value in [-HUGE, *([HUGE] if asked.is_whole else [])]:
        with pytest.raises(InvalidArgumentError, match=r"^\S+ is "):
            asked.give(session, value)
    if asked.is_whole:
        for value in [1.5, 1.0, Fraction(3, 2), math.inf]:
            refused(session, name, value)
    assert notebook.seen == []


@given(st.integers(), st.integers(-50, 50), st.integers(0, 100))
def test_a_whole_number_is_taken_exactly_when_it_is_in_its_range(value, least, width):
    if least <= value <= least + width:
        assert whole("n", value, least, least + width) == value
    else:
        with pytest.raises(InvalidArgumentError, match=rf"n is {value}\. It is from {least} to"):
            whole("n", value, least, least + width)


@given(st.floats() | st.integers() | st.fractions())
def test_a_number_is_taken_exactly_when_it_is_above_0_and_not_too_large(value):
    if 0 < value <= DAY and float(value) > 0:
        assert number("n", value, DAY) == float(value)
    else:
        with pytest.raises(
            InvalidArgumentError, match=r"^n is .*It is (a number above 0|86400 or)"
        ):
            number("n", value, DAY)


@pytest.mark.parametrize("parameters", [{"a": HUGE}, [{"label": "a", "value": HUGE}]])
def test_a_hyperparameter_that_cannot_be_written_is_refused(parameters, session, notebook):
    folders = {"output_path": "/bucket/output/", "log_url": "/bucket/logs/"}
    code = {"code_dir": "/bucket/code/", "boot_file": "/bucket/code/train.py"}
    number = {"train_instance_type": "cpu", "train_instance_count": 1}
    described = Estimator(session, hyperparameters=parameters, **folders, **code, **number)
    with pytest.raises(InvalidArgumentError, match=r"^hyperparameters is "):
        described.fit(job_name="x")
    assert notebook.seen == []
