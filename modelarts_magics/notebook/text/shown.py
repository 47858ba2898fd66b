"""A result that shows itself: as text in a terminal, as HTML beside it in a notebook."""

from __future__ import annotations

import sys
from typing import Any

from ...core.encodable import encodable
from . import colors


class Shown:
    """What a line gives back; the one place that speaks IPython's protocol of displaying.

    A subclass says how it looks; foreign texts are escaped there.
    """

    def as_text(self) -> str:
        """How it looks in a terminal, and where a notebook shows no HTML."""
        raise NotImplementedError

    def as_html(self) -> str:
        """How it looks in a notebook; empty for what is only text."""
        return ""

    def bundle(self) -> dict[str, str]:
        """All that a front end may choose from, by MIME type."""
        forms = {"text/plain": repr(self), "text/html": self._repr_html_() or ""}
        return {kind: form for kind, form in forms.items() if form or kind == "text/plain"}

    def __repr__(self) -> str:
        return encodable(self.as_text(), sys.stdout)

    def _repr_html_(self) -> str | None:
        html = self.as_html()
        return colors.STYLE + html if html else None

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return self.bundle()
