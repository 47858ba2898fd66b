"""All mutants that cosmic-ray makes of a module, one JSON line each: its row, and the whole text.

`mutants.py` runs it where cosmic-ray is, in an environment of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


def _is_wanted(name: str) -> bool:
    """Whether two equal numbers are one object is chance: no comparison becomes one by identity."""
    return not name.endswith(("_Is", "_IsNot")) or "Operator_Is" in name


def mutants(source: str) -> Iterator[tuple[int, str]]:
    nodes = list(ast_nodes(get_ast(source)))
    for kind in map(get_operator, filter(_is_wanted, operator_names())):
        if kind.arguments():  # it wants to know the names of variables
            continue
        operator = kind()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, ((row, _column), _end) in enumerate(places):
            yield row, mutate_code(source, operator, occurrence)


if __name__ == "__main__":
    for found in mutants(Path(sys.argv[1]).read_text("utf-8")):
        print(json.dumps(found))
