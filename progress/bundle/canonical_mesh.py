"""The canonical face mesh that the landmarker's points are matched to."""

from __future__ import annotations

import functools
import io
import zipfile
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.bundle.model_file import model_path
from progress.model.checks import frozen_array

_MEMBER = "geometry_pipeline_metadata_landmarks.binarypb"


@dataclass(frozen=True, slots=True, eq=False)
class CanonicalMesh:
    """An average face at rest.

    Parameters
    ----------
    vertices_mm : ndarray of float64, shape (468, 3)
        x to the client's left, y up, z towards the viewer, in millimetres.
    texture_uv : ndarray of float64, shape (468, 2)
        Unwrapped position in 0..1.
    triangles : ndarray of int64, shape (898, 3)
        Vertex indices.
    """

    vertices_mm: NDArray[np.float64] = field(repr=False)
    texture_uv: NDArray[np.float64] = field(repr=False)
    triangles: NDArray[np.int64] = field(repr=False)

    def __post_init__(self) -> None:
        for name, dtype, columns in (
            ("vertices_mm", "float64", 3),
            ("texture_uv", "float64", 2),
            ("triangles", "int64", 3),
        ):
            array = frozen_array(getattr(self, name), dtype=dtype, shape=(None, columns), name=name)
            object.__setattr__(self, name, array)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The base-128 integer at `at` and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> list[tuple[int, bytes | int]]:
    """Every (field number, payload) of one protobuf message, in order."""
    found: list[tuple[int, bytes | int]] = []
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            found.append((number, value))
            continue
        if wire == 2:
            length, at = _varint(data, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"canonical mesh: unknown protobuf wire type {wire}")
        found.append((number, data[at : at + length]))
        at += length
    return found


@functools.cache
def canonical_mesh() -> CanonicalMesh:
    """The mesh inside the bundled model file, read once per process."""
    with zipfile.ZipFile(io.BytesIO(model_path().read_bytes())) as bundle:
        message = bundle.read(_MEMBER)
    mesh = next(value for number, value in _fields(message) if number == 1)
    assert isinstance(mesh, bytes)  # noqa: S101 - field 1 is a message in this verified file
    floats = bytearray()
    indices: list[int] = []
    for number, value in _fields(mesh):
        if number == 3 and isinstance(value, bytes):
            floats += value
        elif number == 4 and isinstance(value, int):
            indices.append(value)
        elif number == 4 and isinstance(value, bytes):
            at = 0
            while at < len(value):
                index, at = _varint(value, at)
                indices.append(index)
    vertices = np.frombuffer(bytes(floats), dtype="<f4").astype(np.float64).reshape(-1, 5)
    return CanonicalMesh(
        vertices_mm=vertices[:, :3] * 10.0,
        texture_uv=vertices[:, 3:],
        triangles=np.array(indices, dtype=np.int64).reshape(-1, 3),
    )
