"""How the service reads what nobody has documented of API v2: a client has to cope with each.

A profile has a name; ``NAME,field=value,...`` is one with other readings of some fields.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class Profile:
    """The readings.

    Attributes:
        offset: whether ``offset`` counts ``item`` or ``page``.
        no_log: the answer when there is no log yet: ``204`` or ``2818``.
        lines: the lines of a log by order as ``named``, with the meaning of API ``v1``, ``absent``.
        link: whether links for downloads are ``given`` or ``absent``.
        front: a character cut by the window's begin is ``replaced``, ``dropped``, or the window
            is ``kept`` on a boundary.
        content: what the text of a log is called: ``content`` or ``context``.
        export: an exported log is ``appended`` to or ``rewritten``.
        window: bytes of a log that a preview shows.
    """

    offset: str = "item"
    no_log: str = "204"
    lines: str = "named"
    link: str = "given"
    front: str = "replaced"
    content: str = "content"
    export: str = "appended"
    window: int = 5 * MIB

    @property
    def pages(self) -> bool:
        return self.offset == "page"


CHOICES: dict[str, Collection[str]] = {
    "offset": ("item", "page"),
    "no_log": ("204", "2818"),
    "lines": ("named", "v1", "absent"),
    "link": ("given", "absent"),
    "front": ("replaced", "dropped", "kept"),
    "content": ("content", "context"),
    "export": ("appended", "rewritten"),
}
DEFAULT = Profile()
PROFILES = {
    "default": DEFAULT,
    "alt": Profile("page", "2818", "v1", "absent", "kept", "context", "rewritten"),
    "preview": Profile(lines="absent", link="absent"),
}


def profile_of(text: str) -> Profile:
    """The profile that a text means.

    Raises:
        ValueError: it means none.
    """
    name, *changes = text.split(",")
    if name not in PROFILES:
        raise ValueError(f"no such profile: {name}")
    pairs = (change.partition("=") for change in changes)
    return replace(PROFILES[name], **dict(_reading(field, value) for field, _, value in pairs))


def _reading(field: str, value: str) -> tuple[str, Any]:
    if field == "window" and value.isdecimal() and int(value):
        return field, int(value)
    if value not in CHOICES.get(field, ()):
        raise ValueError(f"no such reading: {field}={value}")
    return field, value
