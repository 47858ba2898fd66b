"""An interrupt ends a cell while the service, or the network, is still silent."""

from __future__ import annotations

import ast
import threading

import pytest
from fake_service import Hang, Then
from scripted_service import one_job
from visualization_service import FINE, Fault
from viz_service import FOLDER

pytestmark = pytest.mark.kernel

INTERRUPTED = "Interrupted. Jobs are not affected."
LINES = [
    "%ma_viz list",
    "%ma_viz info 197",
    "%ma_viz create job",
    "%ma_log",
    "%ma_log job",
    "%ma_log 7",
    "%ma_log job --tail all",
    "%ma_log job --save out.log",
]

# Fakes a name server that never answers; the thread that asks says so in the cell.
_NO_NAME_SERVER = """
import socket, threading
released = threading.Event()
def _silent(host, *_rest, _real=socket.getaddrinfo, **_options):
    if host != "silent.example":
        return _real(host, *_rest, **_options)
    print("looking up", flush=True)
    released.wait()
    raise socket.gaierror(-3, "Temporary failure in name resolution")
socket.getaddrinfo = _silent
"""

# Fakes a program that starts and never says a word.
_NO_SERVICE = """
import select, subprocess, sys
started = []
class Silent(subprocess.Popen):
    def __init__(self, _command, **options):
        started.append(self)
        super().__init__([sys.executable, "-c", "import time; time.sleep(1000)"], **options)
def _waiting(*files, _real=select.select):
    print("waiting", flush=True)
    return _real(*files)
subprocess.Popen, select.select = Silent, _waiting
"""


def files(kernel):
    shown = kernel.run("import os\nos.listdir()").displays[0]["text/plain"]
    return ast.literal_eval(shown)


def test_an_interrupt_ends_every_cell_on_a_silent_service(scripted, kernel_anew):
    scripted.script = scripted.hang
    kernel = kernel_anew(**scripted.environment)
    for line in LINES:
        scripted.reached.clear()
        assert kernel.run(line, interrupt_when=scripted.reached).mistake == INTERRUPTED
        assert not scripted.released.is_set()  # the service never said a word
        assert kernel.run("6 * 7").displays == [{"text/plain": "42"}]
    scripted.script = one_job("at last\n")
    assert "at last" in kernel.run("%ma_log job --no-follow").displays[0]["text/plain"]


@pytest.mark.parametrize(
    "line", ["%ma_log job --no-follow --tail all", "%ma_log job --save out.log"]
)
def test_an_interrupt_ends_the_reading_of_a_long_log(scripted, kernel_anew, line):
    kernel = kernel_anew(**scripted.environment)
    kernel.run("open('out.log', 'w').write('old')")
    whole, in_the_middle = one_job("x" * 20_000), threading.Event()

    def script(method, path, query):
        if int(query.get("start_byte", 0)) > 8000:
            in_the_middle.set()
            return scripted.hang()
        return whole(method, path, query)

    scripted.script = script
    assert kernel.run(line, interrupt_when=in_the_middle).mistake == INTERRUPTED
    assert not scripted.released.is_set()
    assert kernel.run("open('out.log').read()").displays == [{"text/plain": "'old'"}]
    assert not [name for name in files(kernel) if name.startswith(".ma_log-")]


def test_an_interrupted_login_leaves_the_former_session_in_place(service, scripted, kernel_anew):
    kernel = kernel_anew(**scripted.environment)
    kernel.run(f"%ma_session local --root {service.root}")
    scripted.script = scripted.hang
    answers = ["TYPEDACCESSKEY", "typed-secret-key", ""]
    cell = kernel.run("%ma_session login", answers, interrupt_when=scripted.reached)
    assert cell.mistake.startswith("Interrupted")
    assert "distributed-job" in kernel.run("%ma_log").displays[0]["text/plain"]


def test_an_interrupt_ends_the_look_up_of_a_name_that_never_ends(scripted, new_kernel):
    environment = {**scripted.environment, "MODELARTS_MAGICS_ENDPOINT": "https://silent.example"}
    kernel = new_kernel(**environment)
    kernel.run(_NO_NAME_SERVER)
    for line in ("%ma_log", "%ma_log job"):
        assert kernel.run(line, interrupt_at="looking up").mistake == INTERRUPTED
        assert kernel.run("released.is_set()").displays == [{"text/plain": "False"}]
    kernel.run("released.set()")


def test_an_interrupt_ends_the_wait_for_a_service_that_does_not_start(new_kernel):
    kernel = new_kernel()
    kernel.run(_NO_SERVICE)
    cell = kernel.run("%ma_session local --root mine", interrupt_at="waiting")
    assert cell.mistake == INTERRUPTED
    ended = kernel.run("[process.poll() is not None for process in started]")
    assert ended.displays == [{"text/plain": "[True]"}]


def test_an_interrupt_at_a_prompt_is_one_line(scripted, kernel_anew):
    kernel = kernel_anew(**scripted.environment)
    asked = threading.Event()
    cell = kernel.run("%ma_session login", when_asked=asked.set, interrupt_when=asked)
    assert cell.mistake == INTERRUPTED
    assert kernel.run("6 * 7").displays == [{"text/plain": "42"}]


# ---- visualization jobs -------------------------------------------------------------------------


@pytest.fixture
def viz_kernel(viz, kernel_anew):
    """A kernel that uses a service of visualization jobs."""
    return kernel_anew(**viz.environment)


def silent(viz, *before):
    """Let the request after some others get no answer; set when it has come."""
    reached = threading.Event()
    viz.faults = [*before, Fault(Then(reached.set, Hang()), effect=True)]
    return reached


def test_an_interrupted_creation_says_how_to_find_out_what_became_of_it(viz, viz_kernel):
    reached = silent(viz, FINE, FINE)
    cell = viz_kernel.run(f"%ma_viz create {FOLDER} --name curves", interrupt_when=reached)
    assert cell.mistake == (
        "Interrupted. Whether visualization job curves was made is not known:"
        " %ma_viz list --search curves"
    )
    assert [job["job_name"] for job in viz.jobs.values()] == ["curves"]


def test_an_interrupted_wait_leaves_the_job_and_clears_what_it_said(viz, viz_kernel):
    viz.starts = False
    cell = viz_kernel.run(f"%ma_viz create {FOLDER}", interrupt_at="INIT")
    assert cell.mistake == "Stopped waiting. Visualization job 197 goes on: %ma_viz info 197"
    assert cell.printed.rstrip("\r").rpartition("\r")[2].strip() == ""
    assert list(viz.jobs) == [197]


def test_an_interrupted_stop_goes_on(viz, viz_kernel):
    viz.add()
    viz.starts, viz.ends_slowly = False, True
    cell = viz_kernel.run("%ma_viz stop 197", interrupt_at="KILLING")
    assert cell.mistake == (
        "Stopped waiting. Visualization job 197 is being stopped: %ma_viz info 197"
    )


@pytest.mark.parametrize(
    ("line", "looks"),
    [("stop 197", 3), ("stop 197", 4), ("delete 197 --yes", 3), ("update 197 --desc x", 2)],
)
def test_an_interrupted_change_says_how_to_find_out_what_became_of_it(viz, viz_kernel, line, looks):
    viz.add(job_name="curves")
    reached = silent(viz, *[FINE] * looks)
    assert viz_kernel.run(f"%ma_viz {line}", interrupt_when=reached).mistake == (
        "Interrupted. Whether visualization job curves (197) was changed is not known:"
        " %ma_viz info 197"
    )


def test_an_interrupt_at_the_question_keeps_the_job(viz, viz_kernel):
    viz.add(job_name="curves")
    asked = threading.Event()
    cell = viz_kernel.run("%ma_viz delete curves", when_asked=asked.set, interrupt_when=asked)
    assert cell.mistake == INTERRUPTED
    assert list(viz.jobs) == [197]
