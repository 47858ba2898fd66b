"""The folder of one service: what lies where, who may use it, and how others find the service.

=========================  ===============================================================
``modelarts-magics.json``  that the folder is ours (``mark.py``)
``credentials.json``       the keys, made on first start; only the owner can read it
``service.json``           how to reach the service while it runs
``service.log``            what a service that a notebook started has to say
``service.lock``           locked by the service: one per folder
``users.lock``             locked, shared, by whoever uses it (see ``--while-used``)
``modelarts.sqlite``       jobs
``obs/``                   one folder per bucket
``logs/``                  what the programs wrote
=========================  ===============================================================

Where a name ends with ``.new``, a crash has cut what should have replaced that file.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .adoption import was_ours
from .mark import Foreign, Mark, NotOurs

MARK = Mark("modelarts-magics service", was_ours)
_LOOK = 0.1  # seconds for which somebody who looks whether we run may hold our lock


class CannotServe(Exception):
    """The service cannot start; the text is one line for the user."""


@dataclass(frozen=True)
class ServiceKeys:
    """What a client needs to prove that it may use the service."""

    access_key: str
    secret_key: str
    username: str
    password: str
    domain: str

    def __repr__(self) -> str:
        return f"ServiceKeys(access_key='{self.access_key[:4]}***', username={self.username!r})"


class Root:
    """The folder, which is created when it is missing and closed to other users."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path))
        self.credentials_file = self.path / "credentials.json"
        self.database = self.path / "modelarts.sqlite"
        self.obs = self.path / "obs"
        self.logs = self.path / "logs"
        self._service_file = self.path / "service.json"
        self._service_lock: int | None = None
        self._users_lock: int | None = None

    def claim(self) -> None:
        """Prepare the folder and become its only service.

        Raises:
            CannotServe: another service has it, or it is somebody else's folder.
            OSError: it cannot be used.
        """
        try:
            MARK.claim(self.path)
            for folder in (self.obs, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            lock = _lock(self.path / "service.lock")
            users = _open(self.path / "users.lock")
        except NotOurs as refused:
            raise CannotServe(f"{self.path} {_words(refused)}: choose another folder.") from None
        if lock is None:
            os.close(users)
            raise CannotServe(f"Another service already serves {self.path}{self._address()}.")
        self._service_lock, self._users_lock = lock, users
        self._service_file.unlink(missing_ok=True)

    def credentials(self) -> ServiceKeys:
        """The keys of this folder, made when there are none.

        Raises:
            CannotServe: they are damaged.
            OSError: they cannot be read or made.
        """
        try:
            values = json.loads(_read_private(self.credentials_file))
            return ServiceKeys(**{name: str(values[name]) for name in ServiceKeys.__annotations__})
        except FileNotFoundError:
            made = _new_credentials()
            _write_json(self.credentials_file, vars(made))
            return made
        except (ValueError, KeyError, TypeError):
            message = f"{self.credentials_file} is damaged: remove it, and new keys are made."
            raise CannotServe(message) from None

    def announce(self, address: dict[str, str]) -> None:
        """Tell other processes how to reach the service."""
        _write_json(self._service_file, {**address, "pid": os.getpid()})

    def is_in_use(self) -> bool:
        """Whether anybody holds the users' lock. When nobody does, nobody can until ``release``."""
        return self._users_lock is not None and not _try_lock(self._users_lock)

    def release(self) -> None:
        """Give the folder up; a second time does nothing."""
        if self._service_lock is None or self._users_lock is None:
            return
        self._service_file.unlink(missing_ok=True)
        os.close(self._users_lock)
        os.close(self._service_lock)
        self._service_lock = self._users_lock = None

    def _address(self) -> str:
        try:
            service = json.loads(self._service_file.read_bytes())
            return f" at {service['endpoint']} (process {service['pid']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""


def _words(refused: NotOurs) -> str:
    if refused.reason is Foreign.IS_SHARED:
        return "is not only for this service"
    if refused.reason is Foreign.IS_NEWER:
        return "is of a newer version of this package"
    return f"holds other things than this service's ({refused.found})"


def _new_credentials() -> ServiceKeys:
    return ServiceKeys(
        access_key="LOCAL" + secrets.token_hex(8).upper()[:15],
        secret_key=secrets.token_urlsafe(30),
        username="local-user",
        password=secrets.token_urlsafe(18),
        domain="local-account",
    )


def _write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a private file that is complete as soon as it has its name."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)


def _read_private(path: Path) -> bytes:
    """A file that nobody else can read from now on; a link is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        os.fchmod(descriptor, 0o600)
        return file.read()


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _lock(path: Path) -> int | None:
    descriptor = _open(path)
    give_up = time.monotonic() + _LOOK
    while not (is_ours := _try_lock(descriptor)) and time.monotonic() < give_up:
        time.sleep(_LOOK / 10)
    if is_ours:
        return descriptor
    os.close(descriptor)
    return None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
