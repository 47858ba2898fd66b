"""What API v2 accepts, checked before anything is sent.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...by_name import is_uuid
from ...errors import InvalidArgumentError
from ...i18n import _
from ...numbers import whole, wrong

LARGEST_PAGE = 50  # jobs
LARGEST_EVENT_PAGE = 100
MOST_ENTRIES = 500  # of a log, a call
LARGEST_PREVIEW = 5 * 2**20  # bytes
LONGEST_DESCRIPTION = 256  # characters
_LAST_OFFSET = 2**31 - 1
_MOST_FILTERS = 20
_MOST_VALUES = 10
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
VIEWER_TYPES = ("tensorboard",)
MOST_HOURS = 720  # of a viewer; the service names no limit
LONGEST_SEARCH = 64  # characters of a name
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_TASK = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}")


def check_viewer_source(source: str) -> str:
    """What a viewer shows: a training job, by its id; it reads what that wrote."""
    if is_uuid(source):
        return source
    raise InvalidArgumentError(
        _("A viewer of API v2 shows what a training job wrote, not the folder {path}", path=source),
        _(
            "Name the job, or draw the folder's curves: %ma_viz scalars {path}; a TensorBoard of"
            " this machine shows a copy of the folder: %ma_session local",
            path=source,
        ),
    )


def check_viewer_type(job_type: str) -> str:
    """What a viewer runs."""
    if job_type.lower() in VIEWER_TYPES:
        return job_type.lower()
    raise InvalidArgumentError(
        _("A viewer of API v2 runs TensorBoard, not {type}", type=job_type),
        _("Leave out --type"),
    )


def check_stop_after(hours: int | None) -> int | None:
    """After how many hours a viewer stops by itself; ``None`` leaves it to the service."""
    if hours is None:
        return None
    return whole("stop_after_hours", hours, 1, MOST_HOURS)


def new_viewer_name(_source: str) -> str:
    """A name that nobody has."""
    return f"viz-{uuid.uuid4().hex[:8]}"


def checked_id(job_id: str) -> str:
    """Only what an id can be may become a part of a path."""
    if isinstance(job_id, str) and _ID.fullmatch(job_id):
        return job_id
    raise InvalidArgumentError(
        _("'{id}' is not an id", id=job_id), _("%ma_log lists the jobs with their ids")
    )


def checked_task(task: str) -> str:
    """The name of a task, as a job names it: ``worker-0`` and others."""
    if isinstance(task, str) and _TASK.fullmatch(task):
        return task
    raise InvalidArgumentError(
        _("{name} is {value}", name="task", value=repr(task)),
        _("It is the name of a task, such as worker-0"),
    )


def new_name() -> str:
    """A name for a training job that nobody has."""
    return f"job-{uuid.uuid4().hex[:8]}"


def check_name(name: str) -> str:
    """The name of a job: 1-64 letters, digits, ``-`` and ``_``."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise InvalidArgumentError(
        _("The name {name} cannot be used", name=repr(name)),
        _("A name has {words}", words=_("1 to 64 letters, digits, - and _")),
    )


def check_description(description: str) -> str:
    """A description: at most 256 characters."""
    if not isinstance(description, str):
        raise InvalidArgumentError(
            _("{name} is {value}", name="description", value=repr(description)), _("It is a text")
        )
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidArgumentError(
            _("The description has {n} characters", n=len(description)),
            _("At most {limit} are allowed", limit=LONGEST_DESCRIPTION),
        )
    return description


def check_page(offset: int, limit: int, largest: int) -> None:
    """A part of a listing."""
    whole("offset", offset, 0, _LAST_OFFSET)
    whole("limit", limit, 1, largest)


def check_order(order: str) -> None:
    """``asc`` or ``desc``."""
    if order not in ("asc", "desc"):
        raise InvalidArgumentError(
            _("{name} is {value}", name="order", value=repr(order)), _("It is asc or desc")
        )


def check_entries(lines: int, order: str) -> None:
    """Entries of a log: 1 to 500 of them, in an order."""
    whole("lines", lines, 1, MOST_ENTRIES)
    check_order(order)


@dataclass(frozen=True)
class Filter:
    """Which jobs are listed: those whose ``key`` is what ``operator`` and ``value`` say.

    Attributes:
        key: ``name``, ``create_time``, ``phase``, ``kind``, ``algorithm_name``, ``user_id`` and
            others of the service.
        operator: ``in``, ``like``, ``between`` or ``not``.
        value: texts; two numbers of milliseconds for ``between``.
    """

    key: str
    operator: str
    value: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        value = list(_listed("value", self.value))
        return {"key": self.key, "operator": self.operator, "value": value}


@dataclass(frozen=True)
class JobQuery:
    """Which jobs are listed, and which part of them; the service filters and sorts.

    Attributes:
        offset: of the first one; whether it counts pages or jobs is up to the service.
        limit: how many, up to 50; always sent, since nobody says how many there are without it.
        filters: a job passes all of them.
    """

    offset: int = 0
    limit: int = LARGEST_PAGE
    sort_by: str = "create_time"
    order: str = "desc"
    filters: Sequence[Filter | Mapping[str, Any]] = ()
    group_by: str = ""
    workspace_id: str = ""

    def to_json(self) -> dict[str, Any]:
        check_page(self.offset, self.limit, LARGEST_PAGE)
        check_order(self.order)
        given = {name: value for name, value in vars(self).items() if value not in ("", ())}
        if self.filters:
            given["filters"] = self._filters()
        return given

    def _filters(self) -> list[dict[str, Any]]:
        made = [_filter(one) for one in _listed("filters", self.filters)]
        whole("filters", len(made), 0, _MOST_FILTERS)
        for one in made:
            whole("value", len(_listed("value", one.get("value") or ())), 0, _MOST_VALUES)
        return made


def _listed(name: str, value: Any) -> Sequence[Any]:
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return value
    raise wrong(name, value, _("It is a list"))


def _filter(one: Any) -> dict[str, Any]:
    if isinstance(one, Filter):
        return one.to_json()
    if isinstance(one, Mapping):
        return dict(one)
    raise wrong("filters", one, _("It has key, operator and value"))
