"""A chart or an outlined card in every photo corrects them; in one alone it changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from progress.colour import ByGains, ChartColour, GreyCard
from progress.imaging import DecodedPhoto, delta_e_2000, lab_from_linear
from progress.metrics import get_metric
from progress.model import Need, NotMeasured, Region, RegionKind, Scale, ScaleSource
from progress.phantom.camera import Camera, shoot
from progress.phantom.chart import Card, hold_chart, hold_grey_card
from progress.phantom.head_scene import View
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.pipeline.cameras import Cameras
from progress.pipeline.engine import settle
from progress.pipeline.measured_shot import measure_shot
from progress.pipeline.options import Options
from progress.pipeline.picture import measure_picture, take_picture
from progress.pipeline.rehearsal import rehearse
from progress.pipeline.shots import Sighting, inspect, sight, with_one_scale
from progress.pipeline.sittings import seat

SIZE = (640, 640)
VIEW = View(px_per_mm=4.0, distance_mm=900.0, size_px=SIZE, aim_mm=(0.0, 0.0))
LIGHT = Light((-0.1, 0.3, 0.95), ambient=0.4)
CHART = Card(centre_mm=(0.0, -38.0, 40.0), gradient=0.0)
OPTIONS = Options(area="body", px_per_mm=4.0, reshoots=0)
SKIN = SKIN_TONES[2].linear
PATCH_XY = np.array([(180, 40), (460, 40), (460, 220), (180, 220)], float)
CARD_XY = np.array([(40, 500), (100, 500), (100, 560), (40, 560)], float)


def scene(*, chart=True, card=False):
    rng = np.random.default_rng(2)
    texture = 1 + 0.03 * rng.standard_normal((*SIZE[::-1], 1), dtype=np.float32)
    linear = np.asarray(SKIN * texture, np.float32)
    if card:
        grey = Card(size_mm=(24, 24), centre_mm=(-62.0, -52.0, 0.0), gradient=0.0)
        linear = hold_grey_card(linear, VIEW, LIGHT, card=grey).linear
    return hold_chart(linear, VIEW, LIGHT, card=CHART).linear if chart else linear


def photo(gains=(1.0, 1.0, 1.0), **what):
    camera = Camera(channel_gains=gains, jpeg_quality=None)
    return DecodedPhoto.from_codes(shoot(scene(**what), camera, np.random.default_rng(1)))


def shots(*photos, options=OPTIONS):
    found = with_one_scale([sight(one, options) for one in photos], options)
    return [inspect(one, options) for one in found]


def tone_of(shot_list, index):
    region = Region(name="patch", polygon_xy=PATCH_XY, kind=RegionKind.DRAWN)
    frame = settle(shot_list[0], replace(OPTIONS, user_regions=(region,)))
    # the skin of both photos lies in one place
    sitting = seat(None, [shot_list[index]], shot_list[0], is_baseline=index == 0)
    sitting = replace(sitting, registrations=(None,))
    return measure_shot(frame, sitting, 0, [get_metric("tone")], common_mm2=0.0)


def test_both_photos_with_a_chart_are_corrected_and_absolute_colour_is_not_refused():
    pair = shots(photo(), photo((1.1, 1.0, 0.9)))
    assert all(isinstance(shot.chart, ChartColour) for shot in pair)
    assert all(shot.light is shot.chart for shot in pair)
    first, second = tone_of(pair, 0), tone_of(pair, 1)
    assert Need.ABSOLUTE_COLOUR not in second.blocked
    values = [one.outcomes["tone", "patch"].value for one in (first, second)]
    # a tenth of red and blue would move the angle by 10 degrees
    assert abs(values[1] - values[0]) < 1.0


def test_a_chart_in_one_photo_alone_changes_nothing():
    for pair in (shots(photo(), photo(chart=False)), shots(photo(chart=False), photo())):
        assert [shot.light for shot in pair] == [None, None]
        second = tone_of(pair, 1)
        assert Need.ABSOLUTE_COLOUR in second.blocked
        assert "reference skin" in second.outcomes["tone", "patch"].reason


def test_a_card_outlined_in_each_photo_is_taken_where_there_is_no_chart():
    regions = tuple(
        Region(name=name, polygon_xy=CARD_XY, kind=RegionKind.DRAWN)
        for name in ("grey_card", "grey_card_2")
    )
    photos = [photo(chart=False, card=True), photo((1.1, 1.0, 0.9), chart=False, card=True)]
    pair = shots(*photos, options=replace(OPTIONS, user_regions=regions))
    assert all(isinstance(shot.light, GreyCard) for shot in pair)
    levels = [
        shot.light.apply(shot.photo.linear().pixels[50:200, 200:440].reshape(-1, 3).mean(axis=0))
        for shot in pair
    ]
    assert delta_e_2000(*map(lab_from_linear, levels)) < 0.5
    alone = shots(*photos, options=replace(OPTIONS, user_regions=regions[:1]))
    assert [shot.light for shot in alone] == [None, None]
    assert "grey_card_2" in alone[1].grey_card.reason


def test_a_photo_that_shows_nobody_has_no_say(place_head):
    from progress.model import NoSingleFace

    seen = photo()
    lost = Sighting(seen, "face", None, NoSingleFace("expected one face, got none", advice="x"))
    body = sight(seen, OPTIONS)
    found = with_one_scale([body, lost], OPTIONS)
    assert isinstance(found[0].light, ChartColour)
    assert found[1] is lost
    assert with_one_scale([lost], OPTIONS) == [lost]
    assert place_head is not None


def test_one_photo_twice_is_measured_alike_to_the_last_bit():
    one = photo()
    pair = shots(one, one)
    a, b = tone_of(pair, 0), tone_of(pair, 1)
    assert a.outcomes == b.outcomes


def test_the_skin_mask_is_that_of_the_photo_as_it_was_taken():
    shot = shots(photo())[0]
    polygons = {"patch": PATCH_XY}
    metrics = [get_metric("tone")]
    masks = []
    for light in (None, shot.light, ByGains(np.array([3.0, 3.0, 3.0]))):
        picture = take_picture(shot.photo, polygons, px_per_mm=4.0, landmarks=None, light=light)
        _, analysis = measure_picture(picture, metrics, axes=None, reference=None, blocked={})
        masks.append(analysis.patch.mask)
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


def test_rehearsed_photos_are_corrected_by_their_chart_too():
    shot = shots(photo())[0]
    metrics = [get_metric("tone")]
    spread = {}
    for name, light in (("raw", None), ("chart", shot.light)):
        picture = take_picture(
            shot.photo, {"patch": PATCH_XY}, px_per_mm=4.0, landmarks=None, light=light
        )
        found = rehearse(
            picture, metrics, axes=None, reference=None, blocked={}, cameras=Cameras(), n=5,
            seed=4, with_repeats=False, watch=lambda share: None,
        )  # fmt: skip
        values = [outcomes["tone", "patch"].value for outcomes in found.joint]
        spread[name] = float(np.std(values))
    assert spread["chart"] < 0.5 * spread["raw"]


def test_the_body_photo_keeps_its_given_scale():
    shot = shots(photo())[0]
    assert shot.scale == Scale(4.0, 0.01, ScaleSource.GIVEN)
    assert isinstance(shot.reference, NotMeasured)
    assert shot.grey_card.reason == pytest.approx("no grey_card was outlined")


def test_a_cast_that_the_chart_mends_is_no_mismatch():
    strong = (1.25, 1.0, 0.8)

    def cast_of(pair):
        checks = seat(None, [pair[1]], pair[0], is_baseline=False).comparability.checks
        return next(check for check in checks if check.check == "colour_cast")

    assert not cast_of(shots(photo(chart=False), photo(strong, chart=False))).passed
    mended = cast_of(shots(photo(), photo(strong)))
    assert mended.passed
    # the residual of the chart's fit
    assert mended.difference < 0.05


def test_an_outlined_card_is_not_measured_as_skin():
    regions = tuple(
        Region(name=name, polygon_xy=CARD_XY, kind=RegionKind.DRAWN)
        for name in ("grey_card", "grey_card_2", "wrist")
    )
    (first,) = shots(photo())
    names = {r.name for r in settle(first, replace(OPTIONS, user_regions=regions)).regions}
    assert "wrist" in names
    assert not any(name.startswith("grey_card") for name in names)
