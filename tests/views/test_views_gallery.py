"""Every picture of a pair in one pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from made_up_results import shifted

from progress.imaging.photo import DecodedPhoto
from progress.model import HeatMap
from progress.views.gallery import pair_gallery, save_gallery
from progress.views.lettering import INK

SIZE = (183, 161)
CAPTIONS = ("Baseline, 5 January 2026", "Follow-up, 2 March 2026")


def gallery(*, simulated: bool = True):
    photos = [
        DecodedPhoto.from_codes(np.full((SIZE[1], SIZE[0], 3), level, np.uint8))
        for level in (120, 140)
    ]
    whole = np.full((40, 45), 0.3, np.float32)
    nothing = np.full((40, 45), np.nan, np.float32)
    box = (0, 0, *SIZE)

    def pair(first, second):
        return tuple(HeatMap("redness", "Redness", "OD", values, box) for values in (first, second))

    return pair_gallery(
        *photos,
        shifted(SIZE, lambda xy: xy),
        {
            "redness": pair(whole, whole + 0.1),
            "lines": pair(nothing, whole),
            "tone": pair(whole, nothing),
        },
        captions=CAPTIONS,
        px_per_mm=6.0,
        simulated=simulated,
    )


def test_maps_are_drawn_only_where_the_baseline_has_values():
    drawn = gallery().maps
    assert set(drawn) == {"redness", "tone"}
    assert drawn["redness"].difference is not None
    assert drawn["tone"].difference is None


def test_every_picture_of_a_mannequin_carries_the_badge():
    badged, plain = gallery(), gallery(simulated=False)
    for name in ("side_by_side", "blend", "checkerboard", "alignment"):
        ink = [(getattr(g, name) == INK).all(axis=2).sum() for g in (badged, plain)]
        assert ink[0] > ink[1] + 200, name
    assert (badged.overlay[0] != plain.overlay[0]).any()
    assert (badged.maps["redness"].both != plain.maps["redness"].both).any()


def test_pictures_for_the_slider_have_one_size():
    first, second = gallery().overlay
    assert first.shape == second.shape


def test_figures_have_words_for_readers_who_cannot_see_them():
    figures = gallery().figures()
    assert len(figures) == 3 + 2 + 1
    assert all(figure.alt and figure.caption for figure in figures)


def test_a_folder_gets_every_picture(tmp_path: Path):
    written = save_gallery(tmp_path / "out", gallery())
    assert sorted(p.name for p in written) == [
        "alignment_error.jpg",
        "blend.jpg",
        "blink.webp",
        "change_redness.jpg",
        "checkerboard.jpg",
        "map_redness.jpg",
        "map_tone.jpg",
        "side_by_side.jpg",
    ]
    assert all(path.stat().st_size > 500 for path in written)
