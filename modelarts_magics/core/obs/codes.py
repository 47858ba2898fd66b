"""Which error a refusal of the object store is, where its HTTP status does not tell.

Source: docs/api/obs.md.
"""

from __future__ import annotations

from ..errors import AuthenticationError, ConflictError, ThrottledError
from ..http.codes import Codes

CODES = Codes(
    kinds={
        "InvalidAccessKeyId": AuthenticationError,
        "SignatureDoesNotMatch": AuthenticationError,
        "RequestTimeTooSkewed": AuthenticationError,
        "InvalidObjectState": ConflictError,
        "SlowDown": ThrottledError,
    }
)
