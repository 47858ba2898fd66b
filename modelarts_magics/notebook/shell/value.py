"""Whether somebody takes the value of the line that runs, as in ``x = %ma_log JOB``."""

from __future__ import annotations

import dis
import inspect
from types import FrameType

_DROPPED = ("POP_TOP", "PRINT_EXPR")  # an expression alone; IPython's last line of a cell
_PRINTED = "INTRINSIC_PRINT"  # the latter since Python 3.12


def is_taken() -> bool:
    """Whether the value of the running magic is assigned, or a part of an expression.

    A line that stands alone shows its result, whether or not it is the last one of its cell. The
    code itself tells, for its text may be nowhere: ``%%time`` compiles a cell of its own.
    """
    frame = _caller(inspect.currentframe())
    if frame is None:
        return False
    following = (op for op in dis.get_instructions(frame.f_code) if op.offset > frame.f_lasti)
    after = next(following, None)
    return after is not None and after.opname not in _DROPPED and after.argrepr != _PRINTED


def _caller(frame: FrameType | None) -> FrameType | None:
    """The frame with the code of the line; IPython makes a call of ``run_line_magic`` of it."""
    while frame is not None and frame.f_code.co_name != "run_line_magic":
        frame = frame.f_back
    return frame.f_back if frame is not None else None
