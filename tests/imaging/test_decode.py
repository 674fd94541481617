"""A file becomes upright sRGB codes, or one clear line."""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from progress.imaging import decode, read_photo
from progress.model import UnreadablePhoto

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
ORIENTATION = 0x0112


def read(data, name="a.img"):
    return read_photo(Path(name), data=data)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_pixels_that_went_in(codes, encoded, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    photo = read(encoded(codes, kind, **options))
    assert photo.provenance.format == kind
    assert photo.size_px == photo.provenance.size_px == (83, 61)
    difference = np.abs(photo.codes.astype(int) - codes)
    # JPEG and AVIF of quality 98 round; corners of the marks ring by more.
    assert np.median(difference) <= (1 if kind in ("JPEG", "AVIF") else 0)
    assert difference.mean() < (2.5 if kind in ("JPEG", "AVIF") else 1e-9)


def test_a_file_is_read_from_its_path_and_named_without_folders(codes, encoded, tmp_path):
    path = tmp_path / "visit 1" / "face.png"
    path.parent.mkdir()
    path.write_bytes(encoded(codes, "PNG"))
    photo = read_photo(path)
    assert photo.provenance.file == "face.png"
    assert np.array_equal(photo.codes, codes)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(codes, encoded, kind, orientation):
    stored = {
        1: codes,
        2: codes[:, ::-1],
        3: codes[::-1, ::-1],
        4: codes[::-1],
        5: codes.swapaxes(0, 1),
        6: np.rot90(codes, 1),  # to be turned clockwise, so it was stored anticlockwise
        7: codes[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(codes, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    photo = read(encoded(np.ascontiguousarray(stored), kind, exif=exif, **options))
    assert photo.size_px == (83, 61)
    assert np.abs(photo.codes.astype(int) - codes).mean() < 2.5  # JPEG rounds


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_stay_sixteen_bits_in_the_right_order(deep_codes, encoded, kind):
    photo = read(encoded(deep_codes, kind))
    assert photo.codes.dtype == np.uint16
    assert photo.provenance.bit_depth == 16
    assert np.array_equal(photo.codes, deep_codes)
    assert np.array_equal(photo.codes_8bit(), np.rint(deep_codes / 257).astype(np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_opaque_alpha_is_dropped_and_transparency_refused(deep_codes, codes, encoded, kind):
    for pixels in (codes, deep_codes):
        full = np.iinfo(pixels.dtype).max
        alpha = np.full((*pixels.shape[:2], 1), full, dtype=pixels.dtype)
        photo = read(encoded(np.concatenate([pixels, alpha], axis=2), kind))
        assert np.array_equal(photo.codes, pixels)
        assert photo.provenance.converted == "opaque alpha dropped"
        alpha[3, 4] = full - 1
        with pytest.raises(UnreadablePhoto, match="expected an opaque photo, got transparent"):
            read(encoded(np.concatenate([pixels, alpha], axis=2), kind))


def test_greyscale_is_refused_because_redness_needs_colour(codes, encoded, tmp_path):
    for pixels in (codes[..., 0], codes[..., 0].astype(np.uint16) * 200):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        with pytest.raises(UnreadablePhoto, match="greyscale, from which no redness"):
            read(stream.getvalue())
    stream = io.BytesIO()
    Image.fromarray(codes).convert("LA").save(stream, "PNG")
    with pytest.raises(UnreadablePhoto, match="greyscale"):
        read(stream.getvalue())


def test_a_palette_becomes_rgb_unless_it_is_transparent(codes):
    image = Image.fromarray(codes).quantize(64)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    photo = read(stream.getvalue())
    assert photo.provenance.converted == "palette to RGB"
    assert np.array_equal(photo.codes, np.asarray(image.convert("RGB")))
    stream = io.BytesIO()
    image.save(stream, "PNG", transparency=int(np.asarray(image)[30, 40]))
    with pytest.raises(UnreadablePhoto, match="transparent pixels"):
        read(stream.getvalue())


def test_cmyk_without_a_profile_is_refused(codes):
    stream = io.BytesIO()
    Image.fromarray(codes).convert("CMYK").save(stream, "JPEG")
    with pytest.raises(UnreadablePhoto, match="expected RGB or a colour profile, got CMYK"):
        read(stream.getvalue())


def test_lab_tiff_is_refused_by_name(codes):
    stream = io.BytesIO()
    Image.new("LAB", (83, 61)).save(stream, "TIFF")
    with pytest.raises(UnreadablePhoto, match="expected an RGB photo, got LAB"):
        read(stream.getvalue())


def test_of_several_frames_the_first_is_used_and_said_so(codes, encoded):
    second = Image.fromarray(255 - codes)
    data = encoded(codes, "TIFF", save_all=True, append_images=[second, second])
    photo = read(data)
    assert photo.provenance.converted == "first of 3 frames used"
    assert np.array_equal(photo.codes, codes)


def test_a_phone_jpeg_with_a_second_picture_counts_as_jpeg(codes):
    stream = io.BytesIO()
    image = Image.fromarray(codes)
    image.save(stream, "MPO", save_all=True, append_images=[image])
    photo = read(stream.getvalue())
    assert photo.provenance.format == "JPEG"
    assert photo.provenance.jpeg_quality == 75
    assert photo.provenance.converted == "first of 2 frames used"


def png_of_size(width, height):
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name, payload):
        return (
            struct.pack(">I", len(payload))
            + name
            + payload
            + struct.pack(">I", zlib.crc32(name + payload))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60000, 60000), (11000, 10000), (2**31 - 1, 2)])
def test_a_bomb_is_refused_on_its_header_before_pixels_are_made(size, monkeypatch):
    def no_pixels(self):
        pytest.fail("pixels were decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", no_pixels)
    with pytest.raises(UnreadablePhoto, match="at most 100 megapixels, got") as caught:
        read(png_of_size(*size))
    assert "\n" not in str(caught.value)


def test_a_jpeg_whose_header_lies_about_its_size_is_refused(codes, encoded):
    data = bytearray(encoded(codes, "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", 65000, 65000)
    with pytest.raises(UnreadablePhoto, match="at most 100 megapixels"):
        read(bytes(data))


def test_a_file_that_is_too_long_is_not_even_read(codes, encoded, tmp_path, monkeypatch):
    path = tmp_path / "huge.png"
    path.write_bytes(encoded(codes, "PNG"))
    monkeypatch.setattr(decode, "MAX_BYTES", 100)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("the file was read"))
    with pytest.raises(UnreadablePhoto, match=r"huge\.png: expected at most 0 MB, got 0 MB"):
        read_photo(path)


def test_missing_empty_and_foreign_files_are_refused_in_one_line(codes, tmp_path):
    with pytest.raises(UnreadablePhoto, match="expected a readable file, got: No such file"):
        read_photo(tmp_path / "nowhere.jpg")
    with pytest.raises(UnreadablePhoto, match="got an empty file"):
        read(b"")
    stream = io.BytesIO()
    Image.fromarray(codes).save(stream, "GIF")
    for data in (stream.getvalue(), b"%PDF-1.7 nothing", b"hello", bytes(5000)):
        with pytest.raises(UnreadablePhoto, match=r"expected a photo .JPEG, PNG, WebP") as caught:
            read(data)
        assert "\n" not in str(caught.value)


def test_camera_raw_is_refused_instead_of_its_preview(codes, encoded):
    data = encoded(codes, "TIFF", tiffinfo={50706: b"\x01\x04\x00\x00"})
    with pytest.raises(UnreadablePhoto, match="got a camera raw file"):
        read(data)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused_and_never_filled_with_grey(codes, encoded, kind, share):
    data = encoded(codes, kind)
    with pytest.raises(UnreadablePhoto, match=r"truncated or damaged|damaged one"):
        read(data[: int(len(data) * share)])
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_deep_file_is_refused_in_silence(deep_codes, encoded, kind, share, capfd):
    data = encoded(deep_codes, kind)
    with pytest.raises(UnreadablePhoto, match=r"truncated or damaged|damaged one"):
        read(data[: int(len(data) * share)])
    assert capfd.readouterr().err == ""


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(FORMATS), data=st.data())
def test_damaged_bytes_give_a_photo_or_the_refusal_and_nothing_else(codes, encoded, kind, data):
    raw = bytearray(encoded(codes, kind))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        said = str(read(bytes(raw)).provenance.format)
    except UnreadablePhoto as refusal:
        said = str(refusal)
    assert said
    assert "\n" not in said


def test_heic_without_its_extra_names_the_extra(monkeypatch):
    head = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.setattr(decode.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnreadablePhoto, match=r"pip install skin-progress\[heic\]"):
        read(head, "IMG_1.HEIC")


def test_heic_is_read_upright_where_the_extra_is_installed(codes):
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    file = pillow_heif.from_pillow(Image.fromarray(np.ascontiguousarray(np.rot90(codes, 1))))
    stream = io.BytesIO()
    file.save(stream, quality=95, exif=exif.tobytes())
    photo = read(stream.getvalue(), "IMG_1.HEIC")
    assert photo.provenance.format == "HEIF"
    assert photo.size_px == (83, 61)
    assert np.median(np.abs(photo.codes.astype(int) - codes)) <= 3  # chroma is halved
    with pytest.raises(UnreadablePhoto, match=r"truncated or damaged|damaged one"):
        read(stream.getvalue()[:400], "IMG_1.HEIC")
