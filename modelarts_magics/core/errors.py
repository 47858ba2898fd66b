"""What can go wrong, as one tree.

::

    ModelArtsError
    ├── InvalidArgumentError (ValueError)   refused here, before anything is sent
    ├── WrongStateError                     refused here: the job is not in a state for this
    ├── JobEndedError                       a job that was waited for will not run
    ├── CredentialsNotFoundError            no source had keys; names all that were tried
    └── ServiceError                        has code, status, request_id
        ├── AuthenticationError             who are you? (401)
        ├── PermissionDeniedError           you may not (403)
        ├── NotFoundError                   no such job, log file or API (404)
        ├── ConflictError                   not in this state, or the name is taken (409)
        ├── InvalidParameterError           the service refuses a value (400)
        ├── ThrottledError                  too many requests (429); has retry_after
        ├── QuotaExceededError              no more of these for you
        ├── OutcomeUnknownError             a request may have had an effect; says how to find out
        ├── UnavailableError                the service is in trouble (5xx)
        │   └── ConnectionFailedError       no answer, or only half of one
        │       └── DeadlineExceededError   it took longer than the caller allows
        └── UnexpectedAnswerError           an answer that is not of this API

Each is an expected event: it reads as one line that says what happened and what to do next, and in
IPython it is shown as that line without a traceback. Texts that come from the service are stripped
of control characters, since a terminal would obey them.

Source of the codes: docs/api/v1-errors.md.
"""

from __future__ import annotations

import unicodedata

from .http.failure import Failure
from .i18n import _

_LONGEST_MESSAGE = 600


class ModelArtsError(Exception):
    """Base of all that this package raises on purpose.

    Args:
        message: what happened, naming the thing and its state.
        hint: what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = one_line(message)
        self.hint = one_line(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        separator = " " if self.message.endswith((".", "。", "!", "?")) else _(". ")
        return f"{self.message}{separator}{self.hint}"

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show this one line in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InvalidArgumentError(ModelArtsError, ValueError):
    """A value that would be refused, or has no meaning; nothing was sent."""


class WrongStateError(ModelArtsError):
    """The job is not in a state for this; it was looked at, and nothing was changed."""


class JobEndedError(ModelArtsError):
    """A job that somebody waits for failed, was stopped or deleted, or nobody knows."""


class CredentialsNotFoundError(ModelArtsError):
    """No source of credentials had any."""


class ServiceError(ModelArtsError):
    """The service, or the way to it, failed.

    Attributes:
        code: such as ``ModelArts.0105`` or ``APIGW.0301``; empty when the answer had none.
        status: HTTP status, or ``None`` when no answer came.
        request_id: quote it to the vendor's support; empty when the answer had none.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: str = "",
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.code = one_line(code)
        self.status = status
        self.request_id = one_line(request_id)

    def __str__(self) -> str:
        details = [self.code, f"HTTP {self.status}" if self.status else ""]
        if self.request_id:
            details.append(_("request {id}", id=self.request_id))
        known = ", ".join(filter(None, details))
        text = super().__str__()
        return f"{text} [{known}]" if known else text


class AuthenticationError(ServiceError):
    """The keys, the token or the signature were not accepted."""


class PermissionDeniedError(ServiceError):
    """The identity is known and may not do this."""


class NotFoundError(ServiceError):
    """There is no such job, version, log file or API."""


class ConflictError(ServiceError):
    """The thing is not in a state for this, or its name is taken."""


class InvalidParameterError(ServiceError):
    """The service refused a value."""


class ThrottledError(ServiceError):
    """Too many requests.

    Attributes:
        retry_after: seconds the service asked to wait, or ``None``.
    """

    retry_after: float | None = None


class QuotaExceededError(ServiceError):
    """A limit of the account is reached."""


class OutcomeUnknownError(ServiceError):
    """Whether a request had an effect could not be found out."""


class UnavailableError(ServiceError):
    """The service is in trouble; the same request may work later."""


class ConnectionFailedError(UnavailableError):
    """No answer came, or only half of one; whether the request had an effect is unknown."""


class DeadlineExceededError(ConnectionFailedError):
    """The whole request took longer than the caller allows."""


class UnexpectedAnswerError(ServiceError):
    """Something answered that does not speak this API."""


_CLASS_OF_CODE: dict[str, type[ServiceError]] = {
    **dict.fromkeys(
        [f"0{n}" for n in (201, 202, 203, 204, 205, 206, 208, 209, 211, 212)], AuthenticationError
    ),
    **dict.fromkeys(["2784"], AuthenticationError),
    **dict.fromkeys(
        ["0108", "0109", "0111", "0112", "0207", "0210", "0407", "0415", "2785"],
        PermissionDeniedError,
    ),
    **dict.fromkeys(
        ["0015", "0102", "0413", "0806", "2775", "2818", "2819", "2820"], NotFoundError
    ),
    **dict.fromkeys(["0103", "0105", "2751", "2796", "2813", "2878"], ConflictError),
    **dict.fromkeys(
        ["0101", "0104", "0107", "0110", "0404", "0405", "0406", "2606", "2608", "2788", "2791"],
        InvalidParameterError,
    ),
    **dict.fromkeys(["0114", "2799", "4206", "6101"], ThrottledError),
    **dict.fromkeys(["0106", "0113", "0116", "0118", "2815"], QuotaExceededError),
    **dict.fromkeys(["0010", "0012", "0013"], UnavailableError),
}
_CLASS_OF_STATUS: dict[int, type[ServiceError]] = {
    400: InvalidParameterError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: NotFoundError,
    409: ConflictError,
    413: InvalidParameterError,
    414: InvalidParameterError,
    429: ThrottledError,
}


def from_failure(failure: Failure) -> ServiceError:
    """Turn a refusal of any documented shape into the error that fits it.

    The code decides where it is known: the HTTP status of business failures is not documented.
    """
    kind = _class_of(failure)
    message = failure.message or _("The service refused the request")
    error = kind(
        message,
        _hint(kind, failure),
        code=failure.code,
        status=failure.status,
        request_id=failure.request_id,
    )
    if isinstance(error, ThrottledError):
        error.retry_after = failure.retry_after
    return error


def _class_of(failure: Failure) -> type[ServiceError]:
    family, _dot, number = failure.code.rpartition(".")
    if family == "ModelArts" and number in _CLASS_OF_CODE:
        return _CLASS_OF_CODE[number]
    if failure.status >= 500:
        return UnavailableError
    if failure.status in _CLASS_OF_STATUS:
        return _CLASS_OF_STATUS[failure.status]
    return ConflictError if failure.code else UnexpectedAnswerError


def _hint(kind: type[ServiceError], failure: Failure) -> str:
    if failure.code == "ModelArts.0210":
        return _("The project does not belong to these credentials: check it with %ma_session")
    hints = {
        AuthenticationError: _(
            "Check the keys and the clock of this machine, or use other keys: %ma_session login"
        ),
        PermissionDeniedError: _(
            "Ask the administrator of the account for {action}",
            action=failure.action or _("the permission"),
        ),
        QuotaExceededError: _("Delete what is no longer needed, or ask for a higher quota"),
        ThrottledError: _("Wait a moment before the next request"),
        UnavailableError: _("Try again later"),
    }
    return hints.get(kind, "")


def one_line(text: str) -> str:
    """Make a foreign text safe to print: one line, bounded, no control or direction characters.

    >>> one_line("bad \\x1b[31mred\\u202e\\n  name")
    'bad [31mred name'
    """
    words = " ".join(text.split())
    clean = "".join(c for c in words if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return clean if len(clean) <= _LONGEST_MESSAGE else clean[: _LONGEST_MESSAGE - 1] + "…"
