"""How the SDK answers when the service refuses.

Source: docs/api/v2-sdk.md.
"""

from __future__ import annotations

from typing import Any

from ...core.errors import ServiceError
from ..refusals import refusal_as


@refusal_as
def refusal_as_dict(error: ServiceError) -> dict[str, Any]:
    """The dict of a call that the service refused."""
    return {
        "error_msg": error.message,
        "error_code": error.code,
        "error_solution": error.solution or error.hint,
    }
