"""When a training will be done."""

from __future__ import annotations

from modelarts_magics.notebook.log.pace import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_told_before_the_log_says_how_far_it_is():
    pace = Pace(Clock())
    pace.feed("worker-0", "loading\n")
    assert pace.told(10) is None


def test_of_a_training_that_is_seen_going_on_the_pace_tells_what_is_left():
    clock = Clock()
    pace = Pace(clock)
    pace.feed("worker-0", "step 10/100\n")
    clock.now = 20.0
    pace.feed("worker-0", "step 20/100\n")
    assert pace.told(1000)["left_ms"] == 160_000
    clock.now = 30.0
    assert pace.told(1010) == {"done": 0.2, "epoch": None, "epochs": None, "left_ms": 150_000}


def test_of_one_that_was_opened_late_the_time_that_it_took_so_far_tells():
    pace = Pace(Clock())
    pace.feed("worker-0", "Epoch 3/4\n")
    assert pace.told(600) == {"done": 0.5, "epoch": 3, "epochs": 4, "left_ms": 600_000}


def test_what_was_written_before_somebody_looked_is_no_pace():
    clock = Clock()
    pace = Pace(clock)
    for done in range(10, 60, 10):
        pace.feed("worker-0", f"step {done}/100\n")
        clock.now += 0.2
    clock.now = 20.0
    pace.feed("worker-0", "step 52/100\n")
    assert pace.told(520)["left_ms"] == 460_800


def test_what_the_log_itself_says_goes_before():
    clock = Clock()
    pace = Pace(clock)
    pace.feed("worker-0", "step 10/100 eta: 0:01:00\n")
    clock.now = 15.0
    assert pace.told(600)["left_ms"] == 45_000


def test_of_one_that_has_hardly_begun_or_takes_longer_than_thought_nothing_is_guessed():
    clock = Clock()
    pace = Pace(clock)
    pace.feed("worker-0", "step 1/100\n")
    assert pace.told(30)["left_ms"] is None
    pace.feed("worker-0", "step 2/100 eta: 0:00:10\n")
    clock.now = 11.0
    assert pace.told(41)["left_ms"] is None


def test_a_log_that_was_written_anew_begins_anew():
    pace = Pace(Clock())
    pace.feed("worker-0", "step 50/100\n")
    pace.forget("worker-0")
    assert pace.told(60) is None
