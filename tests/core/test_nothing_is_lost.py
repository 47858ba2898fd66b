"""Whatever goes wrong on whichever way: what was told is the log, or the log with counted gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
import requests
from bucket import Bucket
from hypothesis import given, settings
from hypothesis import strategies as st
from log_services import Clock
from v2_service import FIRST, JOB, Asked, Cloud, Said, client_of, job, refused

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs import preview
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.obs.object_bytes import ObjectsBytes

REF = JobRef("v2", JOB)
TASK = "worker-0"
MARKER = re.compile(r"\[(?:(up|[\d,]+) to )?([\d,]+) bytes of the log are missing here\]\n")

FAULTS = ("429", "500", "503", "reset", "hang", "cut", "empty")
RUNGS = {
    "lines": "/logs/worker-0$",
    "preview": "/preview$",
    "where the link is": "/logs/url$",
    "link": "^/file-of-",
    "status": f"/training-jobs/{JOB}$",
    "copy": "^/bucket",
}


def fault(kind: str, clock: Clock, *, is_store: bool) -> Said:
    """What a request gets in place of its answer."""
    if kind == "reset":
        return Said(error=requests.ConnectionError("reset by peer"))
    if kind == "hang":
        clock.now += 15
        return Said(error=requests.ReadTimeout("no answer"))
    if kind == "cut":
        return Said(b"<ListBuck", 206) if is_store else Said(b'{"con')
    if kind == "empty":
        return Said(b"")
    if kind == "429":
        return Said(b"", 503) if is_store else refused("2799", 429)
    return Said(b"", 503) if kind == "503" or is_store else refused("2950", 500)


class World:
    """A job whose log can be read in some ways, each of which may fail.

    Attributes:
        written: all of the log by now.
        before: what stood in its place before it was written anew.
    """

    def __init__(self, ways: dict[str, object], clock: Clock) -> None:
        self.clock = clock
        self.cloud = Cloud([job()])
        self.bucket = Bucket()
        self.written, self.before = b"", []
        self.faults: list[tuple[str, str]] = []
        self.cloud.lines = ways["lines"]
        self.cloud.has_base = ways["has_base"]
        self.cloud.link = ways["link"]
        self.cloud.window, self.cloud.front = ways["window"], ways["front"]
        self.copy = ways["copy"]
        self._objects = [b""]
        if self.copy != "none":
            folder = {"obs_url": "obs://bucket/logs/"}
            self.cloud.jobs[0]["spec"]["log_export_path"] = folder
        self.cloud.faulty = self.bucket.faulty = self._fault

    def _fault(self, asked: Asked) -> Said | None:
        for number, (rung, kind) in enumerate(self.faults):
            if re.search(RUNGS[rung], asked.path):
                del self.faults[number]
                return fault(kind, self.clock, is_store=rung in {"copy", "link"})
        return None

    def write(self, data: bytes, lag: int, *, is_rotated: bool, is_anew: bool) -> None:
        if is_anew:
            self.before.append(self.written)
            self.cloud.first[TASK] = self.cloud.first.get(TASK, FIRST) + len(self.written) + 1
            self.written, self._objects = b"", [b""]
        if is_rotated:
            self._objects.append(b"")
        self.written += data
        self._objects[-1] += data
        self.cloud.logs[TASK] = self.written
        self._show_copy(lag)

    def catch_up(self) -> None:
        self._show_copy(0)

    def _show_copy(self, lag: int) -> None:
        if self.copy == "none":
            return
        *older, newest = self._objects if self.copy == "rotated" else [self.written]
        names = [*(f".log.{n + 1}" for n in range(len(older))), ".log"]
        shown = [*older, newest[: max(0, len(newest) - lag)]]
        place = f"logs/modelarts-job-{JOB}-{TASK}"
        self.bucket.objects = {f"{place}{n}": one for n, one in zip(names, shown)}

    def end(self) -> None:
        self.catch_up()
        self.faults.clear()
        self.cloud.jobs[0]["status"]["phase"] = "Completed"


def followed(world: World, steps: list) -> Iterator[object]:
    """All events until the end of the job."""
    with client_of(world.cloud.adapter) as client, world.bucket.opened() as store:

        def copy_of(place: str, task: str, tasks: Sequence[str]) -> ObjectsBytes:
            bucket, _slash, beginning = place.lstrip("/").partition("/")
            return ObjectsBytes(store, bucket, beginning, task, tasks)

        logs = JobLogs(TrainingJobs(client, copy_of), REF, Reader(1))
        follower, left = logs.follow(names=[TASK]), [*steps]
        end = world.clock.now + 20_000
        while follower.finished is None:
            if left:
                left.pop(0)()
            assert world.clock.now < end
            yield from follower.poll_due()
            world.clock.now += min(60.0, max(0.01, follower.due_in))


def check(world: World, events: list) -> None:
    """Each text that was told is a file, up to where it was replaced, or it has counted gaps."""
    told: list[list[LogText]] = [[]]
    for event in events:
        if isinstance(event, Trouble) and "written anew" in event.message:
            told.append([])
        elif isinstance(event, LogText):
            told[-1].append(event)
    assert isinstance(events[-1], Finished)
    assert events[-1].is_success, events[-1]
    files = [*world.before, world.written]
    assert len(told) <= len(files)
    for number, texts in enumerate(told, len(files) - len(told)):
        text = "".join(one.text for one in texts)
        ends = [(one, _ends_in(one, text)) for one in _files(world, number)]
        assert any(found for _file, found in ends), f"{text!r} is no part of {files}"
        if number == len(files) - 1:
            assert any(one.endswith(files[-1]) and len(one) in found for one, found in ends)


def _files(world: World, number: int) -> Iterator[bytes]:
    """What may be told as one text: a file, or one that was replaced unseen.

    By lines all of the next file is behind the lines that were told of the one before it.
    """
    files = [*world.before, world.written]
    yield from files[number::-1]
    if world.cloud.lines != "absent":
        for before, file in zip(files[:number], files[1:]):
            lines = before.splitlines(keepends=True)
            yield from (b"".join([*lines[:count], file]) for count in range(1, len(lines) + 1))


def _ends_in(data: bytes, text: str) -> set[int]:
    """Where a text with gaps may end in a file; nowhere if it is no part of it."""
    ends, pieces = {0}, MARKER.split(text)
    for piece, least, most in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], "0"]):
        fed = piece.removesuffix("\n") if most != "0" else piece  # the marker is on its own line
        last = int(most.replace(",", ""))
        first = 0 if least == "up" else int((least or most).replace(",", ""))
        ends = {
            end + len(one.encode()) + gap
            for end in ends
            for one in (piece, fed)
            if data[end:].startswith(one.encode())
            for gap in range(first, last + 1)
        }
    return ends


texts = st.text(st.sampled_from("ab\n\n中é😀"), min_size=1, max_size=40)
ways = st.fixed_dictionaries(
    {
        "lines": st.sampled_from(["named", "v1", "absent"]),
        "has_base": st.booleans(),
        "link": st.sampled_from(["query", "header", "absent"]),
        "window": st.integers(16, 90),
        "front": st.sampled_from(["dropped", "replaced", "kept"]),
        "copy": st.sampled_from(["none", "whole", "rotated"]),
        "large": st.sampled_from([10, 1000]),  # bytes
    }
)
faults = st.lists(st.tuples(st.sampled_from([*RUNGS]), st.sampled_from(FAULTS)), max_size=6)
steps = st.lists(
    st.tuples(texts, st.integers(0, 3), st.integers(0, 30), st.booleans(), faults),
    min_size=1,
    max_size=7,
)


def run(ways: dict, steps: list, *, lines_fail_after: int, anew_at: int = -1) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr("time.monotonic", clock)
        patch.setattr(preview, "LARGE", ways["large"])
        world = World(ways, clock)
        data, acts = b"", []

        def write(part: bytes, lag: int, rotated: bool, troubles: list, anew: bool) -> None:
            world.faults += troubles
            world.write(part, lag, is_rotated=rotated, is_anew=anew)

        for number, (text, cut, lag, rotated, troubles) in enumerate(steps):
            anew = number == anew_at
            data = (b"" if anew else data) + text.encode()
            size = max(0, len(data) - cut)
            part, data = data[:size], data[size:]
            acts.append(lambda a=(part, lag, rotated, troubles, anew): write(*a))
            if number == lines_fail_after:
                acts.append(lambda: world.cloud.answers.update(LINES_FAIL))
        acts.append(lambda: write(data + b"\n", 0, False, [], False))
        acts.append(world.end)
        check(world, [*followed(world, acts)])


LINES_FAIL = {"/logs/worker": lambda _asked: refused("2955", 500)}


@settings(max_examples=30)
@given(ways=ways, steps=steps, lines_fail_after=st.integers(-1, 7))
def test_under_faults_on_every_way(ways, steps, lines_fail_after):
    run(ways, steps, lines_fail_after=lines_fail_after)


@settings(max_examples=15)
@given(ways=ways, steps=steps, anew_at=st.integers(1, 6))
def test_when_a_restart_writes_the_log_anew(ways, steps, anew_at):
    """Where the newest part has all of it: one that lacks what was told cannot be compared."""
    run({**ways, "window": 5 * 2**20}, steps, lines_fail_after=-1, anew_at=anew_at)
