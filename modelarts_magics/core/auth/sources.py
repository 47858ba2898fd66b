"""Who asks: keys or a user name, from the first source that has some.

Sources, in the order in which they are tried: arguments; what was chosen in this process (a login,
a profile, or an embedded service); the environment; the profile file of the vendor's SDKs; the file
of the ModelArts SDK; the SDK that is preinstalled in ModelArts notebooks; the metadata service of a
cloud server.

Source: docs/api/identity.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from .. import config
from ..cancellation import pause
from ..errors import (
    AuthenticationError,
    CredentialsNotFoundError,
    InvalidArgumentError,
)
from ..i18n import _
from . import credentials
from .keys import AccessKey, mask

_Key = tuple[str, str, str]  # access key, secret key and security token
_MOST_READINGS = 100
_MOMENTS = 100  # in which the rest of a key is waited for
_MOMENT = 0.001  # seconds
_ODD_IN_KEY = re.compile(r"[\x00-\x1f\x7f]")  # no header can hold these


@dataclass(frozen=True)
class Identity:
    """What a source knows: a key or a user name, and often where it is valid.

    ``is_bound`` says that the keys are for this region, project and address only, which then are
    not mixed with those of the environment: an embedded service, a vendor's session.
    ``local_root`` is the folder of an embedded service, and empty for the cloud.
    """

    source: str
    read_key: Callable[[], AccessKey] | None = field(default=None, repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    account: str = ""
    region_name: str = ""
    project_id: str = ""
    iam_endpoint: str = ""
    modelarts_endpoint: str = ""
    obs_endpoint: str = ""
    user_id: str = ""
    is_bound: bool = False
    local_root: str = ""

    @property
    def shown_as(self) -> str:
        """The identity with its secrets masked."""
        if self.read_key:
            return mask(self.read_key().access_key)
        return f"{self.account}/{self.username}" if self.account else self.username


@dataclass(frozen=True)
class Arguments:
    """What a Session was given; empty texts were not given."""

    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    security_token: str = field(default="", repr=False)
    account: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    config_file: str = ""
    profile: str = ""
    local_root: str = ""


def find_identity(arguments: Arguments) -> Identity:
    """Ask one source after the other; the first that has something wins.

    Raises:
        CredentialsNotFoundError: none has; the message names all that were asked.
        InvalidArgumentError: a source has only a half, such as a key without its secret.
    """
    sources: list[tuple[str, Callable[[], Identity | None]]] = [
        (_("arguments"), lambda: _from_arguments(arguments)),
        (_("%ma_session login"), _from_context),
        (_("embedded service (not asked for)"), lambda: _from_local(config.value("local_root"))),
        ("HUAWEICLOUD_SDK_AK", _from_environment),
        (str(config.profile_path()), lambda: _from_profile(config.value("profile") or "basic")),
        (str(config.modelarts_config_path()), lambda: _from_config_file("")),
        (_("the ModelArts SDK of this notebook"), _from_preinstalled_sdk),
        (_("the metadata service"), _from_metadata),
    ]
    for _name, ask in sources:
        identity = ask()
        if identity:
            return identity
    raise CredentialsNotFoundError(
        _("No credentials found in: {sources}", sources=", ".join(name for name, _ask in sources)),
        _(
            "Enter keys with %ma_session login, set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK,"
            " or try things out without an account: %ma_session local"
        ),
    )


def _pair(
    source: str,
    access: str,
    secret: str,
    token: str = "",
    where: Mapping[str, str] | None = None,
) -> Identity | None:
    """An identity of a key that does not change; ``None`` when there is neither half."""
    access, secret, token = (
        _sendable(name, value)
        for name, value in (
            ("access_key", access),
            ("secret_key", secret),
            ("security_token", token),
        )
    )
    if bool(access) != bool(secret):
        missing = _("secret key") if access else _("access key")
        raise InvalidArgumentError(
            _("{source}: the {half} is missing", source=source, half=missing),
            _("Access key and secret key belong together"),
        )
    if not access:
        return None
    key = AccessKey(access, secret, token or None)
    known = where or {}
    return Identity(
        source,
        read_key=lambda: key,
        region_name=known.get("region", ""),
        project_id=known.get("project_id", ""),
        iam_endpoint=known.get("iam_endpoint", ""),
    )


def _sendable(name: str, value: str) -> str:
    """A key without the white space around it that copying leaves; with nothing odd inside."""
    bad = _ODD_IN_KEY.search(value.strip())
    if bad:
        raise InvalidArgumentError(
            _("{path} has the character {bad}", path=name, bad=repr(bad.group())),
            _("Check the keys and the clock of this machine, or use other keys: %ma_session login"),
        )
    return value.strip()


def _user(source: str, account: str, username: str, password: str) -> Identity | None:
    if not (username or account or password):
        return None
    if not password or not username:
        missing = _("password") if username else _("user name")
        raise InvalidArgumentError(
            _("{source}: the {half} is missing", source=source, half=missing),
            _("A user name and its password belong together"),
        )
    return Identity(source, username=username, password=password, account=account)


def _from_arguments(given: Arguments) -> Identity | None:
    source = _("arguments")
    if given.config_file:
        return _from_config_file(given.config_file)
    password = given.password
    if given.username or given.account:
        password = password or config.environment("HUAWEICLOUD_SDK_PASSWORD")
    return (
        _pair(source, given.access_key, given.secret_key, given.security_token)
        or _user(source, given.account, given.username, password)
        or _from_local(given.local_root)
        or (_from_profile(given.profile) if given.profile else None)
    )


def _from_context() -> Identity | None:
    """A login, or a profile: chosen here, it comes before the keys of the environment."""
    chosen = config.context()
    key = chosen.access_key
    if key:
        return Identity(_("%ma_session login"), read_key=lambda: key)
    user = _user(_("%ma_session login"), chosen.account, chosen.username, chosen.password)
    return user or (_from_profile(chosen.profile) if chosen.profile else None)


def _from_local(root: str) -> Identity | None:
    """The embedded service of this machine, only when somebody asked for it."""
    if not root:
        return None
    service = config.read_json(Path(root) / "service.json")
    keys = config.read_json(Path(str(service["credentials_file"]))) if service else None
    if not service or not keys:
        raise CredentialsNotFoundError(
            _("No embedded ModelArts service runs on {root}", root=root),
            _("Start it with %ma_session local"),
        )
    key = AccessKey(str(keys["access_key"]), str(keys["secret_key"]))
    return Identity(
        _("embedded service on {root}", root=root),
        read_key=lambda: key,
        region_name=str(service["region"]),
        project_id=str(service["project_id"]),
        iam_endpoint=str(service["endpoint"]),
        modelarts_endpoint=str(service["endpoint"]),
        obs_endpoint=f"{service['endpoint']}/obs",
        is_bound=True,
        local_root=root,
    )


def _from_environment() -> Identity | None:
    def variables() -> _Key:
        access, secret, token = (
            config.environment(f"HUAWEICLOUD_SDK_{name}") for name in ("AK", "SK", "SECURITY_TOKEN")
        )
        return access, secret, token

    return _pair(_("environment"), *_WholeKey(variables).read())


def _from_profile(name: str) -> Identity | None:
    found = config.read_profile(name)
    if found is None:
        if name != "basic":
            raise InvalidArgumentError(
                _("There is no profile [{name}] in {path}", name=name, path=config.profile_path()),
                _("Name one that is there, or add it"),
            )
        return None
    return _pair(
        f"{config.profile_path()} [{name}]",
        found.get("ak", ""),
        found.get("sk", ""),
        found.get("security_token", ""),
        where=found,
    )


def _from_config_file(named: str) -> Identity | None:
    path = Path(named).expanduser() if named else config.modelarts_config_path()
    found = config.read_json(path)
    if found is None:
        if named:
            raise InvalidArgumentError(_("There is no file {path}", path=path))
        return None
    account, username, password = (
        str(found.get(key) or "") for key in ("account", "username", "password")
    )
    return _user(str(path), account, username, password)


def _from_preinstalled_sdk() -> Identity | None:
    from .vendor import preinstalled_session  # noqa: PLC0415  # imports the vendor's package

    session = preinstalled_session()
    return from_official(session) if getattr(session, "access_key", None) else None


def _from_metadata() -> Identity | None:
    from .metadata import read_key  # noqa: PLC0415  # only where all else failed

    url = config.value("metadata_url")
    first = read_key(url) if url else None
    if first is None:
        return None

    def read() -> AccessKey:
        key = read_key(url)
        if key is None:
            raise AuthenticationError(
                _("The metadata service gives no keys any more"), _("Check the server's agency")
            )
        return key

    return Identity(_("metadata service"), read_key=read)


def from_official(session: Any) -> Identity:
    """Use an existing ``modelarts.session.Session``; its keys are read again for each request."""

    def attribute(name: str) -> str:
        return str(getattr(session, name, None) or "")

    def attributes() -> _Key:
        return attribute("access_key"), attribute("secret_key"), attribute("security_token")

    whole = _WholeKey(attributes)

    def read() -> AccessKey:
        access, secret, token = whole.read()
        if not access or not secret:
            raise InvalidArgumentError(
                _("The given session has no access_key and secret_key"),
                _("Use modelarts_magics.session.Session"),
            )
        # it ends at once: the vendor's object renews its keys by itself
        return AccessKey(access, secret, token or None, expires_at=credentials.now())

    return Identity(
        _("ModelArts SDK session"),
        read_key=read,
        region_name=attribute("region_name"),
        project_id=attribute("project_id"),
        user_id=attribute("user_id"),
        is_bound=True,
    )


class _WholeKey:
    """A key whose parts stand apart, where somebody may renew one after the other meanwhile.

    An access key signed for with the secret of another is refused, and the cloud locks it after
    five such failures. So a key is read twice, until both readings agree; and where only some of
    its parts are others than they were, the rest gets a moment to follow.

    Args:
        parts: reads them.
    """

    def __init__(self, parts: Callable[[], _Key]) -> None:
        self._parts = parts
        self._last: _Key | None = None

    def read(self) -> _Key:
        """The parts that belong together.

        Raises:
            AuthenticationError: they are others each time.
        """
        key = self._agreed()
        for _moment in range(_MOMENTS):
            if not self._is_half_new(key):
                break
            pause(_MOMENT)
            key = self._agreed()
        self._last = key
        return key

    def _agreed(self) -> _Key:
        before = self._parts()
        for _reading in range(_MOST_READINGS):
            key = self._parts()
            if key == before:
                return key
            before = key
        raise AuthenticationError(
            _("The keys of the given session change all the time"), _("Try again later")
        )

    def _is_half_new(self, key: _Key) -> bool:
        parts = zip(key, self._last or key)
        is_new = [now != then for now, then in parts if now or then]  # there may be no token
        return any(is_new) and not all(is_new)
