"""``python -m modelarts_magics.local``: see ``--help``."""

from __future__ import annotations

import os
import signal
import sys


def _main() -> int:
    if os.name != "posix":
        print("The embedded ModelArts service needs Linux or macOS.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ignored by inheritance, one would be lost here
    try:
        from .command import run  # noqa: PLC0415  # needs what may not be installed
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing not in {"psutil", "tornado"}:
            raise
        print(
            f"The embedded ModelArts service needs {missing}:"
            ' pip install "modelarts-magics[local]"',
            file=sys.stderr,
        )
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(_main())
