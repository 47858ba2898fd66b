"""The error codes of API v2. The code decides, since a job that is not there is HTTP 400.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from ...errors import (
    AuthenticationError,
    ConflictError,
    LogClearedError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
    UnavailableError,
    UnknownCallError,
)
from ...http.codes import Codes
from ...i18n import _

NAME_EXISTS = "ModelArts.2751"
NOT_YET = frozenset({"ModelArts.2776", "ModelArts.2777", "ModelArts.2818"})

_NUMBERS: dict[type[ServiceError], str] = {
    AuthenticationError: "2784",
    PermissionDeniedError: "2771 2785 2786 2804 2837 2838",
    NotFoundError: "2775 2776 2777 2818 2820 2890",
    LogClearedError: "2819",
    UnknownCallError: "2803 2836",
    ConflictError: "2751 2796 2813 2878",
    ThrottledError: "2799",
    QuotaExceededError: "2815 2833",
    UnavailableError: "2950 2955 2958",
}


def _wrong_project() -> str:
    return _("The project does not belong to these credentials: check it with %ma_session")


def _cleared() -> str:
    return _("Logs are kept for 30 days after the end of a job")


CODES = Codes(
    kinds={
        "APIGW.0101": UnknownCallError,
        **{
            f"ModelArts.{number}": kind
            for kind, numbers in _NUMBERS.items()
            for number in numbers.split()
        },
    },
    hints={"ModelArts.2786": _wrong_project, "ModelArts.2819": _cleared},
)
