"""Metrics that a user asks for: by a regular expression, or not to see one.

The reader of metrics knows no regular expressions of users, which may take for ever: those are
matched in a process of their own, and what they find is told to the reader.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.metrics.reader import MetricReader
from ...core.metrics.stream import At
from ..text.pattern import Pattern

_LONGEST_NAME = 100  # characters


@dataclass(frozen=True)
class AskedMetric:
    """A metric that is to be read by a regular expression, or one that is not to be seen.

    Attributes:
        text: what was typed: ``NAME=REGEX`` or ``-NAME``.
        pattern: ``None`` where the metric is not to be seen.
    """

    text: str
    name: str
    pattern: Pattern | None = None

    @classmethod
    def parse(cls, text: str) -> AskedMetric:
        """What ``NAME=REGEX`` or ``-NAME`` means.

        The number is the group ``value``, or the first one; the group ``step`` may tell the step.

        Raises:
            InvalidArgumentError: it is neither, or the regular expression is none or has no group.
        """
        name, equals, regexp = text.partition("=")
        if text.startswith("-") and len(text) > 1:
            return cls(text, text[1:])
        if not name.strip() or not equals or len(name) > _LONGEST_NAME:
            raise InvalidArgumentError(
                _("{text} is no metric", text=text),
                _("Type NAME=REGEX with a group for the number, or -NAME to hide one"),
            )
        asked = cls(text, name.strip(), Pattern(regexp, is_exact=True))
        asked._found([""])
        return asked

    def tell(self, reader: MetricReader, lines: Sequence[tuple[At, str]]) -> None:
        """Tell a reader what is found in some lines.

        Raises:
            InvalidArgumentError: the regular expression takes too long.
        """
        for (at, text), found in zip(lines, self._found([text for _at, text in lines])):
            if found is not None:
                reader.tell(self.name, at, text, *found)

    def _found(self, lines: Sequence[str]) -> Sequence[Sequence[str | None] | None]:
        """The value, and the step where there is a group for it, in each line that tells one."""
        if self.pattern is None or not lines:
            return []
        groups: list[int | str] = ["value" if "(?P<value>" in self.pattern.text else 1]
        if "(?P<step>" in self.pattern.text:
            groups.append("step")
        return self.pattern.groups(lines, groups)


def metric(text: str) -> AskedMetric:
    """An argparse type: a metric that is asked for."""
    try:
        return AskedMetric.parse(text)
    except InvalidArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
