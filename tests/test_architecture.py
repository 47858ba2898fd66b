"""Imports point one way, and what has side effects happens in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import modelarts_magics

PACKAGE = Path(modelarts_magics.__file__).parent
MODULES = {
    ".".join(("modelarts_magics", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str) -> set[str]:
    """Everything a module imports, absolutely; also what it imports inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, *filter(None, [node.module])])
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return found


def is_in(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def modules_of(part: str) -> list[str]:
    return [module for module in MODULES if is_in(module, f"modelarts_magics.{part}")]


FACE = [*modules_of("sdk"), "modelarts_magics.session", "modelarts_magics.estimator"]
OURS = "modelarts_magics"
FORBIDDEN = {
    **{
        module: [
            f"{OURS}.notebook",
            f"{OURS}.local",
            f"{OURS}.sdk",
            f"{OURS}.session",
            f"{OURS}.estimator",
            "IPython",
            "ipywidgets",
            "tornado",
        ]
        for module in modules_of("core")
    },
    **{
        module: [f"{OURS}.notebook", f"{OURS}.local", "IPython", "ipywidgets", "tornado"]
        for module in FACE
    },
    **{module: [f"{OURS}.local", "tornado"] for module in modules_of("notebook")},
}


def test_the_parts_are_there():
    for part in ("core", "sdk", "notebook", "local"):
        assert len(modules_of(part)) > 5


@pytest.mark.parametrize("module", FORBIDDEN)
def test_imports_point_one_way(module):
    assert [name for name in imports(module) if is_in(name, *FORBIDDEN[module])] == []


@pytest.mark.parametrize("module", modules_of("local"))
def test_the_embedded_service_knows_of_the_core_only_values_and_signatures(module):
    ours = {name for name in imports(module) if is_in(name, OURS)}
    allowed = (f"{OURS}.local", f"{OURS}.core.models", f"{OURS}.core.signing")
    packages = {OURS, f"{OURS}.core", f"{OURS}.__version__"}  # on the way to them
    assert [name for name in ours - packages if not is_in(name, *allowed)] == []


LAYERS = [
    {"models", "i18n", "series"},
    {"errors", "signing"},
    {"config", "rules", "metadata", "vendor", "budget", "event_file"},
    {"credentials", "folders"},
    {"transport"},
    {"client"},
    {"logs", "runs", "scalars", "visualization"},
    {"read_ahead", "follow"},
    {"log_sources", "download", "follow_log", "arrivals"},
    {"follow_job"},
    {"run_logs"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


@pytest.mark.parametrize("module", modules_of("core"))
def test_the_layers_of_the_core_stand_on_each_other(module):
    own = LEVEL.get(module.split(".")[2]) if module.count(".") > 1 else None
    above = []
    for name in imports(module):
        if own is not None and is_in(name, f"{OURS}.core") and name.count(".") > 1:
            other = LEVEL.get(name.split(".")[2])
            above += [name] if other is not None and other > own else []
    assert above == []


def uses(module: str, *dotted: str) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in dotted:
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in names if name in dotted)


OUTSIDE_LOCAL = [module for module in MODULES if not is_in(module, f"{OURS}.local")]


@pytest.mark.parametrize("module", OUTSIDE_LOCAL)
def test_threads_are_created_by_the_worker_and_for_requests(module):
    makers = ("threading.Thread", "threading.Timer", "concurrent.futures.ThreadPoolExecutor")
    if module not in {f"{OURS}.notebook.worker", f"{OURS}.core.budget"}:
        assert list(uses(module, *makers, "_thread.start_new_thread")) == []


@pytest.mark.parametrize("module", OUTSIDE_LOCAL)
def test_the_environment_is_read_in_one_place(module):
    if module != f"{OURS}.core.config":
        assert list(uses(module, "os.environ", "os.getenv", "os.environb")) == []


@pytest.mark.parametrize("module", modules_of("core"))
def test_the_core_does_not_print(module):
    calls = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if ast.unparse(call.func) in {"print", "input"}]
