"""The command line of the service."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import math
import os
import signal
import sys
from pathlib import Path
from typing import Any, Callable, NoReturn

from .service import Service
from .storage.root import CannotServe
from .v1.quirks import PROFILES
from .v2.profile import PROFILES as NAMED_READINGS
from .v2.profile import Profile, profile_of

_START_GRACE = 10.0


def run() -> int:
    """Serve until told to stop; returns the exit code."""
    options = _parser().parse_args()
    logging.raiseExceptions = False  # where nothing can be written, not even that
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    os.umask(0o077)
    try:
        asyncio.run(_serve(options))
    except CannotServe as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot say how to reach the service: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    _call_on_end(stop.set)
    service = Service(options.root, options.port, PROFILES[options.quirks], options.profile)
    address = await service.start()
    try:
        os.write(sys.stdout.fileno(), f"{json.dumps(address)}\n".encode())
        if options.while_used is not None:
            unused = asyncio.ensure_future(service.until_unused(options.while_used))
            unused.add_done_callback(lambda _: stop.set())
        await stop.wait()
    finally:
        await service.stop()


def _call_on_end(stop: Callable[[], None]) -> None:
    """SIGTERM always ends the service; the others only where they are not ignored by inheritance.

    SIGHUP is ignored under nohup, SIGINT in a background job of a shell script.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, it would hide how children ended
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGCHLD))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong; a value that is empty is, as of a variable that is empty."""

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        if not arg_string.strip():
            raise argparse.ArgumentError(action, "the value is empty")
        return super()._get_value(action, arg_string)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see --help\n")


def _profile(text: str) -> Profile:
    try:
        return profile_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m modelarts_magics.local",
        description="A ModelArts service on this machine. When it answers, it prints one JSON line"
        " that tells how to reach it.",
    )
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="its folder")
    parser.add_argument("--port", type=int, default=0, help="default: a free port")
    parser.add_argument(
        "--while-used",
        type=_seconds,
        nargs="?",
        const=_START_GRACE,
        metavar="SECONDS",
        help="end when nobody holds a shared lock on DIR/users.lock any more, but not before"
        f" this many seconds have passed (default: {_START_GRACE:.0f})",
    )
    parser.add_argument(
        "--quirks",
        choices=sorted(PROFILES),
        default="default",
        help="which form to show where the documentation of API v1 contradicts itself",
    )
    parser.add_argument(
        "--profile",
        type=_profile,
        default="default",
        metavar="NAME[,FIELD=READING...]",
        help="how to read what nobody has documented of API v2: "
        + ", ".join(NAMED_READINGS)
        + "; and FIELD by FIELD, such as offset=page or window=1024",
    )
    return parser


def _seconds(text: str) -> float:
    if not (0 <= (seconds := float(text)) < math.inf):
        raise argparse.ArgumentTypeError(f"{text} should be a number of seconds")
    return seconds
