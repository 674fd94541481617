"""A filter, make-up and an old compression are told from skin that is smooth by itself."""

import dataclasses

import numpy as np
import pytest

from progress.imaging import DecodedPhoto, codes_from_linear, linear_from_codes
from progress.landmarks import find_face
from progress.model import Flatters, Need, NotMeasured, Provenance
from progress.phantom.camera import Camera, shoot
from progress.phantom.disguise import disguise, recompressed
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_skin import SkinCondition
from progress.phantom.skin import SKIN_TONES
from progress.quality import gather_facts, judge_facts, surface_checks
from progress.quality.compression import earlier_quality
from progress.quality.face_patches import crop_face
from progress.quality.skin_look import look_at_skin

SMOOTH = SkinCondition(pore_area=0.3, scar_depth=0.3, line_depth=0.3, redness=0.5, pigment=0.6)
SHOT = Shot(px_per_mm=4.0, size_px=(640, 900))


def facts_of(codes):
    photo = DecodedPhoto.from_codes(codes)
    return gather_facts(photo, find_face(photo))


def gate(facts, name):
    source = Provenance(file="a.jpg", sha256="0" * 64, format="JPEG", size_px=(640, 900))
    return {gate.gate: gate for gate in judge_facts(facts, source).gates}[name]


def check(baseline, followup, name):
    return {check.check: check for check in surface_checks(baseline, followup)}[name]


@pytest.fixture(scope="module", params=[SKIN_TONES[1], SKIN_TONES[4]], ids=lambda tone: tone.name)
def head(request):
    """Light and brown skin before and after it became smoother."""
    person = Head(seed=3, tone=request.param)
    before, after = render(person, SHOT), render(person, SHOT, SMOOTH)
    return before, facts_of(before.codes), facts_of(after.codes)


def filtered(head, kind, strength=1.0, quality=88):
    before, facts, _ = head
    rng = np.random.default_rng(1)
    finished = kind in ("bilateral", "guided")
    scene = linear_from_codes(before.codes) if finished else before.linear
    shown = disguise(
        scene, facts.landmarks.points_xy, kind,
        px_per_mm=facts.scale.px_per_mm, strength=strength, rng=rng,
    ).linear  # fmt: skip
    codes = codes_from_linear(shown) if finished else shoot(shown, SHOT.camera, rng)
    return facts_of(recompressed(codes, quality, stored=97))


def test_skin_that_became_smoother_is_not_suspected(head):
    _, before, after = head
    for facts in (before, after):
        assert gate(facts, "retouching").passed
        assert gate(facts, "make_up").passed
    assert after.look.fine < 0.85 * before.look.fine  # it is smoother indeed
    assert all(found.passed for found in surface_checks(before, after))


@pytest.mark.parametrize("kind", ["bilateral", "guided"])
def test_a_beauty_filter_is_suspected_alone_and_in_a_pair(head, kind):
    facts = filtered(head, kind)
    found = gate(facts, "retouching")
    assert not found.passed
    assert found.touches == {Need.DETAIL}
    assert "beauty filter" in found.advice
    pair = check(head[1], facts, "retouching")
    assert not pair.passed
    assert pair.flatters is Flatters.FOLLOWUP
    assert check(facts, head[1], "retouching").flatters is Flatters.BASELINE


def test_a_second_shot_softer_and_noisier_is_not_suspected(head):
    before, facts, _ = head
    again = Camera(psf_sigma_px=0.9, exposure_ev=0.5, shot_noise=0.01, jpeg_quality=82)
    other = facts_of(shoot(before.linear, again, np.random.default_rng(2)))
    assert gate(other, "retouching").passed
    assert all(found.passed for found in surface_checks(facts, other))


def test_the_texture_of_a_softer_photo_is_corrected_by_its_eyes(head):
    before, facts, _ = head
    soft = Camera(psf_sigma_px=1.1, exposure_ev=0.4)
    other = facts_of(shoot(before.linear, soft, np.random.default_rng(2)))
    raw = other.look.fine / facts.look.fine
    corrected = other.look.texture / facts.look.texture
    assert raw < 0.85
    assert abs(np.log(corrected)) < abs(np.log(raw))


# On brown skin camera noise is most of what varies in the haemoglobin: a stated limit.
@pytest.mark.parametrize("head", [SKIN_TONES[1]], indirect=True, ids=["light"])
def test_make_up_in_one_photo_is_found_whichever_it_is(head):
    made_up = filtered(head, "foundation", quality=95)
    found = check(head[1], made_up, "make_up")
    assert not found.passed
    assert found.flatters is Flatters.FOLLOWUP
    assert {Need.COLOUR, Need.DETAIL} <= found.touches
    assert "clean skin" in found.advice
    assert check(made_up, head[1], "make_up").flatters is Flatters.BASELINE
    assert not gate(made_up, "make_up").passed


def test_a_photo_too_coarse_or_of_a_body_has_no_look(head):
    before, facts, _ = head
    photo = DecodedPhoto.from_codes(before.codes)
    coarse = crop_face(photo, facts.landmarks, 2.0)
    assert isinstance(look_at_skin(coarse), NotMeasured)
    assert isinstance(look_at_skin(None), NotMeasured)
    unread = dataclasses.replace(facts, look=NotMeasured("too coarse"))
    assert gate(unread, "retouching").value is None
    assert gate(unread, "make_up").passed
    assert surface_checks(unread, facts) == []


@pytest.mark.parametrize("quality", [30, 50, 65, 80])
def test_an_earlier_compression_is_read_off_the_pixels(head, quality):
    before, facts, _ = head
    codes = shoot(before.linear, dataclasses.replace(SHOT.camera, jpeg_quality=None),
                  np.random.default_rng(4))  # fmt: skip
    stored = DecodedPhoto.from_codes(recompressed(codes, quality))
    assert earlier_quality(stored, facts.landmarks) == pytest.approx(quality, abs=2)
    # Cropped by a few pixels, the old grid begins elsewhere.
    cropped = recompressed(stored.codes_8bit()[3:, 5:], 96, stored=97)
    assert earlier_quality(DecodedPhoto.from_codes(cropped)) == pytest.approx(quality, abs=4)


def test_a_picture_never_compressed_hard_shows_no_comb(head):
    codes = shoot(head[0].linear, dataclasses.replace(SHOT.camera, jpeg_quality=None),
                  np.random.default_rng(4))  # fmt: skip
    assert earlier_quality(DecodedPhoto.from_codes(codes)) is None
    assert earlier_quality(DecodedPhoto.from_codes(recompressed(codes, 98, stored=99))) is None
    assert earlier_quality(DecodedPhoto.from_codes(codes[:61, :83])) is None
    assert earlier_quality(DecodedPhoto.from_codes(codes.astype(np.uint16) * 257)) is None


def test_a_file_of_quality_95_stored_at_50_before_loses_its_detail(head):
    codes = recompressed(head[0].codes, 50)
    found = gate(facts_of(codes), "compression")
    assert not found.passed
    assert found.value == pytest.approx(50, abs=2)
    assert found.touches == {Need.DETAIL}
