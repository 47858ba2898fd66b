"""The error codes of API v1. Their HTTP statuses are not documented, so the code decides.

Source: docs/api/v1-errors.md.
"""

from __future__ import annotations

from ...errors import (
    AuthenticationError,
    ConflictError,
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
)
from ...http.codes import Codes
from ...i18n import _

NAME_EXISTS = "ModelArts.0103"

_NUMBERS: dict[type[ServiceError], str] = {
    AuthenticationError: "0201 0202 0203 0204 0205 0206 0208 0209 0211 0212 2784",
    PermissionDeniedError: "0108 0109 0111 0112 0207 0210 0407 0415 2785",
    NotFoundError: "0015 0102 0413 0806 2775 2818 2819 2820",
    ConflictError: "0103 0105 2751 2796 2813 2878",
    InvalidParameterError: "0101 0104 0107 0110 0404 0405 0406 2606 2608 2788 2791",
    ThrottledError: "0114 2799 4206 6101",
    QuotaExceededError: "0106 0113 0116 0118 2815",
    UnavailableError: "0010 0012 0013",
}


def _wrong_project() -> str:
    return _("The project does not belong to these credentials: check it with %ma_session")


CODES = Codes(
    kinds={
        f"ModelArts.{number}": kind
        for kind, numbers in _NUMBERS.items()
        for number in numbers.split()
    },
    hints={"ModelArts.0210": _wrong_project},
)
