"""What a panel takes for the log that it shows, and what for another one in its place."""

from __future__ import annotations

from contextlib import closing

import pytest

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.events import Finished
from modelarts_magics.notebook.log.model import LogModel

_JOB = {"job_id": 7, "job_name": "job", "version_id": 70, "version_name": "V0001", "status": 8}


def test_the_head_tells_how_far_a_training_is_while_it_runs() -> None:
    with closing(LogModel(JobVersion.from_json(_JOB), ("a.log",))) as model:
        assert model.progress is None
        model.apply(text(0, words="Epoch 2/4\n"))
        assert model.moving()["progress"] == {
            "done": 0.25,
            "epoch": 2,
            "epochs": 4,
            "left_ms": None,
        }
        assert "epoch 2 of 4, 25 %" in model.facts()
        model.apply(Finished(model.status, ""))
        assert model.progress is None


def text(start: int, *, is_relative: bool = False, words: str = "0123456789") -> LogText:
    return LogText(words, start, start + len(words), "a.log", is_relative)


@pytest.mark.parametrize(
    ("first", "second", "is_anew"),
    [
        (text(1000), text(1010), False),
        (text(1000), text(0), True),
        (text(1000), text(500), True),
        (text(0, is_relative=True), text(10, is_relative=True), False),
        (text(0, is_relative=True), text(0, is_relative=True), True),
        (text(1000), text(0, is_relative=True), False),  # it is read by lines from now on
        (text(0, is_relative=True), text(5, words="more"), False),  # or by bytes
        (text(0, is_relative=True), text(0, words="new"), True),
    ],
)
def test_a_log_that_is_read_in_another_way_goes_on_and_one_that_begins_again_is_another(
    first: LogText, second: LogText, is_anew: bool
) -> None:
    model = LogModel(JobVersion.from_json(_JOB), ("a.log",))
    with closing(model):
        model.apply(first)
        model.apply(second)
        spool = model.spools["a.log"]
        shown = second.text if is_anew else first.text + second.text
        assert spool.read(0, spool.end)[2] == shown
        assert model.epoch == int(is_anew)
