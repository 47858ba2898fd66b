"""Curves straight from the object store are those of a local copy, and nothing is read twice."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from bucket import Bucket
from event_files import Writer
from hypothesis import given, settings
from hypothesis import strategies as st
from v2_service import Said

from modelarts_magics.core.errors import NotFoundError, UnavailableError, UnexpectedAnswerError
from modelarts_magics.core.scalars.files import StoredFolder
from modelarts_magics.core.scalars.reader import ScalarReader

TROUBLE = [
    Said({"error_code": "x"}, 503),
    Said(b"<Error><Code>SlowDown</Code></Error>", 503),
    Said(b"something", 206, {"Content-Range": "bytes 7-9/x"}),
    Said(b"", 502),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with two runs, and its files by their keys."""
    folder = tmp_path_factory.mktemp("written")
    for run in ("", "eval/a b"):
        with Writer(folder / run) as writer:
            for step in range(1, 7):
                writer.scalars(step, loss=step)
    (folder / "eval/model.ckpt").write_bytes(b"no event file")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return folder, {f"out/{path.relative_to(folder)}": path.read_bytes() for path in files}


def of(folder):
    reader = ScalarReader(folder)
    reader.poll()
    return reader.runs


@settings(max_examples=25)
@given(st.data())
def test_they_are_those_of_the_finished_folder_and_no_byte_is_read_twice(written, data):
    folder, whole = written
    cuts = data.draw(st.lists(st.floats(0, 1), max_size=5).map(sorted))
    troubles = data.draw(st.lists(st.sampled_from([None, *TROUBLE]), max_size=8))
    bucket = Bucket()
    with bucket.opened() as client:
        reader = ScalarReader(StoredFolder(client, "bucket", "out/"))
        reader.poll()  # there is nothing yet
        bucket.faulty = lambda _asked: troubles.pop() if troubles else None
        for cut in [*cuts, 1]:
            for key, content in whole.items():
                bucket.objects[key] = content[: int(cut * len(content))]
            for _poll in range(2):
                with suppress(UnavailableError, UnexpectedAnswerError):  # until there are files
                    reader.poll(seconds=data.draw(st.sampled_from([-1, 10])))
        bucket.faulty = lambda _asked: None
        reader.poll()
    assert reader.runs == of(folder)
    for key in whole:
        given_of = sorted(place[1:] for place in bucket.given if place[0] == key)
        assert all(one[1] <= other[0] for one, other in zip(given_of, given_of[1:]))


def test_an_object_that_is_written_anew_is_read_anew(written):
    _folder, whole = written
    bucket = Bucket()
    with bucket.opened() as client, tempfile.TemporaryDirectory() as name:
        bucket.objects = dict(whole)
        reader = ScalarReader(StoredFolder(client, "bucket", "out/"))
        reader.poll()
        with Writer(Path(name)) as writer:
            writer.scalars(9, loss=0.25)
        (key,) = [key for key in whole if "tfevents" in key and "eval" not in key]
        bucket.objects[key] = writer.path.read_bytes()
        reader.poll()
        (run,) = [run for run in reader.runs if run.name == "."]
    assert [(point.step, point.value) for point in run.series[0].points] == [(9, 0.25)]


def test_a_folder_with_very_many_objects_takes_some_requests_and_says_so(written):
    _folder, whole = written
    bucket = Bucket()
    bucket.objects = {**whole, **{f"out/model-{n}": b"" for n in range(20_001)}}
    with bucket.opened() as client:
        reader = ScalarReader(StoredFolder(client, "bucket", "out/"))
        reader.poll()
    assert len(bucket.adapter.asked) <= 21 + len(whole)
    assert {run.name for run in reader.runs} == {".", "eval/a b"}, "what is first by its name"
    assert reader.trouble == ("Only 20000 files of the folder are looked at",)


def test_a_bucket_that_is_not_there_is_one_error():
    bucket = Bucket()
    bucket.faulty = lambda _asked: Said(
        b"<Error><Code>NoSuchBucket</Code><Message>The bucket does not exist</Message></Error>", 404
    )
    with bucket.opened() as client, pytest.raises(NotFoundError, match="bucket does not exist"):
        ScalarReader(StoredFolder(client, "bucket", "out/")).poll()
