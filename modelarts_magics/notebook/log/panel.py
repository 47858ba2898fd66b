"""The live panel of a training log: a thread follows the log and changes the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Callable, Literal

from ...core.api.base import Job, JobApi, State
from ...core.api.log import LogText
from ...core.errors import InvalidArgumentError
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.jobs import choose_log_file, ref_of
from ...core.logs.follow import Finished, LastLines, Trouble
from ...core.logs.job_logs import JobLogs
from ...core.metrics.series import MetricSeries
from ...core.numbers import LONGEST, number, whole
from ...sdk.session import Session
from ..panels import probe
from ..panels.live import live_panels
from ..panels.panel import Panel
from ..panels.views import PlainView, RichView, Sight
from .asked import AskedMetric
from .bell import Bell, Condition
from .comparison import Comparison
from .earlier import Earlier
from .events import EventLook
from .metrics import LogMetrics
from .model import LogModel
from .place import At, place
from .save import Saving
from .search import Search
from .standing import StandingLook
from .views import RICH_BUNDLE
from .views.html import LogSummary

if TYPE_CHECKING:
    from .views.rich import LogRichView

HEIGHT = "32em"
TAIL = 1000  # lines of a file, where nobody says how many
_TAILS = 20_000  # the same of all files together
_LEAST_TAIL = 20  # the same of each of very many
_FEW = 4  # files of a job, each of which may take a request more to tell that nothing is before
VIEWS = ("auto", "rich", "core", "html", "text")
_DEADLINE = 15.0  # seconds of a request; meanwhile no button is answered


class LogPanel(Panel):
    """Follows the log of one run, and shows it until it is closed.

    Making a panel asks the service for the run and its log files; those that are not there yet are
    waited for. :meth:`show` puts it into the output of the running cell. As the last value of a
    cell it shows itself.

    Args:
        job: a training job, which has a ``modelarts_session``.
        file: one log file only; all of a distributed job by default.
        tail: begin with so many last lines of each file; ``None`` for the whole log, and ``auto``
            for as many as there is room for.
        at: where to open it: a byte of the log, or ``line12``; at its end by default.
        notify: bounds of metrics at which the panel rings: ``loss > 5``, ``acc < 0.1`` or
            ``loss is nan``.
        view: one of ``auto``, ``rich``, ``core``, ``html``, ``text``.
        height: CSS length of the log.
        metrics: ``NAME=REGEX`` to read a metric by the first group of a regular expression, or by
            its groups ``value`` and ``step``; ``-NAME`` not to have one in :attr:`metrics`.
        interval: seconds between polls, in place of a cadence that adapts.
        described: the job, and the names of its log files, where both were asked for just now.

    Raises:
        InvalidArgumentError: an argument makes no sense.
        ServiceError: the service refused, or could not be reached.
    """

    def __init__(
        self,
        job: Any,
        *,
        file: str | None = None,
        tail: int | Literal["auto"] | None = "auto",
        at: At | None = None,
        notify: Sequence[str] = (),
        view: str = "auto",
        height: str = HEIGHT,
        metrics: Sequence[str] = (),
        interval: float | None = None,
        described: tuple[Job, Sequence[str]] | None = None,
    ) -> None:
        _check(tail, view, interval)
        asked = [*map(AskedMetric.parse, metrics)]
        conditions = [*map(Condition.parse, notify)]
        jobs = Session.of(job.modelarts_session).jobs
        found, names = described or _described(jobs, job)
        if file and names:
            choose_log_file(names, file, found.name)
        self._logs = JobLogs(jobs, found.ref, deadline=_DEADLINE, run=run_directly)
        files = (file,) if file else tuple(names)
        only = file if file and len(names) > 1 else ""
        self.model = LogModel(found, files, only, tells_more=jobs.tells_more(found.ref))
        self._events = EventLook(self.model, self._logs.jobs)
        key = ("log", found.ref, found.created, file)
        words = [found.ref.job, found.version_name, *(["--file", file] if file else [])]
        self._command = " ".join(["%ma_log", *filter(None, words)])
        self._summary = LogSummary(self.model, self._command)
        super().__init__("log", key, self._summary, view)
        self._height = height
        self._at: dict[str, Any] | None = None
        if at is not None:
            self._at = {"file": file or "", **place(at)}
            self.model.hint = _("--at {at}: only the rich view goes there", at=at)
        self._rich: LogRichView | None = None
        self._follower = self._logs.follow(
            _start(tail, len(files)),
            file=file,
            names=names,
            status=self._status,
            interval=interval,
            last_status=found.state,
        )
        self._metrics = LogMetrics(self.model, asked)
        self._standing = StandingLook(self._metrics, self.model)
        self._bell = Bell(self._metrics, conditions, self.model.ring)
        self._rings = bool(conditions)
        self._comparison = Comparison(self.model, jobs, self._metrics, self.look, _DEADLINE)
        self._saving = Saving(self.model, self._logs, self.look)
        self._search = Search(self.model, self._show_found)
        self._add_to_page: Callable[[LogText], bool] = lambda _part: False
        self._earlier = Earlier(self.model, self._logs, self._show_earlier, self._tell_and_look)
        live_panels().add(self)

    def __repr__(self) -> str:
        return f"LogPanel({' · '.join(self.model.words())})"

    @property
    def title(self) -> str:
        return self.model.title

    def _keeps_picture(self) -> bool:
        """Until it has text: a notebook may be saved while the job runs."""
        return self._summary.lacks_text

    @property
    def is_running(self) -> bool:
        """Whether it follows the log; what it has read may still be on its way to the reader."""
        return super().is_running and self.model.following

    @property
    def text(self) -> str:
        """What has been read so far, of all files; a lot of text for a long log."""
        return "".join(spool.read(0, spool.end)[2] for spool in self.model.spools.values())

    @property
    def metrics(self) -> dict[str, MetricSeries]:
        """The curves of what has been read so far, by name; what several tasks tell has a band.

        As :func:`modelarts_magics.metrics.read` gives them. The first time takes a tenth of a
        second for each megabyte of the log, later times read only what is new.
        """
        return self._metrics.series

    def stop_following(self) -> None:
        """Leave the panel as it is; the job goes on."""
        self.act("stop_following")

    def end(self, why: str = "") -> None:
        self._saving.end()
        self._earlier.end()
        self._search.end()
        self._comparison.end()
        super().end(why if self.model.following else "")

    def close(self) -> None:
        """Stop following, and let go of threads, requests and widgets; the output stays."""
        super().close()
        self._saving.close()
        self._earlier.close()
        self._search.close()
        self._comparison.close()
        self._rich = None
        self.model.close()

    # ---- the thread -----------------------------------------------------------------------------

    def _work(self) -> Iterator[float]:
        while self.model.following:
            self._carry_out_requests()
            if not self.model.paused and self.model.following:
                for event in self._follower.poll_due():
                    self.model.apply(event)
                self._bell.look()
                if self.views.sight is not Sight.RICH:
                    self._standing.look()
                if not self._follower.is_in_trouble:
                    self.model.recovered()
                self._events.go_on()
            due = min(self._follower.due_in, self._events.due_in)
            yield self._pause(3600.0 if self.model.paused else due)
        self._standing.end()

    def _do(self, name: str, value: Any) -> None:
        self.model.changes += 1
        self.model.note = ""
        if name in ("pause", "resume"):
            self.model.paused = name == "pause"
            self._follower.hurry()
        elif name == "refresh":
            self._follower.hurry()
        elif name == "file":
            self._follower.choose(str(value or ""))
        elif name == "stop_following" and self.model.following:
            self.model.apply(Finished(self.model.status, _("No longer followed")))
        elif name == "events":
            self._show_events(value if isinstance(value, bool) else self.model.events is None)
        elif name == "jobs":
            self._offer_jobs()
        elif name == "compare":
            self._comparison.add(str(value))
        elif name == "compare_no_longer":
            self._comparison.leave(str(value))
        elif name == "stop_job":
            self._logs.jobs.stop(self.model.job.ref)
            self._follower.hurry()

    def _show_events(self, is_wanted: bool) -> None:
        try:
            self._events.open() if is_wanted else self._events.close()
        finally:
            with self._lock:
                if self._rich is not None:
                    self._rich.tell_events_again()

    def _offer_jobs(self) -> None:
        names = self._comparison.offered()
        with self._lock:
            if self._rich is not None:
                self._rich.send_jobs(names)

    def _show_earlier(self, text: LogText) -> None:
        with self._lock:
            if self._rich is not None:
                self._rich.send_earlier(text)
            is_awaited = self._add_to_page(text)
        if is_awaited or not text.text:
            self.look()

    def _show_found(self, message: dict[str, Any]) -> None:
        with self._lock:
            if self._rich is not None:
                self._rich.send_found(message)

    def _tell_and_look(self, message: str) -> None:
        self._tell(message)
        self.look()

    def _tell(self, message: str) -> None:
        self.model.apply(Trouble(message, 0.0))

    def _over(self, why: str) -> None:
        self.model.apply(Finished(self.model.status, why))

    def _status(self) -> State:
        self.model.job = self._logs.jobs.get(self.model.job.ref)
        return self.model.job.state

    # ---- views ----------------------------------------------------------------------------------

    def plain(self) -> PlainView:
        from .views.core.view import LogCoreView

        want = self._earlier.want
        view = LogCoreView(self.model, self._saving, self.act, self._lock, self._height, want)
        self._add_to_page = view.add_earlier
        return view

    def rich(self, answered: Callable[[], object], box_id: str, hiding: str) -> RichView | None:
        if not RICH_BUNDLE.is_file():
            return None
        try:
            from .views.rich import LogRichView
        except Exception as error:  # noqa: BLE001  # whatever is wrong with anywidget
            self._hint(error)
            return None
        options = {
            "height": self._height,
            "hiding": hiding,
            "command": self._command,
            "at": self._at,
            "rings": self._rings,
        }
        self._rich = LogRichView(
            self.model,
            self.act,
            self._saving,
            self._search,
            self._earlier.want,
            answered,
            options,
            box_id,
            metrics=self._metrics,
        )
        return self._rich

    def _hint(self, error: Exception) -> None:
        """Say once in this kernel why there is no rich view."""
        if probe.is_first("hint"):
            self.model.hint = _(
                "The plain view: anywidget is missing or broken in the kernel ({error})",
                error=type(error).__name__,
            )
            self.model.changes += 1


def _described(jobs: JobApi, job: Any) -> tuple[Job, Sequence[str]]:
    ref = ref_of(job)
    if ref is None:
        raise InvalidArgumentError(_("{word} is no job yet", word=repr(job)))
    return jobs.get(ref), jobs.log_files(ref)


def _start(tail: int | Literal["auto"] | None, files: int) -> int | LastLines:
    """Where the logs begin; of many what only a further request would tell is left open."""
    if tail is None:
        return 0
    room = max(_LEAST_TAIL, min(TAIL, _TAILS // max(1, files)))
    return LastLines(room if tail == "auto" else tail, is_frugal=files > _FEW)


def _check(tail: int | Literal["auto"] | None, view: str, interval: float | None) -> None:
    if tail is not None and tail != "auto":
        whole("tail", tail, 0)
    if view not in VIEWS:
        raise InvalidArgumentError(
            _("{name} is {value}", name="view", value=repr(view)),
            _("It is one of {choices}", choices=", ".join(VIEWS)),
        )
    if interval is not None:
        number("interval", interval, LONGEST)
