"""``%ma_session``: who you are, and how to become somebody else."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from ...core import config
from ...core.auth.keys import AccessKey
from ...core.endpoints import endpoint
from ...core.errors import InvalidArgumentError, ModelArtsError
from ...core.i18n import _
from ...sdk.session import Session
from ...sdk.writer import say
from ..text import render
from ..text.shown import Shown
from .arguments import Choice, MagicParser
from .asking import NobodyThere, ask_secret
from .context import ShellContext
from .together import Need, Together

_NOBODY = {"local_root": "", "access_key": None, "account": "", "username": "", "password": ""}
GENERATIONS = ("v1", "v2")
ACTIONS = ("local", "login", "logout", "doctor")
_TOGETHER = Together(
    {
        "local": ("--root",),
        "login": ("--user", "--account", "--region", "--project", "--api"),
        "logout": (),
        "doctor": ("--json",),
    },
    needs={
        "--json": Need("doctor", "%ma_session doctor --json"),
        "--root": Need("local", "%ma_session local --root DIR"),
        "--user": Need("login", "%ma_session login --user NAME"),
        "--account": Need("--user", "%ma_session login --user NAME --account NAME"),
    },
)


def parser() -> MagicParser:
    """The command line of ``%ma_session``."""
    made = MagicParser(
        "%ma_session",
        _("Show who you are for ModelArts, or choose it."),
        _TOGETHER,
        epilog="\n".join(
            [
                _("local: use the ModelArts service embedded in this package; start it if needed"),
                _("login: ask for an access key, or with --user for a password"),
                _("logout: forget what was chosen in this kernel"),
                _("doctor: what this kernel can do and reach, and what to do where it cannot"),
            ]
        ),
    )
    made.add_argument(
        "action",
        nargs="?",
        type=Choice(ACTIONS),
        metavar="|".join(ACTIONS),
        help=_("what to do; without it, show who you are"),
    )
    made.add_argument("--region", metavar="NAME", help=_("region, such as cn-north-4"))
    made.add_argument("--project", metavar="ID", help=_("id of the project"))
    made.add_argument(
        "--api",
        metavar="v1|v2",
        type=Choice(GENERATIONS),
        help=_("generation of the API; each job decides by default"),
    )
    made.add_argument("--profile", metavar="NAME", help=_("section of ~/.huaweicloud/credentials"))
    made.add_argument("--user", metavar="NAME", help=_("log in with this user name"))
    made.add_argument("--account", metavar="NAME", help=_("account that the user belongs to"))
    made.add_argument("--root", metavar="DIR", help=_("folder of the embedded service"))
    made.add_argument(
        "--json",
        action="store_true",
        help=_("doctor: as JSON for an issue report; no secrets"),
    )
    return made


def run(context: ShellContext, line: str) -> None:
    """Carry out one ``%ma_session`` line."""
    asked = parser().parse_line(line)
    if asked.action == "doctor":
        _examine(context, asked)
        return
    _RUNS[asked.action](context, asked)
    if asked.action == "logout":
        say(_("Forgot what was chosen in this kernel."))
    else:
        context.show(SessionView.of(context.session))


def _examine(context: ShellContext, asked: argparse.Namespace) -> None:
    from .doctor import Report, examine

    findings = examine(context)
    context.show(Report(findings) if asked.json else findings)


def _choose(context: ShellContext, asked: argparse.Namespace) -> None:
    """Change region, project or profile, and keep the rest."""
    chosen = _flags(asked)
    if not chosen:
        return
    if config.context().local_root and chosen.keys() != {"api"}:
        raise InvalidArgumentError(
            _("The embedded service has one region and one project"),
            _("To leave it: %ma_session logout"),
        )
    if "profile" in chosen:  # its keys are what is asked for, not those of a login
        chosen.update(_NOBODY)
    before = config.context()
    context.choose(replace(before, **chosen))
    try:
        SessionView.of(context.session)
    except (InvalidArgumentError, KeyboardInterrupt):
        context.choose(before)
        raise


def _flags(asked: argparse.Namespace) -> dict[str, Any]:
    flags = {
        "region_name": asked.region,
        "project_id": asked.project,
        "profile": asked.profile,
        "api": asked.api,
    }
    return {name: value for name, value in flags.items() if value}


def _local(context: ShellContext, asked: argparse.Namespace) -> None:
    root = Path(asked.root) if asked.root else config.default_local_root()
    try:
        context.use_local(root.expanduser().resolve())
    except (OSError, RuntimeError) as error:  # a RuntimeError where ~NAME is nobody
        reason = getattr(error, "strerror", None) or error
        raise InvalidArgumentError(
            _("Cannot use {path}: {reason}", path=root, reason=reason),
            _("Name another folder: --root DIR"),
        ) from None


def _login(context: ShellContext, asked: argparse.Namespace) -> None:
    """Ask for keys, and keep them only if the service accepts them."""
    before = config.context()
    endpoint("modelarts", asked.region or config.value("region_name"))  # or raises
    given = _ask_password(context, asked) if asked.user else _ask_key(context)
    context.choose(replace(before, **{**_NOBODY, **_flags(asked), **given}))
    try:
        context.jobs().list()
    except (ModelArtsError, KeyboardInterrupt):
        context.choose(before)
        raise
    context.leave_local()


def _ask_key(context: ShellContext) -> dict[str, Any]:
    access = _ask(context, _("Access key (AK): "))
    secret = _ask(context, _("Secret key (SK): "))
    prompt = _("Security token (empty if the key is permanent): ")
    token = _ask(context, prompt, may_be_empty=True)
    return {"access_key": AccessKey(access, secret, token or None)}


def _ask_password(context: ShellContext, asked: argparse.Namespace) -> dict[str, Any]:
    password = _ask(context, _("Password of {name}: ", name=asked.user))
    return {"account": asked.account or "", "username": asked.user, "password": password}


def _ask(context: ShellContext, prompt: str, may_be_empty: bool = False) -> str:
    try:
        answer = ask_secret(context.shell, prompt)
    except NobodyThere:
        raise InvalidArgumentError(
            _("Nobody can be asked for keys here"),
            _("Set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK before the kernel or script starts"),
        ) from None
    if not answer and not may_be_empty:
        raise InvalidArgumentError(_("Nothing was entered"), "%ma_session login")
    return answer


def _logout(context: ShellContext, _asked: argparse.Namespace) -> None:
    context.leave_local()
    context.choose(config.Context())


_RUNS = {None: _choose, "local": _local, "login": _login, "logout": _logout}


@dataclass(frozen=True, repr=False)
class SessionView(Shown):
    """Who asks and where, with every secret masked."""

    rows: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, session: Session) -> SessionView:
        identity = session.identity
        return cls(
            (
                (_("source"), identity.source),
                (_("identity"), identity.shown_as),
                (_("region"), session.region_name or _("not known: %ma_session --region NAME")),
                (_("project"), session.known_project_id or _("looked up when it is needed")),
                ("API", _generation(session)),
                (_("service"), session.modelarts_endpoint if session.region_name else ""),
            )
        )

    def as_text(self) -> str:
        return render.text_table((), [(name, render.plain(value)) for name, value in self.rows])

    def as_html(self) -> str:
        rows = [
            (f"<b>{escape(name)}</b>", escape(render.plain(value))) for name, value in self.rows
        ]
        return render.html_table((), rows)


def _generation(session: Session) -> str:
    """Which generation of the API is asked, and why."""
    lacking = ", ".join(sorted(session.lacking_generations))
    if session.api is None and lacking:
        return _("{api}: the service has no {lacking}", api=session.jobs.api, lacking=lacking)
    if session.api is None:
        return _("each job decides: a UUID is of v2, digits are of v1")
    if config.context().api:
        return _("{api}, by {choice}", api=session.api, choice="%ma_session --api")
    is_set = bool(config.value("api"))
    choice = "MODELARTS_MAGICS_API" if is_set else "Session(api=...)"
    return _("{api}, by {choice}", api=session.api, choice=choice)
