"""Start the embedded ModelArts service of this user, or use the one that runs.

Whoever uses a service holds a shared lock on a file in its folder. The system drops the lock when a
process ends, however it ends; a service that was started here stops when nobody holds it.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from enum import Enum, auto
from pathlib import Path
from typing import IO

import requests

from ...core import config
from ...core.errors import ConnectionFailedError, InvalidArgumentError
from ...core.i18n import _

_START_TIME = 30.0  # seconds
_CHECK_INTERVAL = 0.1  # seconds
ANSWER_TIME = 2.0  # seconds in which a service that runs has answered
STOP_TIME = 2.5  # seconds until it is killed; its programs have their time to end all the same

# Services that others still use outlive our claim; kept here so that they can be reaped.
_left_to_others: list[subprocess.Popen[bytes]] = []


class _Answer(Enum):
    """What is heard of the service of a folder."""

    OURS = auto()
    NOTHING = auto()  # nobody is there, or somebody else
    SILENCE = auto()


class EmbeddedService:
    """A running service and our claim on it."""

    def __init__(
        self, root: Path, claim: IO[bytes], process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.root = root
        self._claim = claim
        self._process = process

    @property
    def answers(self) -> bool:
        """Whether it still runs.

        Raises:
            ConnectionFailedError: it runs, but does not answer.
        """
        return _is_served(self.root, ANSWER_TIME)

    def release(self, stop_time: float = STOP_TIME) -> None:
        """Give up the claim; end the service if it was started here and nobody else uses it.

        Args:
            stop_time: seconds after which it is killed.
        """
        if self._claim.closed:
            return
        with self._claim as claim:  # not by its name: the folder may be gone, or another one
            if self._process is None or self._process.poll() is not None:
                return
            if _lock(claim, exclusive=True):
                _end(self._process, stop_time)
            else:
                _left_to_others.append(self._process)


def use(root: Path, answer_time: float = ANSWER_TIME) -> EmbeddedService:
    """Claim the service of a folder; start it when none runs there. An interrupt stops waiting.

    Args:
        root: the folder.
        answer_time: seconds in which one that runs has answered.

    Raises:
        ConnectionFailedError: it does not start, and the message has its last words; or it runs,
            but does not answer.
        InvalidArgumentError: it cannot run on this system, or not in this folder.
        OSError: the folder cannot be used.
    """
    _left_to_others[:] = [process for process in _left_to_others if process.poll() is None]
    _claim_folder(root)
    claim = _open_lock(root)
    try:
        _share(claim, root)
        if _is_served(root, answer_time):
            return EmbeddedService(root, claim)
        return EmbeddedService(root, claim, _start(root, answer_time))
    except BaseException:
        claim.close()
        raise


def _claim_folder(root: Path) -> None:
    """Make a missing or empty folder ours; what is somebody else's stays as it is."""
    if os.name != "posix":
        raise InvalidArgumentError(
            _("The embedded ModelArts service does not run on {system}", system=sys.platform),
            _("Use Linux, macOS or the Windows Subsystem for Linux"),
        )
    from ...local.storage.mark import Foreign, NotOurs
    from ...local.storage.root import MARK

    try:
        MARK.claim(root)
    except NotOurs as refused:
        words = {
            Foreign.HOLDS_OTHER_THINGS: _(
                "{path} holds other things: {found}", path=root, found=refused.found
            ),
            Foreign.IS_SHARED: _("{path} is not only for the embedded service", path=root),
            Foreign.IS_NEWER: _("{path} is of a newer version of modelarts_magics", path=root),
        }
        raise InvalidArgumentError(
            words[refused.reason], _("Choose an empty folder: --root DIR")
        ) from None


def _open_lock(root: Path) -> IO[bytes]:
    return open(root / "users.lock", "ab", opener=_not_through_a_link)


def _not_through_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _lock(file: IO[bytes], *, exclusive: bool) -> bool:
    """Take the lock, if that needs no waiting."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_NB | (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH))
    except BlockingIOError:
        return False
    return True


def _share(claim: IO[bytes], root: Path) -> None:
    """Be one of the users, once a service that ends because there were none has ended."""
    give_up = time.monotonic() + _START_TIME
    while not _lock(claim, exclusive=False):
        if time.monotonic() > give_up:
            raise _is_silent(root)
        time.sleep(_CHECK_INTERVAL)


def _is_served(root: Path, answer_time: float) -> bool:
    """Whether a service answers for this folder; one that starts or ends is waited for.

    Raises:
        ConnectionFailedError: one has the folder, and does not answer.
    """
    give_up = time.monotonic() + _START_TIME
    while (answer := _ask(root, answer_time)) is not _Answer.OURS:
        if not _is_taken(root):
            return False
        if answer is _Answer.SILENCE or time.monotonic() > give_up:
            raise _is_silent(root)
        time.sleep(_CHECK_INTERVAL)
    return True


def _is_silent(root: Path) -> ConnectionFailedError:
    pid = (config.read_json(root / "service.json") or {}).get("pid", "PID")
    return ConnectionFailedError(
        _("The embedded ModelArts service on {path} runs, but does not answer", path=root),
        _("End it: kill -9 {pid}; or choose another folder: --root DIR", pid=pid),
    )


def _ask(root: Path, answer_time: float) -> _Answer:
    """Ask at the address that the service of this folder had; another one may be there now."""
    service = config.read_json(root / "service.json")
    if not service:
        return _Answer.NOTHING
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(f"{service['endpoint']}/v3", timeout=answer_time)
        except requests.Timeout:
            return _Answer.SILENCE
        except requests.RequestException:
            return _Answer.NOTHING
    is_ours = answer.headers.get("X-Project-Id") == service["project_id"]
    return _Answer.OURS if is_ours else _Answer.NOTHING


def _is_taken(root: Path) -> bool:
    """Whether a service has the folder: it holds a lock as long as it lives."""
    try:
        with open(root / "service.lock", "rb", opener=_not_through_a_link) as lock:
            return not _lock(lock, exclusive=False)
    except FileNotFoundError:
        return False


def _start(root: Path, answer_time: float) -> subprocess.Popen[bytes] | None:
    """Start a service; ``None`` when another kernel was faster."""
    from ...local.surroundings import service_environment  # to start one only

    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(root), "--while-used"]
    words = root / "service.log"
    with open(words, "wb", opener=_not_through_a_link) as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env=service_environment(),
            start_new_session=True,  # an interrupt of the kernel is not for the service
        )
    try:
        if _said_ready(process):
            return process
        _end(process)
        if _is_served(root, answer_time):
            return None
        raise ConnectionFailedError(
            _("The embedded ModelArts service does not start: {words}", words=_last_line(words)),
            _("See {path}", path=words),
        )
    except BaseException:
        _end(process)
        raise
    finally:
        if process.stdout:
            process.stdout.close()


def _said_ready(process: subprocess.Popen[bytes]) -> bool:
    """Wait for the line that it prints when it answers; false when it ends or takes too long."""
    assert process.stdout  # noqa: S101  # it is a pipe
    end = time.monotonic() + _START_TIME
    words = b""
    while not words.endswith(b"\n") and time.monotonic() < end:
        readable, _w, _x = select.select([process.stdout], [], [], _CHECK_INTERVAL)
        if readable:
            piece = os.read(process.stdout.fileno(), 2**16)
            if not piece:
                return False
            words += piece
    return words.endswith(b"\n")


def _end(process: subprocess.Popen[bytes], stop_time: float = STOP_TIME) -> None:
    """One that is killed takes what it runs along, too: its supervisors notice."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(stop_time)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(path: Path) -> str:
    with contextlib.suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")
    return ""
