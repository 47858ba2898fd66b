"""The recipe for conda asks for what the package asks for."""

from __future__ import annotations

import re
from importlib.metadata import metadata, requires
from pathlib import Path

import jinja2
import yaml

RECIPE = Path(__file__).resolve().parent.parent / "packaging" / "conda" / "meta.yaml"
# What an extra of a dependency stands for: tabulate[widechars].
OF_EXTRAS = {"wcwidth"}


def recipe():
    values = {"PYTHON": "python", "python_min": "3.9"}
    return yaml.safe_load(jinja2.Template(RECIPE.read_text("utf-8")).render(values))


def test_the_recipe_asks_for_the_same_packages_of_the_same_age():
    base = [need for need in requires("modelarts-magics") or () if "extra ==" not in need]
    ours = {re.sub(r"\[\w+\]", "", need).replace(" ", "") for need in base}
    run = {need.replace(" ", "") for need in recipe()["requirements"]["run"]}
    assert run - OF_EXTRAS - {"python>=3.9"} == ours


def test_the_recipe_says_what_the_package_says_of_itself():
    ours, about = metadata("modelarts-magics"), recipe()["about"]
    assert about["license"] == (ours["License-Expression"] or ours["License"])
    root = RECIPE.parent.parent.parent
    assert [path for path in about["license_file"] if not (root / path).exists()] == []
    assert ours["Requires-Python"] == ">=3.9"
