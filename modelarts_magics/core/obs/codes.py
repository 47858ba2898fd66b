"""Which error a refusal of the object store is, where its HTTP status does not tell.

Source: docs/api/obs.md.
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import AuthenticationError, ConflictError, ServiceError, ThrottledError
from ..http.codes import Codes
from ..http.failure import Failure

_NOT_FOUND = 404


class _ObjectCodes(Codes):
    def error(self, failure: Failure) -> ServiceError:
        """What is not there is so told to HEAD, too, whose answers have no body for a code."""
        if failure.status == _NOT_FOUND and not failure.code:
            failure = replace(failure, code="NoSuchKey")
        return super().error(failure)


CODES = _ObjectCodes(
    kinds={
        "InvalidAccessKeyId": AuthenticationError,
        "SignatureDoesNotMatch": AuthenticationError,
        "RequestTimeTooSkewed": AuthenticationError,
        "InvalidObjectState": ConflictError,
        "SlowDown": ThrottledError,
    }
)
