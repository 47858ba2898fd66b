"""What the identity service has handed out: user tokens and temporary keys, in memory only.

After a restart nobody has any: clients get a new one when they are told so.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from ..http.clock import Clock

TOKEN_LIFE = 24 * 3600.0


@dataclass(frozen=True)
class Grant:
    """A user token; ``project_id`` is None when it was asked for without a project."""

    project_id: str | None
    issued: float
    expires: float


@dataclass(frozen=True)
class TemporaryKey:
    access: str
    secret: str = field(repr=False)
    security_token: str = field(repr=False)
    expires: float


class Grants:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, Grant] = {}
        self._keys: dict[str, TemporaryKey] = {}

    def issue_token(self, project_id: str | None) -> tuple[str, Grant]:
        """A new token and what it grants; only its hash is kept."""
        now = self._clock()
        token = secrets.token_urlsafe(96)
        grant = Grant(project_id, now, now + TOKEN_LIFE)
        self._tokens = {key: old for key, old in self._tokens.items() if old.expires > now}
        self._tokens[_hash(token)] = grant
        return token, grant

    def token(self, token: str) -> Grant | None:
        """What a token grants; ``None`` when it is unknown or has expired."""
        grant = self._tokens.get(_hash(token))
        return grant if grant and grant.expires > self._clock() else None

    def issue_key(self, seconds: int) -> TemporaryKey:
        now = self._clock()
        key = TemporaryKey(
            access="TEMP" + secrets.token_hex(8).upper(),
            secret=secrets.token_urlsafe(30),
            security_token=secrets.token_urlsafe(96),
            expires=now + seconds,
        )
        self._keys = {name: old for name, old in self._keys.items() if old.expires > now}
        self._keys[key.access] = key
        return key

    def key(self, access: str) -> TemporaryKey | None:
        key = self._keys.get(access)
        return key if key and key.expires > self._clock() else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
