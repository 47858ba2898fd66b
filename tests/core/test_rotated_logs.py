"""A log that is in several objects of the store is read as one."""

from __future__ import annotations

import itertools

import pytest
from bucket import Bucket
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import Clock

from modelarts_magics.core.api.log import LogChunk
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


@pytest.mark.parametrize("texts", [[b"0123456789"], [b"012", b"", b"3", b"456789", b""]])
def test_a_slice_tells_where_it_stands(texts):
    bucket, whole = Bucket(), b"".join(texts)
    bucket.objects = {f"{BEGINNING}-{n}.log": text for n, text in enumerate(texts)}
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")
        for start, length in itertools.product([-1, 0, 1, 3, 4, 9, 10, 30], [1, 2, 6, 9, 10, 30]):
            first = max(0, 10 - length) if start < 0 else min(start, 10)
            data = whole[first : first + length]
            expected = LogChunk(data.decode(), first, first + len(data), len(data))
            assert source.read(start, length) == expected, (start, length)


def test_objects_are_listed_again_only_where_something_may_have_come():
    bucket = Bucket()
    bucket.objects[f"{BEGINNING}.log"] = b"01234"
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")
        before = 0
        for start, length, is_listed in [
            (0, 3, True),
            (0, 5, False),
            (1, 3, False),
            (4, 1, False),
            (3, 3, True),
            (-1, 1, True),
            (2, 3, False),
        ]:
            source.read(start, length)
            lists = sum("prefix" in asked.query for asked in bucket.adapter.asked)
            assert (lists > before) is is_listed, (start, length)
            before = lists
        bucket.objects[f"{BEGINNING}.log"] += b"5"
        assert source.read(3, 3).text == "345"


def test_an_object_that_grows_is_listed_again_only_after_a_while(monkeypatch):
    """By whoever reads the end that is known once more."""
    clock, bucket, key = Clock(), Bucket(), f"{BEGINNING}.log"
    monkeypatch.setattr("time.monotonic", clock)
    bucket.objects[key] = b"x" * 100
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")

        def lists_of_look(more: bytes, known: int = 64) -> int:
            at, before = len(bucket.objects[key]), len(bucket.adapter.asked)
            bucket.objects[key] += more
            found = source.read(at - known, 1000)
            assert found.text.encode() == bucket.objects[key][at - known :]
            assert found.end_byte == len(bucket.objects[key])
            return sum("prefix" in asked.query for asked in bucket.adapter.asked[before:])

        assert [lists_of_look(b"a"), lists_of_look(b"b")] == [1, 1]
        assert [lists_of_look(b"c"), lists_of_look(b"d")] == [0, 0]
        assert lists_of_look(b"e", known=0) == 1, "nobody would see that it is another object"
        assert lists_of_look(b"f") == 0
        assert lists_of_look(b"") == 1, "another one may have come"
        assert [lists_of_look(b"g"), lists_of_look(b"h")] == [1, 0]
        clock.now += 16
        assert [lists_of_look(b"i"), lists_of_look(b"j")] == [1, 0]
        bucket.objects[f"{BEGINNING}.log.1"] = bucket.objects[key]
        bucket.objects[key] = b"new"
        assert source.read(len(bucket.objects[f"{BEGINNING}.log.1"]) - 64, 99).text.endswith("new")


def test_behind_an_object_that_became_shorter_the_next_one_is_not_put():
    bucket = Bucket()
    bucket.objects = {f"{BEGINNING}-1.log": b"01234", f"{BEGINNING}-2.log": b"56789"}
    with bucket.opened() as client:
        source = ObjectsBytes(client, "bucket", FOLDER, "worker-1")
        assert source.read(0, 10).text == "0123456789"
        bucket.objects[f"{BEGINNING}-1.log"] = b"new"
        found = source.read(0, 10)
        assert (found.text, found.end_byte) == ("new", 3)


@pytest.mark.parametrize("between", ["", "a7f3-"])
def test_the_object_without_a_number_is_the_newest_part(between):
    bucket, name = Bucket(), f"{FOLDER}{between}worker-1.log"
    bucket.objects = {name: b"3", f"{name}.2": b"1", f"{name}.10": b"2"}
    with bucket.opened() as client:
        assert ObjectsBytes(client, "bucket", FOLDER, "worker-1").read(0, 9).text == "123"


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
        del bucket.objects[f"{FOLDER}part-0"]
        with pytest.raises(NotFoundError, match="no copy of"):
            source.read(0, 100)
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
