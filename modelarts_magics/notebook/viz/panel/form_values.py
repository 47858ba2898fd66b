"""What is typed into the form for a visualization job, checked by the rules of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ....core.errors import InvalidArgumentError
from ....core.obs_path import obs_folder
from ....core.visualization import NewVisualization, rules
from ...shell.context import VisualizationDefaults


@dataclass(frozen=True)
class FormValues:
    """The fields of the form.

    Attributes:
        folder: OBS folder, in any form that is accepted.
        name: empty for one that is generated.
        stop_after_hours: ``None`` for never.
    """

    folder: str = ""
    name: str = ""
    description: str = ""
    job_type: str = rules.types[0]
    stop_after_hours: int | None = None

    @classmethod
    def from_defaults(cls, defaults: VisualizationDefaults) -> FormValues:
        return cls(
            folder=defaults.folder,
            job_type=defaults.job_type,
            stop_after_hours=defaults.stop_after_hours,
        )

    def as_defaults(self) -> VisualizationDefaults:
        """What the next form begins with."""
        return VisualizationDefaults(self.folder, self.job_type, self.stop_after_hours)

    def checked(self) -> NewVisualization:
        """The job to create.

        Raises:
            InvalidArgumentError: there are problems.
        """
        return NewVisualization.checked(
            self.folder.strip(),
            self.name.strip(),
            self.description,
            self.job_type,
            self.stop_after_hours,
        )

    def problems(self) -> dict[str, str]:
        """What is wrong, by field; an empty folder is missing, not wrong."""
        checks: Mapping[str, tuple[Callable[[Any], object], Any]] = {
            "folder": (obs_folder, self.folder.strip()),
            "name": (rules.check_name, self.name.strip()),
            "description": (rules.check_description, self.description),
        }
        found = {}
        for field, (check, value) in checks.items():
            problem = _problem(check, value) if value else ""
            if problem:
                found[field] = problem
        return found

    @property
    def is_complete(self) -> bool:
        return bool(self.folder.strip()) and not self.problems()


def _problem(check: Callable[[Any], object], value: Any) -> str:
    try:
        check(value)
    except InvalidArgumentError as error:
        return str(error)
    return ""
