"""The comparability lab in figures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.table import Table

from progress.lab.bias_truth import BiasRow
from progress.lab.comparability import ComparabilityRows
from progress.lab.disguises import BARE, DisguiseRow, catch_rates
from progress.lab.fair_heads import HeadRow
from progress.lab.figures import LabFigure, at_least, at_most, figures_table, number, text_of
from progress.lab.nuisances import WHITE_BALANCE, NuisanceRow
from progress.lab.photo_checks import PairRow
from progress.lab.sharpness import SharpnessRow


def comparability_json(rows: ComparabilityRows) -> dict[str, Any]:
    """``progress.comparability-validation/1``."""
    return {
        "format": "progress.comparability-validation/1",
        "figures": [figure.to_dict() for figure in comparability_figures(rows)],
        "by_tone": [asdict(line) for line in tone_lines(rows)],
        "heads": [{**asdict(row), "failed": sorted(row.failed)} for row in rows.heads],
        "sharpness": [asdict(row) for row in rows.sharpness],
        "charts": [asdict(row) for row in rows.charts],
        "nuisances": [asdict(row) for row in rows.nuisances],
        "biases": [asdict(row) for row in rows.biases],
        "disguises": [asdict(row) for row in rows.disguises],
        "smiles": [asdict(row) for row in rows.smiles],
        "second_shots": [asdict(row) for row in rows.again],
        "folders": [{"folder": name, **asdict(row)} for name, row in rows.folders],
        "folder_pairs": [{"folder": name, **asdict(row)} for name, row in rows.folder_pairs],
    }


def comparability_figures(rows: ComparabilityRows) -> tuple[LabFigure, ...]:
    """Every figure beside its target."""
    return (
        *_light(rows.heads),
        *_sharpness(rows.sharpness),
        *_poses(rows.heads),
        *_expressions(rows),
        *_colour(rows),
        *_stillness(rows.nuisances),
        *_flattery(rows.biases),
        *_disguised(rows.disguises),
    )


def _light(heads: Sequence[HeadRow]) -> list[LabFigure]:
    read = [row for row in heads if row.light_error_deg is not None]
    errors = np.array([row.light_error_deg for row in read], dtype=float)
    predicted = np.array([row.predicted_deg for row in read], dtype=float)
    figures = [
        at_most("light direction, rendered heads of six tones, median error",
                float(np.median(errors)), "deg", 6.0,
                note=f"{len(read)} of {len(heads)} shots read; 90th percentile "
                     f"{np.percentile(errors, 90):.1f}"),
        LabFigure("true over predicted error of the light direction (root mean squares)",
                  float(np.sqrt(np.mean(errors**2) / np.mean(predicted**2))), "ratio"),
    ]  # fmt: skip
    for kind, judge, limit in (("turned 25", at_least, 0.95), ("turned 3", at_most, 0.05),
                               ("again", at_most, 0.05)):  # fmt: skip
        of = [row for row in heads if row.kind == kind]
        turns = [row.turn_deg for row in of if row.turn_deg is not None]
        figures.append(
            judge(f"pairs whose key light is flagged: {kind}", _share(of, "light_direction"),
                  "share", limit,
                  note=f"{len(of)} pairs, read {min(turns):.1f} to {max(turns):.1f} deg")
        )  # fmt: skip
    return figures


def _share(rows: Sequence[HeadRow] | Sequence[PairRow], check: str) -> float:
    """Of the rows whose pair failed a check."""
    failed = [check in (row.failed if isinstance(row, HeadRow) else row.names) for row in rows]
    return float(np.mean(failed)) if failed else 0.0


def _sharpness(rows: Sequence[SharpnessRow]) -> list[LabFigure]:
    off = np.array([abs((row.read_px or np.inf) / row.true_px - 1) for row in rows])
    moved = np.array(
        [abs(row.treated_px / row.read_px - 1) if row.treated_px and row.read_px else np.inf
         for row in rows]
    )  # fmt: skip
    softer = [row for row in rows if row.softer_px2 is not None]
    missed = np.array([(row.softer_px2 or 0) - row.true_softer_px2 for row in softer])
    error = np.array([row.softer_error_px2 for row in softer], dtype=float)
    n = len(rows)
    return [
        at_most("sharpness: reading off the true point spread, median", float(np.median(off)),
                "share", 0.15, note=f"{np.mean(off <= 0.15):.0%} of {n} within 0.15; worst "
                f"{off.max():.2f}"),
        at_most("sharpness: moved by smoother skin alone, 95th percentile",
                float(np.percentile(moved, 95)), "share", 0.05, note=f"worst {moved.max():.3f}"),
        LabFigure("which of two photos is softer, skin treated between: true over predicted error",
                  float(np.sqrt(np.mean((missed / error) ** 2))), "ratio",
                  note=f"median miss {np.median(np.abs(missed)):.2f} px2 of up to "
                       f"{max(row.true_softer_px2 for row in softer):.1f}"),
    ]  # fmt: skip


def _poses(heads: Sequence[HeadRow]) -> list[LabFigure]:
    missed = np.array([row.pose_error_deg for row in heads if row.kind != "smiling"])
    return [
        at_most("pose difference, rendered heads, median error", float(np.median(missed)), "deg",
                1.0, note=f"{len(missed)} pairs, 95th percentile {np.percentile(missed, 95):.1f}")
    ]  # fmt: skip


def _expressions(rows: ComparabilityRows) -> list[LabFigure]:
    heads = [row for row in rows.heads if row.kind == "smiling"]
    figures = [at_least("rendered smiles flagged", _share(heads, "expression"), "share", 0.95,
                        note=f"{len(heads)} heads")]  # fmt: skip
    if rows.smiles:
        missed = [row.first for row in rows.smiles if "expression" not in row.names]
        figures.append(
            at_least("smiling against neutral flagged, real faces",
                     float(len(rows.smiles) - len(missed)), "pairs", len(rows.smiles),
                     note=f"of {len(rows.smiles)}; missed: {', '.join(missed) or 'none'}")
        )  # fmt: skip
    if rows.again:
        names = sorted({name for row in rows.again for name in row.names})
        counts = {name: _share(rows.again, name) for name in names}
        refused = sum(row.verdict == "refused" for row in rows.again)
        figures += [
            at_most("careful second shots of real faces: expression flagged",
                    _share(rows.again, "expression"), "share", 0.05,
                    note=f"{len(rows.again)} pairs, {refused} refused"),
            at_most("the same: any check failed",
                    float(np.mean([bool(row.names) for row in rows.again])), "share", 0.05,
                    note=", ".join(f"{name} {share:.1%}" for name, share in counts.items())),
        ]  # fmt: skip
    return figures


def _colour(rows: ComparabilityRows) -> list[LabFigure]:
    residuals = [row.residual_delta_e for row in rows.charts if row.residual_delta_e is not None]
    moved = np.array(
        [abs(row.in_sdc) for row in rows.nuisances
         if row.nuisance in WHITE_BALANCE and row.metric == "redness" and row.in_sdc is not None]
    )  # fmt: skip
    whole = np.array(
        [abs(row.in_sdc) for row in rows.nuisances
         if row.nuisance in WHITE_BALANCE and row.metric == "redness" and row.in_sdc is not None
         and row.region == "whole_face"]
    )  # fmt: skip
    raw = np.median([row.raw_delta_e for row in rows.charts])
    return [
        at_most("red or blue gain +-10 %: redness moves, of its detectable change, whole face",
                float(np.median(whole)), "share", 0.2,
                note=f"worst {whole.max():.2f} of {len(whole)}; single regions median "
                     f"{np.median(moved):.2f}, worst {moved.max():.2f} of {len(moved)}"),
        at_most("chart in the photo: skin's residual Delta E 2000, median",
                float(np.median(residuals)), "Delta E 2000", 1.0,
                note=f"{len(residuals)} of {len(rows.charts)} charts found; worst "
                     f"{max(residuals):.2f}; without the chart {raw:.1f}"),
    ]  # fmt: skip


def _stillness(rows: Sequence[NuisanceRow]) -> list[LabFigure]:
    """Exposure, compression and size: within the detectable change, or no figure."""
    of = [row for row in rows if row.nuisance not in WHITE_BALANCE]
    figures = []
    for nuisance in dict.fromkeys(row.nuisance for row in of):
        these = [row for row in of if row.nuisance == nuisance]
        answered = [row for row in these if row.in_sdc is not None]
        loud = [row for row in answered if not row.quiet]
        named = ", ".join(
            f"{row.subject} {row.metric}/{row.region} {row.in_sdc or 0:+.1f}" for row in loud[:4]
        )
        figures.append(
            at_most(f"{nuisance}: figures beyond their detectable change",
                    len(loud) / max(len(answered), 1), "share", 0.0,
                    note=f"{len(loud)} of {len(answered)} figures, {len(these)} asked; {named}")
        )  # fmt: skip
    return figures


def _flattery(rows: Sequence[BiasRow]) -> list[LabFigure]:
    """How far the simulation's word is from the rendered truth, check by check."""
    figures = []
    for check in dict.fromkeys(row.check for row in rows):
        these = [row for row in rows if row.check == check]
        missed = np.array([row.told_sdc - row.true_sdc for row in these])
        worst = max(these, key=lambda row: abs(row.told_sdc - row.true_sdc))
        figures.append(
            at_most(f"{check}: told bias against the rendered one, root mean square",
                    float(np.sqrt(np.mean(missed**2))), "SDC", 1.0,
                    note=f"{len(these)} metrics and pairs; worst {worst.tone} {worst.mismatch} "
                         f"{worst.metric}: told {worst.told_sdc:+.1f}, true {worst.true_sdc:+.1f}")
        )  # fmt: skip
    return figures


def _disguised(rows: Sequence[DisguiseRow]) -> list[LabFigure]:
    figures = []
    for (gate, disguise), rate in catch_rates(rows).items():
        note = f"{rate.flagged} of {rate.n}"
        if disguise in (BARE, "again"):
            what = "bare faces" if disguise == BARE else "second shots"
            figures.append(at_most(f"{gate}: {what} flagged", rate.share, "share", 0.03, note=note))
        else:
            figures.append(
                at_least(f"{gate}: flagged, {disguise}", rate.share, "share", 0.9, note=note)
            )
    return figures


@dataclass(frozen=True, slots=True)
class ToneLine:
    """Every rate of one skin tone; None where nothing was tried."""

    tone: str
    ita_deg: float
    light_error_deg: float
    turn_25_flagged: float
    turn_3_flagged: float
    again_failed: float
    smile_flagged: float
    pose_error_deg: float
    sharpness_within: float
    chart_delta_e: float | None
    still: float | None


def tone_lines(rows: ComparabilityRows) -> tuple[ToneLine, ...]:
    """The rates by skin tone, lightest first."""
    lines = []
    for tone in dict.fromkeys(row.tone for row in rows.sharpness):
        heads = [row for row in rows.heads if row.tone == tone]
        by = {kind: [row for row in heads if row.kind == kind] for kind in
              ("again", "turned 3", "turned 25", "smiling")}  # fmt: skip
        errors = [row.light_error_deg for row in heads if row.light_error_deg is not None]
        sharp = [row for row in rows.sharpness if row.tone == tone]
        charts = [row.residual_delta_e for row in rows.charts
                  if row.tone == tone and row.residual_delta_e is not None]  # fmt: skip
        still = [row.quiet for row in rows.nuisances if row.subject == tone]
        lines.append(
            ToneLine(
                tone=tone,
                ita_deg=float(np.median([row.ita_deg for row in heads])),
                light_error_deg=float(np.median(errors)),
                turn_25_flagged=_share(by["turned 25"], "light_direction"),
                turn_3_flagged=_share(by["turned 3"], "light_direction"),
                again_failed=float(np.mean([bool(row.failed) for row in by["again"]])),
                smile_flagged=_share(by["smiling"], "expression"),
                pose_error_deg=float(np.median([row.pose_error_deg for row in by["again"]])),
                sharpness_within=float(
                    np.mean([abs((row.read_px or np.inf) / row.true_px - 1) <= 0.15
                             for row in sharp])
                ),
                chart_delta_e=float(np.median(charts)) if charts else None,
                still=float(np.mean(still)) if still else None,
            )
        )  # fmt: skip
    return tuple(lines)


def comparability_table(rows: ComparabilityRows) -> str:
    """Figures, rates by skin tone, then the folders."""
    tones = Table("tone", "ITA", "light deg", "25 deg flagged", "3 deg flagged", "again failed",
                  "smile flagged", "pose deg", "sharp", "chart dE", "still")  # fmt: skip
    for line in tone_lines(rows):
        tones.add_row(
            line.tone, f"{line.ita_deg:.0f}", f"{line.light_error_deg:.1f}",
            f"{line.turn_25_flagged:.0%}", f"{line.turn_3_flagged:.0%}", f"{line.again_failed:.0%}",
            f"{line.smile_flagged:.0%}", f"{line.pose_error_deg:.1f}",
            f"{line.sharpness_within:.0%}", number(line.chart_delta_e),
            "" if line.still is None else f"{line.still:.1%}",
        )  # fmt: skip
    parts = [figures_table(comparability_figures(rows)), text_of(tones)]
    if rows.folders:
        folders = Table("folder", "photo", "gates that failed")
        for name, gates in rows.folders:
            said = ", ".join(f"{gate} {number(value)} {unit}" for gate, value, unit in gates.failed)
            folders.add_row(name, gates.photo, said or "none")
        pairs = Table("folder", "baseline", "follow-up", "verdict", "checks that failed")
        for name, pair in rows.folder_pairs:
            said = ", ".join(f"{check} {number(value)}" for check, value in pair.failed)
            pairs.add_row(name, pair.first, pair.second, pair.verdict, pair.refusal or said)
        parts += [text_of(folders), text_of(pairs)]
    return "\n\n".join(parts)
