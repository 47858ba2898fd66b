"""Make the wheel and the sdist in `dist/`, and try the wheel where there is nothing but Python.

    python scripts/packages.py [VERSION...]

What is looked at, in this order; the first that fails ends it:

1. the sdist makes the same wheel without Node, without a network and without an index;
2. the wheel holds the built views and the licences of what is bundled in them;
3. `twine check --strict`, `check-wheel-contents`;
4. on each Python of `scripts/matrix.py` that is here: into an empty environment, from a folder of
   wheels, without a network, it installs, and `%ma_log` follows a job of the embedded service;
5. `pip-audit` of what came with it, where an index tells of vulnerabilities.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import Lab
from matrix import VERSIONS, find

REPOSITORY = Path(__file__).resolve().parent.parent
DIST = REPOSITORY / "dist"
STATIC = "modelarts_magics/notebook/static/"
AUDIT_LIMIT = 300.0  # seconds
_UNKNOWN = "could not be audited"
_FOLLOW = "%load_ext modelarts_magics\n%ma_log {job} --wait --tail all --timeout 300s"


class Failed(Exception):
    """What was looked at is not as it has to be."""


def build() -> tuple[Path, Path]:
    """The wheel and the sdist, both of this tree."""
    shutil.rmtree(DIST, ignore_errors=True)
    run([sys.executable, "-m", "build", "--outdir", str(DIST), "--sdist", "--wheel"])
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    return wheel, sdist


def compare(wheel: Path, sdist: Path, folder: Path) -> None:
    """The sdist makes the wheel again, by hatchling alone: Node could not be had."""
    with tarfile.open(sdist) as archive:
        # Python 3.9 has no filters; this archive was made a moment ago.
        archive.extractall(folder)  # noqa: S202
    (tree,) = folder.iterdir()
    again = folder / "again"
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(again)]
    run([*without_network(), *command, str(tree)], {**os.environ, "PATH": "/nonexistent"})
    first, second = contents(wheel), contents(next(again.glob("*.whl")))
    different = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
    if different:
        raise Failed(f"the sdist makes another wheel: {', '.join(different)}")


def contents(wheel: Path) -> dict[str, str]:
    """A digest for each file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def look_inside(wheel: Path) -> None:
    """The wheel has what was built, and a licence for each package that is bundled."""
    package = json.loads((REPOSITORY / "js" / "package.json").read_text("utf-8"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        licences = "\n".join(
            archive.read(name).decode()
            for name in names
            if name.startswith(STATIC) and name.endswith(".LICENSES.txt")
        )
    built = {f"{STATIC}{path.name}" for path in (REPOSITORY / STATIC).iterdir()}
    missing = sorted(built - names)
    bare = [name for name in package["dependencies"] if f"{name} " not in licences]
    if missing or bare or not built:
        raise Failed(f"the wheel lacks {', '.join([*missing, *bare]) or 'the built views'}")


def check(wheel: Path, sdist: Path) -> None:
    run([sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist)])
    run([sys.executable, "-m", "check_wheel_contents", str(wheel)])


def collect(wheel: Path, interpreter: Path, place: Path) -> None:
    """All that the wheel needs as a folder of wheels, so that nothing has to be compiled."""
    collector = place.with_name("collector")
    run([str(interpreter), "-m", "venv", str(collector)])
    pip = [str(collector / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--upgrade", "pip"])  # that of Python 3.9 takes minutes
    run([*pip, "download", "--quiet", "--only-binary=:all:", "--dest", str(place), str(wheel)])


def install(interpreter: Path, wheels: Path, place: Path) -> Path:
    """An environment with the wheel and what it needs, made without a network."""
    run([str(interpreter), "-m", "venv", str(place)])
    python = place / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    offline = ["--no-index", "--find-links", str(wheels), "--only-binary=:all:"]
    run([*without_network(), *pip, "install", "--quiet", *offline, "modelarts-magics"])
    return python


def follow(python: Path, lab: Lab, folder: Path) -> None:
    """A shell of the new environment prints the log of a job until the job ends."""
    job = lab.example.split()[0]
    environment = {
        "PATH": str(python.parent),
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "MODELARTS_MAGICS_LOCAL": str(lab.data),
    }
    printed = run([str(python), "-m", "IPython", "-c", _FOLLOW.format(job=job)], environment)
    if "accuracy" not in printed:
        raise Failed(f"%ma_log printed no log of {job}:\n{printed[-2000:]}")


def audit(python: Path) -> str:
    """What is known of vulnerabilities in what came with the wheel.

    Returns:
        A remark: an index may tell nothing of them, as one that mirrors packages only.
    """
    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--path", str(site)]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=AUDIT_LIMIT
        )
    except subprocess.TimeoutExpired:
        return f"not audited: no answer within {AUDIT_LIMIT:g} seconds"
    told = done.stdout + done.stderr
    if "known vulnerabilit" in told and "No known" not in told:
        raise Failed(told)
    if _UNKNOWN in told or done.returncode != 0:
        return "not audited: this index tells of no vulnerabilities"
    return "no known vulnerabilities in what came with it"


def without_network() -> list[str]:
    """What a command is started by so that it reaches nothing, where the machine can do that."""
    command = ["unshare", "--map-root-user", "--net"]
    unshare = shutil.which(command[0])
    if unshare is None:
        return []
    command[0] = unshare
    can = subprocess.run([*command, sys.executable, "-c", ""], check=False, capture_output=True)
    return command if can.returncode == 0 else []


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end; returns what it printed.

    Raises:
        Failed: it ended with an error.
    """
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{done.stdout[-4000:]}")
    return done.stdout


def try_everywhere(wheel: Path, versions: Sequence[str], folder: Path) -> Path | None:
    """Install and use the wheel on each Python; returns the last one's new interpreter."""
    python = None
    with Lab(folder / "lab") as lab:
        lab.start_service()
        lab.submit_example()
        for version in versions:
            interpreter = find(version)
            if interpreter is None:
                print(f"Python {version}: not on this machine")
                continue
            place = folder / version
            collect(wheel, interpreter, place / "wheels")
            python = install(interpreter, place / "wheels", place / "environment")
            follow(python, lab, place)
            print(f"Python {version}: installed without a network, follows a job", flush=True)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(description="Make and try what is uploaded.")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; all if none")
    versions = parser.parse_args().versions or VERSIONS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            wheel, sdist = build()
            compare(wheel, sdist, folder / "sdist")
            print("The sdist makes the same wheel, without Node")
            look_inside(wheel)
            check(wheel, sdist)
            print("The wheel holds what it should")
            python = try_everywhere(wheel, versions, folder)
            if python is None:
                raise Failed("none of these Pythons is on this machine")
            print(audit(python))
        except Failed as error:
            print(error, file=sys.stderr)
            return 1
    print(*sorted(DIST.iterdir()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
