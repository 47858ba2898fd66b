"""The site of the pages in this folder: `make docs`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from flag_tables import with_tables_of  # noqa: E402

from modelarts_magics import __version__  # noqa: E402

project = "modelarts_magics"
author = "modelarts-magics contributors"
copyright = f"{author}, Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns: list[str] = []
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 4
highlight_language = "none"  # magics are no Python
html_theme = "furo"
html_title = project
html_theme_options = {"source_repository": "https://github.com/modelarts-magics/modelarts_magics/"}
# Only what a reader has to copy: no prompts, no answers.
copybutton_prompt_text = ">>> "

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "undoc-members": False, "inherited-members": True}
napoleon_google_docstring = True
napoleon_use_ivar = True

_REPOSITORY = "https://github.com/modelarts-magics/modelarts_magics/blob/main/"
_ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')
_LINK_OUT = re.compile(r"\]\((?:\.\./)+(?!docs/)([\w./-]+\.(?:md|ipynb|py|cff))(#[\w-]+)?\)")


def setup(app: Any) -> None:
    app.connect("source-read", _complete)


def _complete(app: Any, page: str, source: list[str]) -> None:
    """Tables of flags as the magics have them, anchors and links that also work in the site."""
    text = with_tables_of(source[0], "zh" if page.startswith("zh/") else "en")
    text = _ANCHOR.sub(r"[ ]{#\1}", text)
    inside = {f"{path}.md" for path in app.env.found_docs}
    source[0] = _LINK_OUT.sub(
        lambda found: found[0] if found[1] in inside else f"]({_REPOSITORY}{found[1]})", text
    )
