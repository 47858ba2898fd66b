"""Train a small neural network to tell the arms of a spiral apart, as a training job does.

It runs anywhere that has NumPy:

    python train.py --train_url=output --epochs=5 --seconds_per_epoch=0

ModelArts adds `--data_url` and `--train_url`, the folders of the job's input and output, to the
hyperparameters, each as `--label=value`. Metrics go to `train_url` as TensorBoard event files where
TensorBoard is installed. The log has what real logs have: two languages, colours, and a progress
line that rewrites itself with a carriage return.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

try:
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
except ImportError:
    EventFileWriter = None

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ARMS = 3
PLATEAU = 3  # epochs without a better accuracy before the learning rate is halved
BOLD, GREEN, YELLOW, CYAN, RESET = "\033[1m", "\033[32m", "\033[33m", "\033[36m", "\033[0m"


# The data


@dataclass(frozen=True)
class Points:
    """Points of the plane with the number of the arm each lies on."""

    inputs: Floats  # (n, 2)
    labels: Ints  # (n,)

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, size: int, rng: np.random.Generator) -> Iterator[Points]:
        order = rng.permutation(len(self))
        for start in range(0, len(self), size):
            chosen = order[start : start + size]
            yield Points(self.inputs[chosen], self.labels[chosen])


def spirals(count: int, noise: float, rng: np.random.Generator) -> Points:
    labels = rng.integers(ARMS, size=count)
    radius = np.sqrt(rng.uniform(0.02, 1.0, size=count))
    angle = 4.5 * radius + 2 * np.pi * labels / ARMS + rng.normal(0, noise, size=count)
    return Points(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels)


def read_points(path: Path) -> Points:
    with np.load(path) as arrays:
        return Points(arrays["inputs"], arrays["labels"])


# The model


class Network:
    """Two hidden layers of ReLU units, a softmax on top, trained by Adam."""

    def __init__(self, hidden: int, rng: np.random.Generator) -> None:
        sizes = [2, hidden, hidden, ARMS]
        shapes = list(zip(sizes, sizes[1:]))
        self.weights = [rng.normal(0, np.sqrt(2 / rows), (rows, cols)) for rows, cols in shapes]
        self.biases = [np.zeros(cols) for _, cols in shapes]
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self._parameters()]
        self._steps = 0

    def _parameters(self) -> list[Floats]:
        return [*self.weights, *self.biases]

    def _activations(self, inputs: Floats) -> list[Floats]:
        layers = [inputs]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1]):
            layers.append(np.maximum(layers[-1] @ weight + bias, 0))
        return [*layers, layers[-1] @ self.weights[-1] + self.biases[-1]]

    def predict(self, inputs: Floats) -> Ints:
        return np.asarray(self._activations(inputs)[-1].argmax(axis=1))

    def accuracy(self, points: Points) -> float:
        return float((self.predict(points.inputs) == points.labels).mean())

    def train_step(self, batch: Points, learning_rate: float) -> float:
        """One step of Adam; returns the cross-entropy before it."""
        *layers, logits = self._activations(batch.inputs)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = odds / odds.sum(axis=1, keepdims=True)
        rows = np.arange(len(batch))
        loss = -np.log(error[rows, batch.labels] + 1e-12).mean()
        error[rows, batch.labels] -= 1
        self._apply(self._gradients(layers, error / len(batch)), learning_rate)
        return float(loss)

    def _gradients(self, layers: list[Floats], error: Floats) -> list[Floats]:
        weights, biases = [], []
        for layer, weight in zip(reversed(layers), reversed(self.weights)):
            weights.append(layer.T @ error)
            biases.append(error.sum(axis=0))
            error = (error @ weight.T) * (layer > 0)
        return [*reversed(weights), *reversed(biases)]

    def _apply(self, gradients: list[Floats], learning_rate: float) -> None:
        self._steps += 1
        for value, gradient, (mean, square) in zip(self._parameters(), gradients, self._moments):
            mean[:] += 0.1 * (gradient - mean)
            square[:] += 0.001 * (gradient**2 - square)
            corrected = mean / (1 - 0.9**self._steps)
            scale = np.sqrt(square / (1 - 0.999**self._steps)) + 1e-8
            value[:] -= learning_rate * corrected / scale


# What is told while it runs


def info(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {CYAN}INFO{RESET}    {text}", flush=True)


def warning(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {YELLOW}WARNING {text}{RESET}", flush=True)


def progress(epoch: str, done: int, total: int, loss: float) -> None:
    """Rewrite the current line, as tqdm does; the last call of an epoch ends it.

    Args:
        loss: the mean of the epoch so far, so that its last value is that of the epoch.
    """
    bar = "█" * (20 * done // total)
    line = f"\rEpoch {epoch} |{bar:<20}| {done:>2}/{total} loss={loss:.4f}"
    print(line, end="\n" if done == total else "", flush=True)


class Metrics:
    """Scalars for TensorBoard; without TensorBoard they are only in the log."""

    def __init__(self, folder: Path | None) -> None:
        self._writer = None
        if folder is None:
            return
        if EventFileWriter is None:
            warning("TensorBoard is not installed: no event files · 未安装 TensorBoard")
            return
        self._writer = EventFileWriter(str(folder), flush_secs=1)
        begin = SessionLog(status=SessionLog.START)  # voids the points of an earlier training here
        self._writer.add_event(Event(wall_time=time.time(), step=0, session_log=begin))

    def write(self, step: int, **scalars: float) -> None:
        if self._writer is None:
            return
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        event = Event(wall_time=time.time(), step=step, summary=Summary(value=values))
        self._writer.add_event(event)
        self._writer.flush()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


# The training


def train_epoch(
    network: Network, batches: list[Points], rate: float, name: str, seconds: float
) -> float:
    """One pass over the batches in no less than `seconds`; returns the mean loss."""
    started = time.monotonic()
    losses: list[float] = []
    for batch in batches:
        losses.append(network.train_step(batch, rate))
        progress(name, len(losses), len(batches), float(np.mean(losses)))
        due = started + seconds * len(losses) / len(batches)
        time.sleep(max(0.0, due - time.monotonic()))
    return float(np.mean(losses))


def train(network: Network, points: Points, held_out: Points, options: argparse.Namespace) -> float:
    """All epochs; returns the best accuracy on the points held out."""
    metrics = Metrics(options.train_url)
    rng = np.random.default_rng(options.seed)
    best, best_epoch, rate = 0.0, 0, options.learning_rate
    for epoch in range(1, options.epochs + 1):
        batches = list(points.batches(options.batch_size, rng))
        name = f"{epoch:>2}/{options.epochs}"
        loss = train_epoch(network, batches, rate, name, options.seconds_per_epoch)
        fitted, accuracy = network.accuracy(points), network.accuracy(held_out)
        metrics.write(epoch, loss=loss, accuracy=fitted, val_accuracy=accuracy, learning_rate=rate)
        info(
            f"epoch {epoch} loss={loss:.4f} accuracy={fitted:.4f}"
            f" {GREEN}val_accuracy={accuracy:.4f}{RESET}"
        )
        if accuracy > best:
            best, best_epoch = accuracy, epoch
        elif epoch - best_epoch >= PLATEAU and epoch < options.epochs:
            best_epoch, rate = epoch, rate / 2
            warning(f"no better for {PLATEAU} epochs, learning rate now {rate:g} · 学习率减半")
    metrics.close()
    return best


def report(network: Network, held_out: Points, best: float) -> None:
    counts = np.zeros((ARMS, ARMS), dtype=int)
    np.add.at(counts, (held_out.labels, network.predict(held_out.inputs)), 1)
    info("confusion, rows are the true arm · 混淆矩阵（行为真实类别）:")
    for arm, row in enumerate(counts):
        print(f"    arm {arm}: " + " ".join(f"{count:>5}" for count in row), flush=True)
    info(f"{BOLD}best {GREEN}val_accuracy={best:.4f}{RESET} · 训练完成，最佳验证准确率 {best:.2%}")


def training_points(folder: Path | None, rng: np.random.Generator) -> Points:
    """The points in `spirals.npz` of the job's input folder, else fresh ones."""
    if folder is not None and (folder / "spirals.npz").is_file():
        return read_points(folder / "spirals.npz")
    warning("no spirals.npz in data_url: making the points here · 输入目录中没有数据，现场生成")
    return spirals(2000, 0.3, rng)


def parse(arguments: list[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description="Tell the arms of a spiral apart.")
    parser.add_argument("--data_url", type=Path, help="folder that may hold spirals.npz")
    parser.add_argument("--train_url", type=Path, help="folder for event files and the model")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=32, help="units per hidden layer")
    parser.add_argument("--learning_rate", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--seconds_per_epoch",
        type=float,
        default=1.5,
        help="least time per epoch; so small a network would be done before anyone looks",
    )
    return parser.parse_known_args(arguments)


def main() -> None:
    # A job's locale may be plain C, and the log is UTF-8 whatever it is.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    options, unknown = parse()
    if unknown:
        warning(f"ignored arguments · 忽略的参数: {' '.join(unknown)}")
    rng = np.random.default_rng(options.seed)
    points = training_points(options.data_url, rng)
    cut = len(points) * 3 // 4
    fit, held_out = (Points(points.inputs[s], points.labels[s]) for s in np.s_[:cut, cut:])
    network = Network(options.hidden, rng)
    info(f"{BOLD}training started · 训练开始{RESET}: {len(fit)} + {len(held_out)} points")
    info(f"epochs={options.epochs} learning_rate={options.learning_rate} hidden={options.hidden}")

    if options.train_url is not None:
        options.train_url.mkdir(parents=True, exist_ok=True)
    best = train(network, fit, held_out, options)
    report(network, held_out, best)
    if options.train_url is not None:
        np.savez(options.train_url / "model.npz", *network.weights, *network.biases)
        info("model saved as model.npz in train_url · 模型已保存")


if __name__ == "__main__":
    main()
