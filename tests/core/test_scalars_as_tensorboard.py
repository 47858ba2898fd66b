"""The points of a folder are those that TensorBoard's own reader gives of it in the end."""

from __future__ import annotations

import logging
import math
import tempfile
from pathlib import Path
from typing import Callable

import pytest
from event_files import record
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary

from modelarts_magics.core.scalars.reader import ScalarReader

NAMES = [f"events.out.tfevents.{n}.host" for n in range(3)]
TAGS = ["loss", "accuracy", "", "x" * 700 + "1", "x" * 700 + "2"]


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    """It tells of every disorder."""
    logger = logging.getLogger("tensorboard")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


def of_tensorboard(folder: Path) -> dict[str, list[tuple[int, float, str]]]:
    read = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    found = {tag: read.Scalars(tag) for tag in read.Tags()["scalars"]}
    return {
        tag: [(point.step, point.wall_time, repr(point.value)) for point in points]
        for tag, points in found.items()
        if points
    }


def of_ours(reader: ScalarReader) -> dict[str, list[tuple[int, float, str]]]:
    return {
        series.tag: [(point.step, point.wall_time, repr(point.value)) for point in series.points]
        for run in reader.runs
        for series in run.series
    }


def scalars(step: int, wall_time: float = 0.0, **values: float) -> Event:
    summary = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    return Event(step=step, wall_time=wall_time, summary=Summary(value=summary))


def version(text: str) -> Event:
    return Event(file_version=text)


def started(step: int) -> Event:
    return Event(step=step, session_log=SessionLog(status=SessionLog.START))


STEPS = st.integers(0, 6) | st.sampled_from([-1, 2**62, 2**63 - 1])
VERSIONS = st.sampled_from(["brain.Event:1", "brain.Event:2", "brain.Event:2.5", "brain.Event:x"])
VALUES = st.floats(width=32)
EVENTS = st.one_of(
    st.builds(
        lambda step, values: scalars(step, **values),
        STEPS,
        st.dictionaries(st.sampled_from(TAGS), VALUES, min_size=1, max_size=3),
    ),
    st.builds(started, STEPS),
    st.builds(version, VERSIONS),
    st.builds(lambda step: Event(step=step, graph_def=b""), STEPS),
    st.builds(
        lambda step, tag: Event(
            step=step, summary=Summary(value=[Summary.Value(tag=tag, histo=HistogramProto())])
        ),
        STEPS,
        st.sampled_from(TAGS),
    ),
)
LOOK = None
FIRST = st.lists(st.none() | st.sampled_from(["brain.Event:1", "brain.Event:2"]), max_size=3)
WRITTEN = st.lists(st.tuples(st.sampled_from(NAMES), EVENTS) | st.just(LOOK), max_size=40)


HISTOGRAM = Event(
    step=0, summary=Summary(value=[Summary.Value(tag="loss", histo=HistogramProto())])
)
LATE_TAG = [
    *[(NAMES[0], started(0)), (NAMES[0], started(1))],
    *[(NAMES[1], HISTOGRAM), (NAMES[0], scalars(0, accuracy=0)), LOOK],
    (NAMES[0], scalars(0, loss=0)),  # void by what stands behind it, and was read before it
]


@settings(max_examples=60)
@given(FIRST, WRITTEN, st.booleans())
@example([], LATE_TAG, False)
def test_whoever_writes_what_in_which_order_the_points_are_those_of_tensorboard(
    first, written, slowly
):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reader = ScalarReader(folder)
        heads = [(file, version(text)) for file, text in zip(NAMES, first) if text]
        for step in [*heads, *written]:
            if step is LOOK:
                reader.poll(-1 if slowly else math.inf)
                continue
            file, event = step
            with open(folder / file, "ab") as out:
                out.write(record(event.SerializeToString()))
        reader.poll()
        assert of_ours(reader) == of_tensorboard(folder)


def in_files(*files: list[Event]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, events in zip(NAMES, files):
            data = b"".join(record(event.SerializeToString()) for event in events)
            (folder / name).write_bytes(data)

    return write


V1, V2 = version("brain.Event:1"), version("brain.Event:2")


@pytest.mark.parametrize(
    ("write", "points"),
    [
        pytest.param(in_files([V2, *[scalars(0, loss=n) for n in range(10)]]), 10, id="no steps"),
        pytest.param(
            in_files([V2, *[scalars(n ^ 1, loss=n) for n in range(20)]]), 20, id="asynchronous"
        ),
        pytest.param(
            in_files(*2 * [[V2, *[scalars(n, loss=n) for n in range(10)]]]), 20, id="two ranks"
        ),
        pytest.param(
            in_files([V2, *[scalars(n, loss=n) for n in range(8)]], [V2, scalars(3, loss=0)]),
            9,
            id="resumed without a word",
        ),
        pytest.param(
            in_files(
                [V2, *[scalars(n, loss=n) for n in range(8)]], [V2, started(3), scalars(3, loss=0)]
            ),
            4,
            id="resumed with a session start",
        ),
        pytest.param(
            in_files([V1, *[scalars(n, loss=n) for n in range(8)], scalars(3, loss=0)]),
            4,
            id="a step back in a file of version 1",
        ),
        pytest.param(
            in_files([V2, *[scalars(n, loss=n) for n in range(0, 100, 10)], scalars(1, loss=0)]),
            11,
            id="an epoch after steps",
        ),
    ],
)
def test_restarts_are_told_from_other_disorder_as_by_tensorboard(tmp_path, write, points):
    write(tmp_path)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert of_ours(reader) == of_tensorboard(tmp_path)
    assert len(of_ours(reader)["loss"]) == points


def test_a_training_of_thousands_of_steps_is_whole(tmp_path):
    in_files([V2, *[scalars(n, loss=math.sin(n)) for n in range(2_500)]])(tmp_path)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert of_ours(reader) == of_tensorboard(tmp_path)


def test_a_file_that_is_written_anew_takes_back_what_it_had_made_void(tmp_path):
    in_files([V2, scalars(1, loss=1), scalars(2, loss=2)], [V2, started(2), scalars(2, loss=3)])(
        tmp_path
    )
    reader = ScalarReader(tmp_path)
    reader.poll()
    (tmp_path / NAMES[1]).write_bytes(b"")
    reader.poll()
    assert of_ours(reader) == of_tensorboard(tmp_path)
    assert [step for step, _time, _value in of_ours(reader)["loss"]] == [1, 2]


def test_long_tags_stay_apart_and_endless_ones_are_left_out_with_a_word(tmp_path):
    values = {"x" * 9_999 + end: 1.0 for end in ("1", "2", "too long")}
    in_files([V2, scalars(1, **values)])(tmp_path)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert [tag[-1] for tag in of_ours(reader)] == ["1", "2"]
    assert reader.trouble == ("Tags longer than 10000 characters are left out",)
