"""Find a Chromium or Chrome for the browser tests, or install one.

    python scripts/find_browser.py [--install]

Prints its path. The search: `MODELARTS_MAGICS_CHROMIUM`, the usual names and places, a browser
managed by Playwright. With `--install`, what is missing is asked of Playwright, then, as root, of
apt, together with a Chinese font, without which Chinese text is a row of boxes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

VARIABLE = "MODELARTS_MAGICS_CHROMIUM"
MISSING = (
    f"no Chromium or Chrome found: install one, or set {VARIABLE} to its path "
    "(`make test` tries `playwright install chromium`, and apt as root)"
)

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "microsoft-edge",
)
_PLACES = (
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@cache
def find() -> Path | None:
    """The first browser that starts."""
    return next(filter(_starts, _candidates()), None)


def _candidates() -> Iterator[Path]:
    named = os.environ.get(VARIABLE)
    if named:
        # Whoever names one wants that one: another would hide a mistake in the name.
        yield Path(named)
        return
    yield from (Path(found) for found in map(shutil.which, _NAMES) if found)
    yield from (Path(place) for place in _PLACES if Path(place).is_file())
    yield from _managed_by_playwright()


def _managed_by_playwright() -> Iterator[Path]:
    for folder in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), *_PLAYWRIGHT_FOLDERS):
        if folder and Path(folder).is_dir():
            for pattern in ("chromium-*/chrome-*/chrome", "chromium-*/*/*.app/Contents/MacOS/*"):
                yield from sorted(Path(folder).expanduser().glob(pattern), reverse=True)


_PLAYWRIGHT_FOLDERS = (
    os.path.expanduser("~/.cache/ms-playwright"),
    os.path.expanduser("~/Library/Caches/ms-playwright"),
)


def _starts(path: Path) -> bool:
    """Whether it runs here: a downloaded one may lack libraries of the system."""
    return _run([str(path), "--version"], timeout=30)


def _run(command: Sequence[str], *, timeout: float, show: bool = False) -> bool:
    output = None if show else subprocess.DEVNULL
    try:
        subprocess.run(
            command,
            check=True,
            timeout=timeout,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def install() -> None:
    """Install what is missing, as far as this machine and user allow."""
    if os.environ.get(VARIABLE):
        return  # whatever were installed, it would not be the one that was named
    if find() is None:
        print("No browser found; asking Playwright for one.", file=sys.stderr)
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        _run(command, timeout=900, show=True)
        find.cache_clear()
    wanted = [] if find() else ["chromium"]
    if not has_chinese_font():
        wanted.append("fonts-noto-cjk")
    if wanted and _has_apt():
        _apt_install(wanted)
        find.cache_clear()


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese; true where there is no fontconfig to ask."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return sys.platform != "linux"  # a Linux without fontconfig has no fonts either
    command = [fc_list, ":lang=zh", "family"]
    listed = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return bool(listed.stdout.strip())


def _has_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(packages: Sequence[str]) -> None:
    print(f"Installing {' '.join(packages)} by apt.", file=sys.stderr)
    _run(["apt-get", "update"], timeout=600, show=True)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    _run(install, timeout=1800, show=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Find a Chromium or Chrome.")
    parser.add_argument("--install", action="store_true", help="install what is missing")
    if parser.parse_args().install:
        install()
    found = find()
    if found is None:
        print(MISSING, file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
