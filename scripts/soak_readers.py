"""What reads in the process that a soak watches: a panel, two followers, a download, a list.

Each compares what it gets with what the service has, byte for byte, and keeps none of it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable

from faulty_service import (
    FILES,
    FOLLOWED,
    JOBS,
    PROJECT,
    ROTATED,
    SAVED,
    VERSION,
    Plan,
    content,
    name_of,
    rotated,
)

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.errors import ServiceError
from modelarts_magics.estimator import Estimator
from modelarts_magics.events import LogText, Trouble
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.session import Session

_LONGEST_PAUSE = 1.0  # seconds
_BETWEEN_LISTS = 0.5  # seconds


@dataclass
class Told:
    """How far the readers are.

    Attributes:
        wrong: what was not as it should have been.
        followed: bytes that the followers gave.
        troubles: that the followers spoke of.
        saved: whole logs in files.
        listed: whole lists.
        refused: lists that the service was in too much trouble for.
        reading: readers that have not ended.
        left: names of the threads that their end leaves.
    """

    wrong: list[str] = field(default_factory=list)
    followed: int = 0
    troubles: int = 0
    saved: int = 0
    listed: int = 0
    refused: int = 0
    reading: int = 0
    left: list[str] = field(default_factory=list)


class Readers:
    """The readers, in threads of their own, from now on.

    Args:
        folder: for what is saved.
        panel: whether there is one; it needs a kernel.
    """

    def __init__(self, url: str, plan: Plan, folder: Path, *, panel: bool = True) -> None:
        Session.set_endpoint(modelarts_endpoint=url)
        self._session = Session(access_key="a", secret_key="s", project_id=PROJECT, region_name="r")
        self._plan = plan
        self._path = folder / "saved.log"
        self._told = Told()
        self._before = {thread.name for thread in threading.enumerate()}
        self._over = threading.Event()
        self._panel = self._opened() if panel else None
        loops: dict[str, Callable[[], object]] = {
            "grown": lambda: self._follow(FOLLOWED, _Grown(plan)),
            "rotated": lambda: self._follow(ROTATED, _Rotated(plan)),
            "save": self._save,
            "list": self._list,
        }
        self._pool = ThreadPoolExecutor(len(loops), "soak")
        self._loops = {name: self._pool.submit(loop) for name, loop in loops.items()}

    def told(self) -> dict[str, Any]:
        self._told.reading = sum(not self._loops[name].done() for name in ("grown", "rotated"))
        if self._panel is not None:
            self._told.reading += self._panel.is_running
        return asdict(self._told)

    def end(self) -> dict[str, Any]:
        """Let all end; what they had to tell."""
        self._over.set()
        self._pool.shutdown()
        for name, loop in self._loops.items():
            if (error := loop.exception()) is not None:
                self._told.wrong.append(f"{name}: {type(error).__name__}: {error}")
        if self._panel is not None:
            self._look_at(self._panel)
            self._panel.close()
        self._session.close()
        gc.collect()
        now = {thread.name for thread in threading.enumerate()}
        self._told.left = sorted(now - self._before)
        return self.told()

    def _opened(self) -> LogPanel:
        while True:
            with suppress(ServiceError):
                panel = LogPanel(self._job(FOLLOWED), tail=None)
                panel.show()
                return panel

    def _look_at(self, panel: LogPanel) -> None:
        size = self._plan.size(FOLLOWED, self._plan.began + self._plan.lasts)
        for file in FILES:
            spool = panel.model.spools[file]
            found = spool.read(0, spool.end)[2]
            wanted = content(file, 0, size).decode("utf-8", "replace")
            if found != wanted:
                self._told.wrong.append(f"panel, {file}: {_first_difference(found, wanted)}")

    def _job(self, job: str) -> Estimator:
        return Estimator(self._session, job_id=job, version_id=VERSION)

    def _follow(self, job: str, check: _Grown | _Rotated) -> None:
        follower = JobLogs(self._session.jobs, JobRef("v1", job, VERSION)).follow()
        while follower.finished is None and not self._over.is_set():
            for event in follower.poll_due():
                if isinstance(event, LogText):
                    check(event)
                    self._told.followed += event.end_byte - event.start_byte
                self._told.troubles += isinstance(event, Trouble)
            self._over.wait(min(follower.due_in, _LONGEST_PAUSE))
        if follower.finished is None or not follower.finished.is_success:
            raise AssertionError(f"the end is {follower.finished}")
        check.at_end()

    def _save(self) -> None:
        wanted = content("whole.log", 0, self._plan.saved)
        while not self._over.is_set():
            self._path.unlink(missing_ok=True)
            self._job(SAVED).download_job_log("whole.log", self._path)
            found = self._path.read_bytes()
            if found != wanted.decode("utf-8", "replace").encode():
                self._told.wrong.append(f"save: {len(found)} bytes of {len(wanted)}")
            self._told.saved += 1

    def _list(self) -> None:
        wanted = sorted(map(name_of, range(JOBS)))
        while not self._over.wait(_BETWEEN_LISTS):
            try:
                found = sorted(job.name for job in self._session.jobs.list())
            except ServiceError:
                self._told.refused += 1
                continue
            if found != wanted:
                self._told.wrong.append(f"list: {found}")
            self._told.listed += 1


class _Grown:
    """The logs of a job that only grow."""

    def __init__(self, plan: Plan) -> None:
        self._ends = dict.fromkeys(FILES, 0)
        self._size = plan.size(FOLLOWED, plan.began + plan.lasts)

    def __call__(self, event: LogText) -> None:
        if event.start_byte != self._ends[event.log_file]:
            raise AssertionError(f"{event.start_byte} after {self._ends}")
        _compare(event, event.log_file)
        self._ends[event.log_file] = event.end_byte

    def at_end(self) -> None:
        if set(self._ends.values()) != {self._size}:
            raise AssertionError(f"ended at {self._ends} of {self._size}")


class _Rotated:
    """A log that begins anew: each of its beginnings is that of a later generation."""

    def __init__(self, plan: Plan) -> None:
        end = plan.began + plan.lasts
        self._generations = iter(range(plan.generation(end) + 1))
        self._last = plan.generation(end)
        self._size = plan.size(ROTATED, end)
        self._now = next(self._generations)
        self._end = 0

    def __call__(self, event: LogText) -> None:
        if event.start_byte == 0 and self._end:
            self._now = self._next(event)
        elif event.start_byte != self._end:
            raise AssertionError(f"{event.start_byte} after {self._end}")
        _compare(event, rotated(self._now))
        self._end = event.end_byte

    def _next(self, event: LogText) -> int:
        """The generation that a text is the beginning of; a blind follower may miss some."""
        for number in self._generations:
            with suppress(AssertionError):
                _compare(event, rotated(number))
                return number
        raise AssertionError("a beginning of no generation")

    def at_end(self) -> None:
        if (self._now, self._end) != (self._last, self._size):
            raise AssertionError(f"ended at {self._now}, {self._end} of {self._last}, {self._size}")


def _compare(event: LogText, file: str) -> None:
    wanted = content(file, event.start_byte, event.end_byte).decode("utf-8", "replace")
    if event.text != wanted:
        where = _first_difference(event.text, wanted)
        raise AssertionError(f"{file} from {event.start_byte} to {event.end_byte}: {where}")


def _first_difference(found: str, wanted: str) -> str:
    at = next(_differences(found, wanted), min(len(found), len(wanted)))
    return f"{len(found)} characters of {len(wanted)}, the first other one at {at}"


def _differences(found: str, wanted: str) -> Iterator[int]:
    return (at for at, (one, other) in enumerate(zip(found, wanted)) if one != other)
