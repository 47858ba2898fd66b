"""What only API v2 refuses: by its own code."""

from __future__ import annotations

from ..http.refusals import Reason, Refused


class Coded(Refused):
    """A refusal with the code that the vendor documents for it.

    Args:
        code: the four digits.
        message: what the caller reads.
        status: of HTTP.
        solution: what the caller can do.
    """

    def __init__(self, code: str, message: str, status: int = 400, solution: str = "") -> None:
        super().__init__(Reason.INVALID, message)
        self.code = code
        self.status = status
        self.solution = solution


def unknown_job(text: str) -> Coded:
    return Coded("2775", f"Training job (ID: {text[:64]}) not found.")
