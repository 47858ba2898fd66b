"""Make a virtual environment with the project and all that its tests need.

    python3 scripts/make_venv.py DIR

It runs under Pythons that are too old as well, to say so in words.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 9)
REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def make(folder: str) -> None:
    """Create the environment, or bring an existing one up to date."""
    if not _has_pip(folder):
        _create(folder)
    python = os.path.join(folder, "bin", "python")
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    print("Installing the project and its tools into " + folder, flush=True)
    # The pip that comes with Python 3.9 did not find its way through the versions in 17 minutes.
    subprocess.run([*install, "--upgrade", "pip"], check=True)
    subprocess.run([*install, "--editable", REPOSITORY + "[dev]"], check=True)


def _has_pip(folder: str) -> bool:
    """False as well for an environment whose Python is gone or that was left half made."""
    python = os.path.join(folder, "bin", "python")
    try:
        done = subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def _create(folder: str) -> None:
    command = [sys.executable, "-m", "venv", "--clear", folder]
    if subprocess.run(command, check=False).returncode == 0:
        return
    # Debian and Ubuntu keep a part of venv in a package of its own.
    version = "{}.{}".format(*sys.version_info[:2])
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.exit(f"venv does not work here; on Debian and Ubuntu: apt install python{version}-venv")
    subprocess.run([apt, "update"], check=False)
    subprocess.run([apt, "install", "--yes", f"python{version}-venv"], check=True)
    subprocess.run(command, check=True)


def main() -> None:
    if sys.version_info < OLDEST:
        found = "{}.{}".format(*sys.version_info[:2])
        sys.exit(f"Python 3.9 or newer is needed, this is {found}: make PYTHON=python3.x")
    make(sys.argv[1])


if __name__ == "__main__":
    main()
