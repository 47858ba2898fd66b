"""Which widgets the front end of this kernel can show; asked once, without showing anything.

Nobody can know it in advance: the kernel often lives in another environment than the server. A
probe that is never answered changes nothing.
"""

from __future__ import annotations

from typing import Any, Callable

_known: dict[str, bool] = {}
_kept: list[Any] = []


def knows_core() -> bool:
    """Whether the front end has shown that it speaks core widgets of our version."""
    return _known.get("core", False)


def knows_rich() -> bool:
    """Whether the front end has shown that it has anywidget."""
    return _known.get("rich", False)


def remember(kind: str) -> None:
    """Keep an answer for the life of this kernel."""
    _known[kind] = True


def ask_core(answered: Callable[[], object]) -> None:
    """Let the front end copy a value from one undisplayed widget to another.

    Only where core widgets of the right major version work does the copy happen.
    """
    import ipywidgets

    source, target = ipywidgets.IntText(value=0), ipywidgets.IntText(value=0)
    link = ipywidgets.jsdlink((source, "value"), (target, "value"))
    widgets = [source, target, link]
    _kept.append(widgets)

    def seen(_change: Any) -> None:
        target.unobserve_all()
        remember("core")
        _kept.remove(widgets)
        answered()
        for widget in widgets:
            widget.close()

    target.observe(seen, names="value")
    source.value = 1
