"""Scalars from event files: of any writer, while they grow, whatever is wrong with some of them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from event_files import Writer, record
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.scalar.metadata import create_summary_metadata

from modelarts_magics.core.scalars import event_file
from modelarts_magics.core.scalars.files import LocalFile
from modelarts_magics.core.scalars.growing_run import GrowingRun, Tags
from modelarts_magics.core.scalars.reader import ScalarReader

NAME = "events.out.tfevents.1.host"


def values(reader, tag="loss", run="."):
    (series,) = [s for r in reader.runs if r.name == run for s in r.series if s.tag == tag]
    return [(point.step, point.value) for point in series.points]


def names(reader):
    return {run.name: [series.tag for series in run.series] for run in reader.runs}


def test_scalars_of_a_training_are_read_with_their_steps_and_times(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, 1e9, loss=0.5, accuracy=0.25)
        writer.scalars(2, 1e9 + 60, loss=0.25, accuracy=0.75)
    reader = ScalarReader(tmp_path)
    assert reader.poll()
    assert names(reader) == {".": ["accuracy", "loss"]}
    assert values(reader) == [(1, 0.5), (2, 0.25)]
    assert reader.runs[0].series[1].last.wall_time == 1e9 + 60
    assert reader.trouble == ()
    assert not reader.poll()


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_any_number_comes_back_as_it_was_written(numbers):
    with tempfile.TemporaryDirectory() as name:
        with Writer(Path(name)) as writer:
            for step, number in enumerate(numbers):
                writer.scalars(step, loss=number)
                writer.tensor(step, "tensor", number)
        reader = ScalarReader(Path(name))
        reader.poll()
        expected = [(step, pytest.approx(n, nan_ok=True, abs=0)) for step, n in enumerate(numbers)]
        assert values(reader) == expected
        assert values(reader, "tensor") == expected


def test_tensors_are_scalars_also_when_only_the_first_says_so(tmp_path):
    with Writer(tmp_path) as writer:
        writer.tensor(1, "loss", 0.5)
        writer.tensor(2, "loss", 0.25, with_metadata=False)
        writer.tensor(1, "other", 1.0, with_metadata=False)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert names(reader) == {".": ["loss"]}
    assert values(reader) == [(1, 0.5), (2, 0.25)]


def test_what_is_no_scalar_is_left_out(tmp_path):
    with Writer(tmp_path) as writer:
        image = Summary.Image(width=1, height=1, encoded_image_string=b"x")
        summary = Summary(value=[Summary.Value(tag="picture", image=image)])
        writer.add(Event(step=1, summary=summary))
        writer.add(Event(step=1, graph_def=b"graph"))
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert (reader.has_files, reader.runs, reader.trouble) == (True, (), ())


def test_each_folder_is_a_run_as_in_tensorboard(tmp_path):
    for run in (".", "lr=0.1", "lr=0.1/eval"):
        with Writer(tmp_path / run) as writer:
            writer.scalars(1, loss=1.0)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert names(reader) == {".": ["loss"], "lr=0.1": ["loss"], "lr=0.1/eval": ["loss"]}


def test_a_training_is_followed_from_before_its_first_file(tmp_path):
    reader = ScalarReader(tmp_path / "later")
    assert not reader.poll()
    assert not reader.has_files
    with Writer(tmp_path / "later") as writer:
        assert reader.poll()
        assert reader.has_files
        assert not reader.poll()
        writer.scalars(1, loss=1.0)
        assert reader.poll()
        writer.scalars(2, loss=0.5)
        with Writer(tmp_path / "later" / "eval") as other:
            other.scalars(2, loss=0.75)
            assert reader.poll()
    assert values(reader) == [(1, 1.0), (2, 0.5)]
    assert values(reader, run="eval") == [(2, 0.75)]


def test_a_restart_that_is_announced_forgets_the_steps_of_all_tags(tmp_path):
    with Writer(tmp_path) as writer:
        for step in (1, 2, 3):
            writer.scalars(step, loss=step, accuracy=step)
        writer.restarted(2)
        writer.scalars(2, loss=20)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert values(reader) == [(1, 1), (2, 20)]
    assert values(reader, "accuracy") == [(1, 1)]


def test_a_file_that_is_written_anew_is_read_anew(tmp_path):
    with Writer(tmp_path) as writer:
        for step in range(1, 9):
            writer.scalars(step, loss=step)
    reader = ScalarReader(tmp_path)
    reader.poll()
    whole = writer.path.read_bytes()
    writer.path.write_bytes(whole[: len(whole) // 2])
    reader.poll()
    assert 1 < len(values(reader)) < 8


def test_only_wanted_tags_are_kept_and_the_others_are_named(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0, accuracy=0.5)
    reader = ScalarReader(tmp_path, wanted=lambda tag: "loss" in tag)
    reader.poll()
    assert names(reader) == {".": ["loss"]}
    assert reader.other_tags == {"accuracy"}


def test_much_is_read_in_slices(tmp_path):
    with Writer(tmp_path) as writer:
        for step in range(5):
            writer.scalars(step, loss=step)
    reader = ScalarReader(tmp_path)
    assert reader.poll(seconds=-1)
    assert reader.is_behind
    done, there = reader.read_bytes
    assert 0 < done < there
    while reader.is_behind:
        reader.poll(seconds=-1)
    assert values(reader) == [(step, step) for step in range(5)]
    assert reader.read_bytes == (there, there)


# ---- what can be wrong with a file ---------------------------------------------------------------


def test_who_draws_while_another_thread_reads_is_told_of_what_is_missing(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1)
        writer.scalars(2, late=1)
    seen = []
    reader = ScalarReader(tmp_path, lambda tag: bool(seen.append((tag, reader.is_behind))) or True)
    reader.poll(-1)
    while reader.is_behind:
        reader.poll(-1)
    assert ("late", True) in seen


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a file with steps 1 to 6, and how many steps stand in each beginning of it."""
    folder = tmp_path_factory.mktemp("whole")
    ends = []
    with Writer(folder) as writer:
        for step in range(1, 7):
            ends.append(writer.path.stat().st_size)
            writer.scalars(step, loss=step)
    data = writer.path.read_bytes()
    ends = [*ends[1:], len(data)]
    return data, lambda size: sum(end <= size for end in ends)


@given(st.data())
def test_half_a_record_is_waited_for(whole, data):
    content, steps_in = whole
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=5)))
    with tempfile.TemporaryDirectory() as name:
        reader = ScalarReader(Path(name))
        for cut in [*cuts, len(content)]:
            (Path(name) / NAME).write_bytes(content[:cut])
            reader.poll()
            found = [s for run in reader.runs for s in run.series]
            assert sum(len(series.points) for series in found) == steps_in(cut)
            assert reader.trouble == ()


@given(st.data())
def test_a_damaged_byte_costs_the_rest_of_its_file_and_nothing_else(whole, data):
    content, steps_in = whole
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = bytearray(content)
    damaged[at] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / NAME).write_bytes(damaged)
        with Writer(Path(name) / "sound") as writer:
            writer.scalars(1, loss=1.0)
        reader = ScalarReader(Path(name))
        reader.poll()
        assert values(reader, run="sound") == [(1, 1.0)]
        before = [point for run in reader.runs if run.name == "." for point in run.series[0].points]
        assert len(before) == steps_in(at)
        assert reader.trouble == (f"{NAME}: a record is damaged",)


@given(st.binary(max_size=300))
def test_a_file_of_anything_is_survived(content):
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / NAME).write_bytes(content)
        (Path(name) / "tfevents").write_bytes(record(content))
        reader = ScalarReader(Path(name))
        reader.poll()
        assert reader.has_files
        assert all("\n" not in line for line in reader.trouble)


def hostile_tensor(**fields):
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1 << 40)])
    value = Summary.Value(
        tag="loss",
        metadata=create_summary_metadata("", ""),
        tensor=TensorProto(**{"dtype": 1, "tensor_shape": shape, "float_val": [1.0], **fields}),
    )
    return Event(step=1, summary=Summary(value=[value])).SerializeToString()


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(record(b"", 1 << 62), "a record is too large", id="a huge record"),
        pytest.param(record(b"", (256 << 20) + 1), "a record is too large", id="over 256 MB"),
        pytest.param(record(b"", 256 << 20), None, id="256 MB that are still being written"),
        pytest.param(record(b"", (1 << 64) - 1), "a record is too large", id="past any size"),
        pytest.param(record(b"\xff\xff\xff"), "a record is no event", id="no event"),
        pytest.param(record(hostile_tensor()), None, id="a tensor of terabytes"),
        pytest.param(record(hostile_tensor(dtype=99, tensor_shape=None)), None, id="odd type"),
        pytest.param(
            record(hostile_tensor(tensor_shape=None, tensor_content=b"xyz")), None, id="odd bytes"
        ),
        pytest.param(
            record(hostile_tensor(tensor_shape=None, dtype=7, float_val=[])), None, id="no number"
        ),
    ],
)
def test_hostile_content_does_no_harm(tmp_path, content, trouble):
    (tmp_path / NAME).write_bytes(content)
    with Writer(tmp_path / "sound") as writer:
        writer.scalars(1, loss=1.0)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert names(reader) == {"sound": ["loss"]}
    assert reader.trouble == ((f"{NAME}: {trouble}",) if trouble else ())


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / NAME)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert reader.trouble == (f"{NAME}: it is no regular file",)


def test_a_file_that_vanished_is_told_of_and_its_points_stay(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
    reader = ScalarReader(tmp_path)
    reader.poll()
    writer.path.unlink()
    assert reader.poll()
    assert values(reader) == [(1, 1.0)]
    assert reader.trouble == (f"{writer.path.name}: No such file or directory",)


def test_a_file_that_is_back_is_read_on(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
        reader = ScalarReader(tmp_path)
        reader.poll()
        away = writer.path.rename(tmp_path / "away")
        reader.poll()
        assert reader.trouble
        away.rename(writer.path)
        writer.scalars(2, loss=0.5)
        reader.poll()
    assert values(reader) == [(1, 1.0), (2, 0.5)]
    assert reader.trouble == ()


def test_behind_what_is_no_event_nothing_is_read_though_the_file_grows(tmp_path, whole):
    data, _steps_in = whole
    path = tmp_path / NAME
    path.write_bytes(record(b"\xff\xff\xff"))
    reader = ScalarReader(tmp_path)
    for _poll in range(2):
        reader.poll()
        assert names(reader) == {}
        assert reader.trouble == (f"{NAME}: a record is no event",)
        with path.open("ab") as file:
            file.write(data)


def test_a_file_need_not_be_there_yet(tmp_path, whole):
    data, steps_in = whole
    file = event_file.EventFile(LocalFile(tmp_path / NAME))
    assert (file.size, file.offset, file.trouble) == (0, 0, "")
    assert list(file.read()) == []
    assert file.trouble == "No such file or directory"
    (tmp_path / NAME).write_bytes(data)
    assert sum(event.HasField("summary") for event in file.read()) == steps_in(len(data))
    assert (file.size, file.trouble) == (len(data), "")


def test_links_that_lead_in_a_circle_are_not_followed(tmp_path):
    with Writer(tmp_path / "run") as writer:
        writer.scalars(1, loss=1.0)
    (tmp_path / "run" / "again").symlink_to(tmp_path, target_is_directory=True)
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert names(reader) == {"run": ["loss"]}


def test_memory_is_bounded_whatever_is_written(tmp_path):
    with Writer(tmp_path / "0") as writer:
        writer.scalars(1, **{f"tag{n}": n for n in range(1001)})
    for run in range(1, 1001):
        (tmp_path / str(run)).mkdir()
        (tmp_path / str(run) / writer.path.name).touch()
    reader = ScalarReader(tmp_path)
    reader.poll(seconds=60)
    assert sum(len(run.series) for run in reader.runs) == 1000
    assert set(reader.trouble) == {
        "Only 1000 event files are read",
        "Only 1000 series are kept: use --tags",
    }


def test_a_folder_with_very_many_files_is_looked_through_in_part_and_that_is_said(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
    for number in range(30):
        (tmp_path / f"{number}").mkdir()
        for other in range(700):
            os.mknod(tmp_path / f"{number}" / f"{other}.png")
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert names(reader) == {".": ["loss"]}
    assert reader.trouble == ("Only 20000 files of the folder are looked at",)


class Events:
    """An old event file, each of whose events makes one tag void; no value is a scalar."""

    is_written_anew = False

    def __init__(self, tags):
        self._tags = tags

    def read(self):
        yield Event(step=9, file_version="brain.Event:1")
        for tag in self._tags:
            yield Event(
                step=1, summary=Summary(value=[Summary.Value(tag=tag, tensor=TensorProto())])
            )


def test_of_tags_without_points_a_thousand_are_remembered_each_once():
    tags = Tags()
    longest = "x" * 10_000
    assert tags.waiting(longest + "x") is None
    names = [longest, *(f"tag {number}" for number in range(999))]
    assert all(tags.waiting(name) is name for name in names)
    assert tags.waiting("one more") is None
    assert tags.waiting("".join(longest)) is longest, "no second copy"
    series = "a series".upper()
    assert tags.of_series(series) is series
    assert tags.of_series("A SERIES") is tags.waiting("A SERIES") is series


@pytest.mark.parametrize("is_alike", [False, True])
def test_what_is_remembered_of_tags_without_points_is_bounded(is_alike):
    """They may be many and long, and every file may name the same ones."""
    run = GrowingRun(lambda _tag: False, lambda: 1000, Tags())
    for file in range(30):
        numbers = range(100) if is_alike else range(file * 100, (file + 1) * 100)
        run.add_file(f"{file:03}", Events([f"{number:05}".ljust(9_000) for number in numbers]))
    run.add_file("long", Events(["x" * 2_000_000] * 3))
    tracemalloc.start()
    try:
        assert not any(run.read())
        size, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < (2 if is_alike else 12) * 2**20


def test_nothing_stays_open_between_polls(tmp_path):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
    reader = ScalarReader(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    reader.poll(seconds=-1)
    assert len(os.listdir("/proc/self/fd")) == before


# ---- TensorBoard ---------------------------------------------------------------------------------


def test_without_tensorboard_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    with pytest.raises(event_file.InvalidArgumentError) as caught:
        ScalarReader(tmp_path).poll()
    assert str(caught.value) == (
        "TensorBoard, which reads event files, is not installed here."
        ' Install it: pip install "modelarts-magics[local]"'
    )


def test_tensorboard_is_imported_when_there_is_something_to_read_and_tensorflow_never(tmp_path):
    with Writer(tmp_path / "logs") as writer:
        writer.scalars(1, loss=1.0)
    (tmp_path / "tensorflow.py").write_text("raise SystemExit('TensorFlow was imported')")
    program = f"""
import sys
from pathlib import Path
from modelarts_magics.core.scalars.growing_run import GrowingRun, Tags
from modelarts_magics.core.scalars.reader import ScalarReader
reader = ScalarReader(Path({str(tmp_path / "logs")!r}))
assert not [name for name in sys.modules if name.startswith(("tensorboard", "numpy"))]
reader.poll()
print(reader.runs[0].series[0].points[0].value)
"""
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1.0\n"


def test_the_last_value_is_exact_after_many(tmp_path):
    with Writer(tmp_path) as writer:
        for step in range(3_000):
            writer.scalars(step, loss=math.sin(step))
    reader = ScalarReader(tmp_path)
    reader.poll()
    assert values(reader)[-1] == (2_999, pytest.approx(math.sin(2_999)))
