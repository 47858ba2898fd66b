"""What one place decides is decided nowhere else."""

from __future__ import annotations

import ast

import pytest
from test_architecture import MODULES, OURS, OUTSIDE_LOCAL, imports, modules_of, nodes, offenders


def definitions(name: str) -> list[str]:
    """The modules that define a function or a method of a name."""
    return [
        module
        for module in MODULES
        for node in nodes(module)
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]


@pytest.mark.parametrize("name", ["_repr_mimebundle_", "_repr_html_"])
def test_one_class_speaks_the_protocol_of_displaying(name):
    assert definitions(name) == [f"{OURS}.notebook.text.shown"]


def test_one_class_appears_with_widgets():
    assert definitions("_ipython_display_") == [f"{OURS}.notebook.panels.panel"]


def test_one_module_knows_which_names_are_near():
    users = [module for module in MODULES if "difflib" in imports(module)]
    assert users == [f"{OURS}.core.by_name"]


LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def turns_pages(node: ast.AST) -> bool:
    """Whether a loop asks for the pages of a listing."""
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    names = {keyword.arg for call in calls for keyword in call.keywords}
    called = {ast.unparse(call.func).rpartition(".")[2] for call in calls}
    listing = {"list_jobs", "list_versions", "list_visualization_jobs"}
    return "page" in names or bool(listing & called)


def test_one_module_turns_the_pages_of_a_listing():
    def turning(module: str) -> list[str]:
        loops = [node for node in nodes(module) if isinstance(node, LOOPS)]
        return [ast.unparse(loop) for loop in loops if turns_pages(loop)]

    assert turns_pages(ast.parse("for number in (1, 2):\n    api.list_jobs(page=number)").body[0])
    assert offenders(OUTSIDE_LOCAL, turning) == {}


# ---- what a generation of the API knows stands with it -------------------------------------------

NEUTRAL = [*modules_of("core.visualization"), *modules_of("notebook.viz"), f"{OURS}.sdk.session"]


@pytest.mark.parametrize("module", NEUTRAL)
def test_visualization_speaks_of_states_not_of_numbers(module):
    assert f"{OURS}.core.api.v1.status" not in imports(module)
    names = {node.id for node in nodes(module) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes(module) if isinstance(node, ast.Attribute)}
    texts = {node.value for node in nodes(module) if isinstance(node, ast.Constant)}
    assert not {"JobStatus", "version_id"} & (names | attributes)
    assert [text for text in texts if isinstance(text, str) and "/v1/" in text] == []
