"""What a reader presses and types in the core view: buttons, the choice of a file, the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import ipywidgets

from .....core.i18n import _
from ....text import colors, render
from ....text.pattern import Pattern
from ...model import LogModel
from .file_choice import FileChoice

Pressed = Callable[[str], object]

_NARROW = {"width": "auto"}


class Buttons:
    """The row of buttons.

    Args:
        files: the log files of the run.
        pressed: is told the name of a button, or ``file`` when another one was chosen.
    """

    def __init__(self, files: Sequence[str], pressed: Pressed) -> None:
        self._pressed = pressed
        self._file = FileChoice(lambda: pressed("file"))
        texts = {
            "pause": _("Pause"),
            "refresh": _("Refresh"),
            "stop_following": _("Stop following"),
            "events": _("Events"),
            "last_error": _("Last error"),
            "wrap": _("Wrap"),
            "earlier": _("Earlier lines"),
            "copy": _("Copy"),
            "download": _("Download"),
            "clear": _("Clear"),
            "stop_job": _("Stop the job"),
        }
        self._buttons = {name: self._button(name, text) for name, text in texts.items()}
        self._buttons["events"].layout.display = "none"  # until it is known that there are some
        question = ipywidgets.Label(_("Stop the training job?"))
        yes = self._button("yes", _("Stop it"), button_style="danger")
        no = self._button("no", _("Keep it"))
        self._confirm = ipywidgets.HBox([question, yes, no], layout={"display": "none"})
        self.box = ipywidgets.HBox([*self._file.parts, *self._buttons.values(), self._confirm])
        self.box.layout.flex_flow = "row wrap"
        self._file.offer(tuple(files))

    @property
    def file(self) -> str:
        """The chosen file; empty for all."""
        return self._file.file

    @property
    def wraps(self) -> bool:
        return bool(self._buttons["wrap"].value)

    def ask(self, is_asked: bool) -> None:
        """The question takes the place of the button."""
        self._confirm.layout.display = "flex" if is_asked else "none"
        self._buttons["stop_job"].layout.display = "none" if is_asked else ""

    def show(self, model: LogModel) -> None:
        self._file.offer(model.files)
        self._buttons["pause"].description = _("Resume") if model.paused else _("Pause")
        is_over = model.finished is not None
        for name in ("pause", "refresh", "stop_following"):
            self._buttons[name].disabled = is_over
        self._buttons["events"].layout.display = "" if model.tells_more else "none"
        if not model.status.can_stop:
            self._confirm.layout.display = "none"
            self._buttons["stop_job"].layout.display = "none"

    def _button(self, name: str, text: str, **looks: str) -> Any:
        if name == "wrap":
            toggle = ipywidgets.ToggleButton(value=True, description=text, layout=_NARROW)
            toggle.observe(lambda _change: self._pressed(name), names="value")
            return toggle
        button = ipywidgets.Button(description=text, layout=_NARROW, **looks)
        button.on_click(lambda _button: self._pressed(name))
        return button


class Search:
    """A pattern; only the lines that match are shown.

    Args:
        changed: is called when something else is searched for.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._text = ipywidgets.Text(
            placeholder=_("Show only lines with…"), layout={"width": "18em"}
        )
        self._is_regexp = _toggle(_("Regular expression"))
        self._is_exact = _toggle(_("Match case"))
        self._hides_platform = _toggle(_("Hide platform lines"))
        self._said = ipywidgets.HTML()
        parts = [self._text, self._is_regexp, self._is_exact, self._hides_platform]
        for part in parts:
            part.observe(lambda _change: changed(), names="value")
        self.box = ipywidgets.HBox([*parts, self._said], layout={"flex_flow": "row wrap"})
        self.problem = ""

    @property
    def is_on(self) -> bool:
        return bool(self._text.value)

    @property
    def hides_platform(self) -> bool:
        """Whether only lines of the program are wanted."""
        return bool(self._hides_platform.value)

    def pattern(self) -> Pattern | None:
        """What is looked for; nothing where all lines are wanted."""
        self.problem = ""
        text = self._text.value
        return Pattern(text, self._is_regexp.value, self._is_exact.value) if text else None

    def say(self, words: str) -> None:
        color = colors.variable("error") if self.problem else "inherit"
        self._said.value = (
            f'<span style="color:{color}">{render.safe(self.problem or words)}</span>'
        )


def _toggle(text: str) -> Any:
    return ipywidgets.ToggleButton(description=text, layout=_NARROW)
