"""What a method answers when the service refuses: a dict, in the shape of its generation."""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar

from ..core.errors import InvalidArgumentError, ServiceError
from ..core.i18n import _

_F = TypeVar("_F", bound=Callable[..., Any])


def refusal_as(shape: Callable[[ServiceError], dict[str, Any]]) -> Callable[[_F], _F]:
    """Let a method answer with a dict when the service refuses; without an answer it raises."""

    def decorate(method: _F) -> _F:
        @functools.wraps(method)
        def answering(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except ServiceError as error:
                if error.status is None:
                    raise
                return shape(error)

        return answering  # type: ignore[return-value]

    return decorate


def needed(name: str, value: str, hint: str) -> str:
    """An id, unless it is not known."""
    if value:
        return value
    raise InvalidArgumentError(_("{name} is not set", name=name), hint)
