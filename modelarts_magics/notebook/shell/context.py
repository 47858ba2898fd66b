"""What the magics of one kernel share: the session, and an embedded service in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ...core import config
from ...core.api.base import JobApi, VisualizationApi
from ...core.cancellation import call
from ...core.http.transport import Limits
from ...sdk.session import Session
from ..text.shown import Shown
from . import embedded, value

if TYPE_CHECKING:
    from ..panels.live import LivePanels
    from ..panels.panel import Panel


@dataclass(frozen=True)
class VisualizationDefaults:
    """What a new visualization job is like unless somebody says otherwise.

    Attributes:
        folder: that the form begins with; the one used last.
        job_type: what it runs.
        stop_after_hours: ``None`` for never.
    """

    folder: str = ""
    job_type: str = "tensorboard"
    stop_after_hours: int | None = None


R = TypeVar("R", bound=Shown)
P = TypeVar("P", bound="Panel")


class ShellContext:
    """Made when the first magic runs; :meth:`close_all` leaves nothing behind.

    Args:
        shell: the IPython shell.

    Attributes:
        variables: what the words of the line in hand can refer to.
        metrics: that panels of logs read beside those that they find, or hide; by settings.
        visualization_settings: for what a line leaves out; only settings change them, so that a
            line means the same whatever was clicked before.
        visualization_defaults: for the form, which begins with what was used last.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.visualization_settings = VisualizationDefaults()
        self.visualization_defaults = VisualizationDefaults()
        self.metrics: Sequence[str] = ()
        self.variables: Mapping[str, Any] = shell.user_ns
        self._session: Session | None = None
        self._quick_session: Session | None = None
        self._service: embedded.EmbeddedService | None = None

    @property
    def panels(self) -> LivePanels:
        """The live panels, those that Python made too."""
        from ..panels.live import live_panels

        return live_panels()

    @property
    def session(self) -> Session:
        """The session of this kernel; made when it is needed."""
        if self._session is None:
            self._session = Session()
            self._session.run = call
        return self._session

    def jobs(self, session: Any = None) -> JobApi:
        """The training jobs of a session, or of this kernel's; waiting can be interrupted."""
        return self._interruptible(session).jobs

    def visualizations(self, session: Any = None) -> VisualizationApi:
        """The visualization jobs of a session, or of this kernel's; as :meth:`jobs`."""
        return self._interruptible(session).visualizations

    def _interruptible(self, session: Any) -> Session:
        if session is None:
            return self.session
        given = Session.of(session)
        given.run = call
        return given

    def quick_session(self, deadline: float, session: Any = None) -> Session:
        """For what nobody waits for long, such as completion.

        That of this kernel is apart, so that nothing else waits for a look-up that it began.
        """
        if session is not None:
            return Session.of(session)
        if self._quick_session is None:
            self._quick_session = Session(limits=Limits(deadline=deadline, tries=1))
        return self._quick_session

    def choose(self, chosen: config.Context) -> None:
        """Use other credentials, region or project from now on."""
        config.set_context(chosen)
        self._forget_session()

    def choose_visualization_defaults(self, job_type: str, hours: int) -> None:
        """By settings: what a line leaves out, and what the next form begins with."""
        chosen = VisualizationDefaults("", job_type, hours or None)
        self.visualization_settings = chosen
        self.visualization_defaults = replace(chosen, folder=self.visualization_defaults.folder)

    def remember_folder(self, folder: str) -> None:
        """Let the next form begin with the folder that was used last."""
        self.visualization_defaults = replace(self.visualization_defaults, folder=folder)

    def use_local(self, root: Path) -> embedded.EmbeddedService:
        """Use the embedded service of a folder, started if need be."""
        if self._service is None or self._service.root != root or not self._service.answers:
            service = embedded.use(root)
            self._release_service()
            self._service = service
        self.choose(config.Context(local_root=str(root)))
        return self._service

    def leave_local(self) -> None:
        """Stop using an embedded service."""
        self._release_service()

    @contextmanager
    def local_variables(self, names: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Let a line refer to the variables of the function that it stands in, too."""
        before, self.variables = self.variables, {**self.shell.user_ns, **names}
        try:
            yield self.variables
        finally:
            self.variables = before

    def show(self, result: R) -> R:
        """Display a result unless the value of the line is taken, and give it back."""
        if not value.is_taken():
            self.display(result)
        return result

    def display(self, result: Shown) -> None:
        """Draw a result where the cell's output is.

        It is drawn here: what fails while IPython draws would not fail the cell.
        """
        from IPython.display import display

        display(result.bundle(), raw=True)  # type: ignore[no-untyped-call]

    def open(self, panel: P) -> P:
        """Let a panel appear unless the value of the line is taken, and give it back."""
        if not value.is_taken():
            panel.show()
        return panel

    def give(self, result: Any, name: str | None = None) -> Any:
        """The value of a line: its result where it is taken; else it is kept as ``_``.

        Args:
            name: of a variable that keeps it, too.
        """
        if name:
            self.shell.user_ns[name] = result
        if value.is_taken():
            return result
        if result is not None:
            self.shell.displayhook.update_user_ns(result)
        return None

    def close_all(self) -> None:
        """Close connections, forget a login's keys, give up the embedded service."""
        config.choose(access_key=None, account="", username="", password="", local_root="")
        self._forget_session()
        self._release_service()

    def _forget_session(self) -> None:
        for session in filter(None, (self._session, self._quick_session)):
            session.close()
        self._session = self._quick_session = None

    def _release_service(self) -> None:
        if self._service is not None:
            self._service.release()
            self._service = None
