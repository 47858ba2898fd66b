"""What the service accepts, checked before anything is sent; one set of rules for every face.

Source: docs/api/README.md, limits.
"""

from __future__ import annotations

import re
import uuid

from ...errors import InvalidArgumentError
from ...i18n import _
from ...numbers import whole, wrong
from .status import JobStatus

LONGEST_SLICE = 2048  # bytes a call
MOST_ENTRIES = 500  # a call
LARGEST_PAGE = 1000  # jobs or versions
LONGEST_DESCRIPTION = 256  # characters
MOST_HOURS = 24
VISUALIZATION_TYPES = ("tensorboard", "mindinsight")
LARGEST_VISUALIZATION_PAGE = 100  # jobs; later editions allow 1000
LONGEST_VISUALIZATION_SEARCH = 64  # characters; other editions allow 100
VISUALIZATION_SORTS = ("job_id", "job_name", "job_desc", "create_time", "status")
STATES = tuple(JobStatus)
USUAL_STATES = (  # in which people look for jobs
    JobStatus.INIT,
    JobStatus.WAITING,
    JobStatus.RUNNING,
    JobStatus.KILLING,
    JobStatus.COMPLETED,
    JobStatus.FAILED,
    JobStatus.KILLED,
    JobStatus.CANCELED,
    JobStatus.LOST,
)
_LONGEST_VISUALIZATION_NAME = 20  # characters
_LONGEST_SEARCH = 100  # characters
_LAST_PAGE = 65_535
_JOB_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
_VISUALIZATION_NAME = re.compile(r"[0-9A-Za-z_-]{1,20}")


def check_slice(start_byte: int, offset: int) -> None:
    """A slice of a log: ``start_byte`` from -1 (the newest part), ``offset`` -2048 to 2048 bytes.

    >>> check_slice(0, 2048)
    >>> check_slice(-2, 2048)
    Traceback (most recent call last):
    modelarts_magics.errors.InvalidArgumentError: start_byte is -2. It is -1 or more
    """
    whole("start_byte", start_byte, -1)
    whole("offset", offset, -LONGEST_SLICE, LONGEST_SLICE)


def check_entries(lines: int, order: str) -> None:
    """Entries of a log: 1 to 500 of them, before or after a cursor."""
    whole("lines", lines, 1, MOST_ENTRIES)
    _check_order(order)


def check_log_file(name: object) -> None:
    """The name of a log file, as the list of log files gives it."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidArgumentError(
            _("{name} is {value}", name="log_file", value=repr(name)),
            _("It is a name from get_job_log_file_list()"),
        )


def check_job_name(name: str) -> str:
    """A training job's name: 1-64 letters, digits, ``-`` and ``_``."""
    return _check_name(name, _JOB_NAME, _("1 to 64 letters, digits, - and _"))


def check_visualization_name(name: str) -> str:
    """A visualization job's name: 1-20 letters, digits, ``-`` and ``_``."""
    return _check_name(name, _VISUALIZATION_NAME, _("1 to 20 letters, digits, - and _"))


def _check_name(name: str, rule: re.Pattern[str], words: str) -> str:
    if not isinstance(name, str) or not rule.fullmatch(name):
        raise InvalidArgumentError(
            _("The name {name} cannot be used", name=repr(name)),
            _("A name has {words}", words=words),
        )
    return name


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


def new_name(prefix: str) -> str:
    """A name nobody has: the prefix and eight random hexadecimal digits."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def new_visualization_name(train_url: str) -> str:
    """A name nobody has for a visualization job, after the last part of its folder.

    >>> new_visualization_name("/bucket/runs/resnet50.v2/")[:-8]
    'resnet50-v2-'
    >>> new_visualization_name("/bucket/@@@/")[:-8]
    'viz-'
    """
    last = train_url.rstrip("/").rpartition("/")[2]
    room = _LONGEST_VISUALIZATION_NAME - len(new_name(""))
    word = re.sub("[^0-9A-Za-z_]+", "-", last).strip("-_")[:room].rstrip("-_")
    return new_name(word or "viz")


def check_visualization_type(job_type: str) -> str:
    """What a visualization job runs: ``tensorboard`` or ``mindinsight``, in capitals or not."""
    return _check_choice("type", job_type, VISUALIZATION_TYPES)


def check_visualization_sort(field: str) -> str:
    """What a list of visualization jobs is sorted by."""
    return _check_choice("sort", field, VISUALIZATION_SORTS)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    word = value.lower() if isinstance(value, str) else value  # the vendor writes TensorBoard
    if word in choices:
        return word
    raise wrong(name, value, _("It is one of {choices}", choices=", ".join(choices)))


def state_named(word: str) -> JobStatus:
    """A state by its name in any case, or by its code.

    Raises:
        KeyError: there is none of this name.
    """
    return JobStatus(int(word)) if word.isdecimal() else JobStatus[word.upper()]


def check_stop_after(hours: int | None) -> int | None:
    """After how many whole hours a job stops by itself: 1 to 24; ``None`` for never."""
    return None if hours is None else whole("auto-stop", hours, 1, MOST_HOURS)


def check_list(
    per_page: int,
    largest_page: int,
    page: int,
    order: str,
    search_content: str | None,
    longest_search: int = _LONGEST_SEARCH,
) -> None:
    """The paging of a list: rows a page, page from 1, order and search text.

    The editions allow 64 or 100 characters of ``search_content``.
    """
    check_page(per_page, page, largest_page)
    _check_order(order)
    if search_content and len(search_content) > longest_search:
        raise InvalidArgumentError(
            _("The search text has {n} characters", n=len(search_content)),
            _("At most {limit} are allowed", limit=longest_search),
        )


def check_page(per_page: int, page: int, largest: int = LARGEST_PAGE) -> None:
    """Rows a page, and which page, from 1."""
    whole("per_page", per_page, 1, largest)
    whole("page", page, 1, _LAST_PAGE)


def _check_order(order: str) -> None:
    if order not in ("asc", "desc"):
        raise InvalidArgumentError(
            _("{name} is {value}", name="order", value=repr(order)), _("It is asc or desc")
        )
