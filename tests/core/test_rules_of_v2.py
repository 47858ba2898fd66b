"""What API v2 accepts: checked before anything is sent, said in one line."""

from __future__ import annotations

import re

import pytest
from v2_service import JOB

from modelarts_magics.core.api.v2 import rules
from modelarts_magics.core.api.v2.rules import Filter, JobQuery
from modelarts_magics.core.errors import InvalidArgumentError

LISTED = {"offset": 0, "limit": 50, "sort_by": "create_time", "order": "desc"}


def query(**given):
    return JobQuery(**given).to_json


def filtered(*filters):
    return query(filters=filters)


REFUSED = {
    "source folder": (rules.check_viewer_source, "/bucket/run/", "draw the folder's curves"),
    "source name": (rules.check_viewer_source, "resnet", "not the folder resnet"),
    "type": (rules.check_viewer_type, "mindinsight", "runs TensorBoard, not mindinsight"),
    "hours 0": (rules.check_stop_after, 0, "stop_after_hours is 0. It is from 1 to 720"),
    "hours 721": (rules.check_stop_after, 721, "It is from 1 to 720"),
    "hours half": (rules.check_stop_after, 0.5, "It is a whole number"),
    "id long": (rules.checked_id, "a" * 65, "is not an id"),
    "id dots": (rules.checked_id, "..", "'..' is not an id"),
    "id line": (rules.checked_id, "a\n", "is not an id"),
    "id number": (rules.checked_id, 7, "'7' is not an id"),
    "id None": (rules.checked_id, None, "is not an id"),
    "task long": (rules.checked_task, "a" * 129, "the name of a task, such as worker-0"),
    "task dot": (rules.checked_task, ".a", "task is '.a'"),
    "task dash": (rules.checked_task, "-a", "task is '-a'"),
    "task folder": (rules.checked_task, "a/b", "task is 'a/b'"),
    "task None": (rules.checked_task, None, "task is None"),
    "name empty": (rules.check_name, "", "1 to 64 letters, digits, - and _"),
    "name long": (rules.check_name, "a" * 65, "1 to 64 letters"),
    "name space": (rules.check_name, "a b", "The name 'a b' cannot be used"),
    "name accent": (rules.check_name, "é", "1 to 64 letters"),
    "name number": (rules.check_name, 7, "The name 7 cannot be used"),
    "description long": (rules.check_description, "a" * 257, "has 257 characters. At most 256"),
    "description longer": (rules.check_description, "a" * 300, "has 300 characters"),
    "description None": (rules.check_description, None, "description is None. It is a text"),
    "description bytes": (rules.check_description, b"a", "It is a text"),
    "no entries": (rules.check_entries, 0, "desc", "lines is 0. It is from 1 to 500"),
    "entries 501": (rules.check_entries, 501, "desc", "It is from 1 to 500"),
    "entries up": (rules.check_entries, 1, "up", "order is 'up'. It is asc or desc"),
    "offset -1": (query(offset=-1), "offset is -1. It is from 0 to 2147483647"),
    "offset large": (query(offset=2**31), "It is from 0 to 2147483647"),
    "limit 0": (query(limit=0), "limit is 0. It is from 1 to 50"),
    "limit 51": (query(limit=51), "It is from 1 to 50"),
    "order": (query(order="up"), "order is 'up'"),
    "a text for filters": (filtered(*"ab"), "filters is 'a'. It has key, operator and value"),
    "21 filters": (filtered(*[Filter("a", "in", [])] * 21), "filters is 21. It is from 0 to 20"),
    "11 values": (filtered(Filter("a", "in", ["b"] * 11)), "value is 11. It is from 0 to 10"),
    "11 values of the last": (
        filtered(Filter("a", "in", ["b"]), {"key": "a", "value": ["b"] * 11}),
        "value is 11",
    ),
    "a text for values": (filtered({"value": "resnet"}), "value is 'resnet'. It is a list"),
    "a text for a filter's": (filtered(Filter("name", "like", "resnet")), "It is a list"),
    "bytes for values": (filtered({"value": b"resnet"}), "value is b'resnet'. It is a list"),
    "a number for values": (filtered({"value": 7}), "value is 7. It is a list"),
    "one filter alone": (query(filters={"key": "a"}), "It is a list"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_said_in_one_line(case):
    check, *values, words = case
    with pytest.raises(InvalidArgumentError) as caught:
        check(*values)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_just_allowed():
    for source in (JOB, JOB.upper()):
        assert rules.check_viewer_source(source) == source
    for word in ("tensorboard", "TensorBoard"):
        assert rules.check_viewer_type(word) == "tensorboard"
    assert [rules.check_stop_after(hours) for hours in (None, 1, 720)] == [None, 1, 720]
    for name in ("a", "-", "a_B-9" * 12 + "1234"):
        assert rules.checked_id(name) == rules.check_name(name) == name
    for task in ("worker-0", "_", "a" * 128, "0.log"):
        assert rules.checked_task(task) == task
    for description in ("", "日" * 256, "😀" * 256):
        assert rules.check_description(description) == description
    for entries in (1, 500):
        rules.check_entries(entries, "asc")


def test_the_limits_of_the_service_are_those_of_its_documents():
    viewers = (rules.VIEWER_TYPES, rules.MOST_HOURS, rules.LONGEST_SEARCH)
    assert viewers == (("tensorboard",), 720, 64)
    assert (rules.LARGEST_PAGE, rules.LARGEST_EVENT_PAGE) == (50, 100)
    assert (rules.MOST_ENTRIES, rules.LARGEST_PREVIEW) == (500, 5_242_880)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        ({"offset": 2**31 - 1, "limit": 1}, {"offset": 2147483647, "limit": 1}),
        ({"order": "asc", "group_by": "kind"}, {"order": "asc", "group_by": "kind"}),
        ({"workspace_id": "0", "group_by": ""}, {"workspace_id": "0"}),
    ],
)
def test_a_list_is_asked_for_by_what_was_said_and_its_limit(given, sent):
    assert JobQuery(**given).to_json() == {**LISTED, **sent}


def test_filters_are_sent_as_they_were_given():
    named = {"key": "name", "operator": "like", "value": ["a"]}
    odd = {"key": "phase", "operator": "not"}
    filters = [Filter("name", "like", ("a",)), named, odd, *[named] * 17]
    assert JobQuery(filters=filters).to_json()["filters"] == [named, named, odd, *[named] * 17]
    values = [str(number) for number in range(10)]
    (sent,) = JobQuery(filters=(Filter("a", "in", values),)).to_json()["filters"]
    assert sent == {"key": "a", "operator": "in", "value": values}


@pytest.mark.parametrize("made", [(rules.new_name, "job"), (rules.new_viewer_name, "viz")])
def test_generated_names_are_allowed_and_differ(made):
    new, prefix = made
    names = {new(JOB) if prefix == "viz" else new() for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert re.fullmatch(f"{prefix}-[0-9a-f]{{8}}", rules.check_name(name))
