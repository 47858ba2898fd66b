"""``%ma_session doctor``: what this kernel can do and reach, with the next step where it cannot."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Callable

from ..._version import __version__
from ...core import config
from ...core.cancellation import call
from ...core.errors import ModelArtsError, ServiceError
from ...core.http.reach import Reached, reach
from ...core.http.reader import Reader
from ...core.i18n import _, language
from ...core.thread_pool import ThreadPool
from ...sdk.session import Session
from ..log.views import RICH_BUNDLE
from ..panels import probe
from ..panels.panel import is_kernel
from ..text import render
from ..text.shown import Shown
from .context import ShellContext

GOOD, BAD, KNOWN = "good", "bad", "known"  # the last: neither, only worth knowing
_LIMIT = 5.0  # seconds for an address
_LIST_LIMIT = 10.0  # seconds for a signed call
_LATE = 30.0  # seconds that clocks may differ
_SERVICES = ("iam", "modelarts", "obs")
_USER = re.compile(r"(?<=://)[^/@\s]+@")
_MARKS = {GOOD: "✓", BAD: "✗", KNOWN: "·"}
_COLORS = {GOOD: "good", BAD: "error", KNOWN: "quiet"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: by which a report calls it.
        value: what was found.
        state: ``good``, ``bad`` or ``known``.
        next_step: what to do where it is bad; else empty.
    """

    name: str
    value: str
    state: str = KNOWN
    next_step: str = ""


@dataclass(frozen=True, repr=False)
class Findings(Shown):
    """All that was looked at, as a table."""

    rows: Sequence[Finding]

    @property
    def is_good(self) -> bool:
        """Whether nothing is bad."""
        return not any(row.state == BAD for row in self.rows)

    def as_json(self) -> str:
        """For an issue report."""
        return json.dumps([asdict(row) for row in self.rows], indent=1, ensure_ascii=False)

    def as_text(self) -> str:
        """Without a frame: values are sentences, which a terminal would break together with it."""
        size = max(len(row.name) for row in self.rows)
        lines = []
        for row in self.rows:
            lines.append(f"{_MARKS[row.state]} {row.name:<{size}}  {row.value}")
            if row.next_step:
                lines.append(f"  {'':<{size}}  → {row.next_step}")
        return "\n".join(lines)

    def as_html(self) -> str:
        rows = [
            [render.marked(_MARKS[row.state], _COLORS[row.state]), *map(escape, _cells(row))]
            for row in self.rows
        ]
        return render.html_table((), rows)


@dataclass(frozen=True, repr=False)
class Report(Shown):
    """The same as JSON."""

    findings: Findings

    def as_text(self) -> str:
        return self.findings.as_json()


def _cells(row: Finding) -> tuple[str, str, str]:
    return row.name, row.value, row.next_step


def examine(context: ShellContext) -> Findings:
    """Look at everything; takes some seconds where something does not answer."""
    rows = [*_machine(), *_front_end(context), *_proxy(), *_identity(context.session)]
    rows += call(partial(_services, context.session))
    rows += _api(context)
    return Findings(tuple(_told_once(map(_masked, rows))))


# ---- this machine --------------------------------------------------------------------------------


def _machine() -> Iterator[Finding]:
    yield Finding("modelarts_magics", f"{__version__}, {language()}")
    yield Finding("python", f"{platform.python_version()}, {platform.platform(terse=True)}")
    for name in ("ipython", "ipykernel", "jupyterlab", "notebook", "jupyter-server-proxy"):
        version = _version(name)
        if version:
            yield Finding(name, version)
    board = _version("tensorboard")
    install = 'pip install "modelarts-magics[local]"'
    missing = _("missing: visualization jobs of the embedded service do not run")
    yield Finding("tensorboard", board or missing, KNOWN, "" if board else install)


def _front_end(context: ShellContext) -> Iterator[Finding]:
    if not is_kernel(context.shell):
        encoding = getattr(sys.stdout, "encoding", None) or "?"
        yield Finding("front_end", _("a terminal ({encoding}): text only", encoding=encoding))
        return
    for name, lost in (
        ("ipywidgets", _("missing: panels are HTML without buttons")),
        ("anywidget", _("missing: the plain log view is shown")),
    ):
        version = _version(name)
        state = GOOD if version else BAD
        yield Finding(name, version or lost, state, "" if version else f"pip install {name}")
    is_there = RICH_BUNDLE.is_file()
    built = _("there") if is_there else _("missing: this installation was made without it")
    again = "" if is_there else "pip install --force-reinstall modelarts-magics"
    yield Finding("log_view", built, GOOD if is_there else BAD, again)
    yield _answers()


def _answers() -> Finding:
    """What the page has answered; it cannot while this cell runs."""
    if probe.knows_rich():
        return Finding("front_end", _("shows the rich view"), GOOD)
    if probe.knows_core():
        hint = _("For the rich view: pip install anywidget where the notebook server is")
        return Finding("front_end", _("shows plain widgets, not the rich view"), KNOWN, hint)
    if probe.is_unanswered():
        hint = _(
            "Look again when no cell runs. JupyterLab 3 needs ipywidgets 7 in the kernel; in a"
            " console, %ma_log JOB --wait follows a log"
        )
        return Finding("front_end", _("has answered no panel: text or HTML only"), KNOWN, hint)
    hint = _("Open a panel, such as %ma_viz, then look again")
    return Finding("front_end", _("no panel has been answered yet"), KNOWN, hint)


def _proxy() -> Iterator[Finding]:
    found = urllib.request.getproxies()
    words = ", ".join(f"{scheme}: {url}" for scheme, url in sorted(found.items()))
    yield Finding("proxy", words or _("none"))
    bundle = config.value("ca_bundle")
    if bundle:
        is_there = Path(bundle).exists()
        hint = _("Set MODELARTS_MAGICS_CA_BUNDLE to a file of certificates in the form PEM")
        yield Finding("ca_bundle", bundle, GOOD if is_there else BAD, "" if is_there else hint)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


# ---- who asks, and where -------------------------------------------------------------------------


def _identity(session: Session) -> Iterator[Finding]:
    yield _found("credentials", lambda: f"{session.identity.shown_as} · {session.identity.source}")
    yield _found("region", lambda: session.region_name or _("not known: %ma_session --region NAME"))
    yield _found(
        "project", lambda: session.known_project_id or _("looked up when it is needed"), KNOWN
    )


def _found(name: str, look: Callable[[], str], state: str = GOOD) -> Finding:
    """What a look finds, or the trouble that it meets."""
    try:
        return Finding(name, look(), state)
    except ModelArtsError as error:
        return _trouble(name, error)


def _trouble(name: str, error: ModelArtsError) -> Finding:
    code = f" [{error.code}]" if isinstance(error, ServiceError) and error.code else ""
    return Finding(name, error.message + code, BAD, error.hint)


def _services(session: Session) -> list[Finding]:
    """Ask all addresses at once."""
    with ThreadPool(len(_SERVICES), "doctor") as pool:
        looks = pool.results([partial(_service, session, name) for name in _SERVICES])
    rows = [row for row, _ahead in looks]
    told = [ahead for _row, ahead in looks if ahead is not None]
    return [*rows, _clock(min(told, key=abs) if told else None)]


def _service(session: Session, name: str) -> tuple[Finding, float | None]:
    try:
        url = session.endpoint(name)
    except ModelArtsError as error:
        return _trouble(name, error), None
    try:
        found: Reached = reach(url, _LIMIT)
    except ModelArtsError as error:
        return _trouble(name, error), None
    value = _("{url} answers in {n} ms", url=url, n=found.milliseconds)
    return Finding(name, value, GOOD), found.clock_ahead_s


def _clock(ahead: float | None) -> Finding:
    if ahead is None:
        return Finding("clock", _("no service told the time"))
    if abs(ahead) <= _LATE:
        return Finding("clock", _("as that of the service"), GOOD)
    time = render.duration(int(abs(ahead) * 1000))
    early, late = _("{time} ahead of the service"), _("{time} behind the service")
    value = (early if ahead > 0 else late).format(time=time)
    hint = _("Set the clock of this machine: signatures of another time are refused")
    return Finding("clock", value, BAD, hint)


def _api(context: ShellContext) -> Iterator[Finding]:
    """Whether a signed call is answered, and by which generation."""
    try:
        jobs = context.jobs().for_follower(Reader(), deadline=_LIST_LIMIT)
        count = len(jobs.list())
    except ModelArtsError as error:
        yield _trouble("api", error)
        return
    lacking = ", ".join(sorted(context.session.lacking_generations))
    value = _("{api} lists {n} training jobs", api=jobs.api, n=count)
    if lacking:
        value += " · " + _("the service has no {lacking}", lacking=lacking)
    yield Finding("api", value, GOOD)


def _told_once(rows: Iterable[Finding]) -> Iterator[Finding]:
    """What is wrong for one reason, such as keys that nobody has, is told where it is met first."""
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        name = first.setdefault((row.value, row.next_step), row.name)
        if row.state == BAD and name != row.name:
            yield Finding(row.name, _("not looked at: see {name}", name=name), BAD)
        else:
            yield row


def _masked(row: Finding) -> Finding:
    """Without the names of users, nor passwords of proxies."""
    value = _USER.sub("***@", render.plain(row.value))
    home = os.path.expanduser("~")
    if len(home) > 1:
        value = value.replace(home, "~")
    return Finding(row.name, value, row.state, row.next_step)
