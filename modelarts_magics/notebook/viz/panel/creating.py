"""A visualization job that comes from the form: made once, watched until it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Callable

from ....core import visualization
from ....core.api.base import JobApi, VisualizationApi
from ....core.cancellation import Cancelled, pause
from ....core.errors import ModelArtsError, OutcomeUnknownError
from ....core.i18n import _
from ..commands.create import note
from .form_values import FormValues
from .model import Creation, Stage, VizModel


class Creating:
    """What the panel's thread does for the form.

    Args:
        model: is told how far it is.
        jobs: of the session.
        trainings: those of the session, one of which a form may name.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        model: VizModel,
        jobs: VisualizationApi,
        trainings: JobApi,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._jobs = jobs
        self._trainings = trainings
        self._clock = clock
        self._unsettled: tuple[FormValues, visualization.NewVisualization] | None = None
        self._looks: Iterator[visualization.Look] | None = None
        self._due_at = 0.0

    @property
    def due_in(self) -> float:
        """Seconds until :meth:`go_on` has something to do."""
        return 3600.0 if self._looks is None else max(0.0, self._due_at - self._clock())

    def begin(self) -> None:
        self._model.create(Creation(Stage.SUBMITTING))

    def submit(self, values: FormValues) -> bool:
        """Create the job; whether there is one. A failure is told to the model."""
        try:
            new = self._new(values)
            outcome = self._created(new)
        except ModelArtsError as error:
            self._model.create(Creation(Stage.FAILED, trouble=str(error)))
            return False
        self._unsettled = None
        self._model.create(Creation(Stage.STARTING, outcome.job, note(outcome)))
        self._looks = visualization.progress(self._jobs, outcome.job.job_id, self._clock)
        self._due_at = 0.0
        return True

    def _new(self, values: FormValues) -> visualization.NewVisualization:
        """The same as before for the same values: who submits again after a lost answer, with a
        name that was generated, gets the job of the first time.
        """
        if self._unsettled is None or self._unsettled[0] != values:
            self._unsettled = (values, self._meant(values).checked())
        return self._unsettled[1]

    def _meant(self, values: FormValues) -> FormValues:
        """The same; a training job that is named in place of a folder by its id."""
        word = values.folder.strip()
        if values.rules.has_folders or "/" in word:
            return values
        return values.of(self._jobs.source_of(self._trainings.find(word)))

    def _created(self, new: visualization.NewVisualization) -> visualization.Outcome:
        try:
            return visualization.create(self._jobs, new, pause)
        except Cancelled:
            raise OutcomeUnknownError(
                _(
                    "The panel was closed before it was known whether visualization job"
                    " {name} was made",
                    name=new.job_name,
                ),
                _("Look for it: %ma_viz list --search {name}", name=new.job_name),
            ) from None

    def go_on(self) -> None:
        """Look at the job that starts, when it is time."""
        if self._looks is None or self.due_in > 0:
            return
        creation = self._model.creation
        try:
            look = next(self._looks)
        except StopIteration:
            self._looks = None
        except ModelArtsError as error:
            self._looks = None
            self._model.create(replace(creation, stage=Stage.FAILED, trouble=str(error)))
        else:
            stage = Stage.STARTING if look.next_look_in_s else Stage.RUNNING
            self._model.create(replace(creation, stage=stage, job=look.job, trouble=look.trouble))
            self._due_at = self._clock() + look.next_look_in_s
