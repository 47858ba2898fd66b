"""Which widgets the front end of this kernel can show; asked once, without showing anything.

Nobody can know it in advance: the kernel often lives in another environment than the server. A
probe that is never answered changes nothing.
"""

from __future__ import annotations

from typing import Any, Callable

from .widget_tree import close_tree

_known: dict[str, bool] = {}
_asked: list[Any] = []  # the widgets of the last question
_waiting: list[Callable[[], object]] = []  # who is told of its answer


def knows_core() -> bool:
    """Whether the front end has shown that it speaks core widgets of our version."""
    return _known.get("core", False)


def knows_rich() -> bool:
    """Whether the front end has shown that it has anywidget."""
    return _known.get("rich", False)


def is_unanswered() -> bool:
    """Whether a panel has asked, and waits for an answer."""
    return bool(_asked)


def remember(kind: str) -> None:
    """Keep an answer as long as there are panels."""
    _known[kind] = True


def start_over() -> None:
    """Forget what was answered."""
    _known.clear()


def is_first(what: str) -> bool:
    """Whether this is asked for the first time."""
    is_known = _known.get(what, False)
    remember(what)
    return not is_known


def ask_core(answered: Callable[[], object]) -> None:
    """Let the front end copy a value from one undisplayed widget to another.

    Only where core widgets of the right major version work does the copy happen. A question that
    was never answered is asked anew, for the front end may be another one by now.
    """
    import ipywidgets

    _close_question()
    _waiting.append(answered)
    source, target = ipywidgets.IntText(value=0), ipywidgets.IntText(value=0)
    link = ipywidgets.jsdlink((source, "value"), (target, "value"))
    _asked.extend([source, target, link])
    target.observe(lambda _change: _answered(), names="value")
    source.value = 1


def forget(answered: Callable[[], object]) -> None:
    """Somebody no longer waits for an answer; the last one takes the question along."""
    if answered in _waiting:
        _waiting.remove(answered)
        if not _waiting:
            _close_question()


def _answered() -> None:
    remember("core")
    _close_question()
    while _waiting:
        _waiting.pop(0)()


def _close_question() -> None:
    while _asked:
        widget = _asked.pop()
        widget.unobserve_all()
        close_tree(widget)
