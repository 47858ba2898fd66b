"""What can go wrong, as one tree.

::

    ModelArtsError
    ├── InvalidArgumentError (ValueError)   refused here, before anything is sent
    ├── WrongStateError                     refused here: the job is not in a state for this
    ├── JobEndedError                       a job that was waited for will not run, or has failed
    ├── NotEndedError                       a job that was waited for goes on after that time
    ├── NotOfferedError                     this generation of the API does not have it
    ├── CredentialsNotFoundError            no source had keys; names all that were tried
    └── ServiceError                        has code, status, request_id, is_transient
        ├── AuthenticationError             who are you? (401)
        ├── PermissionDeniedError           you may not (403)
        ├── NotFoundError                   no such job, log file or API (404)
        │   ├── UnknownCallError            this service does not have the call
        │   └── LogClearedError             the log was kept for some time only
        ├── ConflictError                   not in this state, or the name is taken (409)
        ├── InvalidParameterError           the service refuses a value (400)
        ├── ThrottledError                  too many requests (429)
        ├── QuotaExceededError              no more of these for you
        ├── OutcomeUnknownError             a request may have had an effect; says how to find out
        ├── UnavailableError                the service is in trouble (5xx)
        │   └── ConnectionFailedError       no answer, or only half of one
        │       └── DeadlineExceededError   it took longer than the caller allows
        ├── LogRewrittenError               a log was written anew while it was read
        └── UnexpectedAnswerError           an answer that is not of this API
            ├── ContradictoryAnswerError    numbers and text that cannot both be true
            └── LinesOnlyError              a log that is given by lines, not by bytes

A transient error may pass by itself. That is decided when the error is made, by what it is: no
connection or half an answer, a service that is in trouble or asks for fewer requests, a success
without what was asked for. A refusal is none, whatever its HTTP status, since those are not
documented. Whether the same request may be made again is asked in ``core/http/retry.py``.

Each is an expected event: it reads as one line that says what happened and what to do next, and in
IPython it is shown as that line without a traceback. Texts that come from the service are stripped
of control characters, since a terminal would obey them.
"""

from __future__ import annotations

import sys
import unicodedata

from .encodable import encodable
from .i18n import _

_LONGEST_MESSAGE = 600
_TROUBLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 530)})


_PUBLIC = "modelarts_magics.errors"


class ModelArtsError(Exception):
    """Base of all that this package raises on purpose.

    Args:
        message: what happened, naming the thing and its state.
        hint: what to do next.
    """

    __module__ = _PUBLIC

    def __init_subclass__(cls) -> None:
        """The errors of this tree say the name by which they can be imported."""
        if cls.__module__ == __name__:
            cls.__module__ = _PUBLIC

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
        return [encodable(f"{type(self).__name__}: {self}", sys.stdout)]


class InvalidArgumentError(ModelArtsError, ValueError):
    """A value that would be refused, or has no meaning; nothing was sent."""


class WrongStateError(ModelArtsError):
    """The job is not in a state for this; it was looked at, and nothing was changed."""


class JobEndedError(ModelArtsError):
    """A job that somebody waits for failed, was stopped or deleted, or nobody knows."""


class NotEndedError(ModelArtsError):
    """A job that somebody waits for has not ended in the time that he gave it; it goes on."""


class NotOfferedError(ModelArtsError):
    """The generation of the API that serves the job does not have this; nothing was sent."""


class CredentialsNotFoundError(ModelArtsError):
    """No source of credentials had any."""


class ServiceError(ModelArtsError):
    """The service, or the way to it, failed.

    Attributes:
        code: such as ``ModelArts.0105`` or ``APIGW.0301``; empty when the answer had none.
        solution: what the service says to do next; empty where it does not.
        status: HTTP status, or ``None`` when no answer came.
        request_id: quote it to the vendor's support; empty when the answer had none.
        retry_after: seconds the service asked to wait, or ``None``.
        is_transient: whether it may pass by itself.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: str = "",
        status: int | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        solution: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.code = one_line(code)
        self.solution = one_line(solution)
        self.status = status
        self.request_id = one_line(request_id)
        self.retry_after = retry_after
        self.is_transient = self._may_pass()

    def _may_pass(self) -> bool:
        return False

    @property
    def is_unknown_call(self) -> bool:
        """Whether the service has no such call; for no such job or object it has codes."""
        is_of_gateway = not self.code or self.code.startswith("APIG")
        return self.status == 405 or (self.status == 404 and is_of_gateway)

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


class UnknownCallError(NotFoundError):
    """The service does not have this call; another edition of it may."""

    @property
    def is_unknown_call(self) -> bool:
        return True


class LogClearedError(NotFoundError):
    """The service keeps logs for some time after the end of a job, and that is over."""


class ConflictError(ServiceError):
    """The thing is not in a state for this, or its name is taken."""


class InvalidParameterError(ServiceError):
    """The service refused a value."""


class ThrottledError(ServiceError):
    """Too many requests."""

    def _may_pass(self) -> bool:
        return True


class QuotaExceededError(ServiceError):
    """A limit of the account is reached."""


class OutcomeUnknownError(ServiceError):
    """Whether a request had an effect could not be found out."""


class UnavailableError(ServiceError):
    """The service is in trouble; the same request may work later."""

    def _may_pass(self) -> bool:
        """Its own codes for trouble come with any HTTP status; 501 and the like will stay."""
        return self.status is None or self.status < 500 or self.status in _TROUBLE_STATUSES


class ConnectionFailedError(UnavailableError):
    """No answer came, or only half of one; whether the request had an effect is unknown."""


class DeadlineExceededError(ConnectionFailedError):
    """The whole request took longer than the caller allows."""


class LogRewrittenError(ServiceError):
    """A log was written anew while it was read, so that there is no whole one."""


class UnexpectedAnswerError(ServiceError):
    """Something answered that does not speak this API."""

    def _may_pass(self) -> bool:
        """A success that is empty, cut or lacks what was asked for; else it is somebody else."""
        return self.status is not None and 200 <= self.status < 300


class ContradictoryAnswerError(UnexpectedAnswerError):
    """What the service says of a log cannot all be true."""

    def _may_pass(self) -> bool:
        return True


class LinesOnlyError(UnexpectedAnswerError):
    """The service answers the byte call in the shape of lines, as a newer edition does."""


def one_line(text: str) -> str:
    """Make a foreign text safe to print: one line, bounded, no control or direction characters.

    >>> one_line("bad \\x1b[31mred\\u202e\\n  name")
    'bad [31mred name'
    """
    words = " ".join(text.split())
    clean = "".join(c for c in words if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return clean if len(clean) <= _LONGEST_MESSAGE else clean[: _LONGEST_MESSAGE - 1] + "…"
