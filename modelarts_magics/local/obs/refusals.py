"""What the object store refuses, with its own codes."""

from __future__ import annotations

from collections.abc import Mapping

from ..http.refusals import AccessRefused, Reason


def refused(
    code: str, message: str, status: int, headers: Mapping[str, str] | None = None
) -> AccessRefused:
    return AccessRefused(Reason.GATEWAY, message, status, code, headers)


def denied(message: str) -> AccessRefused:
    return refused("AccessDenied", message, 403)


def no_such_key() -> AccessRefused:
    return refused("NoSuchKey", "The specified key does not exist.", 404)


def no_such_bucket() -> AccessRefused:
    return refused("NoSuchBucket", "The specified bucket does not exist.", 404)
