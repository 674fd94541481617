"""The folder that ``--out`` names: pictures, charts and the report of one answer."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from progress.model import Estimate, Registration, TimelineSeries
from progress.pipeline import ComparedPair, FollowedCourse, MeasuredSession
from progress.pipeline.guidance import Guidance
from progress.views.certificate import certificate_dict, certificate_page
from progress.views.chart_files import save_chart
from progress.views.charts import timeline_chart
from progress.views.frames import Codes, aligned_pair, photo_frame
from progress.views.gallery import Gallery, pair_gallery, save_gallery
from progress.views.ghost import ghost
from progress.views.grade_words import grades_listing
from progress.views.heat_pictures import heat_picture, range_from_baseline
from progress.views.labels import day_label
from progress.views.mark_pictures import mark_figures
from progress.views.mark_words import marks_listing
from progress.views.picture_files import save_picture, save_text
from progress.views.pictures import marked
from progress.views.report import Figure, Section, caption, course_report, pair_report
from progress.views.scar_pictures import scar_picture
from progress.views.scar_words import scars_listing

REPORT_NAME = "report.html"
GHOST_NAME = "ghost.jpg"
CERTIFICATE_NAME, CERTIFICATE_JSON = "certificate.html", "certificate.json"
_PICTURE_PX = 1100
"""Longest side of each photo: a report of a whole course stays below about 8 MB."""
_CERTIFICATE_PX = 560
"""Longest side of each photo on the certificate, where it stands about 50 mm tall."""
_CHARTED = ("whole_face", "area")
"""Regions whose charts are files of their own; the report holds them all."""


def _made_with() -> dict[str, str]:
    return {"skin-progress": version("skin-progress")}


def write_measurement_pictures(measured: MeasuredSession, out: Path) -> None:
    """One heat map of each measurable metric, ``heat_<metric>.jpg``, and ``scars.jpg`` if any."""
    for metric, maps in measured.heat_maps.items():
        frame = photo_frame(measured.photo, box_px=maps[0].box_px, px_per_mm=measured.px_per_mm)
        limits = range_from_baseline(maps[0])
        picture = heat_picture(frame, maps[0], limits, maps[0].label, simulated=measured.simulated)
        save_picture(out / f"heat_{metric}.jpg", picture)
    if measured.result.scars:
        frame = photo_frame(measured.photo, px_per_mm=measured.px_per_mm)
        outlines = {scar.region: scar.outline_xy for scar in measured.result.scars}
        words = "Scars by falling contrast, found by looks"
        picture = scar_picture(frame, outlines, words, simulated=measured.simulated)
        save_picture(out / "scars.jpg", picture)


def gallery_of(pair: ComparedPair) -> Gallery | None:
    """Every picture of a pair, or None when the skin was not found again."""
    if not isinstance(pair.registration, Registration):
        return None
    return pair_gallery(
        pair.baseline_photo,
        pair.followup_photo,
        pair.registration,
        pair.heat_maps,
        captions=captions_of(pair),
        px_per_mm=pair.px_per_mm,
        simulated=pair.simulated,
        max_px=_PICTURE_PX,
        scars=pair.comparison.scars,
    )


def captions_of(pair: ComparedPair) -> tuple[str, str]:
    """Baseline and follow-up with their days where they are known."""
    return caption("Baseline", pair.baseline_day), caption("Follow-up", pair.followup_day)


def write_pair_pictures(pair: ComparedPair, out: Path) -> Path:
    """Side by side, blend, checkerboard, blink, heat maps, certificate and report of a pair.

    Returns
    -------
    Path
        Of the report.
    """
    return _write_pair(pair, gallery_of(pair), out)


def _write_pair(pair: ComparedPair, gallery: Gallery | None, out: Path) -> Path:
    figures: list[Figure] = []
    if gallery is not None:
        save_gallery(out, gallery)
        figures = gallery.figures()
    page = pair_report(
        pair.comparison,
        captions_of(pair),
        slider=gallery.overlay if gallery else None,
        figures=figures,
        made_with=_made_with(),
        certificate=CERTIFICATE_NAME,
        sections=_pair_sections(pair, gallery),
    )
    for number, figure in enumerate(figures_of_marks(pair)):
        what = "profile" if number % 2 else "mark"
        save_picture(out / f"{what}_{pair.marks[number // 2].region}.png", figure.picture)
    write_certificate(pair, out)
    return save_text(out / REPORT_NAME, page)


def _pair_sections(pair: ComparedPair, gallery: Gallery | None) -> list[Section]:
    """What was found and the grades; nothing of a pair that is refused."""
    if pair.comparison.refused:
        return []
    visits = list(zip(captions_of(pair), pair.comparison.grades, strict=True))
    return [*_finds(pair, gallery), Section(grades_listing(visits))]


def _finds(pair: ComparedPair, gallery: Gallery | None) -> list[Section]:
    """Scars one by one and outlined marks, each where there are some that were seen again."""
    told: list[Section] = []
    listing = scars_listing(pair.comparison)
    if listing is not None and gallery is not None and gallery.scars is not None:
        told.append(Section(listing, gallery.scars.figures()))
    if pair.marks:
        told.append(Section(marks_listing(pair.comparison, pair.marks), figures_of_marks(pair)))
    return told


def figures_of_marks(pair: ComparedPair) -> list[Figure]:
    """Every outlined mark of a pair with its edges and flanks, and its profile."""
    return mark_figures(
        (pair.baseline_photo, pair.followup_photo),
        pair.marks,
        captions=captions_of(pair),
        px_per_mm=pair.px_per_mm,
        simulated=pair.simulated,
    )


def write_certificate(pair: ComparedPair, out: Path) -> Path:
    """The fair-pair certificate as ``certificate.html`` and ``certificate.json``.

    Returns
    -------
    Path
        Of the page.
    """
    captions, made_with = captions_of(pair), _made_with()
    answer = certificate_dict(pair.comparison, captions, made_with=made_with)
    text = json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    save_text(out / CERTIFICATE_JSON, text)
    return save_text(out / CERTIFICATE_NAME, certificate_of(pair, captions))


def certificate_of(pair: ComparedPair, captions: tuple[str, str]) -> str:
    """The fair-pair certificate of a pair as one page of HTML.

    Parameters
    ----------
    pair : ComparedPair
    captions : tuple of str
        Names of baseline and follow-up with their dates.
    """
    return certificate_page(
        pair.comparison,
        captions,
        photos=_certificate_photos(pair),
        aligned=isinstance(pair.registration, Registration),
        shots=pair.shots,
        made_with=_made_with(),
    )


def write_ghost(guidance: Guidance, out: Path) -> Path | None:
    """The baseline laid over a new photo as ``ghost.jpg``; None where there is nothing to lay."""
    picture = ghost(guidance)
    return None if picture is None else save_picture(out / GHOST_NAME, picture)


def _certificate_photos(pair: ComparedPair) -> tuple[Codes, Codes]:
    """Both photos small: in one frame where the skin was found again, else each as it is."""
    if isinstance(pair.registration, Registration):
        both = aligned_pair(
            pair.baseline_photo,
            pair.followup_photo,
            pair.registration,
            px_per_mm=pair.px_per_mm,
            max_px=_CERTIFICATE_PX,
        )
        frames = (both.baseline, both.followup)
    else:
        first = photo_frame(pair.baseline_photo, px_per_mm=pair.px_per_mm, max_px=_CERTIFICATE_PX)
        frames = (first, photo_frame(pair.followup_photo, max_px=_CERTIFICATE_PX))
    first_picture, then_picture = (marked(f, simulated=pair.simulated) for f in frames)
    return first_picture, then_picture


def _charted(series: TimelineSeries) -> bool:
    return series.region in _CHARTED and any(
        isinstance(point.outcome, Estimate) for point in series.points
    )


def write_course_pictures(followed: FollowedCourse, out: Path) -> Path:
    """Time lines of the whole face or area, the last fair pair and the report of a course.

    Returns
    -------
    Path
        Of the report.
    """
    timeline = followed.timeline
    for series in filter(_charted, timeline.series):
        chart = timeline_chart(series, timeline.events)
        save_chart(out / f"timeline_{series.metric}_{series.region}.png", chart)
    figures: list[Figure] = []
    gallery = None
    if followed.pair is not None:
        gallery = gallery_of(followed.pair)
        _write_pair(followed.pair, gallery, out / "last_pair")
        if gallery is not None:
            figures = gallery.figures()
    sections: list[Section] = []
    if followed.pair is not None:
        sections += _finds(followed.pair, gallery)
    visits = [(day_label(day), grades) for day, grades in sorted(timeline.grades.items())]
    if visits:
        sections.append(Section(grades_listing(visits)))
    page = course_report(timeline, figures=figures, made_with=_made_with(), sections=sections)
    return save_text(out / REPORT_NAME, page)
