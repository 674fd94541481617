"""The bundled model is the file that was tested, and its mesh is a face."""

import struct

import numpy as np
import pytest

from progress.bundle import SHA256, canonical_mesh, model_path
from progress.bundle.canonical_mesh import CanonicalMesh, _fields
from progress.bundle.model_file import verify
from progress.model import BadInput


def test_the_bundled_file_is_the_tested_one():
    assert model_path().is_file()
    assert verify(model_path()) == model_path()
    assert len(SHA256) == 64


def test_an_altered_file_is_refused(tmp_path):
    altered = bytearray(model_path().read_bytes())
    altered[len(altered) // 2] ^= 1
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(altered)
    with pytest.raises(BadInput, match=r"face_landmarker\.task: expected SHA-256 64184e229b26"):
        verify(path)


def test_a_missing_file_is_refused_with_advice(tmp_path):
    with pytest.raises(BadInput, match="got no file") as caught:
        verify(tmp_path / "absent.task")
    assert caught.value.advice == "install the package again"


def test_the_mesh_has_468_vertices_and_898_triangles():
    mesh = canonical_mesh()
    assert mesh.vertices_mm.shape == (468, 3)
    assert mesh.texture_uv.shape == (468, 2)
    assert mesh.triangles.shape == (898, 3)
    assert set(np.unique(mesh.triangles)) == set(range(468))
    assert mesh.texture_uv.min() >= 0.0
    assert mesh.texture_uv.max() <= 1.0
    assert canonical_mesh() is mesh


def test_the_mesh_is_a_face_in_millimetres():
    vertices = canonical_mesh().vertices_mm
    width, height, depth = np.ptp(vertices, axis=0)
    assert 130 < width < 170
    assert 160 < height < 200
    assert 70 < depth < 120
    nose, forehead, chin, right_eye, left_eye = (vertices[k] for k in (1, 10, 152, 33, 263))
    assert nose[2] == pytest.approx(vertices[:, 2].max(), abs=5.0)
    assert forehead[1] > nose[1] > chin[1]
    assert left_eye[0] > 0 > right_eye[0]  # x grows to the client's left
    assert np.allclose(left_eye * (-1, 1, 1), right_eye)


def test_the_triangles_face_outwards_and_form_one_sheet():
    mesh = canonical_mesh()
    a, b, c = (mesh.vertices_mm[mesh.triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    centres = (a + b + c) / 3 - np.array([0.0, 0.0, -50.0])
    assert ((normals * centres).sum(axis=1) > 0).mean() > 0.95
    edges = np.sort(mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert set(uses) <= {1, 2}
    assert len(uses) == 468 + 898 - 1 + _holes(uses)


def _holes(uses):
    """Euler's formula for a disc: edges = vertices + triangles - 1 (+ 1 a hole); no hole here."""
    return 0 if (uses == 1).any() else -1


def test_the_arrays_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        canonical_mesh().vertices_mm[0, 0] = 1.0
    assert "array" not in repr(canonical_mesh())


def test_a_mesh_of_the_wrong_shape_is_named():
    with pytest.raises(ValueError, match=r"vertices_mm: expected shape \(any, 3\), got \(4, 2\)"):
        CanonicalMesh(np.zeros((4, 2)), np.zeros((4, 2)), np.zeros((1, 3)))


def test_protobuf_fields_are_read_by_their_wire_types():
    message = (
        bytes([0x08, 0x96, 0x01])  # field 1, varint 150
        + bytes([0x15])
        + struct.pack("<f", 1.5)  # field 2, 32 bits
        + bytes([0x19])
        + struct.pack("<d", 2.5)  # field 3, 64 bits
        + bytes([0x22, 0x03])
        + b"abc"  # field 4, bytes
    )
    assert _fields(message) == [
        (1, 150),
        (2, struct.pack("<f", 1.5)),
        (3, struct.pack("<d", 2.5)),
        (4, b"abc"),
    ]
    with pytest.raises(ValueError, match="unknown protobuf wire type 3"):
        _fields(bytes([0x0B]))
