"""An outlined mark is drawn where it lies, on both photos, read from the same end."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.mark_shots import STILL, bare, placed
from progress.model import NotMeasured, Region, RegionKind
from progress.phantom.camera import jpeg_bytes
from progress.phantom.mark_doses import rubra
from progress.phantom.reshoot import reshoot_area
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import ComparedPair, Options, compare_sessions, session_files
from progress.views.mark_pictures import mark_figures, profile_chart
from progress.views.mark_words import marks_listing

PX_PER_MM = 12.0
WIDTH_MM = 2.5


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> ComparedPair:
    """A red mark and the same one half as red."""
    folder = tmp_path_factory.mktemp("marks")
    skin = bare(SKIN_TONES[1], 4)
    files = []
    for strength in (1.0, 0.5):
        mark = placed(rubra(SKIN_TONES[1], strength), width_mm=WIDTH_MM, length_mm=22.0)
        shot = reshoot_area(skin.with_mark(mark), STILL, np.random.default_rng(1))
        files.append(folder / f"{strength}.jpg")
        files[-1].write_bytes(jpeg_bytes(shot.codes, 94))
    outline = placed(rubra(SKIN_TONES[1]), length_mm=22.0).outline_mm(beyond_mm=1.5)
    bare_skin = np.array([(20, 20), (90, 20), (90, 400), (20, 400)])
    options = Options(
        area="body",
        px_per_mm=PX_PER_MM,
        reshoots=5,
        user_regions=(
            Region("belly", outline * PX_PER_MM - 0.5, kind=RegionKind.DRAWN),
            Region("beside", bare_skin, kind=RegionKind.DRAWN),
        ),
    )
    return compare_sessions(session_files(files[0]), session_files(files[1]), options)


def test_the_edges_lie_where_the_mark_is_half_as_strong(pair):
    (mark,) = (one for one in pair.marks if one.region == "belly")
    view = mark.baseline
    low, high = view.edges_mm
    assert high - low == pytest.approx(WIDTH_MM, rel=0.1)  # mottling beside the mark
    assert np.linalg.norm(view.across_xy, axis=1) == pytest.approx(PX_PER_MM, rel=0.02)
    codes = pair.baseline_photo.codes_8bit()
    places = (
        (view.line_xy + 0.0).round().astype(int),
        (view.line_xy + 2.2 * high * view.across_xy).round().astype(int),
    )
    inside, beside = (float(codes[xy[:, 1], xy[:, 0], 1].mean()) for xy in places)
    assert inside < beside - 10


def test_both_photos_are_read_from_the_same_end_and_the_paler_mark_has_the_lower_profile(pair):
    (mark,) = (one for one in pair.marks if one.region == "belly")
    first, then = mark.baseline, mark.followup
    ways = (view.line_xy[-1] - view.line_xy[0] for view in (first, then))
    assert np.dot(*ways) > 0
    peaks = [np.nanmax(view.profile[abs(view.across_mm) < 2]) for view in (first, then)]
    assert peaks[1] < 0.75 * peaks[0]


def test_pictures_profiles_and_rows_follow_the_marks(pair):
    names = ("Before", "After")
    photos = (pair.baseline_photo, pair.followup_photo)
    figures = mark_figures(photos, pair.marks, captions=names, px_per_mm=PX_PER_MM)
    assert len(figures) == 2 * len(pair.marks)
    values = profile_chart(pair.marks[0], names).to_dict()
    assert "Before" in str(values)
    assert "After" in str(values)
    listing = marks_listing(pair.comparison, pair.marks)
    assert {"Mark contrast", "Mark width"} <= {row[1] for row in listing.rows if row[0] == "belly"}


def test_a_follow_up_without_a_band_is_drawn_alone_and_says_so(pair):
    mark = pair.marks[0]
    lost = type(mark)(mark.region, mark.baseline, NotMeasured("covered by hair"))
    photos = (pair.baseline_photo, pair.followup_photo)
    both, alone = (
        mark_figures(photos, [one], captions=("Before", "After"), px_per_mm=PX_PER_MM)[0]
        for one in (mark, lost)
    )
    assert alone.picture.shape[1] < both.picture.shape[1]
    assert "Follow-up: Covered by hair." in alone.caption
