"""Whether somebody takes the value of the line that runs, as in ``x = %ma_log JOB``."""

from __future__ import annotations

import ast
import inspect
from types import FrameType


def is_taken() -> bool:
    """Whether the value of the running magic is assigned, or a part of an expression.

    A line that stands alone shows its result, whether or not it is the last one of its cell. Where
    nothing tells how the magic was called, it stands alone.
    """
    frame = _caller(inspect.currentframe())
    if frame is None:
        return False
    from executing import Source

    node = Source.executing(frame).node
    parent = getattr(node, "parent", None)
    return parent is not None and not isinstance(parent, ast.Expr)


def _caller(frame: FrameType | None) -> FrameType | None:
    """The frame with the code of the line; IPython makes a call of ``run_line_magic`` of it."""
    while frame is not None and frame.f_code.co_name != "run_line_magic":
        frame = frame.f_back
    return frame.f_back if frame is not None else None
