"""A shell, a kernel and an embedded service with jobs; nothing leaves this machine."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import isolation
import pytest
from job_service import PAYLOADS, Service, prepare, run_jobs, start_service
from jupyter_core.utils import ensure_event_loop
from magic_kernel import Kernel
from magic_shell import Shell
from scripted_service import ScriptedService
from viz_service import LIMITS, LivelyService

from modelarts_magics.core import config, settling
from modelarts_magics.core.backoff import Backoff
from modelarts_magics.core.i18n import use_language
from modelarts_magics.core.visualization import waiting
from modelarts_magics.notebook.text import pattern


@pytest.fixture(scope="session")
def _guard() -> None:
    """It stays for good, and is on only for the tests of this folder."""
    exec(isolation.GUARD, {})
    sys.guarding_network = False  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _no_pattern_process_stays() -> Iterator[None]:
    """Where no magics are unloaded, which end it."""
    yield
    pattern.close()


@pytest.fixture(autouse=True)
def _isolated(_guard: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home and an environment of its own for each test, and no way off this machine."""
    keep = {name: os.environ[name] for name in ("PYTEST_CURRENT_TEST",) if name in os.environ}
    wanted = isolation.environment(tmp_path / "home") | keep
    (tmp_path / "home").mkdir()
    for name in set(os.environ) - set(wanted):
        monkeypatch.delenv(name)
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "guarding_network", True)
    monkeypatch.delattr(builtins, "_", raising=False)  # of a doctest; IPython would respect it
    monkeypatch.chdir(tmp_path)
    config.set_context(config.Context())
    use_language("en")
    yield
    config.set_context(config.Context())
    use_language("en")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An embedded service on which one job of each kind has run to its end."""
    home = tmp_path_factory.mktemp("service")
    root = home / "root"
    prepare(root)
    made = Service(root, start_service(root, home))
    try:
        run_jobs(made)
        yield made
    finally:
        for job in made.jobs.values():
            job.modelarts_session.close()
        made.process.terminate()
        made.process.wait()


@pytest.fixture(scope="module")
def _shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        made = Shell()
    yield made
    made.close()


@pytest.fixture
def shell(_isolated: None, _shell: Shell) -> Iterator[Shell]:
    """A shell with the extension loaded, and no session chosen."""
    names = set(_shell.ip.user_ns)
    _shell.ok("%load_ext modelarts_magics")
    yield _shell
    _shell.ok("%unload_ext modelarts_magics")
    for name in set(_shell.ip.user_ns) - names:
        del _shell.ip.user_ns[name]


@pytest.fixture
def local(shell: Shell, service: Service) -> Shell:
    """A shell that uses the embedded service with its jobs."""
    shell.ok(f"%ma_session local --root {service.root}")
    return shell


@pytest.fixture
def scripted() -> Iterator[ScriptedService]:
    made = ScriptedService()
    yield made
    made.close()


@pytest.fixture
def scripted_shell(
    shell: Shell, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A shell whose environment names a scripted service."""
    for name, value in scripted.environment.items():
        monkeypatch.setenv(name, value)
    return shell


@pytest.fixture
def viz() -> Iterator[LivelyService]:
    """A service of visualization jobs that come to run."""
    with LivelyService() as running:
        yield running


@pytest.fixture
def viz_shell(shell: Shell, viz: LivelyService, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that uses this service, and waits for nothing long."""
    for name, value in viz.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settling, "BACKOFF", Backoff(0.01))
    monkeypatch.setattr(waiting, "BACKOFF", Backoff(0.01, longest=0.01))
    shell.context.session.client.transport.limits = LIMITS
    return shell


@pytest.fixture(scope="session")
def front_end() -> Iterator[None]:
    """The event loop that jupyter_client keeps is closed with the last kernel."""
    yield
    ensure_event_loop().close()


@pytest.fixture
def new_kernel(front_end: None, tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Starts kernels that have the extension loaded."""
    made: list[Kernel] = []

    def start(**environment: str) -> Kernel:
        made.append(Kernel(tmp_path / f"kernel{len(made)}", environment))
        return made[-1]

    yield start
    for kernel in made:
        kernel.close()


@pytest.fixture(scope="module")
def kernel(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that the tests of a module share."""
    made = Kernel(tmp_path_factory.mktemp("kernel"))
    yield made
    made.close()


@pytest.fixture
def kernel_anew(kernel: Kernel, tmp_path: Path) -> Callable[..., Kernel]:
    """The kernel of the module, as if it was just started: nothing of the tests before is left.

    What a test changes in libraries that the kernel has loaded stays: it starts one of its own.
    """

    def begin(**environment: str) -> Kernel:
        kernel.begin_anew(tmp_path / "kernel", environment)
        return kernel

    return begin


@pytest.fixture
def service_texts() -> dict[str, str]:
    """What the jobs of the service wrote."""
    return PAYLOADS
