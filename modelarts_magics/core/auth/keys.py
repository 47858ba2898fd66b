"""Keys, tokens and projects, with nothing secret in their representation.

Source: docs/api/identity.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..api.fields import Record, identifier, many, text, wire


@dataclass(frozen=True)
class AccessKey:
    """An access key pair; a temporary one has a token and an end.

    >>> AccessKey("EXAMPLEAK", "secret")
    AccessKey(access_key='EXAM***', expires_at=None)
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        masked = mask(self.access_key)
        return f"AccessKey(access_key='{masked}', expires_at={self.expires_at!r})"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AccessKey | None:
        """Read the answer to a request for temporary keys; ``None`` when it holds none."""
        inner = data.get("credential") or data.get("credentials") or data
        if not isinstance(inner, Mapping):
            return None
        access = _any_of(inner, "access", "accessKeyId", "access_key_id")
        secret = _any_of(inner, "secret", "secretAccessKey", "secret_access_key")
        if not access or not secret:
            return None
        token = _any_of(inner, "securitytoken", "securityToken", "security_token")
        expires = _any_of(inner, "expires_at", "expiration")
        return cls(access, secret, token or None, parse_time(expires))


@dataclass(frozen=True)
class Token:
    """An IAM token and the project it is for."""

    value: str = field(repr=False)
    expires_at: datetime | None
    project_id: str

    @classmethod
    def from_json(cls, value: str, data: Mapping[str, Any]) -> Token:
        """Read the body of the answer; ``value`` is its ``X-Subject-Token`` header."""
        body = data.get("token")
        body = body if isinstance(body, Mapping) else {}
        project = body.get("project")
        project = project if isinstance(project, Mapping) else {}
        return cls(value, parse_time(text(body.get("expires_at"))), identifier(project.get("id")))


@dataclass(frozen=True)
class Project(Record):
    id: str = wire(identifier)
    name: str = wire(text)


@dataclass(frozen=True)
class ProjectList(Record):
    projects: tuple[Project, ...] = wire(many(Project))


def token_request(
    username: str, password: str, account: str, project: Mapping[str, str]
) -> dict[str, Any]:
    """The body that asks for a token; ``project`` is ``{"id": ...}`` or ``{"name": ...}``."""
    user = {"name": username, "password": password, "domain": {"name": account}}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"project": dict(project)}}}


def mask(secret: str) -> str:
    """Enough of a key to tell it from another one, and no more.

    >>> mask("EXAMPLEAK"), mask("AK"), mask("")
    ('EXAM***', '***', '')
    """
    if not secret:
        return ""
    return secret[:4] + "***" if len(secret) >= 8 else "***"


def parse_time(value: str) -> datetime | None:
    """Read an ISO 8601 time in UTC, with or without fractions of a second.

    >>> parse_time("2019-02-13T06:52:13.855000Z")
    datetime.datetime(2019, 2, 13, 6, 52, 13, tzinfo=datetime.timezone.utc)
    """
    try:
        parsed = datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None
    return parsed.replace(tzinfo=timezone.utc)


def _any_of(data: Mapping[str, Any], *keys: str) -> str:
    return next((text(data[key]) for key in keys if data.get(key)), "")
