"""The bundled Face Landmarker file: verified bytes and the canonical head mesh inside it.

The file is Google's published MediaPipe Face Landmarker bundle, Apache-2.0 (see ``NOTICE``).
"""

from progress.bundle.canonical_mesh import CanonicalMesh, canonical_mesh
from progress.bundle.model_file import SHA256, model_path

__all__ = ["SHA256", "CanonicalMesh", "canonical_mesh", "model_path"]
