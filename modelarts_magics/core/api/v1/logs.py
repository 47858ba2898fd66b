"""Where the log of a training job can be read: by bytes or by lines.

Source: docs/api/logs.md (modelarts_03_0055 of 2019, modelarts_03_0149).
"""

from __future__ import annotations

from ...errors import LinesOnlyError
from ...i18n import _
from ..log import LogChunk, LogPage
from .client import Client
from .models.log import LogLines
from .rules import LONGEST_SLICE, MOST_ENTRIES


class _LogFile:
    """A log file of a run, behind an endpoint."""

    def __init__(self, client: Client, job_id: str, version_id: str, log_file: str) -> None:
        self.name = log_file
        service = client.transport.endpoint, client.project_id
        self.origin: tuple[str, ...] = (*service, job_id, version_id, log_file)
        self._client = client
        self._job_id = job_id
        self._version_id = version_id


class ByteEndpoint(_LogFile):
    """A log file by the byte endpoint."""

    longest_slice = LONGEST_SLICE

    def read(self, start_byte: int, length: int) -> LogChunk:
        chunk = self._client.read_log(self._job_id, self._version_id, self.name, start_byte, length)
        if isinstance(chunk, LogChunk):
            return chunk
        raise LinesOnlyError(
            _("{file}: the service gives this log by lines only", file=self.name),
            _("Read it with get_job_log(log_file)"),
        )


class LineEndpoint(_LogFile):
    """A log file by the line endpoint; its cursors are those of the service."""

    most_entries = MOST_ENTRIES

    def newest(self, entries: int) -> LogPage:
        return self._page(None, entries, "desc")

    def older(self, cursor: str, entries: int) -> LogPage:
        return self._page(cursor, entries, "asc")

    def newer(self, cursor: str, entries: int) -> LogPage:
        return self._page(cursor, entries, "desc")

    def _page(self, base_line: str | None, entries: int, order: str) -> LogPage:
        page = self._client.read_log_lines(
            self._job_id, self._version_id, self.name, base_line, entries, order
        )
        text = entries_text(page)
        count = page.lines if page.lines is not None else text.count("\n")
        return LogPage(text, count, page.start_line, page.end_line)


def entries_text(page: LogLines) -> str:
    """The text of a page without the line feed that the service puts between entries.

    >>> entries_text(LogLines("a\\n\\n\\n\\nb\\n", 3, "1", "3"))
    'a\\n\\nb\\n'
    """
    entries = []
    rest = page.text
    while rest:
        entry, feed, rest = rest.partition("\n")
        entries.append(entry + feed)
        rest = rest[1:] if rest.startswith("\n") else rest
    return "".join(entries) if len(entries) == page.lines else page.text
