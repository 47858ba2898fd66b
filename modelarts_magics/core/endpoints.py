"""The address of a service in a region, and what an address may be.

Source: docs/api/README.md.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from . import config
from .errors import InvalidArgumentError
from .i18n import _

_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CHINESE_SUFFIX_REGIONS = {"ap-southeast-1"}
_VENDOR = (".myhuaweicloud.com", ".myhuaweicloud.cn", ".myhuaweicloud.eu", ".otc.t-systems.com")
_ADDRESS = re.compile(r"[A-Za-z]+://[^\s/?#@\\]+(/[^\s?#@\\]*)?")  # no user, no query


def endpoint(service: str, region: str, argument: str = "", default: str = "") -> str:
    """The URL of a service in a region, without a slash at its end.

    An argument, ``Session.set_endpoint``, the environment and the default come before the regular
    address ``https://SERVICE.REGION.myhuaweicloud.com``.

    Raises:
        InvalidArgumentError: there is no region to go by, or the URL is neither https nor local.
    """
    variable = f"HUAWEICLOUD_SDK_REGION_{service}_{region}".upper().replace("-", "_")
    url = config.value(f"{service}_endpoint", argument) or config.environment(variable) or default
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
    is_chinese = region in _CHINESE_SUFFIX_REGIONS and service != "obs"
    suffix = "cn" if is_chinese else "com"
    return _checked_url(f"https://{service}.{region}.myhuaweicloud.{suffix}")


def is_of_the_vendor(url: str) -> bool:
    """Whether a URL points at the public cloud."""
    host = urlsplit(url).hostname or ""
    return host.endswith(_VENDOR)


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
