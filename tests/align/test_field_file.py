"""The field file holds what the contract says, whole or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from progress.align import read_field, write_field
from progress.align.field_file import StoredField
from progress.model import BadInput, ErrorSummary, Registration


def made() -> Registration:
    rng = np.random.default_rng(0)
    return Registration(
        baseline_size_px=(83, 61),
        followup_size_px=(80, 60),
        step=8,
        followup_from_baseline_xy=rng.uniform(0, 80, (8, 11, 2)).astype(np.float32),
        valid=rng.random((8, 11)) > 0.5,
        error_mm=rng.random((8, 11)).astype(np.float32),
        estimated_error_mm=ErrorSummary(0.1, 0.2),
        overlap=0.5,
        method="made",
        version=1,
    )


def test_a_field_survives_the_round_trip(tmp_path) -> None:
    write_field(tmp_path / "field.npz", made())
    back = read_field(tmp_path / "field.npz")
    np.testing.assert_array_equal(back.followup_from_baseline_xy, made().followup_from_baseline_xy)
    np.testing.assert_array_equal(back.valid, made().valid)
    np.testing.assert_array_equal(back.error_mm, made().error_mm)
    assert back.step == 8


def test_the_arrays_have_the_names_and_types_of_the_contract(tmp_path) -> None:
    write_field(tmp_path / "field.npz", made())
    with np.load(tmp_path / "field.npz") as arrays:
        kinds = {name: arrays[name].dtype.kind for name in arrays.files}
        assert arrays["followup_from_baseline_xy"].dtype == np.float32
    assert kinds == {"followup_from_baseline_xy": "f", "valid": "b", "error_mm": "f", "step": "i"}


def test_writing_replaces_the_old_file_and_leaves_no_parts(tmp_path) -> None:
    path = tmp_path / "field.npz"
    path.write_bytes(b"old")
    write_field(path, made())
    assert read_field(path).step == 8
    assert [p.name for p in tmp_path.iterdir()] == ["field.npz"]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "field.npz"
    path.write_bytes(b"old")

    def broken(*_args, **_arrays):
        raise OSError("disk full")

    monkeypatch.setattr("progress.align.field_file.np.savez_compressed", broken)
    with pytest.raises(OSError, match="disk full"):
        write_field(path, made())
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_folder_is_the_users_to_mend(tmp_path) -> None:
    with pytest.raises(BadInput, match="expected a folder"):
        write_field(tmp_path / "nowhere" / "field.npz", made())


@pytest.mark.parametrize("content", [b"", b"no zip at all", None])
def test_a_damaged_or_missing_file_is_said(tmp_path, content) -> None:
    path = tmp_path / "field.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"field\.npz: expected"):
        read_field(path)


def test_a_file_without_one_of_the_arrays_is_said(tmp_path) -> None:
    np.savez(tmp_path / "field.npz", valid=np.ones((2, 3), bool))
    with pytest.raises(BadInput, match="expected followup_from_baseline_xy"):
        read_field(tmp_path / "field.npz")


def test_a_step_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        StoredField(np.zeros((2, 3, 2)), np.ones((2, 3), bool), np.zeros((2, 3)), 0)
