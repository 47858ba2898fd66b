"""The widgets of the panel of visualization jobs: how many there are, and what clicks do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ipywidgets import Button, Widget

from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.notebook.viz.panel.core_view import VizCoreView
from modelarts_magics.notebook.viz.panel.form_values import FormValues
from modelarts_magics.notebook.viz.panel.model import VizModel

_MOST_MODELS = 200  # each is a message when the panel opens


class Shown:
    """A view, and what its buttons asked for."""

    def __init__(self) -> None:
        self.model = VizModel()
        self.acts: list[tuple[str, Any]] = []
        self.view = VizCoreView(self.model, FormValues(), self._act, lambda callback: callback)

    def _act(self, name: str, value: Any) -> None:
        self.acts.append((name, value))

    def show(self, *numbers: int) -> None:
        """Let the list be of these jobs."""
        self.model.jobs = tuple(
            VisualizationJob(job_id=str(number), job_name="job", status=JobStatus.KILLED)
            for number in numbers
        )
        self.model.changes += 1
        self.view.refresh(is_last=True)

    def button(self, text: str) -> Button:
        buttons = [one for one in inside(self.view.box) if isinstance(one, Button)]
        return next(one for one in buttons if one.description == text)


def inside(box: Widget) -> Iterator[Widget]:
    """A widget and all that it shows."""
    yield box
    for child in getattr(box, "children", ()):
        yield from inside(child)


def models() -> set[str]:
    """Ids of the models that a front end would have."""
    return set(Widget.get_manager_state()["state"])


@pytest.fixture
def before() -> set[str]:
    return models()


@pytest.fixture
def shown(before: set[str]):
    made = Shown()
    yield made
    made.view.close()
    assert models() == before


def test_a_full_page_takes_few_models_and_turning_pages_no_more(
    shown: Shown, before: set[str]
) -> None:
    shown.show(*range(10))
    full = len(models())
    assert full - len(before) < _MOST_MODELS
    for first in range(10, 100, 10):
        shown.show(*range(first, first + 10))
        assert len(models()) == full


@pytest.mark.parametrize("text", ["Edit", "Delete"])
def test_who_clicks_twice_in_place_of_once_changes_nothing(shown: Shown, text: str) -> None:
    shown.show(1)
    button = shown.button(text)
    button.click()
    assert button.description != text
    button.click()
    assert button.description == text
    assert shown.acts == []
