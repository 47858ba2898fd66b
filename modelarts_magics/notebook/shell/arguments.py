"""The line after a magic's name: split into words, then parsed as a command line.

Every mistake is one line that names the word, and the help is the parser's own.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from keyword import iskeyword
from typing import Any, NoReturn

from ...core.by_name import nearest, suggestion
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...sdk.writer import say
from ..text.pattern import Pattern
from .together import Together

_WORD = re.compile(r"""(?: "[^"]*" | '[^']*' | \[[^\]]*\] | [^\s"'\[] )+""", re.VERBOSE)

_TIME = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST_TIME = 1e8  # seconds; some three years


class HelpShown(Exception):
    """The help was asked for and printed; there is nothing more to do."""


class MagicParser(argparse.ArgumentParser):
    """An argument parser that raises one-line errors in place of leaving the program.

    Args:
        prog: the magic's name with its ``%``.
        description: what it does, in one sentence.
        together: what goes with what.
    """

    def __init__(
        self, prog: str, description: str, together: Together | None = None, **options: Any
    ) -> None:
        super().__init__(
            prog=prog,
            description=description,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **options,
        )
        self.together = together or Together()
        self._dashed: set[str] = set()
        self.add_argument("-h", "--help", action=_Help, help=_("show this help"))

    @property
    def flags(self) -> list[str]:
        """All long flags, for completion and suggestions."""
        return [flag for flag in self._option_string_actions if flag.startswith("--")]

    def add_version(self) -> None:
        """The second word of a line about a training job."""
        self.add_argument(
            "version",
            nargs="?",
            metavar="VERSION",
            help=_("id or name of a version (V0001); the newest by default"),
        )

    def add_name(self) -> None:
        """The flag under whose value a result is kept."""
        self.add_argument(
            "--as",
            dest="name",
            metavar="NAME",
            type=variable_name,
            help=_("keep the result as NAME"),
        )

    def takes_dash(self, flag: str) -> None:
        """Let the value of a flag begin with a dash, which argparse takes for another flag."""
        self._dashed.add(flag)

    def _joined(self, words: Sequence[str]) -> list[str]:
        """The words, with those values behind their flags in one word."""
        found: list[str] = []
        for word in words:
            is_value = bool(found) and found[-1] in self._dashed and word[:2].strip("-")
            found[-1 if is_value else len(found) :] = [f"{found[-1]}={word}" if is_value else word]
        return found

    def takes_value(self, flag: str) -> bool:
        """Whether the word after a flag is its value."""
        action = self._option_string_actions.get(flag)
        return action is not None and action.nargs != 0

    def values_of(self, flag: str) -> Sequence[str]:
        """The words that a flag takes; none when it takes anything."""
        action = self._option_string_actions.get(flag)
        return action.type.names if action and isinstance(action.type, Choice) else ()

    def positional(self, words: Sequence[str]) -> list[str]:
        """The words that are neither flags nor their values."""
        return [word for word, is_flag in self._without_values(words) if not is_flag]

    def _without_values(self, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
        """The words that are no values of flags, and whether they are flags."""
        is_value = False
        for word in words:
            is_flag = not is_value and word.startswith("--")
            if not is_value:
                yield word, is_flag
            is_value = is_flag and "=" not in word and self.takes_value(word)

    def parse_line(self, line: str) -> argparse.Namespace:
        """Parse what stands after the magic's name; errors as those of :meth:`parse_words`."""
        return self.parse_words(split(line))

    def parse_words(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse words.

        Raises:
            InvalidArgumentError: a word is wrong, missing or too much.
            HelpShown: ``--help`` was among them.
        """
        words = self._joined(words)
        for word in takewhile("--".__ne__, words):  # first, since a value may follow
            if word.startswith("--") and word.partition("=")[0] not in self.flags:
                self._refuse(word)
            if word[:1] == "-" and word[2:] == "=":  # on which argparse of older Pythons fails
                self._refuse(word)
        found, rest = self.parse_known_args(self._words_first(words))
        if rest:
            self._refuse(rest[0])
        self.together.check(self._given(words, found))
        return found

    def _words_first(self, words: Sequence[str]) -> list[str]:
        """The words before the flags: argparse takes none that come behind some."""
        before = [*takewhile("--".__ne__, words)]
        behind = words[len(before) :]
        parts: tuple[list[str], list[str]] = ([], [])
        is_value = False
        for word in before:
            is_flag = is_value or word.startswith("--")
            parts[is_flag].append(word)
            is_value = is_flag and not is_value and "=" not in word and self.takes_value(word)
        named, flags = parts
        return [*flags, behind[0], *named, *behind[1:]] if behind else [*named, *flags]

    def _given(self, words: Sequence[str], found: argparse.Namespace) -> list[str]:
        """Flags, then words: by their metavar, or as they are if there is a choice."""
        typed = self._without_values([*takewhile("--".__ne__, words)])
        flags = [word.partition("=")[0] for word, is_flag in typed if is_flag]
        named = [
            str(value if isinstance(action.type, Choice) else action.metavar)
            for action in self._get_positional_actions()
            if (value := getattr(found, action.dest)) is not None
        ]
        return [*flags, *named]

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Refuse an empty value, as of a variable that is empty; ``type=str`` takes it."""
        if not arg_string.strip() and action.type is not str:
            raise argparse.ArgumentError(action, _("the value is empty"))
        return super()._get_value(action, arg_string)

    def _refuse(self, word: str) -> NoReturn:
        raise InvalidArgumentError(
            _("{magic} does not know {word}", magic=self.prog, word=word),
            suggestion(word.partition("=")[0], self.flags, self._see_help()),
        )

    def error(self, message: str) -> NoReturn:
        raise InvalidArgumentError(
            f"{self.prog}: {message.removeprefix('argument ')}", self._see_help()
        )

    def _see_help(self) -> str:
        return _("{magic} --help shows what there is", magic=self.prog)


class _Help(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any) -> NoReturn:
        say(parser.format_help(), end="")
        raise HelpShown


def split(line: str) -> list[str]:
    """Split a line into words; quotes keep spaces together, and so do the brackets of an index.

    >>> split('jobs["my run"] --save "a b.txt" --as=x')
    ['jobs["my run"]', '--save', 'a b.txt', '--as=x']
    """
    rest = _WORD.sub("", line).strip()
    if rest:
        raise InvalidArgumentError(
            _("The quote or bracket {mark} is not closed", mark=rest[0]), _("Close it")
        )
    return [_unquoted(word) for word in _WORD.findall(line)]


def _unquoted(word: str) -> str:
    """Take off quotes around a word, or around the value of ``--flag=value``."""
    flag, equals, value = word.partition("=")
    if word.startswith("--") and equals:
        return f"{flag}={_unquoted(value)}"
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word


def whole_number(minimum: int) -> Any:
    """An argparse type: a whole number that is not below a minimum."""

    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(_("{text} is not a whole number", text=text)) from None
        if number < minimum:
            raise argparse.ArgumentTypeError(
                _("{number} is below {minimum}", number=number, minimum=minimum)
            )
        return number

    return convert


def pattern(text: str) -> Pattern:
    """An argparse type: a regular expression; upper and lower case are the same."""
    made = Pattern(text)
    if made.problem:
        raise argparse.ArgumentTypeError(
            _("{text} is no regular expression: {error}", text=text, error=made.problem)
        )
    return made


def seconds(text: str) -> float:
    """An argparse type: a time such as ``90s``, ``10m``, ``1h30m`` or ``2d``, in seconds.

    >>> seconds("90"), seconds("1h30m"), seconds("0.5d")
    (90.0, 5400.0, 43200.0)
    """
    typed = f"{text}s" if text.replace(".", "", 1).isdecimal() else text.lower()
    parts = _TIME.findall(typed)
    found = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(map("".join, parts)) != typed or not 0 < found < _LONGEST_TIME:
        raise argparse.ArgumentTypeError(_("{text} is no time such as 90s, 10m or 2h", text=text))
    return found


class Choice:
    """An argparse type: one of some words, in capitals or not; a near one is suggested.

    Args:
        names: the words.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def __call__(self, text: str) -> Any:
        if text.lower() in self.names:
            return text.lower()
        near = nearest(text, self.names, most=1)
        if near:
            raise argparse.ArgumentTypeError(
                _("there is no {word}; did you mean {near}?", word=text, near=near[0])
            )
        raise argparse.ArgumentTypeError(
            _("there is no {word}, only {names}", word=text, names=", ".join(self.names))
        )


def variable_name(text: str) -> str:
    """An argparse type: a name that a result can be kept under."""
    if not text.isidentifier() or iskeyword(text):
        raise argparse.ArgumentTypeError(_("{text} is not a name for a variable", text=text))
    return text
