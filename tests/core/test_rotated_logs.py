"""A log that is in several objects of the store is read as one."""

from __future__ import annotations

import pytest
from bucket import Bucket
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_magics.core.errors import NotFoundError, NotOfferedError
from modelarts_magics.core.logs.exact import read_forward
from modelarts_magics.core.obs.object_bytes import ObjectsBytes

FOLDER = "logs/modelarts-job-1-"
BEGINNING = f"{FOLDER}worker-1"

parts = st.lists(st.text("a训\n", max_size=6).map(str.encode), min_size=1, max_size=12)


@settings(max_examples=40)
@given(parts, st.integers(-1, 60), st.integers(1, 60))
def test_a_slice_is_that_of_all_objects_one_after_the_other(texts, start, length):
    bucket = Bucket()
    bucket.objects = {f"{BEGINNING}-{n}.log": text for n, text in enumerate(texts)}
    bucket.objects["logs/modelarts-job-1-worker-10.log"] = b"of another task"
    whole = b"".join(texts)
    with bucket.opened() as client:
        found = ObjectsBytes(client, "bucket", FOLDER, "worker-1").read(start, length)
    first = max(0, len(whole) - length) if start < 0 else start
    assert found.text == whole[first : first + length].decode(errors="replace")
    assert found.byte_count == len(whole[first : first + length])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text("a训\n", max_size=9), st.booleans()), max_size=8))
def test_nothing_is_lost_when_the_log_goes_on_in_another_object(pieces):
    bucket, number, shown = Bucket(), 0, ""
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")
        for text, is_rotated in pieces:
            number += 9 * is_rotated
            key = f"{BEGINNING}-{number}.log"
            bucket.objects[key] = bucket.objects.get(key, b"") + text.encode()
            at = len(shown.encode())
            shown += "".join(part.text for part in read_forward(source, at))
    assert shown == "".join(text for text, _is_rotated in pieces)


def test_a_log_is_not_looked_for_among_very_many_objects():
    bucket = Bucket()
    bucket.objects = {f"{FOLDER}part-{n}": b"" for n in range(10_001)}
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")
        with pytest.raises(NotOfferedError, match="too many objects"):
            source.read(0, 100)
        assert len(bucket.adapter.asked) <= 12
        bucket.objects[f"{BEGINNING}.log"] = b"the log"  # is found by its own name
        assert source.read(0, 100).text == "the log"


TASKS = ("worker-1", "ps-worker-1", "worker-1-eval", "worker-11")


@pytest.mark.parametrize("between", ["", "a7f3-"])
@pytest.mark.parametrize("missing", ["", *TASKS])
def test_a_log_is_never_that_of_a_task_whose_name_has_its_own_in_it(between, missing):
    """Nobody documents what stands before the name of a task, so that it may be any words."""
    bucket = Bucket()
    bucket.objects = {
        f"{FOLDER}{between}{task}.log": task.encode() for task in TASKS if task != missing
    }
    with bucket.opened() as client:
        for task in TASKS:
            source = ObjectsBytes(client, "bucket", FOLDER, task, TASKS)
            if task != missing:
                assert source.read(0, 100).text == task
                continue
            with pytest.raises(NotFoundError, match="no copy of"):
                source.read(0, 100)
