"""Draw who imports whom as an SVG picture.

    python scripts/import_graph.py house.svg

The rooms and floors are those of `tests/test_architecture.py`; an arrow leads from a room to one
that it imports, thicker for more modules. What points up or back would be red.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
_WIDTH, _ROW, _BOX = 1600, 84, (190, 28)
_STYLE = """
text { font: 13px sans-serif; text-anchor: middle }
rect { fill: #eef3fb; stroke: #4a6fa5 }
path { fill: none; stroke: #4a6fa5; opacity: .45 }
path.level { stroke: #2e8b57 }
path.back { stroke: #d0021b; opacity: 1 }
"""


def picture(floors: Sequence[Sequence[str]], arrows: Counter[tuple[str, str]]) -> str:
    """The SVG text of a house.

    Args:
        floors: the rooms, from the ground up.
        arrows: how many modules of a room import from another.
    """
    places = _places(floors)
    height = _ROW * len(floors)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">',
        f"<style>{_STYLE}</style>",
        *(_arrow(places, *pair, count) for pair, count in sorted(arrows.items())),
        *(_box(room, *place) for room, place in places.items()),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _places(floors: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    """The middle of each room; the ground floor is at the bottom."""
    found = {}
    for number, floor in enumerate(reversed(floors)):
        for column, room in enumerate(floor):
            found[room] = (_WIDTH * (column + 0.5) / len(floor), _ROW * (number + 0.5))
    return found


def _box(room: str, x: float, y: float) -> str:
    width, height = _BOX
    corner = f'x="{x - width / 2:.0f}" y="{y - height / 2:.0f}"'
    return (
        f'<rect {corner} width="{width}" height="{height}" rx="5"/>'
        f'<text x="{x:.0f}" y="{y + 5:.0f}">{escape(room)}</text>'
    )


def _arrow(places: dict[str, tuple[float, float]], one: str, other: str, count: int) -> str:
    (x1, y1), (x2, y2) = places[one], places[other]
    kind = "down" if y1 < y2 else "level" if y1 == y2 else "back"
    half = _BOX[1] / 2
    start, end = (y1 + half, y2 - half) if kind == "down" else (y1 - half, y2 - half)
    bend = _ROW / 2 if kind == "down" else -_ROW / 3
    curve = f"M{x1:.0f} {start:.0f}C{x1:.0f} {start + bend:.0f} {x2:.0f} {end - abs(bend):.0f} "
    title = f"<title>{escape(f'{one} imports {other}: {count}')}</title>"
    width = 1 + min(count, 20) / 5
    return (
        f'<path class="{kind}" stroke-width="{width:.1f}" d="{curve}{x2:.0f} {end:.0f}">'
        f"{title}</path>"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("output", type=Path)
    output: Path = parser.parse_args().output
    sys.path.insert(0, str(TESTS))
    house = importlib.import_module("test_architecture")  # it needs what tests need
    output.write_text(picture(house.rooms(), house.arrows()), encoding="utf-8")


if __name__ == "__main__":
    main()
