"""The example's training script: it learns, and its log has what real logs have."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from lab import NOTEBOOKS
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

SCRIPT = NOTEBOOKS / "training" / "train.py"


def _train(*arguments: str, python: tuple[str, ...] = (), **environment: str) -> str:
    command = [sys.executable, "-W", "error", *python, str(SCRIPT), "--seconds_per_epoch=0"]
    done = subprocess.run(
        [*command, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    log = done.stdout.decode("utf-8")
    assert done.returncode == 0, log
    return log


def _accuracies(log: str) -> list[float]:
    return [float(value) for value in re.findall(r"epoch \d+ .*val_accuracy=([\d.]+)", log)]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training") / "output"


@pytest.fixture(scope="module")
def log(output: Path) -> str:
    return _train(f"--train_url={output}", "--epochs=12", "--num_gpus=1")


def test_accuracy_rises(log: str) -> None:
    accuracies = _accuracies(log)
    assert len(accuracies) == 12
    assert accuracies[0] < 0.8
    assert max(accuracies) > 0.95


@pytest.mark.parametrize(
    "part",
    [
        pytest.param("training started", id="english"),
        pytest.param("训练开始", id="chinese"),
        pytest.param("\rEpoch 12/12 |████", id="progress rewrites its line"),
        pytest.param("\033[32mval_accuracy=", id="green"),
        pytest.param("\033[33mWARNING no spirals.npz", id="yellow"),
        pytest.param("ignored arguments · 忽略的参数: --num_gpus=1", id="unknown argument"),
    ],
)
def test_log_has(part: str, log: str) -> None:
    assert part in log


def test_tensorboard_reads_the_metrics(log: str, output: Path) -> None:
    (events,) = output.glob("events.out.tfevents.*")
    values = [
        (event.step, value)
        for event in EventFileLoader(str(events)).Load()
        for value in event.summary.value
    ]
    tags = {"loss", "accuracy", "val_accuracy", "learning_rate"}
    assert {value.tag for _, value in values} == tags
    told = [value.tensor.float_val[0] for _, value in values if value.tag == "val_accuracy"]
    assert told == pytest.approx(_accuracies(log), abs=1e-4)


def test_model_is_saved(log: str, output: Path) -> None:
    with np.load(output / "model.npz") as arrays:
        assert arrays["arr_0"].shape == (2, 32)


def test_data_of_the_input_folder_is_used(tmp_path: Path) -> None:
    labels = np.arange(400) % 3
    inputs = np.stack([labels, -labels], axis=1) + 0.0
    np.savez(tmp_path / "spirals.npz", inputs=inputs, labels=labels)
    log = _train(f"--data_url={tmp_path}", "--epochs=8", LC_ALL="C")
    assert "300 + 100 points" in log
    assert max(_accuracies(log)) == 1


def test_trains_without_tensorboard(tmp_path: Path) -> None:
    blocked = "import sys, runpy; sys.modules['tensorboard'] = None; sys.argv = sys.argv[1:];"
    run = "runpy.run_path(sys.argv[0], run_name='__main__')"
    log = _train(f"--train_url={tmp_path}", "--epochs=1", python=("-c", blocked + run))
    assert "未安装 TensorBoard" in log
    assert list(tmp_path.glob("events*")) == []


def test_another_training_into_the_same_folder_takes_the_place_of_the_one_before(
    log: str, output: Path, tmp_path: Path
) -> None:
    """All versions of the example write there: a curve that goes back and forth tells nothing."""
    assert len(_accuracies(log)) == 12
    again = shutil.copytree(output, tmp_path / "output")
    for before in again.glob("events.out.tfevents.*"):
        before.rename(again / "events.out.tfevents.0000000000.before")
    _train(f"--train_url={again}", "--epochs=2")
    events = EventAccumulator(str(again)).Reload()
    assert [one.step for one in events.Scalars("val_accuracy")] == [1, 2]
