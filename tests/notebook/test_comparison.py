"""Other jobs in the charts of a panel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from scripted_service import ScriptedService, one_job

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.notebook.log.comparison import Comparison
from modelarts_magics.notebook.log.metrics import LogMetrics
from modelarts_magics.notebook.log.model import LogModel
from modelarts_magics.session import Session

_TIME_LIMIT = 15.0  # seconds

LOG = "".join(f"step {n} loss={1 / (n + 2):.5f}\n" for n in range(5))
OTHER = "".join(f"step {n} loss={2 / (n + 2):.5f} lr={0.1 / (n + 1):.4f}\n" for n in range(6))


@dataclass
class Charts:
    """The charts of a panel of ``job``, beside which there is another one, ``other``."""

    model: LogModel
    metrics: LogMetrics
    comparison: Comparison

    @property
    def told(self) -> dict[tuple[str, str], int]:
        """How many points a page is told, by job and metric."""
        message = self.metrics.since(0).message
        points = {number: keep + count for number, keep, count, _c, _s in message["parts"]}
        return {(job, name): points[number] for number, name, _f, _u, job in message["added"]}

    def wait_until_told(self, expected: dict[tuple[str, str], int]) -> None:
        end = time.monotonic() + _TIME_LIMIT
        while self.told != expected:
            assert time.monotonic() < end, self.told
            time.sleep(0.01)


@pytest.fixture
def charts(scripted_shell: object, scripted: ScriptedService) -> Iterator[Charts]:
    own = one_job(LOG)
    other = one_job(OTHER, job_id=8, job_name="other", version_id=80)

    def script(method: str, path: str, query: dict[str, str]) -> object:
        is_other = "/training-jobs/8" in path or "other" in query.get("search_content", "")
        return (other if is_other else own)(method, path, query)

    scripted.script = script
    jobs = Session().jobs
    with closing(LogModel(jobs.find("job"), ())) as model:
        model.apply(LogText(LOG, 0, len(LOG), "a.log"))
        metrics = LogMetrics(model)
        with closing(Comparison(model, jobs, metrics, lambda: None, 15.0)) as comparison:
            yield Charts(model, metrics, comparison)


def test_curves_of_another_job_come_beside_those_of_the_panel_and_go(charts: Charts) -> None:
    charts.comparison.add("other V0001")
    charts.wait_until_told({("", "loss"): 5, ("other", "loss"): 6, ("other", "lr"): 6})
    assert charts.model.state()["compared"] == ["other"]
    assert [*charts.metrics.series] == ["loss"], "those of the log of the panel"
    charts.comparison.leave("other")
    assert charts.told == {("", "loss"): 5}
    assert charts.model.state()["compared"] == []


def test_the_own_job_one_twice_and_one_that_is_not_there_are_refused(charts: Charts) -> None:
    charts.comparison.add("other")
    for words in ("job", "8", "other V0001"):
        with pytest.raises(InvalidArgumentError, match="is in the charts already"):
            charts.comparison.add(words)
    with pytest.raises(InvalidArgumentError, match="There is no training job anther"):
        charts.comparison.add("anther")
    assert charts.model.state()["compared"] == ["other"]
