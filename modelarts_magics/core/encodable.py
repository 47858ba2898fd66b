"""Text as far as a stream can show it: what its encoding does not know is escaped.

A terminal of GBK, Latin-1 or ASCII cannot show all that a log or a service says. To print it there
would be a ``UnicodeEncodeError``.
"""

from __future__ import annotations

import codecs
from typing import Any

# What bars, curves and headings are drawn with has a likeness in ASCII.
_ALIKE = {
    **dict(zip("▁▂▃▄▅▆▇█", "_.,-=+*#")),
    **dict.fromkeys("▏▎▍▌▋▊▉", "#"),
    **dict.fromkeys("░▒▓─·", "-"),
    "…": "...",
}
_ERRORS = "modelarts_magics_escape"


def encodable(text: str, stream: Any) -> str:
    """A text that can be written to a stream.

    >>> import io
    >>> encodable("✅ 100%|██▏░| 训练", io.TextIOWrapper(io.BytesIO(), "ascii"))
    '\\\\u2705 100%|###-| \\\\u8bad\\\\u7ec3'
    """
    encoding = getattr(stream, "encoding", None)
    if not isinstance(encoding, str):
        return text
    try:
        return text.encode(encoding, _ERRORS).decode(encoding)
    except LookupError:  # a stream of somebody's that names no encoding
        return text


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = (_ALIKE.get(character) or _code(character) for character in _failed(error))
    return "".join(shown), error.end


def _failed(error: UnicodeEncodeError) -> str:
    return error.object[error.start : error.end]


def _code(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(_ERRORS, _escape)
