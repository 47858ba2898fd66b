"""Every test of the SDK face is alone with a fake service, or with a real embedded one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alone import isolated, service
from fake_service import FakeService

from modelarts_magics.core.http.transport import Limits
from modelarts_magics.session import Session

__all__ = ["isolated", "service"]


@pytest.fixture
def notebook(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> FakeService:
    """The fake service is where ``Session()`` goes, as in a configured notebook."""
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", service.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "EXAMPLEAK")
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "ExampleSecretKey")
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "p")
    return service


@pytest.fixture
def session(notebook: FakeService) -> Iterator[Session]:
    """A session that tries once."""
    made = Session(limits=Limits(tries=1))
    yield made
    made.close()


@pytest.fixture(scope="module", params=["default", "alt"])
def embedded_root(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder of a real embedded service, in each form of the documentation's contradictions."""
    root = tmp_path_factory.mktemp("embedded") / "root"
    words = root.parent / "words"
    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(root)]
    command += ["--quirks", request.param]
    with open(words, "wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
    try:
        line = process.stdout.readline()
        assert line, words.read_text()
        assert os.path.exists(json.loads(line)["credentials_file"])
        yield root
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        process.stdout.close()
