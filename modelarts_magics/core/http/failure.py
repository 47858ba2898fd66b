"""What a refusal says, whichever of the documented shapes it has.

Source: docs/api/v1-errors.md (modelarts_03_0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..api.fields import text
from ..auth.keys import mask

_MESSAGE_KEYS = ("error_message", "error_msg", "message", "errorMsg")
_SOLUTION_KEYS = ("error_solution",)
_CODE_KEYS = ("error_code", "errorCode", "code")
_NESTED_KEYS = ("error",)
_SHORTEST_SECRET = 8  # characters; less may be a part of any word


@dataclass(frozen=True)
class Failure:
    """A refusal.

    Attributes:
        status: HTTP status; it may be 200 (quirk 7).
        code: empty when the answer had none.
        message: the service's own words, or the start of an answer that is no JSON.
        solution: what the service says to do next.
        request_id: of the answer's body or header.
        action: the IAM action that the request needs, when it is known.
        retry_after: seconds the service asks to wait, when it does.
    """

    status: int
    code: str = ""
    message: str = ""
    request_id: str = ""
    action: str = ""
    retry_after: float | None = None
    solution: str = ""

    @classmethod
    def from_json(
        cls, status: int, body: Any, request_id: str = "", action: str = ""
    ) -> Failure | None:
        """Read an answer; ``None`` when it is a success."""
        data = body if isinstance(body, Mapping) else {}
        if 200 <= status < 300 and data.get("is_success") is not False and not _code(data):
            return None
        return cls(
            status=status,
            code=_code(data),
            message=_find(data, _MESSAGE_KEYS) or (body if isinstance(body, str) else ""),
            request_id=text(data.get("request_id")) or request_id,
            action=action,
            solution=_find(data, _SOLUTION_KEYS),
        )

    def without(self, secrets: Iterable[str]) -> Failure:
        """The same with secrets masked: the gateway repeats the access key that it refuses."""
        message, solution = self.message, self.solution
        for secret in secrets:
            if len(secret) >= _SHORTEST_SECRET:
                message = message.replace(secret, mask(secret))
                solution = solution.replace(secret, mask(secret))
        return replace(self, message=message, solution=solution)


def _code(data: Mapping[str, Any]) -> str:
    """The code; plain ``code`` counts only beside a message, since data may have such a field."""
    code = _find(data, _CODE_KEYS[:2])
    return code or (_find(data, _CODE_KEYS[2:]) if _find(data, _MESSAGE_KEYS) else "")


def _find(data: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    nested = [data.get(key) for key in _NESTED_KEYS]
    places = [data, *(inner for inner in nested if isinstance(inner, Mapping))]
    return next((text(p[key]) for p in places for key in keys if p.get(key) not in (None, "")), "")
