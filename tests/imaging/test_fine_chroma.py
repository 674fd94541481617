"""What decoders round away of a JPEG's colour comes back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from progress.imaging import optical_density, read_photo, srgb_from_linear
from progress.imaging.fine_chroma import fine_chroma
from progress.phantom.camera import jpeg_bytes

HAEMOGLOBIN = np.array([-2.11, 3.28, -1.17])
SHAPE = (201, 153)


def smooth_skin(green: float = 1.0) -> np.ndarray:
    """Skin of one colour whose lightness varies, as a neck does."""
    rng = np.random.default_rng(3)
    lightness = np.exp(0.05 * rng.standard_normal((*SHAPE, 1)))
    across = np.exp(np.linspace(-0.02, 0.02, SHAPE[1]))[None, :, None]
    return np.array([0.42, 0.22 * green, 0.15]) * across * lightness


def stored(linear: np.ndarray, quality: int, sampling: str = "4:2:0") -> bytes:
    codes = np.rint(srgb_from_linear(linear) * 255).astype(np.uint8)
    return jpeg_bytes(codes, quality, chroma_subsampling=sampling)


@pytest.mark.parametrize("quality", [75, 85, 92])
@pytest.mark.parametrize("sampling", ["4:2:0", "4:4:4"])
def test_smooth_skin_is_read_nearer_to_its_truth(quality, sampling):
    missed = {"rounded": [], "fine": []}
    for green in (1.0, 1.003, 1.006, 1.01):
        linear = smooth_skin(green)
        photo = read_photo(Path("a.jpg"), data=stored(linear, quality, sampling))
        truth = HAEMOGLOBIN @ optical_density(linear).mean(axis=(0, 1))
        for name, read in (("rounded", replace(photo, lost_chroma=None)), ("fine", photo)):
            seen = HAEMOGLOBIN @ optical_density(read.linear().pixels).mean(axis=(0, 1))
            missed[name].append(seen - truth)
    # What the encoder rounds before it compresses stays lost: a third to a half.
    assert np.abs(missed["fine"]).mean() < 0.65 * np.abs(missed["rounded"]).mean()


def test_a_crop_is_the_same_part_of_the_whole():
    photo = read_photo(Path("a.jpg"), data=stored(smooth_skin(1.006), 85))
    box = (20, 30, 121, 171)
    whole = photo.linear().pixels[30:171, 20:121]
    # The colour planes are half as fine and are read between their pixels near the crop's edge.
    assert np.abs(whole - photo.linear(box).pixels).max() < 2e-3
    assert np.allclose(whole.mean((0, 1)), photo.linear(box).pixels.mean((0, 1)), atol=2e-5)


def test_strong_colours_and_other_files_are_left_alone():
    red = np.full((*SHAPE, 3), (0.9, 0.02, 0.02))
    lost = fine_chroma(stored(red, 90))
    assert lost is not None
    assert not lost.any()
    assert fine_chroma(b"\x89PNG\r\n") is None
    assert fine_chroma(stored(smooth_skin(), 90)[:300]) is None


def test_what_is_lost_is_turned_upright_with_the_photo(tmp_path):
    from PIL import Image

    codes = np.rint(srgb_from_linear(smooth_skin(1.006)) * 255).astype(np.uint8)
    codes[:60] = (90, 140, 190)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    Image.fromarray(np.rot90(codes).copy()).save(path, quality=90, exif=exif)
    photo = read_photo(path)
    assert photo.lost_chroma is not None
    rows, columns = photo.lost_chroma.shape[:2]
    # The turned photo is as high as the skin was before it was stored on its side.
    assert (photo.codes.shape[0] > photo.codes.shape[1]) == (rows > columns)
