"""The Face Landmarker bundle as a verified file."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from progress.model import BadInput

SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
_PATH = Path(__file__).with_name("face_landmarker.task")


def verify(path: Path) -> Path:
    """Return `path` if its bytes are the bundle that this version was tested with.

    Raises
    ------
    BadInput
        If the file is missing or its SHA-256 differs.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
    if digest != SHA256:
        raise BadInput(
            f"face model {path.name}: expected SHA-256 {SHA256[:12]}..., got {digest[:12]}",
            advice="install the package again",
        )
    return path


@functools.cache
def model_path() -> Path:
    """Path of the bundled model, its checksum verified once per process."""
    return verify(_PATH)
