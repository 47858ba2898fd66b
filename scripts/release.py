"""Make a release up to its upload: version, changelog, checks, packages, commit, tag.

    python scripts/release.py VERSION

It begins with a clean tree and writes nothing elsewhere: pushing the tag is what uploads. When a
check fails, the two files that it has changed are as before.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

VERSION_FILE = Path("modelarts_magics", "_version.py")
CHANGELOG = Path("CHANGELOG.md")
UNRELEASED = "## Unreleased\n"
CHECKS = ("make", "lint", "workflows", "docs", "dist")
_FINAL = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")


class Refused(Exception):
    """Why there is no release."""


def release(root: Path, version: str, today: date, checks: Sequence[str] = CHECKS) -> str:
    """Commit and tag a version of the repository at `root`; returns what uploads it.

    Raises:
        Refused: nothing was changed, or all that was changed is as before.
    """
    tag = f"v{version}"
    changelog = (root / CHANGELOG).read_text("utf-8")
    refuse_unless_ready(root, version, tag, changelog)
    heading = f"{UNRELEASED}\n## {version} ({today.isoformat()})\n"
    (root / VERSION_FILE).write_text(f'__version__ = "{version}"\n', "utf-8")
    (root / CHANGELOG).write_text(changelog.replace(UNRELEASED, heading, 1), "utf-8")
    changed = [str(VERSION_FILE), str(CHANGELOG)]
    is_checked = False
    try:
        is_checked = subprocess.run(checks, cwd=root, check=False).returncode == 0
    finally:
        if not is_checked:
            git(root, "checkout", "--", *changed)
    if not is_checked:
        raise Refused(f"`{' '.join(checks)}` failed: nothing is released")
    git(root, "commit", "--quiet", "--message", f"Release {version}", *changed)
    git(root, "tag", "--annotate", "--message", f"Release {version}", tag)
    return f"git push origin HEAD:main {tag}"


def refuse_unless_ready(root: Path, version: str, tag: str, changelog: str) -> None:
    if not _FINAL.fullmatch(version):
        raise Refused(f"{version} is no version such as 1.2.3 or 1.2.3rc1")
    if git(root, "status", "--porcelain"):
        raise Refused("the tree has changes that are not committed: commit or stash them")
    if git(root, "tag", "--list", tag):
        raise Refused(f"{tag} is there already")
    _before, found, after = changelog.partition(UNRELEASED)
    if not found or not after.partition("\n## ")[0].strip():
        raise Refused(f"{CHANGELOG} says nothing below Unreleased")


def git(root: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a release up to its upload.")
    parser.add_argument("version", metavar="VERSION", help="such as 1.2.3")
    root = Path(__file__).resolve().parent.parent
    try:
        push = release(root, parser.parse_args().version, date.today())
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"Released, but not yet uploaded. This uploads it: {push}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
