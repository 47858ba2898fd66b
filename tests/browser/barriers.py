"""What keeps somebody out of a part of a page, as axe-core finds it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator

_AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
_FIND = """async root => {
  const {violations} = await axe.run(root, {resultTypes: ['violations']});
  const told = ({html, failureSummary}) => `${html.slice(0, 200)} ${failureSummary}`;
  return Object.fromEntries(violations.map(({id, nodes}) => [id, nodes.map(told)]));
}"""


def barriers(root: Locator) -> dict[str, list[str]]:
    """What axe-core finds below an element as it stands, by its rules."""
    if not root.page.evaluate("() => 'axe' in window"):
        root.page.evaluate(_AXE.read_text("utf-8"))
    found: dict[str, list[str]] = root.evaluate(_FIND)
    return found
