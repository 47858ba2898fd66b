"""Which error a refusal is: by the service's code where its table knows it, else by HTTP status.

Each generation of an API brings its own table. Source of the statuses: docs/api/v1-errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Callable

from ..errors import (
    AuthenticationError,
    ConflictError,
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
)
from ..i18n import _
from .failure import Failure

Kind = type[ServiceError]

_KIND_OF_STATUS: dict[int, Kind] = {
    400: InvalidParameterError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: NotFoundError,
    408: UnavailableError,
    409: ConflictError,
    413: InvalidParameterError,
    414: InvalidParameterError,
    425: UnavailableError,
    429: ThrottledError,
}


@dataclass(frozen=True)
class Codes:
    """What is known of a service's codes.

    Attributes:
        kinds: by code, such as ``ModelArts.0105``.
        hints: what to do next, by code, where that is another thing than for its kind.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    hints: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    def error(self, failure: Failure) -> ServiceError:
        """Turn a refusal of any documented shape into the error that fits it."""
        kind = self.kinds.get(failure.code) or _kind_of_status(failure)
        hint = self.hints.get(failure.code)
        return kind(
            failure.message or _("The service refused the request"),
            hint() if hint else _hint(kind, failure.action) or failure.solution,
            code=failure.code,
            status=failure.status,
            request_id=failure.request_id,
            retry_after=failure.retry_after,
            solution=failure.solution,
        )


def _kind_of_status(failure: Failure) -> Kind:
    if failure.status >= 500:
        return UnavailableError
    if failure.status in _KIND_OF_STATUS:
        return _KIND_OF_STATUS[failure.status]
    is_told = failure.code or 200 <= failure.status < 300
    return ConflictError if is_told else UnexpectedAnswerError


def _hint(kind: Kind, action: str) -> str:
    hints = {
        AuthenticationError: _(
            "Check the keys and the clock of this machine, or use other keys: %ma_session login"
        ),
        PermissionDeniedError: _(
            "Ask the administrator of the account for {action}",
            action=action or _("the permission"),
        ),
        QuotaExceededError: _("Delete what is no longer needed, or ask for a higher quota"),
        ThrottledError: _("Wait a moment before the next request"),
        UnavailableError: _("Try again later"),
    }
    return hints.get(kind, "")
