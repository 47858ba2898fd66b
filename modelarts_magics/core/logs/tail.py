"""Follow one log file: its text as events, exact whatever happens on the way.

The cursor moves only over text that was delivered, so that no trouble loses or doubles a byte.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from ..api.base import State
from ..api.log import Cursor, Log, Part
from ..i18n import _
from .cadence import JobWatch
from .follow import Event, Follower, LastLines, Trouble
from .last_lines import words_for_cut

_PARTS_A_POLL = 64
_FAR_BEHIND = 16  # full parts in a row, after which the end of the log is taken to be far


class Tail(Follower):
    """Follows one log file of a job.

    Args:
        log: the text.
        watch: the status and the cadence, shared with the followers of the job's other files.
        start: the byte to begin with, or the last lines.
    """

    def __init__(self, log: Log, watch: JobWatch, start: int | LastLines) -> None:
        super().__init__(watch)
        self.name = log.name
        self._log = log
        self._start = start
        self._cursor: Cursor | None = None
        self._full_parts = 0
        self._starts = 0  # of the job, so far
        self._is_behind = False
        self._pause = 0.0

    def _look(self, events: list[Event], status: State) -> bool:
        """Read what is there, up to a limit."""
        self._is_behind, self._pause = False, 0.0
        events.extend(self._started_again(status))
        found, is_final = False, status.is_final and self._last_look
        with closing(self._parts(is_final)) as parts:
            for part in parts:
                self._cursor = part.cursor
                if part.is_truncated:
                    events.append(Trouble(self._written_anew(status), 0.0))
                    found = True
                    continue
                if part.note:
                    events.append(Trouble(part.note, 0.0, part.is_of_service))
                self._pause = part.pause
                if part.goes_on:
                    continue
                if part.text.start_byte == part.text.end_byte:
                    return found
                found = True
                events.append(part.text)
                if part.is_cut:
                    events.append(Trouble(words_for_cut(part.text), 0.0))
                if part.is_short and not status.is_final:
                    return True
        self._is_behind = True
        return True

    def _started_again(self, status: State) -> list[Event]:
        """Which start of the job the text is of that follows."""
        before, self._starts = self._starts, max(self._starts, status.starts)
        if before in (0, self._starts):
            return []
        message = _("The job was started again: what follows is of start {n}", n=self._starts)
        return [Trouble(message, 0.0)]

    def _written_anew(self, status: State) -> str:
        if status.starts > 1:
            return _("The log was written anew by start {n} of the job", n=status.starts)
        return _("The log was written anew; it is shown again from its beginning")

    def _looked(self, *, is_news: bool, started: float) -> None:
        super()._looked(is_news=is_news, started=started)
        if self._is_behind:
            self.pace.wait(0.0)
        if self._pause > self.due_in:
            self.pace.wait(self._pause)

    def _parts(self, is_final: bool) -> Generator[Part, None, None]:
        """As many parts as a poll takes, one after the other; far behind several at once."""
        left = _PARTS_A_POLL
        while left > 0:
            if self._full_parts < _FAR_BEHIND or self._cursor is None:
                part = self._next(is_final)
                is_full = bool(part.text.text) and not part.is_short
                self._full_parts = self._full_parts + 1 if is_full else 0
                left -= 1
                yield part
                continue
            before = left
            for part in self._log.ahead(self._cursor, left):
                left -= 1
                yield part
            if left == before:  # the end is near
                self._full_parts = 0

    def _next(self, is_final: bool) -> Part:
        if self._cursor is not None:
            return self._log.after(self._cursor, is_final=is_final)
        if isinstance(self._start, LastLines):
            return self._log.tail(self._start.lines, is_frugal=self._start.is_frugal)
        return self._log.after(self._log.at(self._start), is_final=is_final)
