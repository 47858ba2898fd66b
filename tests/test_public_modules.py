"""Errors and events have public names, which is what they say of themselves."""

from __future__ import annotations

import inspect
import pickle
import traceback

import pytest

from modelarts_magics import errors, events
from modelarts_magics.core import errors as tree

KINDS = [kind for kind in vars(tree).values() if inspect.isclass(kind)]
OURS = [kind for kind in KINDS if issubclass(kind, tree.ModelArtsError)]


def test_every_error_of_the_tree_is_public():
    assert {kind.__name__ for kind in OURS} == set(errors.__all__)


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_says_its_public_name(name):
    error = getattr(errors, name)("it happened")
    last = traceback.format_exception_only(type(error), error)[-1]
    assert last == f"modelarts_magics.errors.{name}: it happened\n"


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_comes_whole_out_of_a_pickle(name):
    error = getattr(errors, name)("it happened", "do this")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_a_refusal_keeps_what_the_service_said_in_a_pickle():
    error = errors.ThrottledError("slow", code="ModelArts.4206", status=429, request_id="r1")
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.status, again.request_id) == ("ModelArts.4206", 429, "r1")


def test_events_can_be_told_apart_by_their_public_names():
    text = events.LogText("a\n", 0, 2, "f.0")
    assert pickle.loads(pickle.dumps(text)) == text
    assert all(hasattr(events, name) for name in events.__all__)
