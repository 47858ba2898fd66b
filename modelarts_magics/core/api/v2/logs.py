"""Where the log of a task can be read: by lines, its newest part, or a link to all of it.

Source: docs/api/v2-logs.md.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Callable
from urllib.parse import urlsplit

from ...endpoints import is_loopback
from ...errors import (
    InvalidParameterError,
    LogClearedError,
    ModelArtsError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServiceError,
    UnexpectedAnswerError,
    UnknownCallError,
)
from ...http.answer import Answer
from ...http.codes import Codes
from ...http.failure import Failure
from ...i18n import _
from ...obs_path import obs_folder
from ..first_of import FirstOf
from ..log import ByteSource, LogChunk, LogPage, LogWindow
from .client import Client
from .models.job import TrainingJob
from .models.log import Lines
from .rules import LARGEST_PREVIEW, MOST_ENTRIES

CopyOf = Callable[[str, str, Sequence[str]], ByteSource]
"""The copy of a log, by what its objects in OBS begin with, ``/bucket/key``, its task, and all."""

LINES, LINK = "lines", "link"  # what an endpoint may lack
_TROUBLE_WITH_LINES = "ModelArts.2955"
_RANGE = 4 * 2**20  # bytes
_EXPIRED = frozenset({400, 401, 403})
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18})")


class _TaskLog:
    """The log of a task, behind a call."""

    def __init__(self, client: Client, job_id: str, task: str) -> None:
        self.name = task
        service = client.transport.endpoint, client.project_id
        self.origin: tuple[str, ...] = (*service, job_id, task)
        self._client = client
        self._job_id = job_id


class LineEndpoint(_TaskLog):
    """A log by its lines, whichever way the service orders them."""

    most_entries = MOST_ENTRIES - 1  # where a page begins with its cursor, one more is asked for

    def __init__(self, client: Client, job_id: str, task: str) -> None:
        super().__init__(client, job_id, task)
        self._orders = ["asc", "desc"]  # in which what is newer is looked for

    def newest(self, entries: int) -> LogPage:
        return _page(self._read("", entries, "desc"))

    def newer(self, cursor: str, entries: int) -> LogPage:
        is_forward = self._client.known.asc_is_newer
        if is_forward is None:
            return self._probed(cursor, entries)
        return self._behind(cursor, entries, "asc" if is_forward else "desc")

    def older(self, cursor: str, entries: int) -> LogPage:
        is_forward = self._client.known.asc_is_newer
        if is_forward is None:
            return self._probed_back(cursor, entries)
        order = "desc" if is_forward else "asc"
        return self._without(_page(self._read(cursor, entries + 1, order)), cursor, at=-1)

    def _probed_back(self, cursor: str, entries: int) -> LogPage:
        """What is older, and by that what the order means: two entries tell it."""
        for order in ("desc", "asc"):
            page = self._without(_page(self._read(cursor, 2, order)), cursor, at=-1)
            if page.entries:
                is_older = _is_older(page.start, cursor)
                self._client.known.asc_is_newer = is_older == (order == "desc")
                return self.older(cursor, entries)
        return page

    def _probed(self, cursor: str, entries: int) -> LogPage:
        """What is newer, and by that what the order means.

        While a log has one entry, neither order tells: from then on they are asked by turns.
        """
        for order in self._orders:
            page = _page(self._read(cursor, 2, order))
            page = self._without(self._without(page, cursor, at=0), cursor, at=-1)
            if page.entries:
                is_newer = not _is_older(page.start, cursor)
                self._client.known.asc_is_newer = is_newer == (order == "asc")
                if is_newer or order == self._orders[0]:
                    return self.newer(cursor, entries)
                break  # it is the other one, which gave nothing
        else:
            self._orders = ["asc"] if self._orders == ["desc"] else ["desc"]
        return LogPage("", 0, "", "")

    def _behind(self, cursor: str, entries: int, order: str) -> LogPage:
        return self._without(_page(self._read(cursor, entries + 1, order)), cursor, at=0)

    def _without(self, page: LogPage, cursor: str, at: int) -> LogPage:
        """A page without the entry that it was asked by, which some services repeat."""
        if (page.start, page.end)[at] != cursor or not page.entries:
            return page
        lines = page.text.splitlines(keepends=True)
        del lines[at]
        return LogPage("".join(lines), page.entries - 1, page.start, page.end)

    def _read(self, cursor: str, entries: int, order: str) -> Lines:
        known = self._client.known
        if LINES in known.lacking:
            raise UnknownCallError(_("The service gives no lines of logs"))
        try:
            return self._client.read_lines(self._job_id, self.name, cursor, entries, order)
        except UnknownCallError:
            known.lacking.add(LINES)
            raise
        except ServiceError as error:
            if error.code != _TROUBLE_WITH_LINES:
                raise
            raise UnknownCallError(error.message, code=error.code, status=error.status) from error


def _page(lines: Lines) -> LogPage:
    """A page in order of time: one that is printed with the newest entry first is turned round."""
    start, end, text = lines.start_line, lines.end_line, lines.content
    count = text.count("\n") + (not text.endswith("\n") and bool(text))
    entries = lines.lines if lines.lines is not None and text else count
    if _is_older(end, start):
        start, end = end, start
        text = "".join(f"{line}\n" for line in reversed(text.split("\n")[:count]))
    elif text and not text.endswith("\n"):
        text += "\n"
    return LogPage(text, entries, start, end)


def _is_older(cursor: str, other: str) -> bool:
    """Whether a cursor is before another one, as far as that can be told."""
    are_numbers = cursor.isdecimal() and other.isdecimal()
    return are_numbers and int(cursor) < int(other)


class PreviewEndpoint(_TaskLog):
    """The newest part of a log, for somebody who follows it.

    Args:
        others: who have the rest.
    """

    largest = LARGEST_PREVIEW

    def __init__(
        self, client: Client, job_id: str, task: str, others: Sequence[ByteSource] = ()
    ) -> None:
        super().__init__(client, job_id, task)
        self.others = others

    def window(self) -> LogWindow | None:
        found = self._client.read_preview(self._job_id, self.name)
        if found.content is None:
            return None
        size = len(found.content.encode()) if found.current_size is None else found.current_size
        full = size if found.full_size is None else found.full_size
        return LogWindow(found.content, min(size, full), full)


class PreviewBytes(PreviewEndpoint):
    """The newest part of a log as slices: a whole log that is not larger."""

    longest_slice = LARGEST_PREVIEW

    def read(self, start_byte: int, length: int) -> LogChunk:
        window = self.window() or LogWindow("", 0, 0)
        start = max(0, window.end - length) if start_byte < 0 else start_byte
        if window.size < window.end:
            raise NotOfferedError(
                _("{file}: only the newest {n:,} bytes can be had", file=self.name, n=window.size),
                _("Follow it, or let new jobs copy their logs to OBS: log_url"),
            )
        data = window.text.encode()[start : start + length]
        end = min(window.end, start + len(data)) if start + length < window.end else window.end
        return LogChunk(data.decode(errors="replace"), start, end, max(0, end - start))


class LinkEndpoint(_TaskLog):
    """The file of a log, by a link that the service signs; our credentials do not go there."""

    longest_slice = _RANGE

    def __init__(self, client: Client, job_id: str, task: str) -> None:
        super().__init__(client, job_id, task)
        self._lock = threading.Lock()
        self._url = ""

    def read(self, start_byte: int, length: int) -> LogChunk:
        asked = f"-{length}" if start_byte < 0 else f"{start_byte}-{start_byte + length - 1}"
        headers = {"Range": f"bytes={asked}", "Accept-Encoding": "identity"}
        url = self._link("")
        answer = self._client.transport.fetch(url, headers)
        if answer.status in _EXPIRED:
            answer = self._client.transport.fetch(self._link(url), headers)
        return chunk_of(answer, start_byte, length)

    def _link(self, refused: str) -> str:
        """The link; another one in place of one that was refused."""
        with self._lock:
            if self._url in ("", refused):
                self._url = self._signed()
            return self._url

    def _signed(self) -> str:
        try:
            url = self._asked()
        except UnknownCallError:
            self._client.known.lacking.add(LINK)
            raise
        with suppress(ValueError):
            if urlsplit(url).scheme == "https" or is_loopback(url):
                return url
        raise UnexpectedAnswerError(_("The link to the log is not safe to open"))

    def _asked(self) -> str:
        """Both of the documented ways to say what is wanted."""
        if LINK in self._client.known.lacking:
            raise NotOfferedError(_("The service has no links to logs"))
        try:
            return self._client.find_link(self._job_id, self.name).obs_url
        except InvalidParameterError:
            return self._client.find_link(self._job_id, self.name, by_header=True).obs_url


def chunk_of(answer: Answer, start_byte: int, length: int) -> LogChunk:
    """The slice of a file that a range of it is; an empty one where the file ends before."""
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if answer.status == _NO_SUCH_RANGE:
        end = int(found[3]) if found else max(0, start_byte)
        return LogChunk("", min(end, max(0, start_byte)), end, 0)
    data, start = answer.body, max(0, start_byte)
    if answer.status == _WHOLE and data:
        start = max(0, len(data) - length) if start_byte < 0 else start_byte
        data = data[start : start + length]
    elif answer.status == _PART and found and found[1] and _is_range(found, start_byte, data):
        start = int(found[1])
    else:
        message = _("The file of the log cannot be read")
        if answer.status in (_WHOLE, _PART):
            raise UnexpectedAnswerError(message, status=answer.status)
        raise Codes().error(Failure(answer.status, message=message))
    return LogChunk(data.decode(errors="replace"), start, start + len(data), len(data))


def _is_range(found: re.Match[str], start_byte: int, data: bytes) -> bool:
    """Whether it is what was asked for, and all of what it says that it is."""
    first, last = int(found[1]), int(found[2])
    return start_byte in (-1, first) and last - first + 1 == len(data)


_WHOLE, _PART, _NO_SUCH_RANGE = 200, 206, 416


class CopyInObs(_TaskLog):
    """The copy of a log in OBS, if the job has one: it stays when the service has cleared its own.

    Args:
        copy_of: opens the copy that is in a folder; ``None`` where nobody can.
        described: the job.
    """

    longest_slice = _RANGE

    def __init__(
        self,
        client: Client,
        job_id: str,
        task: str,
        copy_of: CopyOf | None,
        described: Callable[[], TrainingJob],
    ) -> None:
        super().__init__(client, job_id, task)
        self._copy_of = copy_of
        self._described = described
        self._folder = ""
        self._tasks: Sequence[str] = ()
        self._copy: ByteSource | None = None

    @property
    def folder(self) -> str:
        """Empty where the job has none."""
        if not self._folder:
            job = self._described()
            self._folder, self._tasks = job.log_folder, job.tasks
        return self._folder

    def read(self, start_byte: int, length: int) -> LogChunk:
        if self._copy is None:
            self._copy = self._opened()
        return self._copy.read(start_byte, length)

    def _opened(self) -> ByteSource:
        if self._copy_of is None or not self.folder:
            raise NotOfferedError(_("Job {job} copies no logs to OBS", job=self._job_id))
        beginning = f"{obs_folder(self.folder)}modelarts-job-{self._job_id}-"
        return self._copy_of(beginning, self.name, self._tasks)


class WholeFile(FirstOf):
    """A log by the first of some sources that has it.

    Args:
        copy: of them, named to whoever looks for a log that the service has cleared.
    """

    def __init__(self, copy: CopyInObs, *others: ByteSource) -> None:
        super().__init__([copy, *others], _is_refusal, telling=len(others))
        self._copy = copy

    def read(self, start_byte: int, length: int) -> LogChunk:
        try:
            return super().read(start_byte, length)
        except ModelArtsError as error:
            raise self._named(error) from None

    def _named(self, error: ModelArtsError) -> ModelArtsError:
        if not isinstance(error, LogClearedError) or not self._copy.folder:
            return error
        place = _("Its copy is in {url}", url=self._copy.folder)
        return LogClearedError(error.message, place, code=error.code, status=error.status)


def _is_refusal(error: ModelArtsError) -> bool:
    return isinstance(error, (NotFoundError, PermissionDeniedError, NotOfferedError))
