"""Screens on the desk: put together, signed, ticked; what nobody may see or change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from dorsi.desk.answers import answers_of, clear, read_answers, save_answers
from dorsi.desk.clips import Clip, assign_clip, change_clip, clips_of, delete_clip, say
from dorsi.desk.desk import Desk
from dorsi.desk.file import forget_runner, history_of
from dorsi.desk.notes import add_note, notes_of
from dorsi.desk.runners import add_runner, runner_files
from dorsi.desk.screens import choices, drop_sheet, put_together, sheet_of, sheets_of, sign, tick
from dorsi.desk.who import NOBODY, Who
from dorsi.errors import DeskError, ScreenError, UsageError
from dorsi.profile import Profile, Safety
from tests.desk.jobs import ME

Measured = Callable[..., Clip]
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def pair(measured: Measured) -> dict[str, Clip]:
    return {"left": measured("left_lunge", role="left"), "right": measured("right_lunge", role="right")}


def ids(pair: dict[str, Clip]) -> dict[str, str]:
    return {role: clip.id for role, clip in pair.items()}


def runner_of(clip: Clip) -> int:
    assert clip.runner_id is not None
    return clip.runner_id


def runner(clip: Clip) -> Who:
    return Who("link", "Ann", runner_id=clip.runner_id, link_id="c1")


def test_a_screen_of_two_clips(desk: Desk, pair: dict[str, Clip]) -> None:
    ann = runner_of(pair["left"])
    assert {role: [each.id for each in found] for role, found in choices(desk, ME, ann).items() if found} == {
        role: [clip.id] for role, clip in pair.items()
    }
    sheet = put_together(desk, ME, ann, ids(pair), remark=" well done ")  # type: ignore[arg-type]
    assert [clip.role for clip in sheet.screen.clips] == ["left", "right"]
    assert sheet.remark == "well done" and sheet.signed_at is None
    links = sheet.screen.clips[0].links
    assert links is not None and links.report_html == f"/clips/{pair['left'].id}/files/report.html"
    assert "12°" in sheet.screen.headline.runner
    assert sheets_of(desk, ME, ann) == [sheet]


def test_a_runner_sees_a_screen_once_it_is_signed(desk: Desk, pair: dict[str, Clip]) -> None:
    ann, sees = runner_of(pair["left"]), runner(pair["left"])
    sheet = put_together(desk, ME, ann, ids(pair))  # type: ignore[arg-type]
    assert sheets_of(desk, sees, ann) == []
    with pytest.raises(DeskError, match="nothing here"):
        sheet_of(desk, sees, sheet.id)
    signed = sign(desk, ME, sheet.id, remark="twice a week")
    assert (signed.signed_by, signed.remark) == ("Ana", "twice a week")
    assert sheet_of(desk, sees, sheet.id) == signed
    # It is kept among the runner's screens, and nothing changes it any more.
    assert len(desk.store.screens("Ann")) == 1
    for act in (lambda: sign(desk, ME, sheet.id), lambda: drop_sheet(desk, ME, sheet.id)):
        with pytest.raises(DeskError, match="not changed any more"):
            act()


def test_one_that_is_not_signed_can_be_dropped(desk: Desk, pair: dict[str, Clip]) -> None:
    sheet = put_together(desk, ME, runner_of(pair["left"]), ids(pair))  # type: ignore[arg-type]
    drop_sheet(desk, ME, sheet.id)
    with pytest.raises(DeskError, match="nothing here"):
        sheet_of(desk, ME, sheet.id)


def test_days_are_ticked_and_unticked(desk: Desk, pair: dict[str, Clip]) -> None:
    sees = runner(pair["left"])
    sheet = sign(desk, ME, put_together(desk, ME, runner_of(pair["left"]), ids(pair)).id)  # type: ignore[arg-type]
    tick(desk, sees, sheet.id, DAY, done=True)
    tick(desk, sees, sheet.id, DAY, done=True)
    assert sheet_of(desk, sees, sheet.id).done_days == (DAY,)
    tick(desk, sees, sheet.id, DAY, done=False)
    assert sheet_of(desk, sees, sheet.id).done_days == ()
    other = Who("link", "Eva", runner_id=runner_of(pair["left"]) + 1, link_id="c2")
    with pytest.raises(DeskError, match="nothing here"):
        tick(desk, other, sheet.id, DAY, done=True)


def test_clips_of_the_wrong_leg_or_runner_make_no_screen(desk: Desk, measured: Measured) -> None:
    left, other = measured("left_lunge", role="left"), measured("right_lunge", role="right", runner="Eva")
    ann = runner_of(left)
    with pytest.raises(DeskError, match="nothing here"):
        put_together(desk, ME, ann, {"left": left.id, "right": other.id})
    with pytest.raises(ScreenError):
        put_together(desk, ME, ann, {"left": left.id, "right": left.id})
    with pytest.raises(DeskError, match="at least one clip"):
        put_together(desk, ME, ann, {})
    assert sheets_of(desk, ME, ann) == []


def test_a_yes_stops_the_plan_until_a_therapist_lifts_it_with_a_reason(
    desk: Desk, pair: dict[str, Clip]
) -> None:
    ann = runner_of(pair["left"])
    assert put_together(desk, ME, ann, ids(pair)).screen.plan.items  # type: ignore[arg-type]
    save_answers(desk, runner(pair["left"]), ann, Profile(safety=Safety(numb_tingling_weak=True)))
    assert not put_together(desk, ME, ann, ids(pair)).screen.plan.items  # type: ignore[arg-type]
    with pytest.raises(DeskError, match="nothing here"):
        clear(desk, runner(pair["left"]), ann, "I feel fine")
    with pytest.raises(UsageError):
        clear(desk, ME, ann, "  ")
    clear(desk, ME, ann, "examined on Monday, nerve intact")
    screen = put_together(desk, ME, ann, ids(pair)).screen  # type: ignore[arg-type]
    assert screen.plan.items
    assert "examined on Monday" in screen.to_json()
    # Other answers, another question: what was lifted is lifted no longer.
    save_answers(desk, runner(pair["left"]), ann, Profile(safety=Safety(stress_fracture=True)))
    assert not put_together(desk, ME, ann, ids(pair)).screen.plan.items  # type: ignore[arg-type]


def test_answers_come_back_as_they_went_in(desk: Desk) -> None:
    ann = add_runner(desk, ME, "Ann").id
    assert read_answers(desk, ME, ann) is None
    profile = Profile(runner="Ann", height_cm=171.5, age_group="18-39", safety=Safety(pregnant=False))
    save_answers(desk, ME, ann, profile)
    with desk.reading() as connection:
        found = answers_of(connection, ann)
    assert found is not None and found.profile == profile and found.by == "Ana"


def test_what_was_measured_follows_the_clip_to_its_runner(desk: Desk, measured: Measured) -> None:
    clip = measured("left_lunge", role="left")
    ann, eva = runner_of(clip), add_runner(desk, ME, "Eva").id
    assert len(history_of(desk, ME, ann)) == 1
    assign_clip(desk, ME, clip.id, eva, "clip")
    assert [len(history_of(desk, ME, each)) for each in (ann, eva)] == [0, 1]
    assign_clip(desk, ME, clip.id, None, "clip")
    assert [len(history_of(desk, ME, each)) for each in (ann, eva)] == [0, 0]
    with pytest.raises(DeskError, match="cannot be filmed as"):
        assign_clip(desk, ME, clip.id, ann, "nose")


def test_film_again_needs_a_word(desk: Desk, measured: Measured) -> None:
    clip = measured()
    with pytest.raises(DeskError, match="what to change"):
        say(desk, ME, clip.id, "film_again", " ")
    told = say(desk, ME, clip.id, "film_again", "Level the phone.")
    assert (told.review_state, told.remark, told.reviewed_by) == ("film_again", "Level the phone.", "Ana")


def test_everything_of_a_runner_goes(desk: Desk, pair: dict[str, Clip]) -> None:
    ann = runner_of(pair["left"])
    sign(desk, ME, put_together(desk, ME, ann, ids(pair)).id)  # type: ignore[arg-type]
    add_note(desk, ME, ann, "stiff since 2019")
    save_answers(desk, ME, ann, Profile(runner="Ann"))
    forget_runner(desk, runner(pair["left"]), ann)
    assert runner_files(desk, ME) == [] and clips_of(desk, ME) == []
    assert list(desk.place.results.glob("c*")) == [] and list(desk.place.clips.glob("c*")) == []
    data = (desk.place.root / "dorsi.sqlite3").read_bytes()
    assert b"stiff since 2019" not in data and b"Ann" not in data


def test_a_clip_goes_with_its_result(desk: Desk, pair: dict[str, Clip]) -> None:
    delete_clip(desk, runner(pair["left"]), pair["left"].id)
    assert [each.id for each in clips_of(desk, ME)] == [pair["right"].id]
    assert not desk.place.result(pair["left"].id).exists()


def test_notes_are_for_therapists(desk: Desk) -> None:
    ann = add_runner(desk, ME, "Ann").id
    add_note(desk, ME, ann, " first ")
    add_note(desk, ME, ann, "second")
    assert [each.text for each in notes_of(desk, ME, ann)] == ["second", "first"]
    with pytest.raises(DeskError, match="nothing here"):
        notes_of(desk, Who("link", "Ann", runner_id=ann, link_id="c1"), ann)
    for text in ("", "  ", "x" * 4001):
        with pytest.raises(DeskError, match="A note has"):
            add_note(desk, ME, ann, text)


def test_nobody_is_asked_to_log_in(desk: Desk, measured: Measured) -> None:
    clip = measured()
    for act in (
        lambda: clips_of(desk, NOBODY), lambda: sheet_of(desk, NOBODY, "cAAAAAAAAAAAAAAA"),
        lambda: change_clip(desk, NOBODY, clip.id, "x"), lambda: runner_files(desk, NOBODY),
    ):  # fmt: skip
        with pytest.raises(DeskError, match="not logged in"):
            act()
