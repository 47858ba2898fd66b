"""What the form says beside a field is what the rules of the service say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.v1 import rules
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.core.obs_path import obs_folder
from modelarts_magics.core.visualization import NewVisualization
from modelarts_magics.notebook.viz.panel.form_values import FormValues

folders = st.one_of(
    st.from_regex(r"(obs://|/)?[a-z0-9.-]{3,12}(/[!-~]{0,9}){0,3}/?", fullmatch=True),
    st.text(max_size=20),
)
names = st.one_of(st.from_regex(r"\s*[0-9A-Za-z_-]{0,24}\s*", fullmatch=True), st.text(max_size=9))
descriptions = st.one_of(st.text(max_size=20), st.integers(250, 260).map(lambda n: "训" * n))
values = st.builds(
    FormValues,
    folders,
    names,
    descriptions,
    st.sampled_from(rules.VISUALIZATION_TYPES),
    st.one_of(st.none(), st.integers(1, 24)),
)


def refusal_by(rule, value):
    try:
        rule(value)
    except InvalidArgumentError as error:
        return str(error)
    return ""


@settings(deadline=None)
@given(values)
def test_what_is_complete_can_be_created_and_what_is_not_cannot(typed):
    if typed.is_complete:
        assert isinstance(typed.checked(), NewVisualization)
        return
    with pytest.raises(InvalidArgumentError):
        typed.checked()


@settings(deadline=None)
@given(values)
def test_a_problem_stands_at_its_field_in_one_line(typed):
    rule_of = {
        "folder": (obs_folder, typed.folder.strip()),
        "name": (rules.check_visualization_name, typed.name.strip()),
        "description": (rules.check_description, typed.description),
    }
    wanted = {field: refusal_by(*rule) for field, rule in rule_of.items() if rule[1]}
    assert typed.problems() == {field: words for field, words in wanted.items() if words}
    assert all(len(words.splitlines()) == 1 for words in typed.problems().values())


@settings(deadline=None)
@given(values)
def test_the_next_form_begins_with_what_is_the_same_for_the_next_job(typed):
    again = FormValues.from_defaults(typed.as_defaults())
    assert again == FormValues(
        folder=typed.folder, job_type=typed.job_type, stop_after_hours=typed.stop_after_hours
    )


def test_an_empty_form_has_no_problems_and_is_not_complete():
    assert FormValues().problems() == {}
    assert not FormValues().is_complete
