"""Keeps a test away from this machine's home, settings and network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_service import FakeService

from modelarts_magics.core import config
from modelarts_magics.core.auth import vendor
from modelarts_magics.core.i18n import use_language

_PREFIXES = ("HUAWEICLOUD_", "MODELARTS_", "HC_CONTAINER_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home and an environment of the test's own; only this machine can be reached."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("MODELARTS_MAGICS_METADATA_URL", "")
    monkeypatch.setattr(vendor, "SDK_FOLDER", tmp_path / "no-sdk")
    _allow_loopback_only(monkeypatch)
    use_language("en")
    config.set_context(config.Context())
    yield home
    use_language("en")
    config.set_context(config.Context())


def _allow_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in {"127.0.0.1", "::1", "localhost"}:
            pytest.fail(f"a test tried to connect to {address}")
        connect(self, address)

    def guarded_look_up(host: object, *arguments: object, **options: object) -> object:
        if host not in {"127.0.0.1", "::1", "localhost", None}:
            raise socket.gaierror(f"no look-up of {host} in tests")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running
