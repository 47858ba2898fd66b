"""One answer of a service, as it came."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Callable, Optional

from . import xml
from .failure import Failure


@dataclass(frozen=True)
class Answer:
    """Status, headers (looked up in any case) and body of an answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def data(self) -> Any:
        """The JSON value of the body; its text when it is no JSON; ``{}`` when it is empty."""
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):  # the latter for lists in lists without end
            return self.body.decode(errors="replace")

    def failure(self, action: str = "") -> Failure | None:
        """What the service refused, or ``None`` when it did not."""
        request_id = self.headers.get("X-request-id", "")
        failure = Failure.from_json(self.status, self._refusal(), request_id, action)
        return failure and replace(failure, retry_after=self._retry_after())

    def _refusal(self) -> Any:
        """What may be one, as JSON; the object store words it as XML."""
        said = xml.fields(xml.parse(self.body)) if isinstance(self.data, str) else {}
        if "Code" not in said:
            return self.data
        names = {"code": "Code", "message": "Message", "request_id": "RequestId"}
        return {name: said.get(theirs, "") for name, theirs in names.items()}

    def _retry_after(self) -> float | None:
        """Seconds that the service asks to wait; it may give a number or a date."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            return float(value)
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError, OverflowError):
            return None


def json_object(answer: Answer) -> dict[str, Any] | None:
    """The JSON object of an answer; ``{}`` for an empty one, ``None`` for anything else."""
    return answer.data if isinstance(answer.data, dict) else None


Accept = Callable[[Answer], Optional[dict[str, Any]]]
"""What an answer is taken for; ``None`` when it is not of the API."""
