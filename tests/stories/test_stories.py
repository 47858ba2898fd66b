"""The notebooks, run by nbval from top to bottom against a service of their own."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from lab import NOTEBOOKS, Lab

Done = subprocess.CompletedProcess[str]

STORIES = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def story(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Future[Done]]]:
    """All stories, side by side: most of their time is waiting."""
    with ThreadPoolExecutor() as pool:
        yield {story: pool.submit(_run, story, tmp_path_factory.mktemp("run")) for story in STORIES}


@pytest.mark.kernel
def test_every_cell_runs(story: Path, runs: dict[Path, Future[Done]]) -> None:
    done = runs[story].result()
    assert done.returncode == 0, done.stdout


def _run(story: Path, folder: Path) -> Done:
    """Run a notebook beside a service that is new."""
    copies = folder / "notebooks"
    shutil.copytree(NOTEBOOKS, copies, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    with Lab(folder / "local", notebooks=copies) as lab:
        lab.start_service()
        return _nbval(copies / story.name, lab.environment)


def _nbval(notebook: Path, environment: dict[str, str]) -> Done:
    command = [
        *(sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env"),
        *("--nbval-cell-timeout", "120", "-p", "no:cacheprovider", notebook.name),
    ]
    return subprocess.run(
        command,
        cwd=notebook.parent,  # away from the settings of this project, which are for its own tests
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_saved_without_outputs(story: Path) -> None:
    import nbformat  # takes a second, which no worker needs to collect the tests

    notebook = nbformat.read(story, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count] == []
    assert notebook.metadata.kernelspec.name == "python3"


def test_names_no_folder_of_a_machine(story: Path) -> None:
    text = story.read_text("utf-8")
    assert str(NOTEBOOKS.parent) not in text
    assert os.path.expanduser("~") + os.sep not in text


def test_the_example_makes_no_folder_that_the_service_would_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the service was ever there, its folder is not for others to begin."""
    monkeypatch.setenv("MODELARTS_MAGICS_LOCAL", str(tmp_path / "local"))
    upload = runpy.run_path(str(NOTEBOOKS / "training" / "example.py"))["upload"]
    with pytest.raises(FileNotFoundError, match="%ma_session local"):
        upload()
    assert not (tmp_path / "local").exists()
