"""What can happen to a request, as it looks on the wire, and whether it may pass by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_service import Half, Reply, Reset, redirect, refusal


@dataclass(frozen=True)
class Happening:
    """Something that happens in place of an answer.

    Attributes:
        reply: what goes over the wire.
        is_transient: whether it may pass, so that whoever reads on and on goes on.
        is_called_again: whether a person's call that reads is made again by itself.
        had_effect: whether a request that writes may have done its work.
    """

    reply: Any
    is_transient: bool = False
    is_called_again: bool = False
    had_effect: bool = False


def _trouble(reply: Any, *, at_once: bool = True) -> Happening:
    return Happening(reply, is_transient=True, is_called_again=at_once, had_effect=True)


def _throttled(reply: Any) -> Happening:
    return Happening(reply, is_transient=True, is_called_again=True)


HAPPENINGS = {
    "a reset": _trouble(Reset()),
    "a cut answer": _trouble(Half()),
    "a cut answer in chunks": _trouble(Half(chunked=True)),
    "an empty answer": _trouble(Reply(b"")),
    "no content": _trouble(Reply(b"", 204)),
    "half of the JSON": _trouble(Reply(b'{"is_success": true, "log": "half')),
    "a page": _trouble(Reply(b"<html>welcome</html>")),
    "a list": _trouble(Reply([])),
    "other fields": _trouble(Reply({"is_success": True, "weather": "fine"})),
    **{str(n): _trouble(Reply({}, n)) for n in (408, 425, 500, 502, 504, 520, 524, 529)},
    "503": _trouble(Reply({}, 503), at_once=False),
    "503 that says when": _trouble(Reply({}, 503, {"Retry-After": "1"})),
    "trouble inside": _trouble(refusal("ModelArts.0010", "internal", 200)),
    "a time-out inside": _trouble(refusal("ModelArts.0012", "time-out", 400)),
    "429": _throttled(Reply({}, 429)),
    "too many requests": _throttled(refusal("ModelArts.0114", "too many", 200)),
    "the system is busy": _throttled(refusal("ModelArts.4206", "busy", 400)),
    **{str(status): Happening(Reply({}, status)) for status in (400, 403, 409, 418, 501, 505, 530)},
    "a redirect": Happening(redirect("/elsewhere")),
    "a name that is taken": Happening(refusal("ModelArts.0103", "taken", 500)),
    "no permission": Happening(refusal("ModelArts.0108", "denied", 503)),
    "a refusal without a code": Happening(Reply({"is_success": False})),
}
