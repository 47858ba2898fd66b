"""How far a training is, as its log tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.metrics.progress import Progress, ProgressReader


def read(*texts: str) -> Progress | None:
    reader = ProgressReader()
    for text in (*texts, "\n"):
        reader.feed(text)
    return reader.progress


BAR = "█" * 12

TOLD = {
    "Keras": ("Epoch 3/10\n 50/100 [=====>.....] - ETA: 1s - loss: 0.31", Progress(0.25, 3, 10)),
    "the end of an epoch": ("Epoch 3/10 loss=0.3 acc=0.91\n", Progress(0.3, 3, 10)),
    "the start of an epoch": ("Epoch [3/10]\n", Progress(0.2, 3, 10)),
    "epochs from 0": ("Epoch 0/4\nEpoch 1/4\n", Progress(0.25, 2, 4)),
    "steps in brackets": ("Epoch [2/4], Step [100/200], Loss: 0.5\n", Progress(0.375, 2, 4)),
    "of": ("epoch 2 of 4\n", Progress(0.25, 2, 4)),
    "a bar in an epoch": (f"Epoch 2/4: 50%|{BAR}| 10/20 [00:01<00:01]", Progress(0.375, 2, 4)),
    "one bar": (f" 42%|{BAR}   | 420/1000 [00:42<00:58,  9.9it/s]", Progress(0.42)),
    "iterations": (
        " iteration      100/    1000 | lm loss: 1.0E+00 | eta: 0:12:03 |",
        Progress(0.1, remaining=723.0),
    ),
    "days": ("Step 10/100 loss 0.1 eta: 1 day, 2:00:00\n", Progress(0.1, remaining=93600.0)),
    "minutes and seconds": ("step 1/10 eta 2:30\n", Progress(0.1, remaining=150.0)),
    "Chinese": ("第 2/4 轮 损失：0.35\n", Progress(0.25, 2, 4)),
    "colours": ("\x1b[1mEpoch \x1b[32m2\x1b[0m/4\n", Progress(0.25, 2, 4)),
    "redrawn": ("step 1/10\rstep 2/10\rstep 3/10", Progress(0.3)),
}


@pytest.mark.parametrize(("text", "told"), TOLD.values(), ids=TOLD)
def test_what_trainers_write_tells_how_far_they_are(text, told):
    assert read(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loss 0.3\n",
        f"Downloading model.bin: 42%|{BAR}| 420/1000 [00:42<00:58]\n",
        f"42%|{BAR}| 4.2G/9.9G [00:42<00:58, 9.9MB/s]\n",
        f"Validation: 42%|{BAR}| 420/1000 [00:42<00:58]\n",
        "Loading checkpoint shards 1/3\n",
        "{'loss': 0.5, 'epoch': 1.25}\n",
        "epoch: 3 step: 10/100, loss is 0.3\n",  # nobody says of how many epochs
        "2026/11/27 10:00:00 started on 10.0.0.1/24\n",
        "epoch 12/10\n",
        "step 0/0\n",
    ],
)
def test_nothing_is_said_where_it_would_be_a_guess(text):
    assert read(text) is None


def test_a_count_that_begins_anew_is_not_that_of_the_training():
    assert read("step 9/10\n", "step 1/10\n") is None


def test_an_evaluation_does_not_set_it_back():
    training = "Epoch 2/4: 100%|==| 20/20 [00:01<00:00]\n"
    assert read(training, "Evaluating: 10%|=  | 1/10 [00:01<00:09]\n") == Progress(0.5, 2, 4)


@given(st.lists(st.text(st.sampled_from("Epoch 0123456789/[]|%=:步轮\r\n\x1b[mloss.eta"))))
def test_any_text_is_read_and_the_part_that_is_done_is_one(texts):
    told = read(*texts)
    assert told is None or 0 <= told.done <= 1


@given(st.integers(1, 99), st.integers(1, 99), st.data())
def test_where_pieces_of_text_end_does_not_matter(epochs, steps, data):
    text = "".join(
        f"Epoch {epoch}/{epochs}\n" + "".join(f"step {n}/{steps}\n" for n in range(1, steps + 1))
        for epoch in range(1, min(epochs, 3) + 1)
    )
    cut = data.draw(st.integers(0, len(text)))
    assert read(text[:cut], text[cut:]) == read(text)
