"""Give hostile input to whatever reads foreign data: no crash, no hang, no growth.

    python scripts/fuzz.py [--seconds S] [--seed N] [TARGET...]

Each target gets inputs that were made of good ones by cutting, doubling, flipping and joining, for
so many seconds. The good ones are those of the tests. Ends with status 1, and prints the input,
when a target raised what it never may, or one input took too long, or memory grew.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
from modelarts_magics.notebook.text.safe_stream import SafeStream  # noqa: E402

_LONGEST = 20_000  # bytes of an input
_SLOWEST = 5.0  # seconds for one
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
    return {
        "terminal": Target(_read_terminal, rows),
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
    dice, process = random.Random(f"{name} {seed}"), psutil.Process()  # noqa: S311  # to be repeated
    count, slowest, end = 0, 0.0, time.monotonic() + seconds
    before = process.memory_info().rss
    while time.monotonic() < end:
        data = changed(target.seeds, dice)
        started = time.monotonic()
        try:
            target.read(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            print(f"{name}: {type(error).__name__}: {error}\n  {data!r}")
            return False
        slowest = max(slowest, time.monotonic() - started)
        count += 1
        if slowest > _SLOWEST:
            print(f"{name}: {slowest:.1f} s for\n  {data!r}")
            return False
    grown = process.memory_info().rss - before
    print(f"{name}: {count:,} inputs, the slowest {slowest * 1000:.0f} ms, {grown >> 20} MiB more")
    return grown < _MAY_GROW


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
