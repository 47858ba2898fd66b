"""All that this package raises on purpose, as one tree::

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
    LogRewrittenError,
    ModelArtsError,
    NotFoundError,
    NotOfferedError,
    OutcomeUnknownError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
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
    "LogRewrittenError",
    "ModelArtsError",
    "NotFoundError",
    "NotOfferedError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "ServiceError",
    "ThrottledError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "WrongStateError",
]
