"""Temporary keys of a cloud server, from the metadata service at its side.

Source: docs/api/identity.md.
"""

from __future__ import annotations

import time

import requests

from ..http.adapter import TimelyAdapter
from ..http.answer import Answer
from ..http.wire import request as under_way
from .keys import AccessKey

_TIMEOUT = 1.5  # seconds; off the cloud nothing answers at this address
_TOKEN_LIFE = "21600"  # noqa: S105  # seconds, as text


def read_key(url: str, timeout: float = _TIMEOUT) -> AccessKey | None:
    """Ask for the server's temporary key; ``None`` when nobody answers or there is none.

    Args:
        url: address of the service, normally ``http://169.254.169.254``.
        timeout: seconds for each of two requests.
    """
    end = time.monotonic() + 2 * timeout
    with requests.Session() as session, under_way(lambda: end - time.monotonic()):
        session.trust_env = False
        session.mount("http://", TimelyAdapter())
        try:
            token = _session_token(session, url, timeout)
            headers = {"X-Metadata-Token": token} if token else {}
            answer = session.get(
                f"{url}/openstack/latest/securitykey",
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
    data = Answer(answer.status_code, answer.headers, answer.content).data
    if answer.status_code != 200 or not isinstance(data, dict):
        return None
    return AccessKey.from_json(data)


def _session_token(session: requests.Session, url: str, timeout: float) -> str:
    """The token that newer servers want; older ones have none and need none."""
    answer = session.put(
        f"{url}/meta-data/latest/api/token",
        headers={"X-Metadata-Token-Ttl-Seconds": _TOKEN_LIFE},
        timeout=timeout,
        allow_redirects=False,
    )
    return answer.text.strip() if answer.status_code == 200 else ""
