"""The fair-pair certificate: may these two photographs be compared, told on one page of paper.

It judges the two photographs and nothing else: not the treatment, not the client. The page holds
everything in itself, runs no script and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from progress.model import Comparison, Gate, Need, PairCheck, PairVerdict, Verdict
from progress.pipeline.shots import Shot
from progress.views import check_words, labels, words
from progress.views.check_pictures import check_picture, gate_picture
from progress.views.frames import Codes
from progress.views.page import render
from progress.views.picture_files import data_uri

TITLE = "Fair-pair certificate"
_VERDICTS = {
    PairVerdict.COMPARABLE: "Comparable",
    PairVerdict.LIMITED: "Limited",
    PairVerdict.NOT_COMPARABLE: "Not comparable",
}
_MOST_TITLE, _MOST_CAPTION, _MOST_FILE, _MOST_ADVICE, _MOST_GATES = 70, 60, 38, 120, 6
_MOST_DENSE_ADVICE, _MOST_DENSE_GATES = 90, 4
"""The page is one sheet of A4 whatever came in: long texts are cut here and whole in the JSON."""
_FAILED_MM, _PASSED_MM, _GATE_MM, _ROOM_MM = 16.0, 11.5, 11.0, 180.0
"""How tall rows print at most, and what is left of the sheet for them."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A check or gate as the page shows it."""

    name: str
    asked: str
    picture: str | None
    alt: str
    found: str
    limit: str
    passed: bool
    takes: str
    flatters: tuple[str, ...]
    advice: str


def pair_verdict(comparison: Comparison) -> PairVerdict:
    """Return the verdict on a pair with the failed gates of its photos counted in.

    A pair that loses every metric to one check or another is not comparable.
    """
    out = metrics_out(comparison)
    if len(out) == len(comparison.affected(frozenset({Need.ANY}))) and out:
        return PairVerdict.NOT_COMPARABLE
    if comparison.comparability.verdict is PairVerdict.COMPARABLE and out:
        return PairVerdict.LIMITED
    return comparison.comparability.verdict


def metrics_out(comparison: Comparison) -> list[str]:
    """Return the ids of the metrics that a failed check or gate takes away."""
    failed = [check for check in comparison.comparability.checks if not check.passed]
    touched = [check.touches for check in failed]
    touched += [gate.touches for gate in _failed_gates(comparison)]
    return comparison.affected(frozenset().union(*touched)) if touched else []


def verdict_sentence(comparison: Comparison) -> str:
    """Return the verdict in one sentence, with the metrics that are out."""
    verdict = pair_verdict(comparison)
    if verdict is PairVerdict.COMPARABLE:
        return "Nothing that was checked speaks against comparing these two photographs."
    if verdict is PairVerdict.NOT_COMPARABLE:
        return "These two photographs cannot be compared fairly: no figure is given."
    out = metrics_out(comparison)
    names = _metric_names(comparison, out)
    return f"Out, because a check failed: {names}. What is left may be compared."


def certificate_dict(
    comparison: Comparison,
    captions: tuple[str, str],
    *,
    title: str = TITLE,
    made_with: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return ``progress.certificate/1``: the certificate for programs.

    Parameters
    ----------
    comparison : Comparison
    captions : tuple of str
        Names of baseline and follow-up with their dates.
    title : str
    made_with : mapping of str to str, optional
        Name to version of the software; versions of metrics and alignment are added.
    """
    answer = comparison.to_dict()
    return {
        "format": "progress.certificate/1",
        "title": title,
        "simulated": comparison.simulated,
        "verdict": pair_verdict(comparison).value,
        "sentence": verdict_sentence(comparison),
        "metrics_out": metrics_out(comparison),
        "without_figure": _without_figure(comparison),
        "baseline": {"caption": captions[0], **answer["baseline"]},
        "followup": {"caption": captions[1], **answer["followup"]},
        "comparability": answer["comparability"],
        "registration": answer["registration"],
        "versions": _versions(comparison, made_with),
    }


def certificate_page(
    comparison: Comparison,
    captions: tuple[str, str],
    *,
    photos: tuple[Codes, Codes] | None = None,
    aligned: bool = False,
    shots: tuple[Shot, Shot] | None = None,
    title: str = TITLE,
    made_with: Mapping[str, str] | None = None,
) -> str:
    """Return the certificate as HTML that prints on one sheet of A4.

    Parameters
    ----------
    comparison : Comparison
    captions : tuple of str
        Names of baseline and follow-up with their dates.
    photos : tuple of ndarray, optional
        Both, small, with badge and ruler.
    aligned : bool
        Whether the follow-up was brought onto the baseline.
    shots : tuple of Shot, optional
        For the small pictures of the checks.
    title : str
        Heading; cut after 70 letters.
    made_with : mapping of str to str, optional
        Name to version of the software.

    Returns
    -------
    str
        A whole document without any script. Every text is escaped.
    """
    verdict = pair_verdict(comparison)
    gates = _gate_rows(comparison, shots)
    dense = _is_dense(comparison.comparability.checks, min(len(gates), _MOST_GATES))
    shown = _MOST_DENSE_GATES if dense else _MOST_GATES
    checks = [_check_row(check, comparison, shots, dense=dense) for check in _in_order(comparison)]
    return render(
        "certificate.html",
        title=check_words.shortened(title, _MOST_TITLE),
        simulated=comparison.simulated,
        verdict=verdict,
        verdict_label=_VERDICTS[verdict],
        sentence=verdict_sentence(comparison),
        alignment=words.registration_sentence(comparison.registration),
        others=_others(comparison),
        figures=_photos(photos, captions, aligned=aligned),
        judged=(comparison.baseline, comparison.followup),
        checks=checks,
        gates=gates[:shown],
        gates_left_out=max(0, len(gates) - shown),
        dense=dense,
        shortened=lambda text: check_words.shortened(text, _MOST_FILE),
        versions=_versions_in_short(comparison, made_with),
    )


def _is_dense(checks: Sequence[PairCheck], n_gates: int) -> bool:
    """Whether the rows need the small print to stay on one sheet."""
    failed = sum(not check.passed for check in checks)
    tall = _FAILED_MM * failed + _PASSED_MM * (len(checks) - failed) + _GATE_MM * n_gates
    return tall > _ROOM_MM


def _failed_gates(comparison: Comparison) -> list[Gate]:
    """Of the first photo of each session, which the pair is judged by."""
    first = [*comparison.baseline[:1], *comparison.followup[:1]]
    return [gate for photo in first for gate in photo.quality.failed]


def _in_order(comparison: Comparison) -> list[PairCheck]:
    """Failed checks first, the others as they came."""
    return sorted(comparison.comparability.checks, key=lambda check: check.passed)


def _check_row(
    check: PairCheck,
    comparison: Comparison,
    shots: tuple[Shot, Shot] | None,
    *,
    dense: bool,
) -> _Row:
    label = check_words.check_label(check.check)
    return _Row(
        name=label,
        asked=check_words.asked(check.check),
        picture=_small(check_picture(check.check, *shots) if shots else None),
        alt=f"{label}: baseline and follow-up",
        found=_found_by(check),
        limit="" if check.limit is None else check_words.found(check.limit, check.unit),
        passed=check.passed,
        takes=_metric_names(comparison, comparison.affected(check.touches))
        if not check.passed
        else "",
        flatters=tuple(check_words.flattery(check, most=1 if dense else check_words.MOST_BIASES)),
        advice=_advice(check.advice, _MOST_DENSE_ADVICE if dense else _MOST_ADVICE),
    )


def _found_by(check: PairCheck) -> str:
    if check.check == "same_skin":
        return "not found again"
    return check_words.found(check.difference, check.unit)


def _gate_rows(comparison: Comparison, shots: tuple[Shot, Shot] | None) -> list[_Row]:
    """Failed gates of every photo; pictures for the first of each session."""
    rows = []
    sessions = (("Baseline", comparison.baseline), ("Follow-up", comparison.followup))
    for side, (name, photos) in enumerate(sessions):
        for index, photo in enumerate(photos):
            shot = shots[side] if shots and index == 0 else None
            which = name if len(photos) == 1 else f"{name}, shot {index + 1}"
            rows += [_gate_row(gate, which, comparison, shot) for gate in photo.quality.failed]
    return rows


def _gate_row(gate: Gate, which: str, comparison: Comparison, shot: Shot | None) -> _Row:
    label = labels.question_label(gate.gate)
    return _Row(
        name=label,
        asked=which,
        picture=_small(gate_picture(gate.gate, shot) if shot else None),
        alt=f"{label} of the {which.lower()}",
        found=check_words.found(gate.value, gate.unit),
        limit="" if gate.limit is None else check_words.found(gate.limit, gate.unit),
        passed=False,
        takes=_metric_names(comparison, comparison.affected(gate.touches)),
        flatters=(),
        advice=_advice(gate.advice, _MOST_DENSE_ADVICE),
    )


def _metric_names(comparison: Comparison, metrics: Sequence[str]) -> str:
    every = comparison.affected(frozenset({Need.ANY}))
    return check_words.metric_names(metrics, of=len(every))


def _advice(text: str, most: int) -> str:
    plain = text.strip().rstrip(".")
    return check_words.shortened(plain[:1].upper() + plain[1:], most)


def _small(picture: Codes | None) -> str | None:
    return None if picture is None else data_uri(picture, quality=82)


def _photos(
    photos: tuple[Codes, Codes] | None, captions: tuple[str, str], *, aligned: bool
) -> list[tuple[str, str]]:
    """Addresses and alternative texts of the two photos."""
    if photos is None:
        return []
    tails = ("", ", brought onto the baseline" if aligned else "")
    return [
        (data_uri(picture, quality=84), check_words.shortened(caption, _MOST_CAPTION) + tail)
        for picture, caption, tail in zip(photos, captions, tails, strict=True)
    ]


def _without_figure(comparison: Comparison) -> list[dict[str, str]]:
    """Metrics without a figure in any region for a reason of their own, with the first one."""
    out = set(metrics_out(comparison))
    told: dict[str, str] = {}
    for change in comparison.changes:
        if change.verdict is Verdict.NOT_COMPARABLE and change.metric not in out:
            told.setdefault(change.metric, change.reason or "")
    for change in comparison.changes:
        if change.verdict is not Verdict.NOT_COMPARABLE:
            told.pop(change.metric, None)
    return [{"metric": metric, "reason": reason} for metric, reason in told.items()]


def _others(comparison: Comparison) -> str:
    """The same in a sentence, the reasons left to the report; empty where there are none."""
    if pair_verdict(comparison) is PairVerdict.NOT_COMPARABLE:
        return ""
    without = [entry["metric"] for entry in _without_figure(comparison)]
    if not without:
        return ""
    return (
        f"Without a figure for other reasons, see the report: {_metric_names(comparison, without)}."
    )


def _versions(comparison: Comparison, made_with: Mapping[str, str] | None) -> dict[str, str]:
    versions = dict(made_with or {})
    registration = comparison.registration
    if registration:
        versions["alignment"] = f"version {registration.version}"
    for change in comparison.changes:
        versions[f"metric {change.metric}"] = f"version {change.metric_version}"
    return versions


def _versions_in_short(comparison: Comparison, made_with: Mapping[str, str] | None) -> str:
    """The versions on one line: metrics of one version together."""
    versions = _versions(comparison, made_with)
    others = [f"{name} {value}" for name, value in versions.items() if name[:7] != "metric "]
    together: dict[int, list[str]] = {}
    for change in comparison.changes:
        named = together.setdefault(change.metric_version, [])
        if change.metric not in named:
            named.append(change.metric)
    if len(together) == 1:
        return "; ".join([*others, f"every metric version {next(iter(together))}"])
    metrics = [f"{', '.join(names)} version {version}" for version, names in together.items()]
    return "; ".join([*others, *metrics])
