"""Settings, and where each value came from: argument, then context, then environment, then file.

The context is what a person chose in this process, for example with ``%ma_session``. This module is
the only reader of environment variables and of files in the user's home.
"""

from __future__ import annotations

import configparser
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .auth.keys import AccessKey
from .errors import InvalidArgumentError
from .i18n import _, use_language

_VARIABLES = {
    "api": "MODELARTS_MAGICS_API",
    "region_name": "MODELARTS_MAGICS_REGION",
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "profile": "MODELARTS_MAGICS_PROFILE",
    "iam_endpoint": "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    "modelarts_endpoint": "MODELARTS_MAGICS_ENDPOINT",
    "obs_endpoint": "MODELARTS_MAGICS_OBS_ENDPOINT",
    "ca_bundle": "MODELARTS_MAGICS_CA_BUNDLE",
    "local_root": "MODELARTS_MAGICS_LOCAL",
    "metadata_url": "MODELARTS_MAGICS_METADATA_URL",
}
_DEFAULTS = {"metadata_url": "http://169.254.169.254", "profile": "basic"}


@dataclass(frozen=True)
class Context:
    """What was chosen in this process; empty texts are not chosen."""

    api: str = ""
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
