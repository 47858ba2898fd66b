"""Variables on the line of a magic: ``$name``, ``$name.attribute`` and ``{expression}``.

They are filled in as IPython does it, which is told to keep off these lines: where one thing cannot
be filled in it leaves the whole line as it is, without a word, and it takes the braces of a regular
expression for Python. Here what is no expression, or refers to no name, is text (``a{2,1}``), the
unknown name is told, and what is filled in is not looked at again. As there, doubled signs stand
for themselves (``{{x}}``, ``$$x``), and between single quotes a ``$`` does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from ...core.errors import InvalidArgumentError
from ...core.i18n import _

_SIGN = re.compile(r"\{\{ | \}\} | \{[^{}]*\} | \$\$?[\w.]+", re.VERBOSE)
_FORMATTER = Formatter()


def filled_in(line: str, variables: Mapping[str, Any]) -> str:
    """A line with the values of variables in place of their names.

    >>> filled_in("$job --save {folder}/{{x}} --tags a{2,3}$", {"job": 7, "folder": "/tmp"})
    '7 --save /tmp/{x} --tags a{2,3}$'

    Raises:
        InvalidArgumentError: a name is not defined, or an expression fails.
    """
    return _SIGN.sub(lambda found: _filled_in(found, variables), line)


def _filled_in(found: re.Match[str], variables: Mapping[str, Any]) -> str:
    text = found[0]
    if text in ("{{", "}}"):
        return text[0]
    if text.startswith("{"):
        return _of_braces(text, variables)
    if found.string.count("'", found.end()) % 2:  # between single quotes
        return text
    if text.startswith("$$"):
        return text[1:]
    name = text[1:].rstrip(".")
    if not all(part.isidentifier() for part in name.split(".")):
        return text
    return f"{_value(name, text[: len(name) + 1], variables)}{text[len(name) + 1 :]}"


def _of_braces(text: str, variables: Mapping[str, Any]) -> str:
    try:
        [(_before, name, rest, conversion)] = _FORMATTER.parse(text)
        expression = f"{name}:{rest}" if rest else name or ""
        tree = ast.parse(expression.strip(), mode="eval")
    except (ValueError, SyntaxError):
        return text
    if not any(isinstance(node, ast.Name) for node in ast.walk(tree)):
        return text
    value = _value(expression.strip(), text, variables)
    return format(_FORMATTER.convert_field(value, conversion))


def _value(expression: str, text: str, variables: Mapping[str, Any]) -> Any:
    """Evaluate it in the user's namespace; it is the user's own code."""
    try:
        return eval(expression, dict(variables))  # noqa: S307
    except NameError as error:
        unknown = re.search(r"'(\w+)'", str(error))
        name = text if unknown is None or unknown[1] == expression else unknown[1]
        raise InvalidArgumentError(
            _("{name} is not defined", name=name),
            _(
                "Assign the variable first; a sign that means itself is doubled: {signs}",
                signs="{{ }} $$",
            ),
        ) from None
    except Exception as error:  # it comes from the user's own code
        raise InvalidArgumentError(
            _("{word} cannot be evaluated: {error}", word=text, error=f"{error!r}"),
            _("A sign that means itself is doubled: {signs}", signs="{{ }} $$"),
        ) from error
