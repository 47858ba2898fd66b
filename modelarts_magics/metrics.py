"""The curves that a log tells.

::

    from modelarts_magics import metrics

    for name, series in metrics.read(open("train.log").read()).items():
        print(name, series.steps, series.values)
"""

from __future__ import annotations

from collections.abc import Iterable

from .core.metrics.reader import MetricReader
from .core.metrics.series import MetricSeries

__all__ = ["MetricReader", "MetricSeries", "read"]


def read(text: str | Iterable[str]) -> dict[str, MetricSeries]:
    """The metrics that a log tells.

    Args:
        text: of the log, or pieces of it as they come, which may be cut anywhere.

    Returns:
        By name, in the order in which they came, each metric that came at least three times and
        changes. Of very long ones each stretch keeps its lowest and highest value.
    """
    reader = MetricReader()
    for piece in [text] if isinstance(text, str) else text:
        reader.feed(piece)
    reader.end()
    return reader.series
