"""Every picture of one pair, made in one pass for the app, the report and the folder of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from progress.imaging.photo import DecodedPhoto
from progress.model import FoundScar, HeatMap, Registration
from progress.views.frames import SCREEN_PX, Codes, aligned_pair
from progress.views.heat_pictures import (
    change_picture,
    change_range,
    heat_pair,
    range_from_baseline,
    registration_picture,
)
from progress.views.labels import metric_label
from progress.views.picture_files import save_blink, save_picture
from progress.views.pictures import blend, blink_frames, checkerboard, marked, side_by_side
from progress.views.report import Figure
from progress.views.scar_pictures import scar_pair
from progress.views.scar_tiles import scar_tiles

_AROUND_SCARS_MM = 10.0
"""Skin beside the outermost scars, so that a reader knows where on the face they are."""


@dataclass(frozen=True, slots=True, eq=False)
class MetricMaps:
    """One metric on both dates under one legend, and the difference where there is one."""

    both: Codes = field(repr=False)
    difference: Codes | None = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class ScarPictures:
    """The scars of the baseline: outlined on both dates, and each near by before and after."""

    outlined: Codes = field(repr=False)
    tiles: Codes = field(repr=False)

    def figures(self) -> list[Figure]:
        """Both with alternative texts and captions."""
        return [
            Figure(
                self.outlined,
                "Scars outlined and numbered on both dates",
                "The same outline on both photos: it was drawn on the baseline and carried.",
            ),
            Figure(
                self.tiles,
                "Each numbered scar near by, before beside after",
                "Look here whether a number of the table is a scar at all, and in the same light.",
            ),
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures of a pair, all in the baseline's frame.

    Parameters
    ----------
    captions : tuple of str
        Names of baseline and follow-up with their dates.
    overlay : tuple of ndarray
        Both at one size without captions, for a slider.
    blink : tuple of ndarray
        Both at one size with captions.
    side_by_side, blend, checkerboard, alignment : ndarray of uint8, shape (H, W, 3)
        See `progress.views.pictures` and `registration_picture`.
    maps : mapping of str to MetricMaps
        By metric id; only metrics that have local values on the baseline.
    scars : ScarPictures or None
        None where no scar was found.
    """

    captions: tuple[str, str]
    overlay: tuple[Codes, Codes] = field(repr=False)
    blink: tuple[Codes, Codes] = field(repr=False)
    side_by_side: Codes = field(repr=False)
    blend: Codes = field(repr=False)
    checkerboard: Codes = field(repr=False)
    alignment: Codes = field(repr=False)
    maps: Mapping[str, MetricMaps] = field(repr=False)
    scars: ScarPictures | None = field(repr=False, default=None)

    def figures(self) -> list[Figure]:
        """The pictures that a report shows, with alternative texts and captions."""
        names = f"{self.captions[0]} and {self.captions[1]}"
        told = [
            Figure(self.side_by_side, f"Beside each other: {names}", "Same crop, same scale."),
            Figure(
                self.checkerboard,
                f"Squares in turn: {names}",
                "Outlines that run on across the squares show that the skin is matched.",
            ),
            Figure(
                self.alignment,
                "Baseline with the estimated alignment error painted on",
                "Estimated alignment error; grey skin is not scored.",
            ),
        ]
        for metric, pictures in self.maps.items():
            label = metric_label(metric)
            told.append(Figure(pictures.both, f"{label} on both dates", f"{label}, one legend."))
            if pictures.difference is not None:
                told.append(
                    Figure(
                        pictures.difference,
                        f"Where {label.lower()} differs",
                        "Shows where to look; only the figures of the regions carry an error.",
                    )
                )
        return told


def pair_gallery(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    registration: Registration,
    heat_maps: Mapping[str, tuple[HeatMap, HeatMap]],
    *,
    captions: tuple[str, str],
    px_per_mm: float | None = None,
    simulated: bool = False,
    max_px: int = SCREEN_PX,
    scars: Sequence[FoundScar] = (),
) -> Gallery:
    """Return every picture of a pair.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
        Upright photos that `registration` connects.
    registration : Registration
        Where the baseline's skin lies in the follow-up.
    heat_maps : mapping of str to tuple of HeatMap
        Metric id to the maps of baseline and follow-up, both in baseline pixels.
    captions : tuple of str
        Names with dates.
    px_per_mm : float, optional
        Scale of the baseline, for rulers.
    simulated : bool
        True for rendered mannequins: every picture gets the badge.
    max_px : int
        Longest side of one photo in the pictures.
    scars : sequence of FoundScar
        Of the baseline.
    """
    pair = aligned_pair(baseline, followup, registration, px_per_mm=px_per_mm, max_px=max_px)
    maps: dict[str, MetricMaps] = {}
    for metric, (before, after) in heat_maps.items():
        if not np.isfinite(before.values).any():
            continue
        limits = range_from_baseline(before)
        names = (f"{before.label}, {captions[0]}", f"{before.label}, {captions[1]}")
        both = heat_pair(pair, (before, after), limits, names, simulated=simulated)
        difference = None
        if np.isfinite(after.values).any():
            difference = change_picture(
                pair,
                (before, after),
                change_range(limits),
                f"{before.label}: follow-up minus baseline",
                simulated=simulated,
            )
        maps[metric] = MetricMaps(both, difference)
    return Gallery(
        captions=captions,
        overlay=(
            marked(pair.baseline, simulated=simulated),
            marked(pair.followup, simulated=simulated),
        ),
        blink=blink_frames(pair, captions, simulated=simulated),
        side_by_side=side_by_side(pair, captions, simulated=simulated),
        blend=blend(pair, f"Mean of: {captions[0]}; {captions[1]}", simulated=simulated),
        checkerboard=checkerboard(
            pair, f"In turn: {captions[0]}; {captions[1]}", simulated=simulated
        ),
        alignment=registration_picture(pair, "Estimated alignment error", simulated=simulated),
        maps=maps,
        scars=scar_pictures(
            (baseline, followup), registration, scars,
            captions=captions, px_per_mm=px_per_mm, simulated=simulated, max_px=max_px,
        ),
    )  # fmt: skip


def scar_pictures(
    photos: tuple[DecodedPhoto, DecodedPhoto],
    registration: Registration,
    scars: Sequence[FoundScar],
    *,
    captions: tuple[str, str],
    px_per_mm: float | None,
    simulated: bool = False,
    max_px: int = SCREEN_PX,
) -> ScarPictures | None:
    """Return the scars of a pair outlined and near by; None without scars or without a scale.

    Parameters
    ----------
    photos : tuple of DecodedPhoto
        Baseline and follow-up.
    registration : Registration
    scars : sequence of FoundScar
    captions : tuple of str
    px_per_mm : float or None
        Of the baseline.
    simulated : bool
    max_px : int
        Longest side of one photo.
    """
    if not scars or px_per_mm is None:
        return None
    outlines = {scar.region: scar.outline_xy for scar in scars}
    corners = np.concatenate(list(outlines.values()))
    margin = _AROUND_SCARS_MM * px_per_mm
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), photos[0].size_px).astype(int)
    box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    pair = aligned_pair(*photos, registration, px_per_mm=px_per_mm, max_px=max_px, box_px=box)
    tiles = scar_tiles(*photos, registration, outlines, px_per_mm=px_per_mm, simulated=simulated)
    return ScarPictures(scar_pair(pair, outlines, captions, simulated=simulated), tiles)


def save_gallery(folder: Path, gallery: Gallery) -> list[Path]:
    """Write all pictures into a folder and return their paths."""
    written = [
        save_picture(folder / "side_by_side.jpg", gallery.side_by_side),
        save_picture(folder / "blend.jpg", gallery.blend),
        save_picture(folder / "checkerboard.jpg", gallery.checkerboard),
        save_picture(folder / "alignment_error.jpg", gallery.alignment),
        save_blink(folder / "blink.webp", gallery.blink),
    ]
    if gallery.scars is not None:
        written.append(save_picture(folder / "scars.jpg", gallery.scars.outlined))
        written.append(save_picture(folder / "scars_near_by.jpg", gallery.scars.tiles))
    for metric, pictures in gallery.maps.items():
        written.append(save_picture(folder / f"map_{metric}.jpg", pictures.both))
        if pictures.difference is not None:
            written.append(save_picture(folder / f"change_{metric}.jpg", pictures.difference))
    return written
