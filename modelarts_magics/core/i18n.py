"""The language of what people read: English, or Simplified Chinese.

Every text for people goes through :func:`_` as an English format string. The Chinese for it stands
in ``locale_zh.py``, which is loaded when Chinese is used for the first time.
"""

from __future__ import annotations

from collections.abc import Mapping

_catalogue: Mapping[str, str] = {}
_language = "en"


def use_language(name: str) -> None:
    """Choose the language of this process by a locale or language name.

    >>> use_language("zh_CN.UTF-8"); language()
    'zh'
    >>> use_language("C"); language()
    'en'
    """
    global _catalogue, _language  # noqa: PLW0603  # one process, one user, one language
    _language = "zh" if name.lower().startswith("zh") else "en"
    _catalogue = {}
    if _language == "zh":
        from .locale.zh import MESSAGES  # noqa: PLC0415  # loaded only where it is read

        _catalogue = MESSAGES


def language() -> str:
    """The language in use, ``"en"`` or ``"zh"``."""
    return _language


def _(message: str, **values: object) -> str:
    """Translate a format string, then fill in its values."""
    translated = _catalogue.get(message, message)
    return translated.format(**values) if values else translated
