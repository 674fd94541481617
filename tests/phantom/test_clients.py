"""The sample clients: a course that went as stated, and files that say so."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progress.phantom.clients import (
    DISTANCE_MM,
    PX_PER_MM,
    nearest_session,
    render_body_day,
    render_session,
    sample_body,
    sample_clients,
    session_shot,
)
from progress.phantom.course import Course, Needling
from progress.phantom.head import true_field
from progress.phantom.truth import body_truth, density_over_neck, person_truth, picture_truth
from progress.pipeline.sources import read_course

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "clients"
FERN = sample_clients()[0]


def test_at_the_end_everything_is_as_promised_and_pigment_as_before():
    for client in sample_clients():
        last = client.course.condition_on(client.course.session_days[-1])
        assert last.pore_area == pytest.approx(0.75)
        assert last.scar_depth == pytest.approx(0.75)
        assert last.redness == pytest.approx(client.course.redness)
        assert last.pigment == 1.0
        assert last.tan == 1.0
        assert last.flare < 1e-6
        first = client.course.condition_on(0)
        assert dataclasses.asdict(first) == dataclasses.asdict(type(first)())


def test_a_treatment_makes_skin_red_and_swollen_for_days():
    course = Course()
    day = course.needlings[0].day
    assert course.condition_on(day - 1).flare == 0.0
    assert course.condition_on(day).flare == pytest.approx(course.flare)
    assert course.condition_on(day).swelling_mm == pytest.approx(course.swelling_mm)
    flares = [course.condition_on(day + late).flare for late in (0, 3, 7, 14)]
    assert flares == sorted(flares, reverse=True)
    assert flares[-1] < 0.02
    assert any(1 <= day - n.day <= 3 for day in course.session_days for n in course.needlings)


def test_improvement_never_goes_back():
    done = [Course().progress_by(day) for day in range(0, 169, 7)]
    assert done[0] == 0.0
    assert done[-1] == pytest.approx(1.0)
    assert all(later >= earlier for earlier, later in itertools.pairwise(done))


def test_there_are_six_sessions_in_24_weeks_and_three_treatments():
    for client in sample_clients():
        assert len(client.course.session_days) == 6
        assert client.course.session_days[-1] == 24 * 7
        assert len(client.course.needlings) == 3
    assert Needling(3, 1.5).label == "micro-needling 1.5 mm"
    assert len({client.head.tone for client in sample_clients()}) == 3


def test_every_shot_is_posed_lit_and_exposed_anew_within_limits():
    shots = [session_shot(FERN, day, shot=k) for day in (0, 35, 168) for k in (0, 1)]
    assert len({shot.yaw_deg for shot in shots}) == 6
    rest = np.array(shots[0].light.unit)
    for shot in shots:
        assert max(abs(shot.yaw_deg), abs(shot.pitch_deg), abs(shot.roll_deg)) <= 3.0
        assert abs(shot.camera.exposure_ev - FERN.exposure_ev) <= 0.2
        assert max(abs(gain - 1) for gain in shot.camera.channel_gains) <= 0.03
        assert shot.px_per_mm * shot.distance_mm == pytest.approx(PX_PER_MM * DISTANCE_MM)
        assert shot.px_per_mm >= 11.0
        assert np.degrees(np.arccos(np.clip(shot.light.unit @ rest, -1, 1))) < 12.0
    # The lamp stays where it is within a session.
    assert shots[0].light == shots[1].light
    assert shots[0].light != shots[2].light


def test_a_week_means_the_session_next_to_it():
    assert nearest_session(FERN.course, 0.0) == 0
    assert nearest_session(FERN.course, 24.0) == 168
    assert nearest_session(FERN.course, 5.4) == 35


def test_redness_by_truth_falls_and_lies_in_green_more_than_in_red():
    course = FERN.course
    first = density_over_neck(FERN, course.condition_on(0))
    last = density_over_neck(FERN, course.condition_on(168))
    flared = density_over_neck(FERN, course.condition_on(10))
    for region in ("left_cheek", "right_cheek", "nose"):
        assert first[region][1] > first[region][0] > 0
        assert last[region][1] < 0.8 * first[region][1]
        assert flared[region][1] > first[region][1]


@pytest.fixture(scope="module")
def first_picture():
    return render_session(FERN, 0.0)


def test_the_first_picture_is_the_one_in_the_repository(first_picture):
    file = SAMPLES / "fern" / "2026-01-05" / "frontal.jpg"
    kept = np.asarray(Image.open(file), dtype=np.int16)
    made = first_picture.codes.astype(np.int16)
    assert kept.shape == made.shape
    # JPEG at quality 93 with halved chroma costs about a code and a half on noisy skin.
    assert np.abs(kept - made).mean() < 2.5


def test_the_truth_beside_it_is_the_truth_of_this_picture(first_picture):
    kept = json.loads((SAMPLES / "fern" / "truth.json").read_text(encoding="utf-8"))
    made = json.loads(json.dumps(picture_truth(FERN, 0, first_picture)))
    assert kept["simulated"] is True
    assert kept["client"] == json.loads(json.dumps(person_truth(FERN)))
    for name, value in kept["sessions"][0].items():
        if name.endswith("_xy"):
            assert np.allclose(value, made[name], atol=0.5), name
        else:
            assert value == made[name], name
    fields = np.load(SAMPLES / "fern" / "truth_fields.npz")
    field, visible = true_field(first_picture, first_picture, step=int(fields["step"]))
    assert np.allclose(
        fields["followup_from_baseline_xy_2026-01-05"], field, atol=0.1, equal_nan=True
    )
    assert (fields["visible_2026-01-05"] == visible).mean() > 0.999


def test_a_repeated_shot_is_the_same_skin_in_another_pose():
    one = session_shot(FERN, 0, shot=1)
    other = session_shot(FERN, 0, shot=2)
    assert one != other
    assert one.light == other.light
    assert one.noise_seed != other.noise_seed


@pytest.mark.parametrize("name", ["fern", "ivy", "cedar", "moss"])
def test_every_sample_is_a_course_that_says_it_is_simulated(name):
    course = read_course(SAMPLES / name)
    assert len(course.sessions) == 6
    assert [event.label for event in course.events] == [
        "micro-needling 1 mm",
        "micro-needling 1.5 mm",
        "micro-needling 1.5 mm",
    ]
    fields = np.load(SAMPLES / name / "truth_fields.npz")
    for session in course.sessions:
        with Image.open(session.photos[0]) as photo:
            exif = photo.getexif()
        assert exif[0x010E].startswith("SIMULATED")
        assert exif[0x0131] == "progress phantom, simulated"
        taken = exif.get_ifd(0x8769)[0x9003]
        assert taken.startswith(session.taken_on.isoformat().replace("-", ":"))
        field = fields[f"followup_from_baseline_xy_{session.taken_on.isoformat()}"]
        assert field.dtype == np.float32
        assert np.isfinite(field[fields[f"visible_{session.taken_on.isoformat()}"]]).all()


def test_the_samples_are_small_enough_for_a_repository():
    total = sum(file.stat().st_size for file in SAMPLES.rglob("*") if file.is_file())
    assert total < 15e6


def test_stretch_marks_fade_from_the_first_treatment_on():
    body = sample_body()
    assert body.spec_on(0).weeks == 0.0
    assert body_truth(body, 0)["change"] == {"mark_contrast": 0.0, "mark_width": 0.0}
    last = body_truth(body, body.course.session_days[-1])["change"]
    assert last["mark_contrast"] < -0.3
    assert last["mark_width"] < -0.1


def test_the_body_picture_carries_its_label():
    small = sample_body()
    small = dataclasses.replace(small, spec=dataclasses.replace(small.spec, px_per_mm=6.0))
    picture = render_body_day(small, 0)
    height, width = picture.codes.shape[:2]
    corner = picture.codes[int(0.9 * height) :, : int(0.2 * width)]
    assert (corner.min(axis=2) > 215).sum() > 50
