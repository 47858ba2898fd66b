"""The forms in which the documentation contradicts itself, as two profiles of the service.

``default`` is what recorded answers and the tables say. ``alt`` is the other form of each, so that
a client can be tested against both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quirks:
    """What a profile does differently, see docs/api/v1-quirks.md.

    Attributes:
        numbers_as_text: quirks 1 and 2: numbers of the create and log answers are decimal strings,
            and the number of bytes is called ``count``.
        only_error_msg: quirk 6: no ``error_message`` beside ``error_msg``.
        errors_in_200: quirks 7 and 12: a broken rule of ModelArts is answered with HTTP 200.
        silent_success: quirk 8: no ``is_success`` in a success.
        number_cursors: quirk 19: ``start_line`` is a bare number above 2**53.
        echo_base_line: quirk 22: ``start_line`` is the excluded base line of a page of newer
            lines.
        whole_characters: docs/api/logs.md: a slice by bytes ends at a character boundary.
    """

    numbers_as_text: bool = False
    only_error_msg: bool = False
    errors_in_200: bool = False
    silent_success: bool = False
    number_cursors: bool = False
    echo_base_line: bool = False
    whole_characters: bool = False

    def number(self, value: int) -> int | str:
        return str(int(value)) if self.numbers_as_text else value


DEFAULT = Quirks()
PROFILES = {
    "default": DEFAULT,
    "alt": Quirks(
        numbers_as_text=True,
        only_error_msg=True,
        errors_in_200=True,
        silent_success=True,
        number_cursors=True,
        echo_base_line=True,
        whole_characters=True,
    ),
}
