"""What the service refuses, without the words and codes of any API: those are a face's (``Face``).

Refusals are exceptions, raised where a rule is broken and turned into a body at one place::

    Refused           a rule of ModelArts
    +- AccessRefused  the gateway or the access control: the HTTP status is always the one given
    IamRefused        the identity service, in its own shape
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


class Reason(Enum):
    """Which rule was broken."""

    INVALID = auto()
    INVALID_QUERY = auto()
    NOT_JSON = auto()
    NAME_TAKEN = auto()
    TOO_MANY = auto()
    WRONG_PHASE = auto()
    NOT_FOUND = auto()
    NO_LOG_FILE = auto()
    NO_SUCH_PATH = auto()
    PATH_DENIED = auto()
    PATH_CHARACTERS = auto()
    PATH_IS_BUCKET = auto()
    BUCKET_NAME = auto()
    OTHER_PROJECT = auto()
    NO_PROJECT = auto()
    INTERNAL = auto()
    NO_ENDPOINT = auto()
    NO_METHOD = auto()
    GATEWAY = auto()  # its codes are the same before every API


class Refused(Exception):
    """A request that breaks a rule of ModelArts.

    Args:
        reason: which one.
        message: what the caller reads; holds no secret. A face may have words of its own.
        details: what such words need.
    """

    def __init__(self, reason: Reason, message: str, **details: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.details = details


class AccessRefused(Refused):
    """A request that does not get as far as ModelArts.

    Args:
        reason: which rule was broken.
        message: what the caller reads.
        status: of HTTP.
        code: of the gateway.
        headers: of the answer.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        status: int,
        code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason, message)
        self.status = status
        self.code = code
        self.headers = headers or {}


class IamRefused(Exception):
    """A request that the identity service does not grant."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> Json:
        title = HTTPStatus(self.status).phrase
        return {"error": {"code": self.status, "message": self.message, "title": title}}


def invalid(message: str) -> Refused:
    return Refused(Reason.INVALID, message)


def not_found(what: str) -> Refused:
    return Refused(Reason.NOT_FOUND, f"{what} does not exist.")


def refused_by_gateway(
    code: str, message: str, status: int, headers: Mapping[str, str] | None = None
) -> AccessRefused:
    return AccessRefused(Reason.GATEWAY, message, status, "APIGW." + code, headers)


def unauthenticated(cause: str) -> AccessRefused:
    message = f"Incorrect IAM authentication information: {cause}"
    return refused_by_gateway("0301", message, 401)
