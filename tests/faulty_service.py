"""A service of training jobs that answers truly or not at all, as a seed draws it.

It is a process of its own, so that it can be frozen, ended and started again on the same port. What
it has is computed from the time since its beginning, and so is the same afterwards.
"""

from __future__ import annotations

import collections
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from fake_service import FakeService, Hang, Reply, Seen, Trickle
from troubles import HAPPENINGS

PROJECT, VERSION = "p", "2"
FOLLOWED, SAVED, ROTATED = "1", "3", "4"  # ids of jobs
FILES = ("worker-0.log", "worker-1.log")
JOBS = 45

_RUNNING, _COMPLETED = 8, 10
_TRANSIENT = {name: one for name, one in HAPPENINGS.items() if one.is_transient}
_SOON_OVER = {name: one.reply for name, one in _TRANSIENT.items() if one.had_effect}
_THROTTLED = {name: one.reply for name, one in _TRANSIENT.items() if not one.had_effect}
_UNTIL_THEY_LEAVE: dict[str, Any] = {
    "nothing": Hang(),
    "a half": Hang(b"{"),
    "a trickle": Trickle(),
}
_LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no text": lambda true: {**true, "log": None},
    "nothing but success": lambda _true: {"is_success": True},
    "half of the text": lambda true: {**true, "log": true["log"][: len(true["log"]) // 2]},
    "an end before the text": lambda true: {**true, "end_byte": true["end_byte"] // 2},
}
_SHARE_OF_LONG = 0.01  # of the faults: each costs its reader a whole deadline
_SHARE_OF_THROTTLED = 0.005  # each halves what all may ask for
_LONGEST_BLIND = 120.0  # seconds: a deadline, and pauses after it
_LINE = "{number:09d} 训练 loss={loss:.6f} \u2588\u2588 🙂 {file}\n"


@dataclass(frozen=True)
class Plan:
    """What the service has, and how often it fails.

    Attributes:
        seed: of the faults.
        began: by the clock of the machine; the logs grow from then on.
        lasts: seconds until the jobs have ended.
        rate: bytes a second of a log that grows; a follower pauses after each trouble, and with a
            tenth of the requests in trouble gets no more than some times as much.
        saved: bytes of the log that is whole.
        share: of the requests that fail.
    """

    seed: int
    began: float
    lasts: float
    rate: int = 4_000
    saved: int = 400_000
    share: float = 0.1

    @property
    def rotates(self) -> float:
        """Seconds after which a log that rotates begins anew, the last time for less.

        Nobody could tell who has seen nothing for so long, as one does whose request hangs.
        """
        return max(_LONGEST_BLIND, self.lasts / 3.5)

    def generation(self, now: float) -> int:
        """How often the log that rotates has begun anew."""
        return int(min(now - self.began, self.lasts) // self.rotates)

    def size(self, job: str, now: float) -> int:
        """Bytes of a log of a job."""
        if job == SAVED:
            return self.saved
        age = min(now - self.began, self.lasts)
        return int(self.rate * (age % self.rotates if job == ROTATED else age))

    def is_over(self, job: str, now: float) -> bool:
        return job == SAVED or now - self.began > self.lasts


def content(file: str, start: int, end: int) -> bytes:
    """A range of an endless log, which may cut characters."""
    length = len(_line(file, 0))
    lines = b"".join(_line(file, number) for number in range(start // length, end // length + 1))
    return lines[start % length :][: end - start]


def _line(file: str, number: int) -> bytes:
    return _LINE.format(number=number, loss=1 / (1 + number % 997), file=file).encode()


def rotated(generation: int) -> str:
    """The file whose text the log that rotates has by now."""
    return f"generation-{generation % 1000:03d}"


class FaultyService:
    """The process; ``with`` ends it.

    Attributes:
        failed: how often each fault was played, by all processes that have ended.
        requests: how many there were.
    """

    def __init__(self, plan: Plan) -> None:
        self.failed: collections.Counter[str] = collections.Counter()
        self.requests = 0
        self._plan = plan
        self._starts = 0
        self._port = 0
        self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def restart(self, pause: float) -> None:
        """End it, with all connections; nobody listens for some seconds."""
        self.end()
        time.sleep(pause)
        self._start()

    def end(self) -> None:
        self._channel.send("end")
        requests, failed = self._channel.recv()
        self.requests += requests
        self.failed.update(failed)
        self._process.join()

    def __enter__(self) -> FaultyService:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._process.is_alive():
            self.thaw()
            self.end()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def _start(self) -> None:
        self._starts += 1
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe()
        given = (self._plan, self._starts, self._port, theirs)
        self._process = context.Process(target=_serve, args=given, daemon=True)
        self._process.start()
        self._port = self._channel.recv()


def _serve(plan: Plan, number: int, port: int, channel: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    desk = _Desk(plan, random.Random(f"{plan.seed}/{number}"))
    with FakeService(port).script(desk.reply) as service:
        channel.send(service.port)
        channel.recv()
        channel.send((len(service.seen), desk.failed))


class _Desk:
    """Says what to reply, from many threads."""

    def __init__(self, plan: Plan, chance: random.Random) -> None:
        self.failed: collections.Counter[str] = collections.Counter()
        self._plan = plan
        self._chance = chance
        self._lied: set[str] = set()  # a reader asks twice before he takes a slice as it is
        self._lock = threading.Lock()

    def reply(self, seen: Seen) -> Any:
        answer = self._answer(seen)
        with self._lock:
            if seen.target in self._lied or self._chance.random() >= self._plan.share:
                self._lied.discard(seen.target)
                return Reply(answer)
            name, reply = self._fault(answer)
            if name in _LIES:
                self._lied.add(seen.target)
            self.failed[name] += 1
        return reply

    def _fault(self, answer: dict[str, Any]) -> tuple[str, Any]:
        roll = self._chance.random()
        if roll < _SHARE_OF_LONG:
            return self._chance.choice(list(_UNTIL_THEY_LEAVE.items()))
        if roll < _SHARE_OF_LONG + _SHARE_OF_THROTTLED:
            return self._chance.choice(list(_THROTTLED.items()))
        if roll < 0.5 and "log" in answer:
            name, lie = self._chance.choice(list(_LIES.items()))
            return name, Reply(lie(answer))
        return self._chance.choice(list(_SOON_OVER.items()))

    def _answer(self, seen: Seen) -> dict[str, Any]:
        now = time.time()
        _empty, _v1, _project, _jobs, *rest = seen.path.split("/")
        if not rest:
            return _listed(seen.query)
        job, *rest = rest
        if rest[-1] == "file-names":
            return {"is_success": True, "log_file_list": files(job)}
        if rest[-1] == "log":
            return self._slice(job, seen.query, now)
        return _version(job, is_over=self._plan.is_over(job, now))

    def _slice(self, job: str, query: dict[str, str], now: float) -> dict[str, Any]:
        size, file = self._plan.size(job, now), query["log_file"]
        start, length = int(query["start_byte"]), min(int(query["offset"]), 2048)
        start = max(0, size - length) if start < 0 else min(start, size)
        source = rotated(self._plan.generation(now)) if job == ROTATED else file
        data = content(source, start, min(start + length, size))
        return {
            "is_success": True,
            "log": data.decode("utf-8", "replace"),
            "log_byte_count": len(data),
            "end_byte": start + len(data),
        }


def files(job: str) -> list[str]:
    return list(FILES) if job == FOLLOWED else ["whole.log"]


def name_of(number: int) -> str:
    return f"job-{number:02d}-训练"


def _listed(query: dict[str, str]) -> dict[str, Any]:
    size = int(query.get("per_page", 10))
    first = (int(query.get("page", 1)) - 1) * size
    jobs = [
        {"job_id": 100 + number, "job_name": name_of(number), "status": _COMPLETED, "version_id": 1}
        for number in range(JOBS)
    ]
    shown = jobs[first : first + size]
    return {"is_success": True, "jobs": shown, "job_total_count": JOBS, "job_count": len(shown)}


def _version(job: str, *, is_over: bool) -> dict[str, Any]:
    return {
        "is_success": True,
        "job_id": int(job),
        "job_name": f"soak-{job}",
        "version_id": int(VERSION),
        "version_name": "V0001",
        "status": _COMPLETED if is_over else _RUNNING,
        "create_time": 1_600_000_000_000,
        "start_time": 1_600_000_000_000,
    }
