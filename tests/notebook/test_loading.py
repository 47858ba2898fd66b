"""Loading costs nothing, unloading leaves nothing, and services end with those who use them."""

from __future__ import annotations

import json
import subprocess
import sys

import psutil
import pytest

HEAVY = [
    "requests", "urllib3", "tabulate", "tornado", "ipywidgets", "anywidget", "tensorboard", "numpy",
    "modelarts_magics.core", "modelarts_magics.session", "modelarts_magics.local",
]  # fmt: skip

# Everything that IPython itself does happens before the watching begins.
_LOAD = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
shell.run_cell("1 + 1", silent=True)
before = set(sys.modules)
watched = []
def watch(event, arguments):
    if not watching:
        return
    if event == "open" and str(arguments[0]).endswith((".py", ".pyc")):
        return
    if event.startswith(("open", "socket", "subprocess", "os.system", "os.fork", "os.posix_spawn",
                         "sqlite3", "urllib", "os.mkdir", "os.listdir", "os.scandir")):
        watched.append([event, str(arguments[:1])])
watching = True
sys.addaudithook(watch)
shell.run_line_magic("load_ext", "modelarts_magics")
watching = False
import threading
print(json.dumps({
    "modules": sorted(set(sys.modules) - before),
    "watched": watched,
    "threads": threading.active_count(),
    "magics": sorted(name for name in shell.magics_manager.magics["line"] if name[:3] == "ma_"),
}))
"""


@pytest.fixture(scope="module")
def loading():
    """What happens when the extension is loaded in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout.strip().split("\n")[-1])


def test_loading_registers_the_magics(loading):
    assert loading["magics"] == ["ma_log", "ma_session", "ma_viz"]


def test_loading_imports_only_the_names_of_the_magics(loading):
    assert [name for name in loading["modules"] if name in HEAVY] == []
    ours = [name for name in loading["modules"] if name.startswith("modelarts_magics")]
    assert set(ours) == {
        "modelarts_magics",
        "modelarts_magics._version",
        "modelarts_magics.notebook",
        "modelarts_magics.notebook.shell",
        "modelarts_magics.notebook.shell.magics",
    }
    others = set(loading["modules"]) - set(ours)
    assert {name.split(".")[0] for name in others} <= {"IPython"}


def test_loading_opens_no_file_no_socket_and_starts_nothing(loading):
    folders = [event for event in loading["watched"] if event[0] in ("os.listdir", "os.scandir")]
    assert [event for event in loading["watched"] if event not in folders] == []
    assert all("modelarts_magics" in event[1] or "site-packages" in event[1] for event in folders)
    assert loading["threads"] == 1


def registered(shell):
    """Everything of ours that the shell knows."""
    ip = shell.ip
    return {
        "magics": [n for n in ip.magics_manager.magics["line"] if n.startswith("ma_")],
        "registry": [n for n in ip.magics_manager.registry if n == "ModelArtsMagics"],
        "matchers": [m for m in ip.Completer.custom_matchers if hasattr(m, "magics")],
        "configurables": [c for c in ip.configurables if type(c).__name__ == "ModelArtsMagics"],
    }


def counts(shell):
    return {name: len(things) for name, things in registered(shell).items()}


ONCE = {"magics": 3, "registry": 1, "matchers": 1, "configurables": 1}
NEVER = dict.fromkeys(ONCE, 0)


def test_unloading_takes_everything_away(shell):
    assert counts(shell) == ONCE
    shell.ok("%unload_ext modelarts_magics")
    assert counts(shell) == NEVER
    shell.ok("%load_ext modelarts_magics")
    assert counts(shell) == ONCE


def test_loading_twice_changes_nothing(shell):
    before = registered(shell)
    shell("%load_ext modelarts_magics")
    shell.ok("import modelarts_magics\nmodelarts_magics.load_ipython_extension(get_ipython())")
    assert registered(shell) == before


def test_unloading_twice_is_harmless(shell):
    shell.ok("%unload_ext modelarts_magics")
    shell.ok("import modelarts_magics\nmodelarts_magics.unload_ipython_extension(get_ipython())")
    assert counts(shell) == NEVER


def test_reloading_keeps_one_of_everything(shell):
    for _again in range(3):
        shell.ok("%reload_ext modelarts_magics")
    assert counts(shell) == ONCE
    assert shell("%ma_log").mistake


def test_after_unloading_config_reaches_the_magics_in_use(shell):
    shell.ok("%unload_ext modelarts_magics\n%load_ext modelarts_magics")
    shell.ok("%config ModelArtsMagics.language = 'en'")
    magics = shell.ip.magics_manager.registry["ModelArtsMagics"]
    assert magics.language == "en"


def test_a_magic_of_somebody_else_under_our_name_survives_the_unloading(shell):
    def theirs(_line):
        return 1

    shell.ip.register_magic_function(theirs, magic_name="ma_log")
    shell.ok("%unload_ext modelarts_magics")
    assert shell.ip.magics_manager.magics["line"].pop("ma_log") is theirs


def test_after_use_unloading_leaves_no_thread_socket_or_child(shell, service):
    process = psutil.Process()

    def present():
        return (process.num_threads(), len(process.net_connections()), len(process.children()))

    before = present()
    shell.ok(f"%ma_session local --root {service.root}")
    shell.ok("%ma_log")
    shell.ok("%ma_log big-job --no-follow --tail all")
    shell.complete("%ma_log ")
    shell.ok("%ma_session local --root mine")
    shell.ok("%ma_log")
    assert present() > before
    shell.ok("%unload_ext modelarts_magics")
    assert present() == before


def service_process(root):
    return psutil.Process(json.loads((root / "service.json").read_text())["pid"])


def test_a_service_that_was_started_ends_with_the_unloading(shell, tmp_path):
    shell.ok("%ma_session local --root mine")
    process = service_process(tmp_path / "mine")
    shell.ok("%ma_session local --root mine")
    shell.ok("%unload_ext modelarts_magics")
    assert not process.is_running()
    assert not (tmp_path / "mine/service.json").exists()


def test_going_over_to_another_folder_ends_the_service_of_the_first(shell, tmp_path):
    shell.ok("%ma_session local --root first")
    shell.ok("%ma_session local --root second")
    assert not (tmp_path / "first/service.json").exists()
    assert (tmp_path / "second/service.json").exists()


@pytest.mark.kernel
def test_a_service_lives_until_its_last_user_is_gone_even_if_that_is_killed(
    new_kernel, shell, tmp_path
):
    kernel, root = new_kernel(), tmp_path / "shared"
    use = f"%ma_session local --root {root}"
    assert not kernel.run(use).failed
    process = service_process(root)
    shell.ok(use)
    kernel.run("%ma_session logout")  # it had started the service
    assert shell.ok("%ma_log").text == "There are no training jobs"
    assert not kernel.run(use).failed
    shell.ok("%ma_session logout")
    assert not kernel.run("%ma_log").failed
    kernel.kill()
    psutil.wait_procs([process], timeout=60)
    assert not process.is_running()
    assert not (root / "service.json").exists()
