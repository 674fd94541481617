"""How a report's figures came to be: formulas, metrics, limits, versions."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from progress.exports.report_document import Block, Bullets, Facts, Formula, Heading, Table, Words
from progress.exports.report_tables import spelt_unit
from progress.metrics import Metric, all_metrics
from progress.model import NotAligned, Registration
from progress.views import labels, words
from progress.views.report import CANNOT_MEASURE

_FORMULAS = (
    (
        "Each visit differs from the next by two kinds of error: those of a single shot, which "
        "average down over repeated shots, and those that all shots of a visit share. With k shots "
        "at baseline (b) and follow-up (f), the standard error of a change is",
        "error",
        "Squared standard error equals the squared shot error times one over k b plus one over "
        "k f, plus twice the squared session error",
    ),
    (
        "The smallest detectable change is the 97.5 % point of Student's t at the degrees of "
        "freedom with which that error is known, times the error. For an error that is known well "
        "and one shot a visit it is the usual 1.96 √2 SEM.",
        "detectable",
        "S D C equals t at 0.975 with nu degrees of freedom times S E, which tends to 1.96 times "
        "the square root of two times S E M",
    ),
    (
        "A change is beyond noise when it reaches that size. Then, and only then, it is called "
        "improved or worse; what has no better direction is described.",
        "verdict",
        "The absolute difference of follow-up and baseline is at least the S D C",
    ),
    (
        "A report holds many answers, and of twenty answers on still skin one is beyond noise by "
        "chance. Holm's correction over the m answers of a family, sorted by p, says which stand "
        "when their number is reckoned in; the others are marked “counted alone”.",
        "holm",
        "Holm's p of rank i is the largest, over ranks j up to i, of the smaller of one and m "
        "minus j plus one times p of rank j",
    ),
    (
        "Where untreated skin was outlined as a control (C), its change is taken off the change of "
        "the treated skin (T), as far as both share errors in the same simulated re-shoots:",
        "control",
        "Change equals delta T minus beta times delta C; beta is the covariance of both errors "
        "over the variance of the control's error, shrunk by one minus one over F, held between "
        "zero and one",
    ),
)
_COURSE_FORMULAS = (
    (
        "Through four or more healed visits a curve is drawn; its change lies between the first "
        "and the last visit.",
        "course",
        "y of t equals b zero plus change times g of t plus a term of the visit; g is zero on the "
        "first visit and one on the last",
    ),
    (
        "Its shape is that of repair after each treatment, mixed over eight shapes by how well "
        "each fits:",
        "shape",
        "g of t goes with one minus the exponential of minus t minus t one over tau, with tau of "
        "28, 38, 52 or 70 days",
    ),
)
_NOISE = (
    "The errors come from repeated shots of the same visit where there are some, and else from "
    "simulated re-shoots of the client's own baseline photograph: pose, distance, light, exposure, "
    "colour gains, focus, noise and compression are drawn anew, at least as far apart as the two "
    "photographs were found to be, and each re-shoot is measured like a photograph."
)


def method_blocks(asked: Iterable[str], *, course: bool = False) -> list[Block]:
    """Return the pages on formulas, metrics and limits.

    Parameters
    ----------
    asked : iterable of str
        Ids of the metrics of this report.
    course : bool
        Whether it tells a course.
    """
    blocks: list[Block] = [Heading("Method"), Words(words.METHOD), Words(_NOISE)]
    for text, name, alt in (*_FORMULAS, *(_COURSE_FORMULAS if course else ())):
        blocks += [Words(text), Formula(name, alt)]
    known = set(asked)
    metrics = [metric for metric in all_metrics() if metric.id in known]
    if metrics:
        blocks += [Heading("What each metric is", level=2), _metrics_table(metrics)]
    blocks += [
        Heading("Limits"),
        Words("What photographs taken and measured this way cannot tell:"),
        Bullets(CANNOT_MEASURE),
        Words(words.NOT_MEDICAL_ADVICE),
    ]
    return blocks


def _metrics_table(metrics: Iterable[Metric]) -> Table:
    rows = tuple(
        (
            (labels.metric_label(one.id), f"version {one.version}"),
            (spelt_unit(one.unit), labels.better_phrase(one.better)),
            (re.sub(r"\b([cm]m)2\b", r"\1²", one.summary), f"Source: {one.source}"),
        )
        for one in metrics
    )
    headings = ("Metric", "Unit, direction", "What it measures, and where it comes from")
    return Table("Metrics of this report", headings, rows, (1.3, 1.3, 4.4), together=False)


def version_blocks(registration: Registration | NotAligned | None) -> list[Block]:
    """Return what the report was made with."""
    rows = [("skin-progress", version("skin-progress")), ("Python", platform.python_version())]
    if isinstance(registration, Registration):
        rows.append(("Alignment", f"{registration.method}, version {registration.version}"))
    rows += [(name, version(package)) for name, package in _LIBRARIES.items()]
    return [Heading("Made with", level=2), Facts(tuple(rows))]


_LIBRARIES: Mapping[str, str] = {
    "Face landmarks": "mediapipe",
    "Pixels": "opencv-python-headless",
    "Numbers": "numpy",
    "Typesetting": "typst",
}
