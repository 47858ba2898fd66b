"""Curves out of the lines of a log."""

from __future__ import annotations

import math
import re
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelarts_magics import metrics
from modelarts_magics.core.metrics.shapes import line

CASES = [
    text.rpartition(" => ")[::2]
    for text in Path(__file__).with_name("metric_lines.txt").read_text("utf-8").splitlines()
    if not text.startswith("#")
]


def told(right: str) -> tuple[dict[str, float], float | None]:
    """What a case says that its line tells."""
    values, _at, step = right.rpartition("@") if "@" in right else (right, "", "")
    pairs = re.findall(r"([^=]+)=(\S+) ?", values)
    return {name: float(value) for name, value in pairs}, float(step) if step else None


def is_same(one: Iterable[float], other: Iterable[float]) -> bool:
    """Whether values are the same; those that are no numbers are."""
    return list(map(repr, map(float, one))) == list(map(repr, map(float, other)))


@pytest.mark.parametrize(("text", "right"), CASES)
def test_a_line_tells_what_its_case_says(text, right):
    values, step = told(right)
    found = line(text)
    assert list(found.values) == list(values)
    assert is_same(found.values.values(), values.values())
    assert found.step == step or not values


@pytest.mark.parametrize("text", [text for text, right in CASES if right == "-"])
def test_a_line_that_tells_nothing_tells_nothing_again_and_again(text):
    numbers = re.compile(r"\d+")
    several = (numbers.sub(lambda found, n=n: str(int(found[0]) + n), text) for n in range(5))
    assert metrics.read("\n".join(several)) == {}


def lines(pattern: str, count: int = 4, start: int = 1) -> str:
    """Lines in which ``{n}`` counts and ``{v}`` is a value."""
    return "".join(
        pattern.format(n=n, v=f"{1 / (n + 1):.4f}", w=f"{2 / (n + 1):.4f}", b=10 * n)
        for n in range(start, start + count)
    )


ONE = (1, 2, 3, 4)
TENS = (10, 20, 30, 40)
# name: the log, and the steps of each series
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "keys": (lines("step={n} loss={v} acc={w}\n"), {"loss": ONE, "acc": ONE}),
    "a bare step": (
        lines("[{b}]\ttrain-auc:{v}\ttest-auc:{w}\n"), {"train-auc": TENS, "test-auc": TENS},
    ),
    "a step with a colon": (lines("{b}:\tlearn: {v}\tloss: {w}\n"), {"learn": TENS, "loss": TENS}),
    "a step of many": (lines("{b}/90 loss {v}\n"), {"loss": TENS}),
    "epoch and step": (lines("[{n}, 2000] loss: {v}\n"), {"loss": ONE}),
    "a block with a head": (
        lines("Epoch {n}/9\n  loss: {v}\n  acc: {w}\n"), {"loss": ONE, "acc": ONE},
    ),
    "words between": (lines("Validation loss at step {b}: {v}\n"), {"Validation loss": TENS}),
    "a step behind the name": (lines("Validation loss {b}: {v}\n"), {"Validation loss": TENS}),
    "heads of splits": (
        lines("Epoch {n}\nTraining:\n  loss: {v}\nValidation:\n  loss: {w}\n"),
        {"loss": ONE, "valid/loss": ONE},
    ),
    "splits in a line": (
        lines("{n}: [train] loss {v} [valid] loss {w}\n"), {"train/loss": ONE, "valid/loss": ONE},
    ),
    "a split of the first name": (
        lines("Epoch {n}\ntrain Loss: {v} Acc: {w}\nval Loss: {w} Acc: {v}\n"),
        {"train Loss": ONE, "train/Acc": ONE, "val Loss": ONE, "valid/Acc": ONE},
    ),
    "a dict on lines": (
        lines('{{\n  "eval_loss": {v},\n  "eval_acc": {w},\n  "epoch": {n}\n}}\n'),
        {"eval_loss": ONE, "eval_acc": ONE},
    ),
    "nested dicts": (
        lines('{{"epoch": {n}, "train": {{"loss": {v}}}, "val": {{"loss": {w}}}}}\n'),
        {"train/loss": ONE, "valid/loss": ONE},
    ),
    "a box with groups": (
        lines(
            "-----\n| rollout/  |     |\n|  ep_rew_mean | {v} |\n| time/ |  |\n"
            "|  total_timesteps | {b} |\n-----\n"
        ),
        {"rollout/ep_rew_mean": TENS},
    ),
    "a table with one header": (
        "epoch  train_loss  valid_loss  time\n" + lines("{n}      {v}      {w}      00:2{n}\n"),
        {"train_loss": ONE, "valid_loss": ONE},
    ),
    "headers again and again": (
        lines(
            "   Epoch   GPU_mem   box_loss   Size\n"
            "     {n}/9      2.{n}G     {v}    640: 100%|██| 8/8 [00:01<00:00,  5.1it/s]\n"
        ),
        {"GPU_mem": ONE, "box_loss": ONE},
    ),
    "names with blanks in a header": (
        "  E    #    LOSS TOK2VEC  ENTS_F\n---  ----  ------------  ------\n"
        + lines("  0    {b}        {v}   {w}\n"),
        {"LOSS TOK2VEC": TENS, "ENTS_F": TENS},
    ),
    "empty cells": (
        "step    loss      val_loss\n" + "".join(
            f"{n}       0.{n}       {f'0.5{n}' if n % 2 else ''}\n" for n in range(1, 7)
        ),
        {"loss": (1, 2, 3, 4, 5, 6), "val_loss": (1, 3, 5)},
    ),
    "values separated by commas": (
        "step,loss,acc\n" + lines("{n},{v},{w}\n"), {"loss": ONE, "acc": ONE},
    ),
    "colours between": (
        lines("step {n} \x1b[1mloss\x1b[0m: \x1b[32m{v}\x1b[0m\n"), {"loss": ONE},
    ),
    "an average behind": (
        lines("Epoch: [{n}][10/50]\tLoss {v} (0.9)\tAcc@1  {w} ( 0.7)\n"),
        {"Loss": ONE, "Acc@1": ONE},
    ),
    "a change behind": (lines("step {n}/74 | loss {v} (+0.3z)| norm {w} (-0.1z)| 99 ms\n"),
                        {"loss": ONE, "norm": ONE}),
    "wrapped": (
        lines("iter {n} loss: tensor({v}, device='cuda:0') acc: [{w}] f1: ({v},) auc: '{w}'\n"),
        {"loss": ONE, "acc": ONE, "f1": ONE, "auc": ONE},
    ),
    "Chinese": (lines("第{n}轮，损失：{v}，准确率＝{w}％\n"), {"损失": ONE, "准确率": ONE}),
    "glued": (
        lines("{n}epoch:train:1-60batch: loss={v}, acc={w}\n"),
        {"train/loss": ONE, "train/acc": ONE},
    ),
    "a stamp of Kubernetes": (
        lines("2026-11-25T10:00:00.123456789Z stdout F step {n} loss: {v}\n"), {"loss": ONE},
    ),
    "no step": (lines("loss {v}\n"), {"loss": None}),
    "a bar": (
        lines("Epoch {n}:  50%|█████     | 450/900 [00:36<00:44, 12.3it/s, loss={v}]\n"),
        {"loss": (0.5, 1.5, 2.5, 3.5)},
    ),
    "a bar, and what came of it": (
        lines("Epoch {n}:  50%|█ | 12/24 [loss={w}]\nepoch {n} loss={v}\n"),
        {"loss": (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4)},
    ),
    "a bar of steps, and its epoch's own line": (
        "".join(
            "\r".join(f"Epoch {e}/4 |##| {n}/3 loss={e / (n + 1):.4f}" for n in (1, 2, 3))
            + f"\nINFO epoch {e} loss={e / 4:.4f} accuracy=0.{e}\n"
            for e in (1, 2, 3, 4)
        ),
        {
            "loss": tuple(e - 1 + n / 3 for e in ONE for n in (1, 2, 3, 3)),
            "accuracy": ONE,
        },
    ),
    "a bar that is drawn again at its end": (
        lines("Epoch {n}: 100%|██| 9/9 [loss={v}]\nEpoch {n}: 100%|██| 9/9 [loss={w}]\n"),
        {"loss": ONE},
    ),
    "a run on one line": (lines("\rstep {n}: loss {v}"), {"loss": ONE}),
    "backspaces": (
        "step 1: loss 0.5" + "".join("\b" * 16 + f"step {n}: loss 0.{n}" for n in (2, 3, 4)),
        {"loss": ONE},
    ),
    "steps that begin again": (
        "".join(f"epoch {e} step {n} loss {1 / (2 * e + n):.4f}\n" for e in (1, 2) for n in (1, 2)),
        {"loss": ONE},
    ),
    "steps of how many": (
        "".join(f"Epoch [{e}][{n}/2] loss: 1.{e}{n}\n" for e in (1, 2) for n in (0, 1)),
        {"loss": (0, 0.5, 1, 1.5)},
    ),
    "a phase that tells its time": (
        lines(
            "loss = {v}, step = {b}\nStarting evaluation at 2026-03-04-09:11:1{n}\n"
            "Saving dict for step {b}: loss = {w}, step = {b}\n"
        ),
        {"loss": TENS, "valid/loss": TENS},
    ),
    "steps of another number behind a head": (
        lines("Epoch {n}/9\nstep 9/9 - loss: {v}\nEval begin...\nstep 3/3 - loss: {w}\n"),
        {"loss": ONE, "valid/loss": ONE},
    ),
    "a block that a line introduces": (
        lines(
            "train | step: {b} | steps/sec: 1{n}.5 | output:\n  {{'loss': {v}}}\n"
            "eval | step: {b} | eval time: 4.9 sec | output:\n  {{'loss': {w}}}\n"
        ),
        {"train/steps/sec": TENS, "loss": TENS, "valid/loss": TENS},
    ),
    "once of each part of the data": (
        lines("[Epoch: {n}, images: 7]\nLoss: {v}\nValidation:\n[Epoch: {n}]\nLoss: {w}\n"),
        {"Loss": ONE, "valid/Loss": ONE},
    ),
    "a sum of what is told more finely": (
        "".join(
            f"epoch {e} step {n}/3 loss {e / (n + 1):.4f}\n" for e in ONE for n in (1, 2, 3)
        ) + lines("epoch {n} train_loss {w}\n"),
        {"loss": tuple(e - 1 + n / 3 for e in ONE for n in (1, 2, 3))},
    ),
    "a sum beside the validation": (
        lines("iter {b} loss {v}\niter {n}5 loss {w}\n")
        + lines("step {b}: train loss {v}, val loss {w}\n"),
        {"loss": (10, 15, 20, 25, 30, 35, 40, 45), "train loss": TENS, "val loss": TENS},
    ),
    "the same twice": (
        lines("train: step {n} loss {w}\nvalid: step {n} loss {v}\nAverage of: loss {v}\n"),
        {"train/loss": ONE, "valid/loss": ONE},
    ),
    "a counter of how many": (lines("i = {b} / 1000, loss = {v}\n"), {"loss": TENS}),
    "results among what describes them": (
        lines('{{"results": {{"fid50k": {v}}}, "num_gpus": 1, "timestamp": 17{b}.5}}\n'),
        {"fid50k": None},
    ),
    "rows with a title that has no column": (
        lines("      loss   acc  updates\n all   {v}  {w}  {b}\n task  {w}  {v}\n"),
        {"loss": TENS, "acc": TENS, "task/loss": TENS, "task/acc": TENS},
    ),
    "arrays with their types": (
        lines("Epoch {n}\nPseudo dice [np.float32({v}), np.float32({w})]\n"),
        {"Pseudo dice": ONE},
    ),
    "a name with a word in brackets": (
        lines("Epoch {n}\nDEV : loss {v} - f1-score (micro avg)  {w}\n"),
        {"valid/loss": ONE, "valid/f1-score (micro avg)": ONE},
    ),
    "splits that names begin with": (
        lines("[{n}/9] 训练集 loss={v} acc={w} | 验证集 loss={w} acc={v}\n"),
        {"训练集 loss": ONE, "train/acc": ONE, "验证集 loss": ONE, "valid/acc": ONE},
    ),
    "names behind their values": (
        lines(" {b}: {v}, {w} avg loss, 0.0{n} rate, 2.{n} seconds, 6 images, 3.{n} hours left\n"),
        {"loss": TENS, "avg loss": TENS, "rate": TENS},
    ),
    "a set of data and its step in brackets": (
        lines("Training: [lfw][{b}]Acc: {v}+-0.004\nTraining: [cfp][{b}]Acc: {w}+-0.007\n"),
        {"lfw/Acc": TENS, "cfp/Acc": TENS},
    ),
    "a range of steps between the name and the value": (
        lines(
            "LOG (nnet3-train[5.5~1]:Print():nnet.cc:281) "
            "Average objective for minibatches {b}-{b} is -{v} over 12570 frames.\n"
        ),
        {"Average objective": TENS},
    ),
    "exponents of Fortran, and a norm": (
        lines("At iterate    {n}    f=  {v}D+03    |proj g|=  {w}D-01\n"),
        {"f": ONE, "proj g": ONE},
    ),
    "a header of two lines": (
        "average  since     example  current\nloss     last      counter   weight\n"
        + lines("{v}   {w}         {b}      1.0\n"),
        {"average loss": TENS, "since last": TENS},
    ),
    "norms as columns": (
        lines("    Iter      log prob    ||grad||  Notes \n      {b}     {v}       {w}\n"),
        {"log prob": TENS, "||grad||": TENS},
    ),
    "a bar as the first column": (
        "[------------] Epoch      Train log_loss       Time cost (sec)\n"
        + lines("[  {b}%       ]     {n}            {v}               0.0{n}\n"),
        {"Train log_loss": ONE},
    ),
    "parts of the data as rows": (
        lines(
            "Epoch {n}\n│ class      │   loss │    acc │\n╞════╪════╡\n"
            "│ train      │ {v} │ {w} │\n├────┼────┤\n│ test       │ {w} │ {v} │\n"
        ),
        {"train/loss": ONE, "train/acc": ONE, "test/loss": ONE, "test/acc": ONE},
    ),
    "parts of the data as columns, behind a prefix": (
        lines(
            "Epoch {n}/9\n"
            "2026-03-09 03:34:23,563 - INFO - a.log -              Training |  Validation\n"
            "2026-03-09 03:34:24,563 - INFO - a.log - acc      |     {v}  |     {w}\n"
            "2026-03-09 03:34:24,563 - INFO - a.log - loss     |     {w}  |     N/A\n"
        ),
        {"train/acc": ONE, "valid/acc": ONE, "train/loss": ONE},
    ),
    "a checkpoint that was saved": (
        lines("step {n} loss {v}\nSaved checkpoint a.pt (epoch 1 @ {b} updates, score {w})\n"),
        {"loss": ONE},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_ways_in_which_trainers_write(kind):
    text, steps = KINDS[kind]
    assert {name: one.steps for name, one in metrics.read(text).items()} == steps


NOTHING = {
    "a file and its line": lines("train.py:{n}] hello\n"),
    "weights of classes": lines("class {n}: weight=0.{n}\n"),
    "a configuration again": "lr: 0.01\nbatch_size: 32\nepochs: 90\nseed: 7\n" * 4,
    "a checkpoint": lines("saved out/epoch={n}-val_loss={v}.ckpt\n"),
    "the best so far": lines("step {n} best acc: {v}\n"),
    "a counter": lines("step {n} consumed samples: {b} num_updates={b}\n"),
    "a download": lines("downloaded {n}/29 files at 12.{n} MB/s\n"),
    "what was told before": lines("step {n} Last accuracy mAP = {v}, best = {v}\n"),
    "counts before their names": lines("{n}: 3 loaders, {b} workers, {b}.5 seconds, 12 files\n"),
    "the same value": lines("step {n} loss 0.5\n"),
    "twice": lines("step {n} loss {v}\n", count=2),
    "times": lines("10:00:0{n} up 0:0{n}:10 eta: 0:0{n}:00 elapsed: {v}\n"),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_what_is_no_metric_makes_no_curve(kind):
    assert metrics.read(NOTHING[kind]) == {}


def test_a_value_is_read_right():
    text = (
        "step 1 loss 1,234.5 acc=91.2% speed: 12.3 it/s mem: 1.2GB time: 980 ms lr=1.5E-03\n"
        "step 2 loss nan acc=９1.4％ speed: 0.1 s/it mem: 1200MB time: 1.02 s lr=-.5\n"
        "step 3 loss -inf acc=0.5% speed: 12 it/s mem: 1.3GB time: 990 ms lr=1\n"
    )
    found = metrics.read(text)
    values = {name: [round(value, 6) if math.isfinite(value) else value for value in one.values]
              for name, one in found.items()}  # fmt: skip
    assert is_same(values.pop("loss"), [1234.5, math.nan, -math.inf])
    assert values == {
        "acc": [91.2, 91.4, 0.5],
        "speed": [12.3, 10, 12],
        "mem": [1.2, 1.2, 1.3],
        "time": [980, 1020, 990],
        "lr": [0.0015, -0.5, 1],
    }
    assert (found["time"].unit, found["acc"].unit) == ("ms", "%")


@pytest.mark.parametrize(
    "mark", ["[rank{r}]: ", "[1,{r}]<stdout>:", "(Worker pid=43{r}, ip=10.0.0.{r}) ", "[Rank {r}] "]
)
def test_ranks_make_one_series_with_a_band(mark):
    text = "".join(
        f"{mark.format(r=rank)}step {step} loss={step + rank}\n"
        for step in range(1, 40)
        for rank in range(4)
    )
    (series,) = metrics.read(text).values()
    assert series.steps == tuple(range(1, 40))
    assert series.values == tuple(step + 1.5 for step in range(1, 40))
    assert (series.lows, series.highs) == (tuple(range(1, 40)), tuple(range(4, 43)))
    assert series.has_band


def test_lines_of_ranks_that_do_not_tell_theirs_make_one_series_where_others_do():
    text = "".join(
        f"step {step} loss {step + rank} rank {rank}\n" for step in range(9) for rank in (0, 1)
    ) + "".join(
        f"CV | step {step} loss {2 * step + rank}\n" for step in range(9) for rank in (0, 2)
    )
    series = metrics.read(text)["valid/loss"]
    assert series.values == tuple(2 * step + 1 for step in range(9))
    assert series.has_band


def test_a_restart_is_a_new_segment():
    text = lines("step {n} loss {v}\n", 10) + lines("step {n} loss {w}\n", 10, start=5)
    series = metrics.read(text)["loss"]
    assert series.segments == (0, 10)
    assert series.steps == (*range(1, 11), *range(5, 15))


def test_lines_are_counted_from_0_and_not_by_redraws():
    text = "hello\r\n" + lines("a\rstep {n} loss {v}\r\n") + "\nstep 9 loss 7"
    assert metrics.read(text)["loss"].lines == (1, 2, 3, 4, 6)


def test_a_series_becomes_one_of_pandas():
    pandas = pytest.importorskip("pandas")
    series = metrics.read(lines("step {n} loss {v}\n"))["loss"].to_pandas()
    assert isinstance(series, pandas.Series)
    assert list(series.index) == [1, 2, 3, 4]


# ---- any text ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"\r\n\b\t :=|{}[](),%/-", "step ", "epoch 3", "loss", "损失：", "val ", "0.5", "12", "nan",
     "1e-3", "\x1b[31m", "\x1b[A", "\x1b", "[rank1]: ", "10:00:01 ", "450/900", "|██  |", "'acc': ",
     "| loss | acc |\n", "step  loss  acc\n", "__proto__", "é", "\ud800", "\x00"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))
LOGS = st.sampled_from([text for text, _steps in KINDS.values()])


@given(TEXTS, st.integers(1, 5))
@example("step 1 loss " + "9" * 10_000 + "\n", 3)
def test_any_text_is_read(text, times):
    metrics.read((text + "\n") * times)


@given(st.one_of(LOGS, TEXTS.map(lambda text: text * 3)), st.data())
def test_pieces_cut_anywhere_tell_the_same(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)])]
    assert repr(metrics.read(pieces)) == repr(metrics.read(text)) == repr(metrics.read(list(text)))


def logs(pattern: str, count: int = 2_000) -> Iterable[str]:
    """Lines in which ``{n}`` counts up, ``{m}`` down, and ``{v}`` is a value."""
    return (pattern.format(n=n, m=10**9 - n, v=f"{n % 7}.5") for n in range(count))


def names(count: int, often: int) -> Iterable[str]:
    """Lines of ten names each: so many names, of which some come often enough to be shown."""
    for step, last in enumerate((count, often, often)):
        for first in range(0, last, 10):
            pairs = (f"loss_{n:x}=0.{step}{n}" for n in range(first, first + 10))
            yield f"step {step} {' '.join(pairs)}\n"


HOSTILE: dict[str, Callable[[], Iterable[str]]] = {
    "HTML in names": lambda: logs("step {n} <img src=x onerror=alert(1)>loss={v}\n"),
    "10,000 names": lambda: names(10_000, often=600),
    "a name of 1 MB": lambda: logs("step {n} " + "loss_" * 200_000 + "={v}\n", 4),
    "a name of a prototype": lambda: logs("step {n} constructor={v} loss=1.{n}\n"),
    "__proto__": lambda: logs("step {n} __proto__={v} loss=1.{n}\n"),
    "10,000 digits": lambda: logs("step {n} loss=" + "7" * 10_000 + "\n", 200),
    "steps backwards": lambda: logs("step {m} loss={v}\n", 10_000),
    "a line without an end": lambda: logs("loss={v} " * 100, 3_000),
    "backspaces without an end": lambda: ["loss", *logs("\b" * 100, 20_000)],
    "many ranks": lambda: logs("[rank{n}]: step 5 loss={v}\n"),
    "braces without an end": lambda: logs("{{ loss={v}\n"),
    "brackets": lambda: ["([{<" * 1_000 + "=" * 1_000 + "1" + " " * 1_000 + "\x1b[" * 1_000] * 20,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_logs_are_read_in_bounded_memory(kind):
    tracemalloc.start()
    try:
        found = metrics.read(HOSTILE[kind]())
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert len(found) <= 500
    assert all(len(name) <= 120 for name in found)
    assert sum(map(len, found.values())) < 350_000
