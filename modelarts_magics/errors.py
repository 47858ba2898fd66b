"""All that this package raises on purpose, as one tree.

::

    from modelarts_magics.errors import NotFoundError
"""

from .core.errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    ContradictoryAnswerError,
    CredentialsNotFoundError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidParameterError,
    JobEndedError,
    LinesOnlyError,
    LogClearedError,
    LogRewrittenError,
    ModelArtsError,
    NotEndedError,
    NotFoundError,
    NotOfferedError,
    OutcomeUnknownError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
    UnknownCallError,
    WrongStateError,
)

__all__ = [
    "AuthenticationError",
    "ConflictError",
    "ConnectionFailedError",
    "ContradictoryAnswerError",
    "CredentialsNotFoundError",
    "DeadlineExceededError",
    "InvalidArgumentError",
    "InvalidParameterError",
    "JobEndedError",
    "LinesOnlyError",
    "LogClearedError",
    "LogRewrittenError",
    "ModelArtsError",
    "NotEndedError",
    "NotFoundError",
    "NotOfferedError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "ServiceError",
    "ThrottledError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnknownCallError",
    "WrongStateError",
]
