"""The field of a registration as a file that other programs read."""

from __future__ import annotations

import os
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from progress.model import BadInput, Registration
from progress.model.checks import BoolArray, FloatArray, frozen_array

_NAMES = ("followup_from_baseline_xy", "valid", "error_mm", "step")


@dataclass(frozen=True, slots=True, eq=False)
class StoredField:
    """What a field file holds.

    Parameters
    ----------
    followup_from_baseline_xy : ndarray of float32, shape (R, C, 2)
        Element [r, c] is (x, y) in the first follow-up photo of the skin at baseline pixel
        (c * step, r * step).
    valid : ndarray of bool, shape (R, C)
    error_mm : ndarray of float32, shape (R, C)
    step : int
    """

    followup_from_baseline_xy: FloatArray = field(repr=False)
    valid: BoolArray = field(repr=False)
    error_mm: FloatArray = field(repr=False)
    step: int

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(f"step: expected at least 1, got {self.step}")
        points = frozen_array(
            self.followup_from_baseline_xy,
            dtype="float32",
            shape=(None, None, 2),
            name="followup_from_baseline_xy",
        )
        grid = points.shape[:2]
        valid = frozen_array(self.valid, dtype="bool", shape=grid, name="valid")
        error = frozen_array(self.error_mm, dtype="float32", shape=grid, name="error_mm")
        object.__setattr__(self, "followup_from_baseline_xy", points)
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "error_mm", error)


def write_field(path: Path, registration: Registration) -> None:
    """Write the contract's field file; at any moment the old or the new file is whole.

    Parameters
    ----------
    path : Path
        Where to; an existing file is replaced.
    registration : Registration

    Raises
    ------
    BadInput
        If the folder is missing or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as reason:
        raise BadInput(
            f"field file {path.name}: expected a folder that can be written, got {reason.strerror}",
            advice="give a path in an existing folder",
        ) from reason
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez_compressed(
                stream,
                followup_from_baseline_xy=registration.followup_from_baseline_xy,
                valid=registration.valid,
                error_mm=registration.error_mm,
                step=np.int64(registration.step),
            )
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_field(path: Path) -> StoredField:
    """The content of a field file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    StoredField

    Raises
    ------
    BadInput
        If the file is missing, damaged, or lacks one of the four arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            content = {name: arrays[name] for name in _NAMES}
        return StoredField(
            content["followup_from_baseline_xy"],
            content["valid"],
            content["error_mm"],
            int(content["step"]),
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as reason:
        raise BadInput(
            f"field file {path.name}: expected {', '.join(_NAMES)}, got {reason}",
            advice="write it again with progress compare --field",
        ) from reason
