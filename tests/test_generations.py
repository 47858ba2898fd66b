"""What one generation of the API knows stands in its own folders and nowhere else."""

from __future__ import annotations

import re

import pytest
from test_architecture import MODULES, OURS, is_in, offenders

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.errors import InvalidArgumentError, NotOfferedError
from modelarts_magics.session import Session

REF = JobRef("v1", "1", "2")

FOLDERS = tuple(f"{OURS}.{part}" for part in ("core.api.v1", "sdk.v1", "local.v1"))
WORDS = {
    "the id of a version": r"version_id",
    "the path of its endpoints": r"/v1/",
    "a number of a status": r"JobStatus",
    "the bytes of a slice": r"LONGEST_SLICE|\b2,?048\b",
}

# Who says such a word nevertheless, and why.
EXCEPTIONS = {
    "core.locale.zh": "keys of the translation are messages of the v1 face",
    "notebook.log.flags": "the help of --offset",
    "notebook.shell.magics": "the help of --offset",
    "notebook.viz.tensorboard.link": "the characters that an address may have",
    "local.access.iam": "the catalogue of the embedded identity service",
    "local.storage.migrations": "columns of databases that people have",
}
OUTSIDE = [module for module in MODULES if not is_in(module, *FOLDERS)]


def said(module: str) -> list[str]:
    text = MODULES[module].read_text(encoding="utf-8")
    return [what for what, word in WORDS.items() if re.search(word, text)]


def test_nothing_outside_its_folders_says_what_only_v1_knows():
    excepted = {f"{OURS}.{name}" for name in EXCEPTIONS}
    assert offenders([module for module in OUTSIDE if module not in excepted], said) == {}


def test_the_folders_do_say_it():
    inside = [module for module in MODULES if is_in(module, *FOLDERS)]
    assert {what for module in inside for what in said(module)} == set(WORDS)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_that_is_no_longer_needed_is_given_up(name):
    module = f"{OURS}.{name}"
    assert module not in MODULES or said(module)


@pytest.mark.parametrize("api", [None, "v1", "v2"])
def test_a_session_is_of_the_generation_that_somebody_says(api):
    assert Session(api=api).api == api


def test_the_argument_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_API", "v2")
    assert (Session().api, Session(api="v1").api) == ("v2", "v1")


def test_a_session_of_no_api_is_refused():
    with pytest.raises(InvalidArgumentError, match="api is 'v3'"):
        Session(api="v3")


@pytest.mark.parametrize(
    "ask",
    [
        lambda jobs: jobs.tasks(REF),
        lambda jobs: jobs.events(REF),
        lambda jobs: jobs.resource_usage(REF, "worker-0"),
        lambda jobs: jobs.viewer_address(REF),
        lambda jobs: jobs.restart(REF),
        lambda jobs: jobs.restarts(REF),
    ],
)
def test_what_a_generation_lacks_it_says_in_one_line(ask):
    session = Session(access_key="AK", secret_key="s", region_name="r", project_id="p", api="v1")
    with pytest.raises(NotOfferedError, match="API v1 does not offer"):
        ask(session.jobs)
