"""What to do about a photo just taken, told against a mannequin whose moves are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progress.imaging import DecodedPhoto, gaussian_blur, srgb_from_linear
from progress.lab.guidance_cost import guidance_cost
from progress.metrics import affected_by
from progress.model import Comparability, Gate, Need, PairCheck, UnreadablePhoto, View
from progress.phantom.head import Head, Shot, render
from progress.phantom.relief import Light
from progress.pipeline.advice import check_sentence, gate_sentence, is_mendable, subject_of
from progress.pipeline.guidance import MOST_ADVICE, guide
from progress.pipeline.known_photo import PICTURE_PX, KnownPhoto, know
from progress.pipeline.moves import Moves, moves_between
from progress.pipeline.options import Options
from progress.quality import RelativePsf

HEAD = Head(seed=11)
STRAIGHT = Shot(px_per_mm=5.0, size_px=(830, 1170))
SHOTS = {
    "first": STRAIGHT,
    "turned": replace(STRAIGHT, yaw_deg=10.0, pitch_deg=-6.0, roll_deg=6.0, noise_seed=4),
    # The lamp of the baseline stands at the picture's left, which is the client's right.
    "lamp": replace(STRAIGHT, light=Light((0.6, 0.35, 0.72), ambient=0.42), noise_seed=5),
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One mannequin, taken well and badly."""
    codes = {name: render(HEAD, shot).codes for name, shot in SHOTS.items()}
    first = DecodedPhoto.from_codes(codes["first"]).linear().pixels
    codes["same"] = np.ascontiguousarray(codes["first"][6:, 4:])
    soft = gaussian_blur(first, 1.7)
    codes["soft"] = to_codes(soft)
    turned = gaussian_blur(DecodedPhoto.from_codes(codes["turned"]).linear().pixels, 1.7)
    codes["bad"] = to_codes(turned * np.float32(0.45) * np.array([1.3, 1.0, 0.7], np.float32))
    folder = tmp_path_factory.mktemp("guided")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "progress", "progress phantom"
    found = {}
    for name, picture in codes.items():
        found[name] = folder / f"{name}.jpg"
        Image.fromarray(picture).save(found[name], quality=93, exif=exif)
    return found


def to_codes(linear):
    return np.round(255 * np.clip(srgb_from_linear(linear), 0, 1)).astype(np.uint8)


@pytest.fixture(scope="module")
def baseline(photos: dict[str, Path]) -> KnownPhoto:
    return know(photos["first"])


def test_a_photo_like_the_baseline_is_ready_and_costs_nothing(photos, baseline):
    guidance = guide(photos["same"], baseline)
    assert guidance.ready
    assert guidance.advice == ()
    assert guidance.metrics_lost == ()
    assert not guidance.refused
    assert guidance.simulated


def test_a_turned_head_is_told_by_the_clients_own_sides(photos, baseline):
    guidance = guide(photos["turned"], baseline)
    assert not guidance.ready
    pose = next(a for a in guidance.advice if a.subject == "pose")
    assert "to the client's right" in pose.sentence
    assert "raise the chin" in pose.sentence
    assert "towards the client's right shoulder" in pose.sentence
    moves = guidance.moves
    # The mannequin's true moves; the finder reads poses to about two degrees.
    assert moves.turn_left_deg == pytest.approx(-10.0, abs=2.5)
    assert moves.raise_chin_deg == pytest.approx(6.0, abs=3.0)
    assert moves.tilt_clockwise_deg == pytest.approx(-6.0, abs=1.5)


def test_a_lamp_on_the_other_side_is_told_first_and_takes_most(photos, baseline):
    guidance = guide(photos["lamp"], baseline)
    first = guidance.advice[0]
    assert first.subject == "light_direction"
    assert "lamp to the client's right" in first.sentence
    assert "scar_relief" in guidance.metrics_lost
    assert guidance.moves.lamp_left_deg < -15.0


def test_the_worst_three_of_many_faults_are_told_most_costly_first(photos, baseline):
    guidance = guide(photos["bad"], baseline)
    assert len(guidance.advice) == MOST_ADVICE
    assert guidance.left_out >= 1
    costs = [len(advice.costs) for advice in guidance.advice]
    assert costs == sorted(costs, reverse=True)
    assert len({advice.subject for advice in guidance.advice}) == MOST_ADVICE
    assert all(advice.sentence.endswith(".") for advice in guidance.advice)
    # 0.45 of the light, and the mean of the gains' logarithms adds a little.
    assert guidance.moves.brighter_ev == pytest.approx(1.2, abs=0.2)
    assert guidance.moves.softer_mm > 0.2
    assert guidance.moves.cast in ("redder", "more yellow")


def test_a_sharper_photo_than_the_baseline_is_ready_though_detail_is_lost(photos):
    guidance = guide(photos["first"], know(photos["soft"]))
    focus = next(c for c in guidance.checks if c.check == "focus")
    assert not focus.passed
    assert not is_mendable(focus, guidance.moves)
    words = check_sentence(focus, guidance.moves, view=View.FRONTAL)
    assert "a new photo cannot mend" in words
    assert "texture" in guidance.metrics_lost
    assert guidance.ready


def test_without_a_baseline_the_photo_is_judged_by_itself(photos):
    guidance = guide(photos["same"])
    assert guidance.checks == ()
    assert guidance.moves is None
    assert guidance.ready
    assert "focus" in [advice.subject for advice in guide(photos["soft"]).advice]


def test_a_photo_without_a_face_says_so_and_is_refused(tmp_path, baseline):
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((83, 61, 3), 128, np.uint8)).save(path)
    guidance = guide(path, baseline)
    assert guidance.refused
    assert not guidance.ready
    assert guidance.advice[0].sentence.startswith("No single face was found: take it from the")
    assert set(guidance.metrics_lost) == set(affected_by({Need.ANY}))
    assert guidance.seen.picture_points_xy.shape == (0, 2)


def test_a_body_area_is_held_against_its_first_photo_too(tmp_path):
    rng = np.random.default_rng(3)
    skin = np.clip(rng.normal((190, 150, 130), 6, (303, 401, 3)), 0, 255)
    first, dark = tmp_path / "first.png", tmp_path / "dark.png"
    Image.fromarray(skin.astype(np.uint8)).save(first)
    Image.fromarray((skin * 0.6).astype(np.uint8)).save(dark)
    guidance = guide(dark, first, Options(area="body", px_per_mm=4.0))
    assert [a.subject for a in guidance.advice][:1] == ["exposure"]
    assert guidance.advice[0].sentence.endswith("stops brighter.")
    assert guidance.seen.picture.shape == (303, 401, 3)


def test_what_is_no_photo_is_an_error(tmp_path):
    path = tmp_path / "text.jpg"
    path.write_bytes(b"not a photo")
    with pytest.raises(UnreadablePhoto, match="expected"):
        guide(path)


def test_the_answer_can_be_written_as_json(photos, baseline):
    answer = json.loads(json.dumps(guide(photos["turned"], baseline).to_dict(), allow_nan=False))
    assert answer["format"] == "progress.guidance/1"
    assert answer["simulated"] is True
    assert answer["ready"] is False
    assert answer["photo"]["sha256"] != answer["baseline"]["sha256"]
    pose = next(check for check in answer["checks"] if check["check"] == "pose")
    assert pose["passed"] is False
    assert "scar_relief" in pose["affects"]
    assert {"subject", "sentence", "costs", "mendable"} == set(answer["advice"][0])


def test_content_at_hand_is_read_instead_of_the_file(photos, baseline):
    data = photos["same"].read_bytes()
    guidance = guide(Path("upload.jpg"), baseline, data=data)
    assert guidance.ready
    assert guidance.seen.judged.provenance.file == "upload.jpg"


def test_a_known_photo_is_small_and_keeps_its_points_in_place(baseline):
    height = baseline.judged.provenance.size_px[1]
    assert max(baseline.picture.shape[:2]) == PICTURE_PX
    scale = PICTURE_PX / height
    drawn = (baseline.landmarks.points_xy + 0.5) * scale - 0.5
    # Both sides are rounded to whole pixels of the small picture.
    np.testing.assert_allclose(baseline.picture_points_xy, drawn, atol=0.5)
    assert baseline.problem is None


def test_moves_of_a_photo_to_itself_are_nothing(baseline):
    moves = moves_between(baseline.facts, baseline.facts, RelativePsf(0.0, 0.0))
    assert moves.pose_words() == ""
    assert moves.lamp_words() == ""
    assert moves.brighter_ev == 0.0
    assert moves.step_closer == pytest.approx(0.0, abs=1e-9)


def test_a_lamp_above_the_head_is_told_without_wild_turns(baseline):
    light = baseline.facts.light
    high = replace(light, direction=np.array([0.05, 0.998, 0.04]))
    other = replace(light, direction=np.array([-0.05, 0.998, -0.04]))
    facts = [replace(baseline.facts, light=each) for each in (high, other)]
    moves = moves_between(facts[0], facts[1], RelativePsf(0.0, 0.0))
    assert abs(moves.lamp_left_deg) < 10.0
    assert abs(moves.lamp_up_deg) < 1.0


def test_a_camera_nearer_than_for_the_baseline_steps_back(baseline):
    near = replace(baseline.facts, distance_mm=400.0)
    far = replace(baseline.facts, distance_mm=800.0)
    assert moves_between(near, far, RelativePsf(0.0, 0.0)).step_closer < 0
    assert moves_between(far, near, RelativePsf(0.0, 0.0)).step_closer > 0


def check(name: str, difference: float | None = 1.0, advice: str = "do this: or that") -> PairCheck:
    return PairCheck(
        name, difference, "", 0.5, passed=False, advice=advice, touches=frozenset({Need.DETAIL})
    )


@pytest.mark.parametrize(
    ("name", "moves", "says"),
    [
        ("pose", Moves(turn_left_deg=8.2), "Turn the face 8° to the client's left."),
        ("pose", Moves(turn_left_deg=1.0), "Do this: or that."),
        ("view", Moves(turn_left_deg=44.0), "Take the frontal view again: turn the face 44°"),
        ("view", Moves(), "Take the frontal view again."),
        ("exposure", Moves(brighter_ev=-0.9), "Make the picture 0.9 stops darker."),
        ("light_direction", Moves(lamp_left_deg=20.0, lamp_up_deg=-15.0), "left and lower"),
        ("light_direction", Moves(lamp_left_deg=20.0, lamp_up_deg=3.0), "client's left, until"),
        ("light_direction", Moves(), "Do this: or that."),
        ("light_hardness", Moves(harder=0.3), "harder than on the baseline"),
        ("light_hardness", Moves(harder=-0.3), "flatter than on the baseline"),
        ("light_hardness", Moves(), "Do this: or that."),
        ("colour_cast", Moves(cast="bluer"), "The skin is bluer than on the baseline"),
        ("focus", Moves(softer_mm=0.3), "Focus on the nearer eye"),
        ("focus", Moves(), "Do this: or that."),
        ("expression", Moves(), "Or that."),
        ("expression", Moves(livelier=False), "which was not at rest"),
        ("distance", Moves(), "Do this: or that."),
    ],
)
def test_each_check_is_told_as_one_thing_to_do(name, moves, says):
    sentence = check_sentence(check(name), moves, view=View.FRONTAL)
    assert says in sentence
    assert sentence.endswith(".")


def test_a_smile_is_not_taken_for_a_nearer_camera(baseline, photos, monkeypatch):
    failed = (check("expression"), check("distance"))
    judged = Comparability(failed)
    monkeypatch.setattr("progress.pipeline.guidance.judge_pair", lambda *_, **__: judged)
    smiling = guide(photos["same"], baseline)
    assert [advice.subject for advice in smiling.advice] == ["expression"]
    judged = Comparability(failed[1:])
    assert [a.subject for a in guide(photos["same"], baseline).advice] == ["distance"]


def test_a_check_and_a_gate_of_one_subject_are_asked_for_once():
    assert subject_of("sharpness") == subject_of("focus")
    assert subject_of("light_hardness") == subject_of("light_direction")
    assert subject_of("glare") == "glare"
    gate = Gate("glare", 0.4, "", 0.2, False, "pat the skin dry", frozenset({Need.COLOUR}))
    assert gate_sentence(gate) == "Pat the skin dry."


def test_what_guidance_costs_is_told_as_a_ratio(photos):
    ratio, seconds = guidance_cost(photos["first"], photos["same"])
    assert ratio.unit == "times"
    assert ratio.value > 1.0
    assert seconds.target == ""  # below 10 megapixels the second is not asked for
