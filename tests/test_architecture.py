"""Imports point one way, and what has side effects happens in one place."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Callable
from xml.etree import ElementTree

import import_graph
import pytest

import modelarts_magics

PACKAGE = Path(modelarts_magics.__file__).parent
MODULES = {
    ".".join(("modelarts_magics", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


@functools.cache
def nodes(module: str) -> list[ast.AST]:
    """All that a module says, read once for all tests."""
    return list(ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))))


@functools.cache
def imports(module: str) -> set[str]:
    """Everything a module imports, absolutely; also what it imports inside functions."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, *filter(None, [node.module])])
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return found


def offenders(modules: Iterable[str], found: Callable[[str], Collection[str]]) -> dict[str, Any]:
    """The modules in which something is found that should not be there, and what."""
    return {module: wrong for module in modules if (wrong := found(module))}


def is_in(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def modules_of(part: str) -> list[str]:
    return [module for module in MODULES if is_in(module, f"modelarts_magics.{part}")]


PUBLIC = ("session", "estimator", "estimatorV2", "train_params", "config")
FACE = [module for part in ("sdk", *PUBLIC) for module in modules_of(part)]
OURS = "modelarts_magics"
FORBIDDEN = {
    **{
        module: [
            f"{OURS}.notebook",
            f"{OURS}.local",
            f"{OURS}.sdk",
            *(f"{OURS}.{name}" for name in PUBLIC),
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
STARTS_THE_SERVICE = f"{OURS}.notebook.shell.embedded"
FOR_ITS_START = (
    f"{OURS}.local.storage.mark",
    f"{OURS}.local.storage.root",
    f"{OURS}.local.surroundings",
)


def test_the_parts_are_there():
    for part in ("core", "sdk", "notebook", "local"):
        assert len(modules_of(part)) > 5


def test_imports_point_one_way():
    def forbidden(module: str) -> set[str]:
        found = {name for name in imports(module) if is_in(name, *FORBIDDEN[module])}
        if module == STARTS_THE_SERVICE:
            found = {name for name in found if not is_in(name, *FOR_ITS_START)}
        return found

    assert offenders(FORBIDDEN, forbidden) == {}


def test_the_embedded_service_knows_of_the_core_only_values_and_signatures():
    known = ("local", "core.api.fields", "core.api.v1.status", "core.api.v1.models", *SIGNATURES)
    allowed = tuple(f"{OURS}.{name}" for name in known)
    packages = {OURS, f"{OURS}.__version__"}  # on the way to them

    def others(module: str) -> list[str]:
        ours = {name for name in imports(module) if is_in(name, OURS)}
        return [name for name in ours - packages if not is_in(name, *allowed)]

    assert offenders(modules_of("local"), others) == {}


GENERATIONS = (f"{OURS}.core.api.v1", f"{OURS}.core.api.v2")
OPENS = f"{OURS}.core.jobs"  # what has to be known before a session tells its generation


def test_one_module_of_the_core_knows_generations_and_none_of_the_notebook():
    def known(module: str) -> list[str]:
        if module == OPENS or is_in(module, *GENERATIONS):
            return []
        return [name for name in imports(module) if is_in(name, *GENERATIONS)]

    assert offenders([*modules_of("notebook"), *modules_of("core")], known) == {}


SIGNATURES = ("core.auth.signing", "core.auth.keys", "core.obs.signing")

# The house, from the ground up: a module knows its own floor and those below it.
FLOORS = [
    {"_version", "core.encodable", "core.i18n", "core.locale", "core.api.fields", "core.api.log"},
    {"core.errors", "core.backoff", "core.cancellation", "core.forked", "core.auth.keys"},
    {"core.numbers", "core.api.first_of"},
    {"core.http.answer", "core.http.failure", "core.http.xml", "core.http.retry", "core.paging"},
    {"core.thread_pool", "core.http.fair_queue", "core.http.wire"},
    {"core.http.socks_wire"},
    {"core.http.adapter"},
    {"core.auth.signing", "core.auth.vendor", "core.auth.metadata", "core.http.codes"},
    {"core.obs.signing", "core.obs.codes"},
    {
        "core.config",
        "core.endpoints",
        "core.http.rate_limit",
        "core.api.v1.codes",
        "core.obs.address",
    },
    {"core.http.reader", "core.auth.credentials", "core.auth.sources", "core.by_name"},
    {"core.http.transport", "core.obs_path"},
    {"core.http.reach"},
    {"core.api.base", "core.obs.client"},
    {"core.generations", "core.obs.object_bytes", "core.settling"},
    {"core.obs.log_folder"},
    {"core.api.v2.codes", "core.api.v2.rules", "core.api.v2.paging", "core.api.v2.state"},
    {"core.api.v2.models"},
    {"core.api.v2.client"},
    {"core.api.v2.names"},
    {"core.api.v2.creation"},
    {"core.api.v2.logs"},
    {"core.api.v2.jobs", "core.api.v2.visualizations"},
    {"core.api.v1.status", "core.api.v1.rules"},
    {"core.api.v1.models"},
    {"core.api.v1.client"},
    {"core.api.v1.logs"},
    {"core.api.v1.jobs", "core.api.v1.visualizations"},
    {"core.jobs"},
    {"core.logs.cadence", "core.logs.characters", "core.logs.promptness"},
    {"core.scalars", "core.visualization"},
    {"core.metrics"},
    {"core.logs.exact"},
    {"core.logs.ranges", "core.logs.follow", "core.logs.fingerprint", "core.logs.retried"},
    {"core.logs.read_until"},
    {"core.logs.backward", "core.logs.last_lines", "core.logs.shown", "core.logs.window"},
    {"core.logs.others"},
    {"core.logs.preview"},
    {"core.logs.ahead", "core.logs.lines", "core.logs.newest_part"},
    {"core.logs.draft", "core.logs.pages_before", "core.logs.snapshot"},
    {"core.logs.pages"},
    {"core.logs.readers"},
    {
        "core.logs.download",
        "core.logs.tail",
        "core.logs.discovery",
    },
    {"core.logs.follow_job"},
    {"core.logs.job_logs"},
    {"sdk", *PUBLIC, "errors", "events", "metrics"},
    {"notebook"},
]
PATH = "{http://www.w3.org/2000/svg}path"
ASIDE = {"local"}  # what it may take has a test of its own


def floor_of(module: str) -> int | None:
    """The floor on which a module stands; ``None`` when the table does not know it."""
    parts = module.split(".")[1:]
    places = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return next((n for n, floor in enumerate(FLOORS) if places & floor), None)


HOUSED = [
    module
    for module, path in MODULES.items()
    if path.name != "__init__.py" and not any(is_in(module, f"{OURS}.{part}") for part in ASIDE)
]


def test_every_module_has_a_floor():
    unknown = [module for module in HOUSED if floor_of(module) is None]
    assert unknown == [], f"FLOORS does not know {unknown}"


def test_no_module_knows_one_above_it():
    def above(module: str) -> list[str]:
        own = floor_of(module)
        others = {name: floor_of(name) for name in imports(module) if is_in(name, OURS)}
        return [name for name, floor in others.items() if own is not None and (floor or 0) > own]

    assert offenders(HOUSED, above) == {}


def needs(module: str) -> set[str]:
    """The modules that a module imports, also inside functions and for annotations only.

    Not the packages around a module, which Python imports before it.
    """
    names = {name: name if name in MODULES else f"{name}.__init__" for name in imports(module)}
    return {name for name in names.values() if name in MODULES}


def test_no_imports_go_in_a_circle():
    try:
        TopologicalSorter({module: needs(module) for module in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def rooms() -> list[list[str]]:
    """The floors with their rooms in order; what the notebook starts is below it."""
    return [*map(sorted, FLOORS[:-1]), sorted(ASIDE), sorted(FLOORS[-1])]


def room_of(module: str) -> str | None:
    parts = module.split(".")[1:]
    places = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return next((place for place in places if any(place in floor for floor in rooms())), None)


def arrows() -> Counter[tuple[str, str]]:
    """How many modules of a room import from another room."""
    return Counter(
        (room, other)
        for module in MODULES
        for room, other in {(room_of(module), room_of(name)) for name in needs(module)}
        if room and other and room != other
    )


def test_a_picture_of_the_house_has_no_arrow_back():
    drawn = import_graph.picture(rooms(), arrows())
    kinds = Counter(path.get("class") for path in ElementTree.fromstring(drawn).iter(PATH))
    assert kinds["down"] > 50
    assert kinds["back"] == 0


def uses(module: str, *dotted: str) -> Iterator[str]:
    for node in nodes(module):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in dotted:
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in names if name in dotted)


OUTSIDE_LOCAL = [module for module in MODULES if not is_in(module, f"{OURS}.local")]


def places(modules: Iterable[str], *dotted: str) -> list[str]:
    """The modules that use one of these names."""
    return list(offenders(modules, lambda module: list(uses(module, *dotted))))


def test_threads_are_created_in_one_place_and_can_be_given_up():
    makers = ("threading.Thread", "threading.Timer", "concurrent.futures.ThreadPoolExecutor")
    users = places(OUTSIDE_LOCAL, *makers, "_thread.start_new_thread")
    assert users == [f"{OURS}.core.cancellation"]


def test_the_environment_is_read_in_one_place():
    users = places(OUTSIDE_LOCAL, "os.environ", "os.getenv", "os.environb")
    assert users == [f"{OURS}.core.config"]


def calls(module: str, *names: str) -> list[str]:
    """The calls of these functions."""
    found = [node for node in nodes(module) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in found if ast.unparse(call.func) in names]


def test_the_core_does_not_print():
    assert offenders(modules_of("core"), lambda module: calls(module, "print", "input")) == {}


def test_text_is_printed_by_one_writer():
    """It knows what a terminal cannot show."""
    modules = [*modules_of("notebook"), *modules_of("sdk")]
    printing = offenders(modules, lambda module: calls(module, "print"))
    assert list(printing) == [f"{OURS}.sdk.writer"]


# ---- tests see what anybody can see --------------------------------------------------------------


@functools.cache
def all_tests() -> dict[Path, ast.Module]:
    """The files of the tests, read once they are asked about: each worker collects all tests."""
    return {
        path: ast.parse(path.read_text("utf-8")) for path in Path(__file__).parent.rglob("*.py")
    }


def is_private(name: str) -> bool:
    """Not those of Python and of IPython's protocols, which end with an underscore."""
    return name.startswith("_") and not name.endswith("_")


def imported(source: ast.Module) -> dict[str, str]:
    """The names that the imports of a file bind, and where each comes from."""
    bound: dict[str, str] = {}
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            bound |= {item.asname or item.name.partition(".")[0]: item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            bound |= {item.asname or item.name: f"{node.module}.{item.name}" for item in node.names}
    return bound


def own_names(source: ast.Module) -> set[str]:
    """What the classes of a test file give their objects."""
    nodes = list(ast.walk(source))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    of_self = {node.attr for node in attributes if ast.unparse(node.value) == "self"}
    return of_self | {node.name for node in nodes if isinstance(node, functions)}


@functools.cache
def names_of_fakes() -> set[str]:
    fakes = (found for path, found in all_tests().items() if not path.name.startswith("test_"))
    return set().union(*map(own_names, fakes))


def private_names(source: ast.Module) -> Iterator[str]:
    """Private names that a test imports, reads, or replaces, but for those of the tests."""
    bound, own = imported(source), own_names(source) | names_of_fakes()
    ours = (name for name in bound.values() if is_in(name, OURS))
    yield from (name for name in ours if is_private(name.rpartition(".")[2]))
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            root = ast.unparse(node).partition(".")[0]
            if is_in(bound.get(root, OURS), OURS) and node.attr not in own:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("attr"):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            yield from (text for text in map(str, texts) if is_private(text.rpartition(".")[2]))


def test_tests_reach_into_nothing_private():
    found = {path: set(private_names(source)) for path, source in all_tests().items()}
    assert {path: names for path, names in found.items() if names} == {}


def fixed_pauses(source: ast.Module) -> Iterator[str]:
    """Pauses that are not in a loop, which looks at a condition between them; waits in vain."""
    nodes, bound = list(ast.walk(source)), imported(source)
    loops = [node for node in nodes if isinstance(node, ast.While)]
    within = {node for loop in loops for node in ast.walk(loop)}
    for call in (node for node in nodes if isinstance(node, ast.Call) and node not in within):
        root, _, name = ast.unparse(call.func).partition(".")
        is_sleep = name == "sleep" and bound.get(root) in {"asyncio", "time"}
        is_fixed = all(isinstance(argument, ast.Constant) for argument in call.args)
        is_pause = is_fixed and (is_sleep or name.endswith("wait_for_timeout"))
        is_in_vain = name == "raises" and "TimeoutExpired" in ast.unparse(call)
        if is_pause or is_in_vain:
            yield ast.unparse(call)


def test_tests_wait_for_conditions_and_never_for_a_time_to_pass():
    found = {path.name: list(fixed_pauses(source)) for path, source in all_tests().items()}
    assert {name: pauses for name, pauses in found.items() if pauses} == {}


TROUBLE = {408, 425, 429, 500, 502, 503, 504}
DECIDES = {"core.errors", "core.http.codes", "core.http.retry"}  # what is transient, and repeated
PASSING = {"UnavailableError", "ThrottledError", "ConnectionFailedError", "DeadlineExceededError"}
RAISE = {
    *DECIDES,
    "core.api.v1.codes",
    "core.api.v2.codes",
    "core.http.rate_limit",
    "core.http.transport",
    "core.obs.codes",
    "errors",
    "notebook.shell.embedded",  # the service that it starts does not come up
}


def passing(module: str) -> list[str]:
    """The statuses and errors by which a module decides what is transient, and may not."""
    inside = module.partition(".")[2]
    compared = [node for node in nodes(module) if isinstance(node, (ast.Compare, ast.Set))]
    constants = (n for node in compared for n in ast.walk(node) if isinstance(n, ast.Constant))
    numbers = {n.value for n in constants if isinstance(n.value, int)} & TROUBLE
    names = {node.id for node in nodes(module) if isinstance(node, ast.Name)} & PASSING
    return [
        *(str(number) for number in numbers if inside not in DECIDES),
        *(name for name in names if inside not in RAISE),
    ]


def test_what_is_transient_is_decided_in_one_place():
    assert offenders(OUTSIDE_LOCAL, passing) == {}


def powers(module: str) -> list[str]:
    return [
        ast.unparse(node)
        for node in nodes(module)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        if not isinstance(node.right, ast.Constant)
    ]


def test_pauses_are_computed_in_one_place():
    assert list(offenders(OUTSIDE_LOCAL, powers)) == [f"{OURS}.core.backoff"]
