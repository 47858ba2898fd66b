"""Addresses that a page may open, whoever names them: http and https, and nothing that hides."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from ....core.errors import InvalidArgumentError, one_line
from ....core.i18n import _

_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2048}")  # those of RFC 3986
_PORT = "%PORT%"


def checked(url: str) -> str:
    """The same URL, if a page may open it.

    Raises:
        InvalidArgumentError: it is not http or https, names a user, or is none at all.
    """
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise _refusal(url)
    return url


def may_be_opened(url: str) -> bool:
    """The same as a question, for an address that no message may show."""
    try:
        return bool(checked(url))
    except InvalidArgumentError:
        return False


def from_template(template: str, port: int) -> str:
    """The address for a port, by a template such as ``/proxy/%PORT%/``.

    It may be relative to the page.

    Source: ``TENSORBOARD_PROXY_URL`` in ``tensorboard/notebook.py``.

    Raises:
        InvalidArgumentError: it is neither relative nor http nor https, or names a user.
    """
    url = template.replace(_PORT, str(port))
    return checked(url) if _split(url).scheme else url


def port_of(url: str) -> int | None:
    """The port that a checked URL names."""
    return urlsplit(url).port


def path_of(url: str) -> str:
    """What follows the address of the server in a checked URL, without the first slash."""
    parts = urlsplit(url)
    return SplitResult("", "", parts.path, parts.query, parts.fragment).geturl().lstrip("/")


def _split(url: str) -> SplitResult:
    """The parts of a URL of allowed characters, without a user, its port a number."""
    parts = _parsed(url) if _CHARACTERS.fullmatch(url) else None
    if parts is None or parts.username is not None:
        raise _refusal(url)
    return parts


def _parsed(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:  # a port or an IPv6 address that is none
        return None
    return parts


def _refusal(url: str) -> InvalidArgumentError:
    shown = one_line(url.rpartition("@")[2])[:100]  # before it there may be a password
    return InvalidArgumentError(
        _("{url} is not opened", url=repr(shown)),
        _("Only http and https addresses without a user name are"),
    )
