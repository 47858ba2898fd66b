"""What a log panel shows, whichever view shows it: the state of a run and the text of its log.

The thread that follows the log changes it, views read it. Offsets are bytes of the text in UTF-8,
from where the service says that the first text stands. Of last lines of which nobody knows how much
is before them they are so large that all of it has room.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.api.base import Job, JobEvent, Phase, State
from ...core.api.log import LogText
from ...core.i18n import _
from ...core.logs.follow import Event, Finished, StatusChanged, Trouble
from ...core.logs.last_lines import behind_line_end
from ...core.logs.read_until import ReadUntil
from ...core.metrics.standing import Standing
from ..text import render, terminal
from ..text.row import Line
from . import job_words
from .errors import LastError, last_error
from .pace import Pace
from .spool import Spool, SpoolFile

TAIL_SIZE = 64 * 1024  # bytes of all files together
REACH = 4 * 2**20  # bytes at the end of all files together in which something is looked for
FAR = 2**40  # a byte; JavaScript counts so far, too
_SHOWN_TAIL = 256 * 1024  # bytes in which the last lines are looked for
_MOVING = ("bytes", "lines", "updated_ms", "elapsed_ms", "progress")
_WORKER_COLORS = (36, 35, 32, 34, 33, 96, 95, 92, 94, 93)  # of a terminal; red is for errors


@dataclass
class LogModel:
    """The state of one panel.

    Attributes:
        only: the one log file of several that was asked for.
        trouble: what keeps the log from being followed just now.
        note: what else is to be said, until the reader does something.
        hint: what the reader may want to know, in quiet words.
        ending: how it ended and why, in words; empty as long as it is followed.
        tells_more: whether the service has events of the job.
        bells: what the panel rang for, the oldest first.
        compared: names of the jobs whose curves stand beside those of the log.
        events: the oldest first; ``None`` as long as nobody looks at them.
        metrics: how the first metrics stand, for heads that no script fills.
    """

    job: Job
    files: tuple[str, ...]
    only: str = ""
    paused: bool = False
    following: bool = True
    finished: Finished | None = None
    trouble: str = ""
    note: str = ""
    hint: str = ""
    ending: str = ""
    tells_more: bool = False
    bells: list[str] = field(default_factory=list)
    compared: Sequence[str] = ()
    events: Sequence[JobEvent] | None = None
    metrics: Sequence[Standing] = ()
    epoch: int = 0
    updated_ms: int = 0
    spools: dict[str, Spool] = field(default_factory=dict)
    changes: int = 0

    def __post_init__(self) -> None:
        self.status: State = self.job.state
        self.failure = job_words.failure(self.job)  # why it failed, in lines; empty if it did not
        self._lock = threading.RLock()
        self._file = SpoolFile()
        self._read = ReadUntil()
        self._pace = Pace()

    def apply(self, event: Event) -> None:
        """Take in what happened."""
        with self._lock:
            self.changes += 1
            if isinstance(event, LogText):
                self._append(event)
            elif isinstance(event, StatusChanged):
                self.status = event.status
                self.failure = job_words.failure(self.job)
            elif isinstance(event, Trouble):
                self._trouble(event)
            else:
                self._finish(event)

    def recovered(self) -> None:
        """The service answers again."""
        with self._lock:
            if self.trouble:
                self.trouble = ""
                self.changes += 1

    def tell_events(self, events: Sequence[JobEvent] | None) -> None:
        """What the service tells of the job beside its log; ``None`` to show nothing of it."""
        with self._lock:
            if events != self.events:
                self.events = events
                self.changes += 1

    def say(self, note: str) -> None:
        """Say something until the reader does something."""
        with self._lock:
            self.note = note
            self.changes += 1

    def compare(self, names: Sequence[str]) -> None:
        """Take note that jobs are compared with this one, or that their curves have grown."""
        with self._lock:
            self.compared = names
            self.changes += 1

    def tell_metrics(self, standing: Sequence[Standing]) -> None:
        """How the first metrics stand."""
        with self._lock:
            if standing != self.metrics:
                self.metrics = standing
                self.changes += 1

    def ring(self, why: str) -> None:
        """Call whoever is to know something, and say it."""
        with self._lock:
            self.bells.append(why)
            self.say(why)

    def _trouble(self, event: Trouble) -> None:
        if event.retry_in_s > 0:
            again = _("again in {s:.0f} s", s=event.retry_in_s)
            self.trouble = f"{event.message} ({again})"
        else:
            self.note = event.message

    def _append(self, event: LogText) -> None:
        self.updated_ms = int(time.time() * 1000)
        if event.log_file not in self.files:
            self.files = (*self.files, event.log_file)
        is_anew = self._read.take(event)
        spool = self.spools.get(event.log_file)
        if spool is None:
            start = FAR if event.before else event.start_byte
            spool = self.spools[event.log_file] = Spool(start, event.before, self._file)
        elif is_anew:
            spool = self._replaced(event)
        spool.append(event.text)
        self._pace.feed(event.log_file, event.text)

    def tell_beginning(self, spool: Spool, byte: int) -> None:
        """Where a log begins of which nobody knew how much is before its last lines."""
        with self._lock:
            if spool.beginning is None:
                spool.beginning = byte
                self.changes += 1

    def whole(self, name: str) -> Spool | None:
        """What was read of a log, where it is the log from its first byte on, byte for byte."""
        with self._lock:
            spool = self.spools.get(name)
            is_whole = spool and not spool.start and self._read.is_counted(name, spool.end)
            return spool if is_whole else None

    def _replaced(self, event: LogText) -> Spool:
        """The log was written anew: what was read of it before is history."""
        self.epoch += 1
        self._pace.forget(event.log_file)
        self.spools[event.log_file].close()
        spool = self.spools[event.log_file] = Spool(event.start_byte, file=self._file)
        return spool

    def _finish(self, event: Finished) -> None:
        self.finished = event
        self.following = False
        self.trouble = ""
        self.ending = event.reason or _("The job has completed")
        if self.status.is_final:
            self.bells.append(self.ending)
        if self.status.phase is Phase.FAILED:
            errors = dict(self._errors_first())
            self.failure = job_words.failure(self.job, errors)
            for error in [*errors.values()][:1]:
                self.ending += " · " + _("last error: {line}", line=render.plain(error.summary))

    def _errors_first(self) -> list[tuple[str, LastError]]:
        """The last errors, first those of tasks of which the service says that they failed."""
        failed = {failure.task for failure in self.job.failures}
        return sorted(self.last_errors(), key=lambda found: found[0] not in failed)

    def state(self) -> dict[str, Any]:
        """What the head of a view shows, as JSON values."""
        with self._lock:
            status = self.status
            return {
                "title": self.title,
                "name": self.job.name,
                "version": self.job.version_name,
                "status": status.word,
                "phase": status.phase.value,
                "status_text": render.status_word(status),
                "elapsed_ms": self.elapsed_ms,
                "elapsed_running": self.finished is None and not status.is_final,
                "bytes": sum(spool.size for spool in self.spools.values()),
                "lines": sum(spool.lines for spool in self.spools.values()),
                "updated_ms": self.updated_ms,
                "progress": self.progress,
                "trouble": " · ".join(filter(None, (self.trouble, self.note))),
                "following": self.following,
                "paused": self.paused,
                "finished": self.finished is not None,
                "reason": self.ending,
                "about": " · ".join(self._about()),
                "failure": self.failure,
                "tells_more": self.tells_more,
                "bells": list(self.bells),
                "compared": list(self.compared),
                "can_compare": True,
                "files": list(self.files),
                "begins": {
                    name: spool.beginning for name, spool in self.spools.items() if spool.before
                },
                "can_stop_job": status.can_stop,
            }

    def moving(self) -> dict[str, Any]:
        """Those of the state that change with the text, and with time."""
        state = self.state()
        return {name: state[name] for name in _MOVING}

    def standing(self) -> dict[str, Any]:
        """The others."""
        state = self.state()
        return {name: state[name] for name in state if name not in _MOVING}

    @property
    def title(self) -> str:
        return f"{self.job.name} ({self.job.ref.job})"

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far the training is; ``None`` where its log does not say so, or it runs no more."""
        if self.finished is not None or self.status.is_final:
            return None
        return self._pace.told(self.elapsed_ms / 1000)

    @property
    def elapsed_ms(self) -> int:
        """How long the run takes, or took."""
        job = self.job
        if self.status.is_final or not job.started:
            return job.duration or 0
        return max(0, int(time.time() * 1000) - job.started)

    def tail(self, size: int = TAIL_SIZE) -> dict[str, Any]:
        """The end of every file, by which a view finds back what it missed.

        Args:
            size: bytes of all files together.
        """
        with self._lock:
            share = size // max(1, len(self.spools))
            files = {
                name: dict(zip(("start", "end", "text"), spool.tail(share)))
                for name, spool in self.spools.items()
            }
            return {"epoch": self.epoch, "files": files}

    def last_lines(self, count: int, file: str = "", size: int = _SHOWN_TAIL) -> list[Line]:
        """The last lines of one file, or of all, each then under its name.

        Args:
            size: bytes that they take at most.
        """
        with self._lock:
            names = self._names(file)
            share = count if len(names) == 1 else max(5, count // max(1, len(names)))
            texts = [
                (name, self.spools[name].last_lines(share, size // len(names))) for name in names
            ]
        is_marked = not file and len(self.files) > 1
        return [
            (*mark, *line)
            for name, text in texts
            for mark in [terminal.lines(self.mark(name))[0] if is_marked else ()]
            for line in terminal.lines(text)
        ]

    def last_errors(self, file: str = "") -> list[tuple[str, LastError]]:
        """The last error of one file, or of each; looked for in the end of what was read."""
        with self._lock:
            names = self._names(file)
            ends = {name: self.spools[name].tail(REACH // len(names))[2] for name in names}
        found = [(name, last_error(text)) for name, text in ends.items()]
        return [(name, error) for name, error in found if error is not None]

    def unseen(self, seen: dict[str, int], file: str = "") -> int:
        """Bytes of one file, or of all, that :meth:`text_since` has not given."""
        with self._lock:
            spools = {name: self.spools[name] for name in self._names(file)}
            return sum(one.end - seen.get(name, one.start) for name, one in spools.items())

    def text_since(
        self,
        seen: dict[str, int],
        file: str = "",
        reach: int = _SHOWN_TAIL,
        most: int = _SHOWN_TAIL,
    ) -> list[tuple[str, str]]:
        """New text of one file, or of each; ``seen`` holds how far each was seen, and is moved.

        Args:
            reach: bytes from the end of a file; a reader who is farther behind misses what is
                before, and is told so.
            most: bytes of a file that are given at once.
        """
        with self._lock:
            return [
                (name, text)
                for name in self._names(file)
                if (text := self._next(name, seen, reach, most))
            ]

    def _next(self, name: str, seen: dict[str, int], reach: int, most: int) -> str:
        spool = self.spools[name]
        wanted = seen.get(name, spool.start)
        first = max(wanted, spool.end - reach)
        _start, seen[name], text = spool.read(first, min(spool.end, first + most))
        if first == wanted:
            return text
        text = text[behind_line_end(text) :]  # the first line has lost its beginning
        if wanted == spool.start:
            return text
        gap = _("… {n:,} bytes are left out here …", n=first - wanted)
        return f"\n{gap}\n{text}"

    def _names(self, file: str) -> list[str]:
        """The files that have text: the one that is named, or all."""
        return [name for name in self.spools if file in ("", name)]

    def mark(self, name: str) -> str:
        """What stands before the lines of a file where several are merged."""
        color = _WORKER_COLORS[self.files.index(name) % len(_WORKER_COLORS)]
        return f"\x1b[{color}m[{name}]\x1b[0m "

    def facts(self) -> list[str]:
        """The head of a view in words: what the log is of, and how it stands."""
        state = self.state()
        words = [
            f"{state['title']} {state['version']}".rstrip(),
            state["status_text"],
            *self._about(),
            *job_words.progress(self.progress),
            *job_words.metrics(self.metrics),
            render.duration(state["elapsed_ms"]),
            _("{n:,} bytes", n=state["bytes"]),
            _("{n:,} lines", n=state["lines"]),
        ]
        if self.updated_ms:
            moment = render.clock_time(self.updated_ms)
            words.append(_("last text at {time}", time=moment))
        if self.paused:
            words.append(_("paused"))
        return words

    def words(self) -> list[str]:
        """The same with what is to be said beside it."""
        said = (self.trouble, self.note, self.ending, self.hint)
        return [word for word in (*self.facts(), *said) if word]

    def _about(self) -> list[str]:
        """What tells it from other panels of the job, and what is worth a word besides."""
        return [*filter(None, [self.only]), *job_words.about(self.job)]

    def close(self) -> None:
        """Let go of the text."""
        with self._lock:
            for spool in self.spools.values():
                spool.close()
            self.spools.clear()
            self._file.close()
