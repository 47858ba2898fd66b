"""Give hostile input to whatever reads foreign data: no crash, no hang, no growth.

    python scripts/fuzz.py [--seconds S] [--seed N] [TARGET...]

Each target gets inputs that were made of good ones by cutting, doubling, flipping and joining, for
so many seconds. The good ones are those of the tests. Ends with status 1, and prints the input,
when a target raised what it never may, or one input took too long, or memory grew.

``javascript`` needs Node: what the log view makes of a text is compared with what Python makes of
it, row by row and colour by colour.
"""

from __future__ import annotations

import argparse
import json
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from event_files import Writer  # noqa: E402

from modelarts_magics import metrics  # noqa: E402
from modelarts_magics.core.api.v1.models.training import JobPage, JobVersion  # noqa: E402
from modelarts_magics.core.api.v2.models.job import TrainingJob  # noqa: E402
from modelarts_magics.core.api.v2.models.log import Lines, Preview  # noqa: E402
from modelarts_magics.core.http import xml  # noqa: E402
from modelarts_magics.core.http.answer import Answer  # noqa: E402
from modelarts_magics.core.scalars.event_file import EventFile  # noqa: E402
from modelarts_magics.core.scalars.files import LocalFile  # noqa: E402
from modelarts_magics.notebook.text import terminal  # noqa: E402
from modelarts_magics.notebook.text.row import Line  # noqa: E402
from modelarts_magics.notebook.text.safe_stream import SafeStream  # noqa: E402
from modelarts_magics.notebook.text.styles import Color  # noqa: E402

_SCRIPT = REPOSITORY / "scripts/fuzz_terminal.mjs"
_LONGEST = 20_000  # bytes of an input
_SLOWEST = 5.0  # seconds of the processor for one
_HANGS = 60.0  # seconds, however busy the machine is
_MAY_GROW = 200 * 2**20  # bytes, of caches and what Python keeps
_ODD = (
    b"\x00",
    b"\xff" * 8,
    b"\x1b[",
    b"\x1b]",
    b"\r",
    b"9" * 30,
    b"-1",
    b"[" * 900,
    b"\xed\xa0\x80",
)
_LISTING = b"""<?xml version="1.0"?><ListBucketResult xmlns="http://obs.example/doc/"><Name>b</Name>
<IsTruncated>true</IsTruncated><NextMarker>x</NextMarker><Contents><Key>a/&#20013;</Key>
<Size>12</Size></Contents><!DOCTYPE a [<!ENTITY b "c">]></ListBucketResult>"""
_JOBS = {
    "kind": "job", "metadata": {"id": "1", "name": "n", "create_time": 1767322800000},
    "status": {"phase": "Failed", "tasks": ["worker-0"], "running_records": [{"start_at": 1}]},
    "jobs": [{"job_id": 1, "status": 8}], "job_total_count": 1, "content": "text", "lines": 2,
    "start_line": "1", "end_line": "9", "current_size": 3, "full_size": 5, "duration": 1e300,
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What reads, and good inputs for it."""

    read: Callable[[bytes], object]
    seeds: Sequence[bytes]


def _read_terminal(data: bytes) -> None:
    """Where a piece ends does not matter, and nothing but text and colours is left."""
    text = data.decode("utf-8", "surrogateescape")
    cut = len(text) // 2
    whole, parts = SafeStream(), SafeStream()
    if parts.feed(text[:cut]) + parts.feed(text[cut:]) != whole.feed(text):
        raise AssertionError("a terminal is told something else when the text comes in pieces")
    for line in terminal.lines(text):
        if any(c < " " and c != "\t" for c in terminal.text_of(line)):
            raise AssertionError("a control character is left")


class _JavaScript:
    """The rows of a text by the script of the page, in a process of its own, and by Python."""

    _FLAGS = ("bold", "dim", "italic", "underline", "inverse", "strike")  # as the script's bits
    _MOST_RUNS = 1000  # of one row: what is beyond stays plain there

    def __init__(self, node: str) -> None:
        self._command = [node, "--max-old-space-size=200", str(_SCRIPT)]
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        cut = len(text) // 3
        told = self._ask([text[:cut], text[cut:]])
        if not told["isSame"]:
            raise AssertionError("the page shows something else when the text comes in pieces")
        lines = terminal.lines(text)
        if len(lines) != len(told["rows"]):
            raise AssertionError(f"{len(lines)} rows, and {len(told['rows'])} on the page")
        for number, (line, row) in enumerate(zip(lines, told["rows"])):
            runs = [tuple(run) for run in row["runs"]]
            if more := row["more"]:  # Python says so in the line
                ours, theirs = terminal.text_of(line), "".join(run[0] for run in runs)
                is_same = ours == f"{theirs} … (+{more:,})"
            else:
                is_same = self._runs(line) == runs or len(runs) >= self._MOST_RUNS
            if not is_same:
                raise AssertionError(f"row {number}: {self._runs(line)}, and {runs} on the page")

    def _ask(self, question: Any) -> dict[str, Any]:
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe)
        to: Any = self._process.stdin
        back: Any = self._process.stdout
        to.write(json.dumps(question).encode() + b"\n")
        to.flush()
        if not select.select([back], [], [], _HANGS)[0]:
            self._process.kill()
            raise AssertionError("the page does not come to an end")
        answer: dict[str, Any] = json.loads(back.readline())
        return answer

    def _runs(self, line: Line) -> list[tuple[Any, ...]]:
        runs: list[tuple[Any, ...]] = []
        for span in line:
            flags = sum(getattr(span.style, name) << n for n, name in enumerate(self._FLAGS))
            style = (*map(_color, (span.style.foreground, span.style.background)), flags)
            if runs and runs[-1][1:] == style:
                runs[-1] = (runs[-1][0] + span.text, *style)
            else:
                runs.append((span.text, *style))
        return runs


def _color(color: Color | None) -> int | None:
    """As the script counts them."""
    if not isinstance(color, tuple):
        return color
    red, green, blue = color
    return 0x1000000 + (red << 16) + (green << 8) + blue


def _read_metrics(data: bytes) -> None:
    metrics.read(data.decode("utf-8", "replace"))


def _read_json(data: bytes) -> None:
    found = Answer(200, {}, data)
    found.failure()
    if isinstance(found.data, dict):
        for model in (JobPage, JobVersion, TrainingJob, Lines, Preview):
            repr(model.from_json(found.data))


def _read_xml(data: bytes) -> None:
    root = xml.parse(data)
    xml.fields(root)
    for one in [] if root is None else xml.children(root, "Contents"):
        xml.fields(one)


def _read_events(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = EventFile(LocalFile(Path(file.name)))
        for _look in range(2):
            for _event in found.read():
                pass


def _event_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with Writer(Path(folder)) as writer:
            for step in range(20):
                writer.scalars(step, loss=1 / (step + 1), 精度=0.5)
                writer.tensor(step, "tensor", 2.0)
        return writer.path.read_bytes()


def targets() -> dict[str, Target]:
    """All of them, by name."""
    cases = json.loads((REPOSITORY / "js/test/terminal.json").read_text("utf-8"))
    rows = [str(case[0]).encode("utf-8", "surrogatepass") for case in cases]
    logs = sorted(path for path in (REPOSITORY / "tests/core/formats").rglob("*") if path.is_file())
    node = shutil.which("node")
    return {
        "terminal": Target(_read_terminal, rows),
        **({"javascript": Target(_JavaScript(node), rows)} if node else {}),
        "metrics": Target(_read_metrics, [path.read_bytes()[:_LONGEST] for path in logs]),
        "json": Target(_read_json, [json.dumps(_JOBS).encode()]),
        "xml": Target(_read_xml, [_LISTING]),
        "events": Target(_read_events, [_event_file()]),
    }


def changed(seeds: Sequence[bytes], dice: random.Random) -> bytes:
    """One more input."""
    data = bytearray(dice.choice(seeds))
    for _change in range(dice.randint(1, 8)):
        at = dice.randint(0, len(data))
        end = min(len(data), at + dice.choice((1, 4, 50, 1000)))
        deed = dice.randrange(5)
        if deed == 0 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif deed == 1:
            del data[at:end]
        elif deed == 2:
            data[at:at] = data[at:end] * dice.choice((1, 2, 30))
        elif deed == 3:
            data[at:at] = dice.choice(_ODD)
        else:
            other = dice.choice(seeds)
            data[at:at] = other[dice.randint(0, len(other)) :][:2000]
    return bytes(data[:_LONGEST])


def fuzz(name: str, target: Target, seconds: float, seed: int) -> bool:
    """Read for some seconds; whether all went well."""
    dice = random.Random(f"{name} {seed}")  # noqa: S311  # to be repeated
    target.read(target.seeds[0])
    count, slowest, end = 0, 0.0, time.monotonic() + seconds
    before = _memory()
    while time.monotonic() < end:
        data = changed(target.seeds, dice)
        started = time.process_time()
        try:
            target.read(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            print(f"{name}: {type(error).__name__}: {error}\n  {data!r}")
            return False
        slowest = max(slowest, time.process_time() - started)
        count += 1
        if slowest > _SLOWEST:
            print(f"{name}: {slowest:.1f} s for\n  {data!r}")
            return False
    grown = _memory() - before
    print(f"{name}: {count:,} inputs, the slowest {slowest * 1000:.0f} ms, {grown >> 20} MiB more")
    return grown < _MAY_GROW


def _memory() -> int:
    """Bytes of this process and of those that it started."""
    process = psutil.Process()
    return sum(one.memory_info().rss for one in (process, *process.children()))


def main() -> int:
    known = targets()
    parser = argparse.ArgumentParser(description="Give hostile input to what reads foreign data.")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    names = asked.targets or list(known)
    results = [fuzz(name, known[name], asked.seconds, asked.seed) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
