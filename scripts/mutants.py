"""Change the code in small ways, and see whether the tests that belong to it notice.

    python scripts/mutants.py [--workers N] [MODULE...]

cosmic-ray makes the mutants, through `uv`. Each module runs with its own tests only. Names the
mutants that survive and are not in `accepted_mutants.py`, and ends with status 1 where there are
some, or where a module has too many that are accepted: more than two, and more than 5 of 100 of
those that do not do the same as the code.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from accepted_mutants import ANYWHERE, KNOWN, Known
from mutant_runner import REPOSITORY, Mutant, survivors

_CORE = REPOSITORY / "modelarts_magics/core"
_MAKER = "cosmic-ray==8.7.0"  # others make other mutants
_MOST_ACCEPTED = 0.05
_FEW = 2  # accepted ones of a module, however small it is

_LOGS_OF_V2 = ("test_logs_of_v2", "test_newest_part", "test_whole_files")
# The modules, and the tests that belong to each: files of tests/core, or of another folder there.
TESTS: dict[str, tuple[str, ...]] = {
    "auth/signing.py": ("test_signing",),
    "backoff.py": ("test_backoff",),
    "http/retry.py": ("test_transient", "test_transport", "test_visualization_creation"),
    "http/rate_limit.py": ("test_rate_limit", "test_rate_on_the_wire"),
    "http/fair_queue.py": ("test_rate_limit",),
    "api/v1/rules.py": ("test_rules", "test_client"),
    "api/v2/client.py": ("test_v2_client", "test_jobs_of_v2", "test_v2_viewers"),
    "api/v2/creation.py": ("sdk/test_v2_face",),
    "api/v2/jobs.py": ("test_jobs_of_v2", "test_v2_client", "test_logs_of_v2"),
    "api/v2/logs.py": ("test_log_answers_of_v2", *_LOGS_OF_V2),
    "api/v2/names.py": ("test_jobs_of_v2",),
    "api/v2/paging.py": ("test_v2_client", "test_jobs_of_v2"),
    "api/v2/rules.py": ("test_rules_of_v2",),
    "api/v2/state.py": ("test_states_of_v2",),
    "api/v2/visualizations.py": ("test_v2_viewers",),
    "api/v2/models/job.py": ("test_models", "test_v2_client", "test_v2_viewers"),
    "api/v2/models/log.py": ("test_models", "test_v2_client", "test_logs_of_v2"),
    "api/v2/models/viewer.py": ("test_models", "test_v2_viewers"),
    "logs/exact.py": ("test_exact", "test_read_ahead"),
    "logs/ahead.py": ("test_read_ahead", "test_follow"),
    "logs/ranges.py": ("test_ranges",),
    "logs/last_lines.py": ("test_last_lines",),
    "logs/backward.py": ("test_backward", "test_logs"),
    "logs/shown.py": ("test_what_was_shown", "test_follow"),
    "logs/tail.py": ("test_tail",),
    "logs/discovery.py": ("test_discovery",),
    "logs/job_logs.py": ("test_job_logs", "test_line_log", "test_logs_of_v2"),
    "logs/readers.py": ("test_another_reader", "test_log_sources", "test_line_log", *_LOGS_OF_V2),
    "logs/window.py": ("test_log_window",),
    "logs/preview.py": ("test_log_window", *_LOGS_OF_V2),
    "logs/follow.py": ("test_follow", "test_follow_job", "test_discovery"),
    "logs/follow_job.py": ("test_follow_job", "test_follow", "test_discovery"),
    "logs/cadence.py": ("test_cadence",),
    "logs/download.py": ("test_download", "test_newest_part", "test_snapshot", "test_draft"),
    "logs/draft.py": ("test_draft",),
    "logs/fingerprint.py": ("test_fingerprint", "test_snapshot"),
    "logs/snapshot.py": ("test_snapshot", "test_download"),
    "logs/retried.py": ("test_retried", "test_download"),
    "obs/signing.py": ("test_obs_signing",),
    "obs/object_bytes.py": ("test_rotated_logs", "test_whole_files"),
    "scalars/event_file.py": ("test_scalars", "test_scalars_as_tensorboard"),
    "scalars/growing_run.py": ("test_scalars", "test_scalars_as_tensorboard"),
    "scalars/series.py": ("test_series", "test_scalars_as_tensorboard"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of the mutants of a module.

    Attributes:
        count: how many there are.
        equivalent: those that do the same as the code.
        accepted: those that differ in what nobody relies on.
        survivors: the others that no test noticed, in words.
        stale: rows of the table that fit no mutant.
    """

    count: int
    equivalent: int
    accepted: int
    survivors: list[str]
    stale: list[str]

    @property
    def noticed(self) -> int:
        return self.count - self.equivalent - self.accepted - len(self.survivors)

    @property
    def is_enough(self) -> bool:
        """Whether all that survived is known, and not too much of it accepted."""
        most = max(_FEW, _MOST_ACCEPTED * (self.count - self.equivalent))
        return not self.survivors and not self.stale and self.accepted <= most


def outcome(
    source: str, mutants: Sequence[Mutant], survived: Iterable[Mutant], known: Sequence[Known]
) -> Outcome:
    """Compare the mutants that survived with those that may."""
    found = [(mutant, _entry(source, mutant, known)) for mutant in survived]
    entries = [entry for _mutant, entry in found if entry]
    equivalent = sum(entry.is_equivalent for entry in entries)
    others = [_words(source, mutant) for mutant, entry in found if not entry]
    made = {_entry(source, mutant, known) for mutant in mutants}
    stale = [entry.was for entry in known if entry not in made and entry not in ANYWHERE]
    return Outcome(len(mutants), equivalent, len(entries) - equivalent, others, stale)


def _entry(source: str, mutant: Mutant, known: Sequence[Known]) -> Known | None:
    was, now = change(source, mutant.source)
    return next((one for one in known if one.was == was and one.now in ("", now)), None)


def _words(source: str, mutant: Mutant) -> str:
    was, now = change(source, mutant.source)
    return f"{mutant.row}: {was}\n    -> {now}"


def change(source: str, mutant: str) -> tuple[str, str]:
    """The lines that differ, in the one and in the other; each stripped."""
    one, other = source.splitlines(), mutant.splitlines()
    start = _same(one, other)
    one, other = one[start:], other[start:]
    same = _same(one[::-1], other[::-1])
    return _joined(one[: len(one) - same]), _joined(other[: len(other) - same])


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same in both, from the first on."""
    pairs = enumerate(zip(one, other))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line.strip() for line in lines)


def mutants_of(path: Path) -> list[Mutant]:
    """All mutants that cosmic-ray makes of a module, but those that differ in annotations only."""
    uv = str(Path(sys.executable).with_name("uv"))
    maker = [uv, "tool", "run", "--quiet", "--from", _MAKER, "python"]
    command = [*maker, str(REPOSITORY / "scripts/cosmic.py"), str(path)]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seen = {_meaning(path.read_text("utf-8"))}
    return list(_new(map(json.loads, made.splitlines()), seen))


def _new(made: Iterable[tuple[int, str]], seen: set[str]) -> Iterator[Mutant]:
    for row, source in made:
        try:
            meaning = _meaning(source)
        except SyntaxError:
            continue
        if meaning not in seen:
            seen.add(meaning)
            yield Mutant(row, source)


def _meaning(source: str) -> str:
    """A module without what only a type checker sees: annotations, arguments by name only."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.arguments):
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults += [default for default in node.kw_defaults if default]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def file_of(name: str) -> Path:
    """Where tests are that the table names."""
    return REPOSITORY / "tests" / f"{name if '/' in name else f'core/{name}'}.py"


def tried(module: str, workers: int) -> Outcome:
    """Make all mutants of a module, and run its tests on them."""
    path = _CORE / module
    tests = [file_of(name) for name in TESTS[module]]
    mutants = mutants_of(path)
    survived = survivors(path, tests, mutants, workers)
    return outcome(path.read_text("utf-8"), mutants, survived, (*KNOWN.get(module, ()), *ANYWHERE))


def _report(module: str, found: Outcome) -> None:
    print(
        f"{module}: {found.noticed} of {found.count} mutants were noticed,"
        f" {found.equivalent} equivalent, {found.accepted} accepted",
        flush=True,
    )
    for survivor in found.survivors:
        print(f"  {survivor}", flush=True)
    for was in found.stale:
        print(f"  no mutant is like this row of accepted_mutants.py: {was}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workers", type=int, default=2, help="mutants that run at once")
    parser.add_argument("module", nargs="*", help=f"one of {', '.join(TESTS)}; all by default")
    options = parser.parse_args()
    modules = options.module or list(TESTS)
    if unknown := set(modules) - set(TESTS):
        parser.error(f"no tests are known for {', '.join(sorted(unknown))}")
    found = []
    for module in modules:
        found.append(tried(module, options.workers))
        _report(module, found[-1])
    noticed = sum(one.noticed for one in found)
    different = sum(one.count - one.equivalent for one in found)
    print(f"all: {noticed} of {different} that are not equivalent were noticed")
    return int(not all(one.is_enough for one in found))


if __name__ == "__main__":
    sys.exit(main())
