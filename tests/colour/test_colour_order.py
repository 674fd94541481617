"""The best aid that all photos have is taken, and why better ones were not is said."""

import cv2
import numpy as np
import pytest

from progress.colour import (
    Aid,
    ByGains,
    ChartColour,
    ColourAids,
    GreyCard,
    InTurn,
    best_common_aid,
    find_sclera,
    gains_by_sclera,
    in_light,
    read_grey_card,
    settle_colour,
)
from progress.colour.chart_fit import ColourFit
from progress.colour.order import EXPECTED_DELTA_E
from progress.colour.sclera import WhiteOfEye
from progress.imaging import DecodedPhoto, codes_from_linear
from progress.model import NotMeasured, ReferenceSkin

CARD = GreyCard(np.array([0.2, 0.18, 0.15]), np.full(3, 0.01), 900)
SKIN = ReferenceSkin(np.array([0.6, 1.0, 1.3]), np.full(3, 0.05), "neck")
WHITE = WhiteOfEye(np.array([0.7, 0.8, 0.9]), np.full(3, 0.1), 500)
CORNERS_XY = np.array([[0, 0], [60, 0], [60, 40], [0, 40]], dtype=float)
CHART = ChartColour(ColourFit(None, np.diag([0.9, 1.0, 1.2])), 0.8, 2.6, 23, CORNERS_XY)
ALL = ColourAids(CHART, CARD, SKIN, WHITE)
OUTLINE_XY = np.array([(10, 12), (70, 12), (70, 50), (10, 50)])


def card_photo(level, shape=(61, 83)):
    linear = np.full((*shape, 3), 0.4, np.float32)
    linear[10:53, 8:73] = level
    return DecodedPhoto.from_codes(codes_from_linear(linear))


def test_the_most_trusted_aid_is_taken():
    for aid, aids in (
        (Aid.CHART, ALL),
        (Aid.GREY_CARD, ColourAids(grey_card=CARD, reference=SKIN, sclera=WHITE)),
        (Aid.REFERENCE_SKIN, ColourAids(reference=SKIN, sclera=WHITE)),
        (Aid.SCLERA, ColourAids(sclera=WHITE)),
        (Aid.NONE, ColourAids()),
    ):
        settled = settle_colour([aids, ALL])
        assert settled.aid is aid
        assert [better for better, _ in settled.passed_over] == list(Aid)[: list(Aid).index(aid)]
        assert settled.expected_delta_e[0] <= settled.expected_delta_e[1]


def test_one_photo_without_it_takes_it_from_both_and_is_named():
    lacking = ColourAids(NotMeasured("its chart was overexposed"), CARD, SKIN, WHITE)
    settled = settle_colour([ALL, lacking])
    assert settled.aid is Aid.GREY_CARD
    assert settled.passed_over == ((Aid.CHART, "photo 2 of 2: its chart was overexposed"),)
    assert [type(one) for one in settled.corrections] == [GreyCard, GreyCard]
    assert best_common_aid([lacking])[1] == ((Aid.CHART, "its chart was overexposed"),)


def test_better_aids_promise_less_error_and_a_poor_chart_says_so():
    highest = [EXPECTED_DELTA_E[aid][1] for aid in Aid]
    assert highest == sorted(highest)
    assert settle_colour([ALL]).expected_delta_e == (1.0, 2.6)
    assert Aid.CHART.absolute
    assert not Aid.REFERENCE_SKIN.absolute


def test_skin_and_white_of_the_eye_bring_a_photo_into_the_light_of_the_first():
    shift = np.array([0.1, 0.0, -0.1])
    darker = ReferenceSkin(SKIN.optical_density + shift, SKIN.standard_error, "neck")
    eyes = WhiteOfEye(WHITE.optical_density + shift, WHITE.standard_error, 500)
    for first, second in (
        (ColourAids(reference=SKIN), ColourAids(reference=darker)),
        (ColourAids(sclera=WHITE), ColourAids(sclera=eyes)),
    ):
        settled = settle_colour([first, second])
        light = np.full((2, 3), 0.3)
        np.testing.assert_allclose(settled.corrections[0].apply(light), light)
        np.testing.assert_allclose(settled.corrections[1].apply(light), light * np.exp(shift))
    np.testing.assert_allclose(gains_by_sclera(WHITE, eyes), np.exp(shift))


def test_without_any_aid_the_light_is_left_alone():
    settled = settle_colour([ColourAids(), ColourAids()])
    light = np.full((5, 7, 3), 0.3, np.float32)
    np.testing.assert_array_equal(settled.corrections[1].apply(light), light)
    assert settled.corrections[1].apply(light).dtype == np.float32
    with pytest.raises(ValueError, match="expected at least one, got none"):
        settle_colour([])


def test_reference_skin_is_corrected_like_the_pixels_it_came_from():
    moved = in_light(SKIN, CARD)
    np.testing.assert_allclose(moved.optical_density, SKIN.optical_density - np.log(CARD.gains))
    np.testing.assert_array_equal(moved.standard_error, SKIN.standard_error)
    twice = InTurn(ByGains(np.array([2.0, 1.0, 0.5])), CARD)
    np.testing.assert_allclose(twice.apply(np.ones(3)), CARD.gains * (2.0, 1.0, 0.5))


def test_a_grey_card_gives_the_gains_that_make_it_neutral():
    found = read_grey_card(card_photo((0.22, 0.20, 0.16)), OUTLINE_XY)
    assert isinstance(found, GreyCard)
    # half a code of 8 bits at 0.16 is 0.8 %
    np.testing.assert_allclose(found.apply(np.array([0.22, 0.20, 0.16])), 0.18, rtol=0.01)
    assert (found.standard_error < 1e-3).all()


def test_a_card_that_cannot_be_trusted_is_refused_with_the_reason():
    uneven = np.full((43, 65, 3), 0.2, np.float32)
    uneven[:, 40:] = 0.12
    for level, reason in (
        ((0.99, 0.98, 0.99), "overexposed"),
        ((0.003, 0.003, 0.003), "too dark"),
        ((0.6, 0.2, 0.1), "not neutral"),
        (uneven, "unevenly lit"),
    ):
        assert reason in read_grey_card(card_photo(level), OUTLINE_XY).reason
    photo = card_photo((0.2, 0.2, 0.2))
    assert "400 are needed" in read_grey_card(photo, OUTLINE_XY / 8).reason
    assert "covers 0 pixels" in read_grey_card(photo, OUTLINE_XY + 500).reason
    with pytest.raises(ValueError, match=r"expected shape \(K, 2\)"):
        read_grey_card(photo, OUTLINE_XY[:2])


RIGHT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)


def face(landmarks, white=(0.52, 0.47, 0.44), level=1.0, glint=0.0):
    linear = np.full((700, 600, 3), (0.45, 0.28, 0.2), np.float32)
    points = landmarks.points_xy
    for outline, iris in ((RIGHT, 468), (LEFT, 473)):
        cv2.fillPoly(linear, [np.rint(points[list(outline)]).astype(np.int32)], white)
        x, y = np.rint(points[iris]).astype(int)
        cv2.circle(linear, (int(x), int(y)), 18, (0.1, 0.06, 0.03), -1)
        if glint:
            cv2.circle(linear, (int(x) - 24, int(y)), round(glint), (1.0, 1.0, 1.0), -1)
    return DecodedPhoto.from_codes(codes_from_linear(linear * np.float32(level)))


def test_the_white_of_the_eye_is_read_between_lids_and_iris(place_head):
    landmarks = place_head()
    found = find_sclera(face(landmarks), landmarks)
    assert isinstance(found, WhiteOfEye)
    np.testing.assert_allclose(np.exp(-found.optical_density), (0.52, 0.47, 0.44), rtol=0.02)
    assert (found.standard_error > 0.05).all()


def test_a_white_of_the_eye_that_cannot_be_trusted_is_refused_with_the_reason(place_head):
    landmarks = place_head()
    bloodshot = face(landmarks, white=(0.5, 0.32, 0.3))
    assert "as red as the skin" in find_sclera(bloodshot, landmarks).reason
    assert "in the dark" in find_sclera(face(landmarks, level=0.03), landmarks).reason
    assert "mirrored" in find_sclera(face(landmarks, glint=9), landmarks).reason
    small = place_head(px_per_mm=3.0, pitch_deg=-60.0)
    assert "lids are" in find_sclera(face(small), small).reason
    aside = place_head(centre_xy=(20.0, 330.0))
    assert isinstance(find_sclera(face(aside), aside), WhiteOfEye)  # the other eye is seen
    out = place_head(centre_xy=(300.0, -40.0))
    assert "not wholly in the photo" in find_sclera(face(out), out).reason
