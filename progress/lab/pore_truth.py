"""Pores against planted pores: found or not, counted and sized, and steady from shot to shot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.foreign_skin import FOREIGN, foreign_scene
from progress.lab.pore_scenes import PER_CM2, pore_scene, pore_score
from progress.lab.shot_pairs import ShotPair, detectable, relative_change, shot_pair, value_of
from progress.lab.skin_shots import STILL, analyses, shoot_scene
from progress.metrics.blobs import PORE_PX_PER_MM
from progress.metrics.matched_pores import pair_pores
from progress.model import NotMeasured
from progress.phantom.reshoot_kinds import hard, mild
from progress.phantom.skin import SKIN_TONES

_METRICS = ("pore_density", "pore_area")
_MATCHED = "pore_density of the same pores"
_STEADY = (*_METRICS, _MATCHED)
_KINDS = {"mild": (mild, 0.10), "hard": (hard, 0.18)}
"""Re-shoots and the detectable change that is asked for."""
_DOSES = (0.5, 0.62, 0.75, 0.87, 1.0)
Watch = Callable[[float], None]


def pore_figures(*, quick: bool, watch: Watch = lambda _: None) -> tuple[LabFigure, ...]:
    """Every figure of pores beside its target.

    Parameters
    ----------
    quick : bool
        Three tones and few shots instead of six and many.
    watch : callable
        Told the share done.
    """
    tones = (1, 3, 5) if quick else tuple(range(len(SKIN_TONES)))
    figures = [*_finding(tones, (12.0,) if quick else (8.0, 10.0, 12.0, 14.0, 16.0))]
    watch(0.2)
    figures += _foreign(tones[:2] if quick else tones)
    watch(0.35)
    figures += _following(tones[:2] if quick else tones)
    watch(0.6)
    figures += _steadiness(tones[:2] if quick else tones, 2 if quick else 8)
    watch(1.0)
    return tuple(figures)


def _finding(tones: tuple[int, ...], scales: tuple[float, ...]) -> list[LabFigure]:
    """Recall, precision and size by resolution."""
    figures: list[LabFigure] = []
    for scale in scales:
        scores = []
        for tone in tones:
            scene = pore_scene(tone, 10 + tone, px_per_mm=scale)
            shot = shoot_scene(scene, STILL, rng=np.random.default_rng(tone))
            scores.append(pore_score(analyses(shot)[0], shot))
        on = f"{scale:g} px/mm, {len(tones)} tones"
        large = [score.recall_large for score in scores]
        precision = [score.precision for score in scores]
        small = np.mean([score.recall_small for score in scores])
        spread = f"by tone {_list(large)}; of 0.22 to 0.3 mm {small:.2f}"
        true = f"by tone {_list(precision)}; on fine pores {_list([s.fine for s in scores])}"
        size = np.mean([score.diameter_correlation for score in scores])
        ratio = np.mean([score.diameter_ratio for score in scores])
        name = f"pores of 0.3 to 0.5 mm found, {on}"
        if scale == PORE_PX_PER_MM:
            figures += [
                at_least(name, float(np.mean(large)), "share", 0.9, note=spread),
                at_least(f"detections that are pores, {on}", float(np.mean(precision)),
                         "share", 0.85, note=true),
            ]  # fmt: skip
        else:
            figures += [
                LabFigure(name, float(np.mean(large)), "share", note=spread),
                LabFigure(f"detections that are pores, {on}", float(np.mean(precision)),
                          "share", note=true),
            ]  # fmt: skip
        figures.append(
            LabFigure(f"measured with planted diameter, {on}", float(size), "correlation",
                      note=f"measured over planted {ratio:.2f}")
        )  # fmt: skip
    return figures


def _list(shares: list[float]) -> str:
    return " ".join(f"{share:.2f}" for share in shares)


def _foreign(tones: tuple[int, ...]) -> list[LabFigure]:
    """What is no pore, as pores counted over those of the plain skin, of the planted density."""
    figures = []
    for name in FOREIGN:
        added = []
        for tone in tones:
            counts = []
            for scene in (foreign_scene(what, tone, 20 + tone) for what in (None, name)):
                shot = shoot_scene(scene, STILL, rng=np.random.default_rng(tone))
                counts.append(value_of("pore_density", analyses(shot)[0]))
            added.append((counts[1] - counts[0]) / PER_CM2)
        worst = max(added, key=abs)
        figures.append(
            at_most(
                f"pores counted for {name}, of {PER_CM2:g} per cm2, worst tone",
                abs(worst),
                "share",
                0.2,
                note=f"by tone {_list(added)}",
            )
        )
    return figures


def _following(tones: tuple[int, ...]) -> list[LabFigure]:
    """Rank correlation with the dose, fewer and more, smaller and larger, through a camera."""
    figures = []
    for metric, what in (("pore_density", "count"), ("pore_area", "count"), ("pore_area", "size")):
        ranks = []
        for tone in tones:
            values = []
            for number, dose in enumerate(_DOSES):
                changed = {"kept": dose} if what == "count" else {"size": dose**0.5}
                scene = pore_scene(tone, 30 + tone, **changed)
                rng = np.random.default_rng([tone, number, 11])
                shot = shoot_scene(scene, mild(rng), rng=rng)
                values.append(value_of(metric, analyses(shot)[0]))
            ranks.append(float(spearmanr(_DOSES, values).statistic))
        figures.append(
            at_least(
                f"{metric} with the planted {what} halved in steps, mild re-shoots, median",
                float(np.median(ranks)),
                "Spearman",
                0.97,
                note=f"by tone {_list(ranks)}",
            )
        )
    return figures


def _steadiness(tones: tuple[int, ...], n: int) -> list[LabFigure]:
    """Detectable change of one pair, and thirty per cent fewer or smaller pores called right."""
    figures: list[LabFigure] = []
    for kind, (draw, limit) in _KINDS.items():
        null, dosed = ({name: list[float]() for name in _STEADY} for _ in range(2))
        for tone in tones:
            whole, fewer, smaller = (
                pore_scene(tone, 40 + tone, kept=kept, size=size)
                for kept, size in ((1.0, 1.0), (0.7, 1.0), (1.0, 0.7**0.5))
            )
            for number in range(n):
                same = shot_pair(whole, whole, draw, seed=(tone, number, 13))
                less = shot_pair(whole, fewer, draw, seed=(tone, number, 17))
                small = shot_pair(whole, smaller, draw, seed=(tone, number, 19))
                for name in _STEADY:
                    null[name].append(_change(name, same))
                    dosed[name].append(_change(name, small if name == "pore_area" else less))
        for name in _STEADY:
            least = detectable(null[name])
            note = f"{len(null[name])} pairs of 7 cm2, shift {np.mean(null[name]):+.3f}"
            right = float(np.mean([change < -least for change in dosed[name]]))
            what = "less area each" if name == "pore_area" else "fewer pores"
            figures += [
                at_most(f"detectable change of {name}, {kind} re-shoot", least, "of the value",
                        limit, note=note),
                at_least(f"{name} called lower with 30 % {what}, {kind} re-shoot", right,
                         "share", 0.9, note=f"median change {np.median(dosed[name]):+.2f}"),
            ]  # fmt: skip
    return figures


def _change(name: str, pair: ShotPair) -> float:
    """Relative change of one metric, or of the pores looked at in both shots."""
    if name != _MATCHED:
        return relative_change((value_of(name, pair.before), value_of(name, pair.after)))
    paired = pair_pores(
        pair.before,
        pair.after,
        followup_from_baseline=pair.followup_from_baseline,
        baseline_from_followup=pair.baseline_from_followup,
    )
    change = paired.density_change(pair.before.patch.mask)
    if isinstance(change, NotMeasured):
        raise ValueError(f"pair: expected pores in both shots, got none: {change.reason}")
    return change.value
