"""What is typed into the form for a visualization job, checked by the rules of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ....core.errors import InvalidArgumentError
from ....core.visualization import NewVisualization, VisualizationRules
from ....core.visualization import rules as usual_rules
from ...shell.context import VisualizationDefaults


@dataclass(frozen=True)
class FormValues:
    """The fields of the form.

    Attributes:
        folder: OBS folder, in any form that is accepted; where the rules have none, a training job
            by its id or its name.
        name: empty for one that is generated.
        stop_after_hours: ``None`` for never, or for what the service does then.
        rules: of the service.
    """

    folder: str = ""
    name: str = ""
    description: str = ""
    job_type: str = usual_rules.types[0]
    stop_after_hours: int | None = None
    rules: VisualizationRules = field(default=usual_rules, compare=False, repr=False)

    @classmethod
    def from_defaults(
        cls, defaults: VisualizationDefaults, rules: VisualizationRules = usual_rules
    ) -> FormValues:
        types = rules.types
        return cls(
            folder=defaults.folder,
            job_type=defaults.job_type if defaults.job_type in types else types[0],
            stop_after_hours=defaults.stop_after_hours,
            rules=rules,
        )

    def of(self, source: str) -> FormValues:
        """The same for what a word in the place of the folder was found to mean."""
        return replace(self, folder=source)

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
            self.rules,
        )

    def problems(self) -> dict[str, str]:
        """What is wrong, by field; an empty folder is missing, not wrong."""
        word = self.folder.strip()
        is_job = not self.rules.has_folders and "/" not in word  # whose name may be any
        checks: Mapping[str, tuple[Callable[[Any], object], Any]] = {
            "folder": (str if is_job else self.rules.check_source, word),
            "name": (self.rules.check_name, self.name.strip()),
            "description": (self.rules.check_description, self.description),
        }
        found = {}
        for name, (check, value) in checks.items():
            problem = _problem(check, value) if value else ""
            if problem:
                found[name] = problem
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
