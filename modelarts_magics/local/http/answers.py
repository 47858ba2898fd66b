"""What the service answers: a JSON object with a status, or one of three kinds of refusal.

Refusals are exceptions, raised where a rule is broken and turned into a body at one place::

    Refused           a rule of ModelArts: 4xx, or 200 in the "alt" profile (quirks 7 and 12)
    +- AccessRefused  the gateway or the access control: the status is always the real one
    IamRefused        the identity service, in its own shape
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from .quirks import Quirks

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that breaks a rule of ModelArts.

    Args:
        code: ``ModelArts.`` and four digits.
        message: what the caller reads; holds no secret.
        status: the HTTP status of the default profile.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def answer(self, quirks: Quirks, request_id: str) -> Answer:
        return Answer(self._body(quirks, request_id), 200 if quirks.errors_in_200 else self.status)

    def _body(self, quirks: Quirks, _request_id: str) -> Json:
        body = {"is_success": False, "error_code": self.code, "error_msg": self.message}
        return body if quirks.only_error_msg else {**body, "error_message": self.message}


class AccessRefused(Refused):
    """A request that does not get as far as ModelArts."""

    def __init__(
        self, code: str, message: str, status: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, message, status)
        self.headers = headers or {}

    def answer(self, quirks: Quirks, request_id: str) -> Answer:
        body = {**self._body(quirks, request_id), "request_id": request_id}
        return Answer(body, self.status, self.headers)


class IamRefused(Refused):
    """A request that the identity service does not grant."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("", message, status)

    def answer(self, quirks: Quirks, request_id: str) -> Answer:
        title = HTTPStatus(self.status).phrase
        error = {"code": self.status, "message": self.message, "title": title}
        return Answer({"error": error}, self.status)


def invalid(message: str) -> Refused:
    return Refused("ModelArts.0104", message)


def name_exists(name: str) -> Refused:
    return Refused("ModelArts.0103", f"Job name:{name} is existed")


def not_found(what: str) -> Refused:
    return Refused("ModelArts.0015", f"{what} does not exist.", status=404)


def wrong_state(verb: str, status: int) -> Refused:
    """The verbatim words of the vendor; ``verb`` is stop, delete or resubmit."""
    return Refused("ModelArts.0105", f"This job can't be {verb}. job status: {int(status)}")


def unauthenticated(cause: str) -> AccessRefused:
    message = f"Incorrect IAM authentication information: {cause}"
    return AccessRefused("APIGW.0301", message, status=401)
