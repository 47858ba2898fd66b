"""The address of a viewer without what opens it: what any output may show, and keep."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.i18n import _
from ....core.visualization import VisualizationJob
from ...text import render
from ...text.shown import Shown


@dataclass(frozen=True, repr=False)
class BareAddress(Shown):
    """A viewer that runs, and how to open it."""

    job_id: str
    name: str
    url: str

    changes = 0  # as a picture of a panel

    @classmethod
    def of(cls, job: VisualizationJob) -> BareAddress:
        return cls(job.job_id, job.name or job.job_id, job.service_url)

    def _lines(self) -> list[str]:
        how = _("It opens with a token only, which this shows: %ma_viz reveal {id}", id=self.job_id)
        return [_("TensorBoard of {name}: {url}", name=self.name, url=self.url), how]

    def as_text(self) -> str:
        return "\n".join(map(render.plain, self._lines()))

    def as_html(self) -> str:
        lines = "".join(f"<div>{render.safe(line)}</div>" for line in self._lines())
        return f'<div class="modelarts-magics">{lines}</div>'


@dataclass(frozen=True, repr=False)
class Revealed(Shown):
    """The address of a viewer with its token: whoever sees it can open the viewer."""

    url: str

    def as_text(self) -> str:
        return self.url
