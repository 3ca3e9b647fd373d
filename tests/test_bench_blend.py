"""The bench of what tells the joint line, on made-up people and bodies whose errors are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.blend import Frames, Told, gathered, table

PEOPLE = ("ana", "ben", "cem", "dan")


def _frames(odd: str = "") -> Frames:
    """Landmarks read 2 deg and a tenth of the tilt too little, the crest 3 to 5 deg more by the bend, the
    outline 1 deg too much; those of one person another 6 deg more, all three."""
    told = []
    for who in (*PEOPLE, "body"):
        for true in (5.0, 15.0, 25.0, 35.0):
            more, bend = 6.0 * (who == odd), 2.0 * true
            each = Told(
                who, who == "body", true > 10, true, 0.9 * true - 2, true + 3 + bend / 45, true + 1, bend
            )
            tells = {f"{k}_deg": getattr(each, f"{k}_deg") + more for k in ("landmarks", "crest", "outline")}
            told.append(replace(each, **tells))
    return gathered(told)


def test_what_all_share_is_learnt_and_taken_off() -> None:
    frames = _frames()
    told = frames.left_out(~frames.body)
    assert told == pytest.approx(np.broadcast_to(frames.true_deg, told.shape), abs=1e-6)


def test_what_is_one_person_s_own_stays_in_that_person_s_figures() -> None:
    frames = _frames(odd="cem")
    error = frames.left_out(~frames.body)[2] - frames.true_deg
    own = np.array([who == "cem" for who in frames.who])
    assert error[own] == pytest.approx(np.full(4, 6.0))
    assert error[~own & ~frames.body] == pytest.approx(np.full(12, -2.0)), (
        "a third of it, seen from the others"
    )


def test_people_count_the_same_however_often_they_were_marked() -> None:
    frames = _frames(odd="cem")
    twice = np.concatenate([np.arange(20), *[np.flatnonzero([w == "cem" for w in frames.who])] * 5])
    more = Frames(
        tuple(frames.who[i] for i in twice), frames.body[twice], frames.counts[twice],
        frames.true_deg[twice], frames.told_deg[:, twice], frames.bend[twice],
    )  # fmt: skip
    assert more.corrected(~more.body)[:, :20] == pytest.approx(frames.corrected(~frames.body))


def test_the_table_has_a_row_for_each_teller() -> None:
    rows = table(_frames())
    assert len(rows) == 2 + 2 + 4 + 4
    assert rows[2].startswith("| landmarks, as it is | -4.5°, 0.8°, 4.5°, 5.5° | 0.0°, 0.8° |")
    assert all(row.count("|") == 5 for row in rows)
