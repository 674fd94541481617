"""Every gate and check tried on what is known: ``progress validate comparability``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from progress.imaging import read_photo
from progress.lab.bias_truth import BiasRow, bias_rows
from progress.lab.chart_colour import ChartResidual, chart_residuals
from progress.lab.disguises import DisguiseRow, bare_heads, disguise_rows
from progress.lab.fair_heads import HeadRow, head_rows
from progress.lab.nuisances import NuisanceRow, head_nuisances, photo_nuisances
from progress.lab.photo_checks import (
    GateRow,
    PairRow,
    faces_of,
    gate_row,
    pair_row,
    second_shots,
    smile_pairs,
)
from progress.lab.registration_cases import photographs_in
from progress.lab.sharpness import SharpnessRow, sharpness_rows
from progress.pipeline import Step

SEED = 401
_FOLDERS = ("canada", "zoom", "lisa")


@dataclass(frozen=True, slots=True)
class ComparabilityRows:
    """All that was tried.

    Parameters
    ----------
    heads : tuple of HeadRow
    sharpness : tuple of SharpnessRow
    charts : tuple of ChartResidual
    nuisances : tuple of NuisanceRow
        Of rendered heads, then of photographs.
    biases : tuple of BiasRow
    disguises : tuple of DisguiseRow
    smiles, again : tuple of PairRow
        Real faces smiling, and careful second shots of them.
    folders : tuple of (str, GateRow)
    folder_pairs : tuple of (str, PairRow)
    """

    heads: tuple[HeadRow, ...]
    sharpness: tuple[SharpnessRow, ...]
    charts: tuple[ChartResidual, ...]
    nuisances: tuple[NuisanceRow, ...]
    biases: tuple[BiasRow, ...]
    disguises: tuple[DisguiseRow, ...]
    smiles: tuple[PairRow, ...]
    again: tuple[PairRow, ...]
    folders: tuple[tuple[str, GateRow], ...]
    folder_pairs: tuple[tuple[str, PairRow], ...]


def run_comparability(*, quick: bool, photos: Path | None, step: Step) -> ComparabilityRows:
    """Try every gate and check on what is known.

    Parameters
    ----------
    quick : bool
        One head of each tone, and few photographs.
    photos : Path or None
        Folder of real photographs, see `photographs_in`; without it only rendered heads.
    step : Step

    Raises
    ------
    BadInput
        If the folder holds no photo of a face.
    """

    def between(name: str, low: float, high: float) -> Callable[[float], None]:
        step(f"comparability: {name}", low)
        return lambda share: step(f"comparability: {name}", low + (high - low) * share)

    real = photographs_in(photos)
    heads = head_rows(per_tone=1 if quick else 4, seed=SEED, watch=between("heads", 0.0, 0.2))
    sharp = sharpness_rows(seed=SEED, watch=between("sharpness", 0.2, 0.25))
    step("comparability: colour charts", 0.25)
    charts = chart_residuals()
    tones = 2 if quick else 6
    still = head_nuisances(tones=tones, seed=SEED, watch=between("nuisances", 0.28, 0.5))
    few = real.fine_faces[: 1 if quick else 4] + real.faces[: 1 if quick else 4]
    still += photo_nuisances(few, seed=SEED, watch=between("nuisances, photos", 0.5, 0.6))
    biases = bias_rows(
        tones=1 if quick else 2, seed=SEED, watch=between("whom it flatters", 0.6, 0.78)
    )
    step("comparability: disguises", 0.78)
    faces = (*real.faces, *real.fine_faces)[: 4 if quick else None]
    disguises = disguise_rows([*bare_heads(), *(read_photo(path) for path in faces)])
    step("comparability: smiles", 0.87)
    smiles = smile_pairs(real.smiles)
    again = second_shots(
        real.faces[: 3 if quick else None], n=1 if quick else 2, seed=SEED,
        watch=between("second shots", 0.88, 0.97),
    )  # fmt: skip
    step("comparability: folders", 0.97)
    folders, pairs = _folders(photos)
    return ComparabilityRows(
        heads, sharp, charts, still, biases, disguises, smiles, again, folders, pairs
    )


def _folders(
    photos: Path | None,
) -> tuple[tuple[tuple[str, GateRow], ...], tuple[tuple[str, PairRow], ...]]:
    """Gates of each photo, and the checks of neighbours where a folder shows one person."""
    gates: list[tuple[str, GateRow]] = []
    pairs: list[tuple[str, PairRow]] = []
    for name in _FOLDERS:
        if photos is None or not (photos / name).is_dir():
            continue
        faces = list(faces_of(sorted((photos / name).glob("*.jpg"))))
        gates += [(name, gate_row(face)) for face in faces]
        if name != "canada":
            # The last one is the furthest camera, or the largest face.
            pairs += [(name, pair_row(faces[-1], face)) for face in faces[:-1]]
    return tuple(gates), tuple(pairs)
