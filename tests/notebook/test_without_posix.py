"""Where the system lacks what Linux has, as Windows does: client and magics work all the same."""

from __future__ import annotations

import subprocess
import sys

from isolation import environment
from scripted_service import ScriptedService, one_job

HIDDEN = """
import os, signal, sys
from pathlib import Path
import IPython.core.interactiveshell, IPython.utils.capture, requests, socketserver, subprocess
sys.modules.update(dict.fromkeys(["fcntl", "pwd", "grp", "resource"]))
# SIGKILL stays: here subprocess itself ends a process by it.
for name in ("SIGHUP", "SIGQUIT", "SIGALRM", "SIGCHLD", "SIGUSR1", "alarm", "setitimer",
             "pthread_kill", "pthread_sigmask"):
    delattr(signal, name)
for name in ("getuid", "geteuid", "fork", "killpg", "getpgid", "register_at_fork", "O_NOFOLLOW"):
    delattr(os, name)
"""
PROGRAM = """
from modelarts_magics.errors import InvalidArgumentError
from modelarts_magics.session import Session
import modelarts_magics, modelarts_magics.estimator, modelarts_magics.estimatorV2
assert [job.name for job in Session().jobs.list()] == ["job"]
shell = IPython.core.interactiveshell.InteractiveShell.instance()
run = shell.run_line_magic
run("load_ext", "modelarts_magics")
assert "two" in run("ma_log", "job --no-follow --grep 't.o'").text
run("ma_log", "job --save saved.log")
assert Path("saved.log").read_text() == "one\\ntwo\\n"
assert run("ma_log", "job --wait").is_success
run("ma_session", "doctor")
from modelarts_magics.notebook.shell import embedded
root, os.name = Path("root"), "nt"  # with that name no path can be made here
try:
    embedded.use(root)
except InvalidArgumentError as error:
    print(error)
os.name = "posix"
"""


def test_client_and_magics_work_and_the_embedded_service_refuses_in_one_line(tmp_path):
    service = ScriptedService()
    service.script = one_job("one\ntwo\n")
    try:
        done = subprocess.run(
            [sys.executable, "-c", HIDDEN + PROGRAM],
            env={**environment(tmp_path), **service.environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        service.close()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("The embedded ModelArts service does not run on")
