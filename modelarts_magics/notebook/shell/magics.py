"""The magics, and how they come into a shell and leave it.

Loading imports nothing heavy and does no I/O: each magic imports its command when it runs.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from IPython.core.magic import (
    Magics,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)
from traitlets import Enum, Integer, List, Unicode, observe

if TYPE_CHECKING:
    from .context import ShellContext

_F = TypeVar("_F", bound=Callable[..., Any])
_NAMES = ("ma_log", "ma_viz", "ma_session")


def _command(run: _F) -> _F:
    """Fill in variables; let ``--help`` end a magic quietly, and an interrupt with one line."""

    @no_var_expand
    @needs_local_scope
    @functools.wraps(run)
    def guarded(self: Any, line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        from .arguments import HelpShown
        from .interrupted import Interrupted
        from .variables import filled_in

        try:
            with self.context.local_variables(local_ns or {}) as variables:
                return run(self, filled_in(line, variables))
        except HelpShown:
            return None
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted from None

    return guarded  # type: ignore[return-value]


@magics_class
class ModelArtsMagics(Magics):
    """Training logs and visualization jobs of Huawei Cloud ModelArts in IPython and Jupyter."""

    language = Unicode(
        "", help="Language of messages: 'en' or 'zh'; by default that of the locale."
    ).tag(config=True)
    viz_type = Enum(
        ["tensorboard", "mindinsight"],
        "tensorboard",
        help="What new visualization jobs run: 'tensorboard' or 'mindinsight'.",
    ).tag(config=True)
    viz_auto_stop = Integer(
        0,
        min=0,
        max=24,
        help="Hours after which new visualization jobs stop by themselves; 0 for never.",
    ).tag(config=True)

    metrics = List(
        Unicode(),
        help="Metrics that %ma_log reads beside those it finds: 'NAME=REGEX'; '-NAME' hides one.",
    ).tag(config=True)

    def __init__(self, shell: Any, **options: Any) -> None:
        self._context: ShellContext | None = None
        super().__init__(shell, **options)

    @observe("language")
    def _use_language(self, change: Any) -> None:
        from ...core.config import default_language
        from ...core.i18n import use_language

        use_language(change["new"] or default_language())

    @property
    def context(self) -> ShellContext:
        """What the magics share; made when the first one runs."""
        if self._context is None:
            from .context import ShellContext

            self._context = ShellContext(self.shell)
            self._use_visualization_defaults()
            self._use_metrics()
        return self._context

    @observe("metrics")
    def _use_metrics(self, _change: Any = None) -> None:
        if self._context is not None:
            self._context.metrics = self.metrics

    @observe("viz_type", "viz_auto_stop")
    def _use_visualization_defaults(self, _change: Any = None) -> None:
        if self._context is not None:
            self._context.choose_visualization_defaults(self.viz_type, self.viz_auto_stop)

    def close(self) -> None:
        """Leave nothing behind: nor the panels that Python made without any magic."""
        from ..panels import live
        from ..text import pattern

        live.close_all()
        pattern.close()
        if self._context is not None:
            self._context.close_all()
            self._context = None

    @line_magic
    @_command
    def ma_log(self, line: str) -> Any:
        """Follow the log of a training job, live.

        ::

            %ma_log                                the recent jobs
                --search TEXT --status STATUS --all
            %ma_log JOB [VERSION]                  a panel that follows its log
            %ma_log JOB --tail 50                  begin with the last 50 lines (or: all)
            %ma_log JOB --file NAME                one log file of a distributed job, or one task:
                --task NAME                        the same flag
            %ma_log JOB --resources                CPU, memory, accelerator of a task (--task NAME)
            %ma_log JOB --metric NAME=REGEX        read a metric of your own; -NAME hides one
            %ma_log JOB --events                   what the service tells of the job beside its log
            %ma_log JOB --log-folder               files beside the logs in OBS, as of Ascend jobs
                --save FOLDER                      fetch them
            %ma_log JOB --no-follow                a still picture (--plain: only text)
            %ma_log JOB --grep REGEX               only some lines, in a picture or a stream
                --level error|warning --since 10m
            %ma_log JOB --start-byte 0 --offset 2048
                                                   one slice, as get_job_log gives it
            %ma_log JOB --save PATH                write the whole log to a file
            %ma_log JOB --wait                     print it until the job ends; fail where it fails
                --timeout 2h --no-fail --save PATH --tail N|all
            %ma_log JOB --as NAME                  keep the result; NAME.text is the text
            x = %ma_log JOB --no-follow            the same, and nothing is shown
            %ma_log --list                         the panels that follow a log
            %ma_log --stop [JOB]                   stop following; the job goes on

        JOB is a job's id, its name (``id:12345`` and ``name:12345`` say which), or an expression
        for a job object, such as ``job_instance`` or ``job_version_instance_list[0]``. VERSION is
        an id or a name such as V0001; without it the newest version is meant.

        In a terminal the log is printed until the job ends. Interrupting stops the reading.
        It never stops the job.
        """
        from ..log.command import run

        return run(self.context, line)

    @line_magic
    @_command
    def ma_viz(self, line: str) -> Any:
        """Create and manage visualization jobs: TensorBoard on the output of a training.

        ::

            %ma_viz                                a panel with the jobs, and a form for a new one
            %ma_viz create TRAIN_URL               a job on an OBS folder, or the one that is there
            %ma_viz create JOB                     the same for the output of a training job
                --name NAME --desc TEXT --type tensorboard|mindinsight --auto-stop HOURS
                --no-wait --open --new
            %ma_viz list                           the newest jobs
                --status STATUS --search TEXT --sort FIELD[:asc|:desc] --all
            %ma_viz info JOB                       describe a job, by its id or its name
            %ma_viz update JOB --desc TEXT         change its description
            %ma_viz stop JOB                       stop it
            %ma_viz restart JOB                    start it again
            %ma_viz delete JOB [--yes]             delete it for good
            %ma_viz open JOB [--inline]            a link in a new tab, or its page here
            %ma_viz reveal JOB                     its address with its token, where it has one
            %ma_viz scalars JOB|FOLDER             curves without TensorBoard
                --tags REGEX

        Each has ``--help`` and ``--as NAME``, which keeps the result; the last one is also ``_``.
        ``x = %ma_viz list`` keeps it without showing it.

        Interrupting stops the waiting. It never stops a job.
        """
        from ..viz.commands.subcommands import run

        return run(self.context, line)

    @line_magic
    @_command
    def ma_session(self, line: str) -> None:
        """Show who you are for ModelArts, or choose it.

        ::

            %ma_session                            source of the keys, region, project
            %ma_session local                      use the ModelArts embedded in this package
            %ma_session login                      enter an access key (it is not echoed)
            %ma_session login --user NAME [--account NAME]
                                                   enter a password
            %ma_session logout                     forget what was chosen in this kernel
            %ma_session --region NAME --project ID --profile NAME
            %ma_session doctor [--json]            what works here, and what to do where not

        Without a login the keys come from the environment, ~/.huaweicloud/credentials,
        ~/.modelarts/config.json, the ModelArts notebook or the metadata service.

        Interrupting leaves everything as it was.
        """
        from .session import run

        run(self.context, line)


def load(shell: Any) -> None:
    """Register the magics and their completion; loading twice changes nothing."""
    if _loaded(shell):
        return
    magics = ModelArtsMagics(shell, parent=shell)
    shell.register_magics(magics)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(_matcher(magics))


def unload(shell: Any) -> None:
    """Take the magics away and close all they opened."""
    magics = _loaded(shell)
    if magics is None:
        return
    magics.close()
    registry = shell.magics_manager
    for name in _NAMES:
        if registry.magics["line"].get(name) == getattr(magics, name):  # not somebody else's
            del registry.magics["line"][name]
    registry.registry.pop(type(magics).__name__, None)
    shell.configurables.remove(magics)
    if shell.Completer is not None:
        ours = [m for m in shell.Completer.custom_matchers if getattr(m, "magics", None) is magics]
        for matcher in ours:
            shell.Completer.custom_matchers.remove(matcher)


def _loaded(shell: Any) -> ModelArtsMagics | None:
    found = shell.magics_manager.registry.get(ModelArtsMagics.__name__)
    return found if isinstance(found, ModelArtsMagics) else None


def _matcher(magics: ModelArtsMagics) -> Any:
    """The matcher of the completer, without its module until the first Tab."""
    made: list[Any] = []

    def modelarts_magics_matcher(context: Any) -> Any:
        if not made:
            from .completion import Completion

            made.append(Completion(magics))
        return made[0].complete(context)

    modelarts_magics_matcher.matcher_api_version = 2  # type: ignore[attr-defined]
    modelarts_magics_matcher.matcher_identifier = "modelarts_magics"  # type: ignore[attr-defined]
    modelarts_magics_matcher.magics = magics  # type: ignore[attr-defined]
    return modelarts_magics_matcher
