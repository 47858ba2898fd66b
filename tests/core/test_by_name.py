"""What a person typed: an id, a name, or nearly a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.by_name import Meant, nearest, pick, suggestion, words_for
from modelarts_magics.core.errors import InvalidArgumentError

JOBS = {"1": "mnist", "2": "mnist", "3": "resnet"}


def job(word: str, **options: object) -> str:
    return pick(
        word,
        JOBS,
        lambda number: (number, JOBS[number]),
        missing=f"There is no job {word}",
        near=JOBS.values,
        otherwise="List the jobs",
        **options,
    )


@pytest.mark.parametrize(("word", "found"), [("2", "2"), ("resnet", "3"), ("mnist", "1")])
def test_the_first_thing_that_answers_to_the_word(word, found):
    assert job(word) == found


@pytest.mark.parametrize(
    ("word", "hint"), [("mnsit", "Did you mean mnist?"), ("bert-large", "List the jobs")]
)
def test_one_line_says_what_is_missing_and_what_to_do(word, hint):
    with pytest.raises(InvalidArgumentError) as caught:
        job(word)
    assert str(caught.value) == f"There is no job {word}. {hint}"


def test_things_are_asked_for_until_one_answers():
    things = iter("abc")
    assert pick("a", things, lambda thing: (thing,), missing="", otherwise="") == "a"
    assert list(things) == ["b", "c"]


def test_nearer_names_come_first_and_far_ones_not_at_all():
    names = ["PyTorch-1.0", "PyTorch-1.4", "MXNet-1.2"]
    assert nearest("PyTorch-1.40", names, most=2) == ["PyTorch-1.4", "PyTorch-1.0"]
    assert nearest("", names, most=2) == []
    assert suggestion("x", []) == ""


@given(st.text(), st.integers(0, 10**12).map(str))
def test_the_words_for_a_thing_mean_it(name, thing_id):
    plain, by_id, exact_name, exact_id = map(Meant.by, words_for(name, thing_id))
    assert (exact_name.text, exact_name.may_be_id) == (name, False)
    assert (exact_id.text, exact_id.may_be_name) == (thing_id, False)
    assert by_id.looks_like_id
    assert not plain.is_ambiguous
