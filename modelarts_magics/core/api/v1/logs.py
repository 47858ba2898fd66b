"""Where the log of a training job can be read: by bytes or by lines.

Source: docs/api/logs.md (modelarts_03_0055 of 2019, modelarts_03_0149).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import LinesOnlyError, UnexpectedAnswerError
from ...i18n import _
from ..log import Cursor, LogChunk, LogText, Part
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


class LineLog(_LogFile):
    """A log file by the line endpoint; its cursors are those of the service.

    Offsets count from the first byte that was read.
    """

    _read_bytes = 0

    def at(self, start_byte: int) -> Cursor:
        """Only the beginning can be named by a byte."""
        if start_byte == 0:
            return ""
        raise UnexpectedAnswerError(
            _("{file}: the service gives this log by lines only", file=self.name),
            _("Read it from its beginning"),
        )

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        if not cursor:
            return self._whole()
        page = self._page(str(cursor), MOST_ENTRIES, "desc")
        return self._part(entries_text(page), page.end_line or str(cursor))

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        """Only the answer to a page tells where the next one begins."""
        return iter(())

    def tail(self, lines: int) -> Part:
        page = self._page(None, min(lines, MOST_ENTRIES), "desc")
        return self._part(entries_text(page), page.end_line)

    def _whole(self) -> Part:
        """Back from the newest page to the first; forward cursors only start at a known line."""
        page = self._page(None, MOST_ENTRIES, "desc")
        texts, end = [entries_text(page)], page.end_line
        while page.lines and page.start_line:
            page = self._page(page.start_line, MOST_ENTRIES, "asc")
            texts.append(entries_text(page))
        return self._part("".join(reversed(texts)), end)

    def _part(self, text: str, cursor: str) -> Part:
        start = self._read_bytes
        self._read_bytes = start + len(text.encode())
        return Part(LogText(text, start, self._read_bytes, self.name), cursor)

    def _page(self, base_line: str | None, lines: int, order: str) -> LogLines:
        return self._client.read_log_lines(
            self._job_id, self._version_id, self.name, base_line, lines, order
        )


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
