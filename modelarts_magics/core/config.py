"""Settings, and where each value came from: argument, then context, then environment, then file.

The context is what a person chose in this process, for example with ``%ma_session``. This module is
the only reader of environment variables and of files in the user's home.
"""

from __future__ import annotations

import configparser
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .auth.keys import AccessKey
from .errors import InvalidArgumentError
from .i18n import _, use_language

_VARIABLES = {
    "region_name": "MODELARTS_MAGICS_REGION",
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "profile": "MODELARTS_MAGICS_PROFILE",
    "iam_endpoint": "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    "modelarts_endpoint": "MODELARTS_MAGICS_ENDPOINT",
    "local_root": "MODELARTS_MAGICS_LOCAL",
    "metadata_url": "MODELARTS_MAGICS_METADATA_URL",
}
_DEFAULTS = {"metadata_url": "http://169.254.169.254", "profile": "basic"}
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CHINESE_SUFFIX_REGIONS = {"ap-southeast-1"}
_ADDRESS = re.compile(r"[A-Za-z]+://[^\s/?#@\\]+(/[^\s?#@\\]*)?")  # no user, no query


@dataclass(frozen=True)
class Context:
    """What was chosen in this process; empty texts are not chosen."""

    region_name: str = ""
    project_id: str = ""
    profile: str = ""
    iam_endpoint: str = ""
    modelarts_endpoint: str = ""
    obs_endpoint: str = ""
    local_root: str = ""
    access_key: AccessKey | None = None
    account: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


_context = Context()


def context() -> Context:
    return _context


def choose(**values: Any) -> Context:
    """Change some values of the context."""
    return set_context(replace(_context, **values))


def set_context(new: Context) -> Context:
    """Replace the context; ``set_context(Context())`` forgets all that was chosen."""
    global _context  # noqa: PLW0603  # one process, one person
    _context = new
    return new


def environment(name: str) -> str:
    """The value of an environment variable; empty and missing are the same."""
    return os.environ.get(name, "").strip()


def value(name: str, argument: str | None = None) -> str:
    """A setting from arguments, context, environment and defaults, in this order; or nothing."""
    chosen = argument or getattr(_context, name, "")
    if chosen:
        return str(chosen)
    variable = _VARIABLES.get(name, "")
    return environment(variable) if variable in os.environ else _DEFAULTS.get(name, "")


# ---- endpoints ----------------------------------------------------------------------------------


def endpoint(service: str, region: str, argument: str = "", default: str = "") -> str:
    """The URL of a service in a region, without a slash at its end.

    An argument, ``Session.set_endpoint``, the environment and the default come before the regular
    address ``https://SERVICE.REGION.myhuaweicloud.com``.

    Raises:
        InvalidArgumentError: there is no region to go by, or the URL is neither https nor local.
    """
    variable = f"HUAWEICLOUD_SDK_REGION_{service}_{region}".upper().replace("-", "_")
    url = value(f"{service}_endpoint", argument) or environment(variable) or default
    if url:
        return _checked_url(url)
    if not region:
        raise InvalidArgumentError(
            _("No region is known for {service}", service=service),
            _("Name one: Session(region_name='cn-north-4'), or %ma_session --region cn-north-4"),
        )
    if not _REGION.fullmatch(region):
        raise InvalidArgumentError(
            _("{name} is no region", name=repr(region)), _("A region is such as cn-north-4")
        )
    suffix = "cn" if region in _CHINESE_SUFFIX_REGIONS else "com"
    return _checked_url(f"https://{service}.{region}.myhuaweicloud.{suffix}")


def is_loopback(url: str) -> bool:
    """Whether a URL points at this machine."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _checked_url(url: str) -> str:
    if "://" not in url:
        url = f"https://{url}"
    if not _ADDRESS.fullmatch(url) or not _has_host_and_port(url):
        shown = url.rpartition("@")[2]  # before it there may be a password
        raise InvalidArgumentError(_("{url} is not the address of a service", url=shown))
    scheme = urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and is_loopback(url)):
        raise InvalidArgumentError(
            _("{url} would send keys unencrypted", url=url), _("Use an https address")
        )
    return url.rstrip("/")


def _has_host_and_port(url: str) -> bool:
    """Whether the host is there and well-formed, and the port, if any, is one."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


# ---- files --------------------------------------------------------------------------------------


def profile_path() -> Path:
    """The profile file of the vendor's SDKs."""
    named = environment("HUAWEICLOUD_SDK_CREDENTIALS_FILE")
    return Path(named) if named else Path.home() / ".huaweicloud" / "credentials"


def read_profile(section: str) -> Mapping[str, str] | None:
    """One section of the profile file; ``None`` when there is no such file or section."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(profile_path().read_text(encoding="utf-8"))
    except OSError:
        return None
    except (configparser.Error, UnicodeDecodeError):
        raise InvalidArgumentError(
            _("{path} is not a profile file", path=profile_path()),
            _("It needs a section [basic] with ak and sk"),
        ) from None  # the parser's words quote the line, which may hold the secret key
    return dict(parser[section]) if parser.has_section(section) else None


def modelarts_config_path() -> Path:
    """The file from which the vendor's ``Session()`` reads a user name."""
    return Path.home() / ".modelarts" / "config.json"


def read_json(path: Path) -> Mapping[str, Any] | None:
    """A JSON object from a file; ``None`` when there is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise InvalidArgumentError(
            _("{path} does not hold a JSON object", path=path), _("Correct or remove the file")
        )
    return content


def default_local_root() -> Path:
    """Where the embedded service of this user lives unless another folder is named."""
    return Path(value("local_root") or Path.home() / ".modelarts_magics" / "local")


# ---- language -----------------------------------------------------------------------------------


def default_language() -> str:
    """The language by setting, then by the locale, in the order in which gettext asks for it."""
    names = ("MODELARTS_MAGICS_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return next(filter(None, map(environment, names)), "en")


use_language(default_language())
