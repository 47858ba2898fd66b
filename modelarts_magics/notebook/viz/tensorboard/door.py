"""A button, and a frame, that ask the kernel for the address of a viewer at each click.

The address opens the viewer for whoever has it. It goes to the page by a message, which nobody
keeps: it is in no output, no trait and no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

import anywidget
import traitlets

from ....core import visualization
from ....core.api.base import VisualizationApi
from ....core.errors import ModelArtsError, NotFoundError
from ....core.i18n import _
from ....core.visualization import VisualizationJob
from ...panels.widget_tree import close_tree
from . import link
from .frame import ATTRIBUTES, BOX, FRAME

_LONGEST = 64  # characters of a question's number
_BUTTON = (
    "padding:2px 10px;cursor:pointer;color:inherit;background:transparent;font:inherit;"
    "border:1px solid rgba(128,128,128,.6);border-radius:3px"
)

Ask = Callable[[str, bool], object]


class _DoorWidget(anywidget.AnyWidget):
    _esm = Path(__file__).with_name("viewer.js")
    options = traitlets.Dict().tag(sync=True)


class Door:
    """The widget of one viewer; it is shown once the front end has said that it can.

    Args:
        job: the viewer.
        ask: is called at a click with its number, and whether the address is for a frame here; it
            must not block. The answer goes to :meth:`tell`.
        ready: is called when the front end says that it can show the widget.
        is_inline: whether its page is shown here, too.
        height: of the page here, a CSS length.
        hiding: CSS that hides what stands below.
    """

    def __init__(
        self,
        job: VisualizationJob,
        ask: Ask,
        ready: Callable[[], object],
        *,
        is_inline: bool,
        height: str,
        hiding: str = "",
    ) -> None:
        self._ask = ask
        self._ready = ready
        name = job.name or job.job_id
        self.widget = _DoorWidget(
            options={
                "name": name,
                "inline": is_inline,
                "height": height,
                "hiding": hiding,
                "attributes": {**ATTRIBUTES, "title": f"TensorBoard: {name}"},
                "styles": {"box": BOX, "frame": FRAME, "button": _BUTTON},
                "words": {
                    "open": _("Open TensorBoard in a new tab"),
                    "asking": _("Asking for its address…"),
                    "over": _("The kernel has forgotten it: run the cell again"),
                },
            }
        )
        self.widget.on_msg(self._received)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Nothing changes by itself."""
        return False

    def close(self) -> None:
        close_tree(self.widget)

    def tell(self, number: str, answer: Mapping[str, str]) -> None:
        """Answer a question; see :func:`address_for`."""
        self.widget.send({"kind": "address", "number": number, **answer})

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the front end; it may come on any thread."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "ready":
            self._ready()
        elif kind == "address":
            self._ask(str(content.get("number"))[:_LONGEST], content.get("framed") is True)


def address_for(api: VisualizationApi, job_id: str, *, is_framed: bool) -> dict[str, str]:
    """What a click is told: the address, read at this moment, or why there is none.

    The viewer was there when its door was made: one that is not found any more was deleted.
    """
    try:
        address = api.address(job_id, is_framed=is_framed)
    except NotFoundError as error:
        said = error if error.is_unknown_call else visualization.deleted(job_id)
        return {"address": "", "said": str(said)}
    except ModelArtsError as error:
        return {"address": "", "said": str(error)}
    if link.may_be_opened(address):
        return {"address": address, "said": ""}
    return {"address": "", "said": _("It has no address now: see %ma_viz info {id}", id=job_id)}
