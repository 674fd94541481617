"""Of a photo's making only what is needed is read, and never its place."""

import datetime
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from progress.imaging import read_photo
from progress.imaging.exif import ExifFacts, jpeg_quality, read_exif, upright

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def exif_block(*, taken="2026:01:05 10:02:00", make="Maker", model="Model 3", **detail):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = make, model
    exif[0x0132] = "2026:09:09 09:09:09"  # last edited
    block = exif.get_ifd(EXIF_IFD)
    if taken:
        block[0x9003] = taken
    block[0x9209] = detail.get("flash", 0x19)
    block[0xA405] = detail.get("focal", 52)
    gps = exif.get_ifd(GPS_IFD)
    gps[1], gps[2] = "N", (51.0, 30.0, 26.5)
    return exif


def provenance(codes, encoded, kind="JPEG", **options):
    return read_photo(Path("a.jpg"), data=encoded(codes, kind, **options)).provenance


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_time_camera_lens_and_flash_come_from_exif(codes, encoded, kind):
    found = provenance(codes, encoded, kind, exif=exif_block())
    assert found.taken_at == datetime.datetime(2026, 1, 5, 10, 2)  # noqa: DTZ001
    assert found.camera == "Maker Model 3"
    assert found.focal_length_35mm == 52.0
    assert found.flash_fired is True


def tiff_with_exif(words):
    """A 2 x 1 TIFF whose EXIF directory holds the time of the photo (Pillow writes none)."""

    def directory(entries):
        packed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
        return struct.pack("<H", len(entries)) + packed + bytes(4)

    pixels, bits, text = bytes((9, 8, 7, 6, 5, 4)), struct.pack("<3H", 8, 8, 8), words + b"\x00"
    start = 8
    places = {"pixels": start, "bits": start + 6, "text": start + 12, "exif": start + 32}
    exif = directory([(0x9003, 2, len(text), places["text"])])
    main = directory(
        [(256, 4, 1, 2), (257, 4, 1, 1), (258, 3, 3, places["bits"]), (259, 3, 1, 1),
         (262, 3, 1, 2), (273, 4, 1, places["pixels"]), (277, 3, 1, 3), (278, 4, 1, 1),
         (279, 4, 1, 6), (EXIF_IFD, 4, 1, places["exif"])]
    )  # fmt: skip
    body = pixels + bits + text
    return struct.pack("<2sHI", b"II", 42, places["exif"] + len(exif)) + body + exif + main


def test_a_tiff_says_when_it_was_taken():
    photo = read_photo(Path("a.tif"), data=tiff_with_exif(b"2026:01:05 10:02:00"))
    assert photo.codes.tolist() == [[[9, 8, 7], [6, 5, 4]]]
    assert photo.provenance.taken_at == datetime.datetime(2026, 1, 5, 10, 2)  # noqa: DTZ001


def test_the_gps_block_is_never_opened(codes, encoded, monkeypatch):
    opened = []
    original = Image.Exif.get_ifd
    monkeypatch.setattr(
        Image.Exif, "get_ifd", lambda self, tag: opened.append(tag) or original(self, tag)
    )
    data = encoded(codes, "JPEG", exif=exif_block())
    opened.clear()
    found = read_photo(Path("a.jpg"), data=data).provenance
    assert GPS_IFD not in opened
    assert "51" not in repr(found).replace(found.sha256, "")


def test_the_time_of_the_last_edit_is_not_the_time_of_the_photo(codes, encoded):
    assert provenance(codes, encoded, exif=exif_block(taken=None)).taken_at is None


@pytest.mark.parametrize(
    "words", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2026:13:40 10:00:00", "yesterday", ""]
)
def test_a_senseless_time_counts_as_absent(codes, encoded, words):
    assert provenance(codes, encoded, exif=exif_block(taken=words)).taken_at is None


def test_a_model_that_repeats_its_make_is_named_once(codes, encoded):
    found = provenance(codes, encoded, exif=exif_block(make="Canon", model="Canon EOS R5"))
    assert found.camera == "Canon EOS R5"


def test_a_photo_without_exif_says_nothing(codes, encoded):
    found = provenance(codes, encoded)
    assert (found.taken_at, found.camera, found.focal_length_35mm, found.flash_fired) == (None,) * 4
    assert found.colour_profile == "sRGB (assumed)"


# Pillow warns; read_photo silences that at import, and pytest undoes it.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_a_damaged_exif_block_counts_as_absent(codes, encoded):
    found = provenance(codes, encoded, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    assert found.taken_at is None


def test_an_exif_reader_that_fails_gives_no_facts():
    class Broken:
        def getexif(self):
            raise SyntaxError("not a TIFF file")

    assert read_exif(Broken()) == ExifFacts()


@pytest.mark.parametrize("quality", [40, 60, 75, 85, 92, 95, 98])
def test_jpeg_quality_is_read_from_the_tables(codes, encoded, quality):
    found = provenance(codes, encoded, quality=quality)
    assert abs(found.jpeg_quality - quality) <= 1


def test_other_formats_have_no_jpeg_quality(codes, encoded):
    assert provenance(codes, encoded, "PNG").jpeg_quality is None
    assert jpeg_quality({}) is None
    assert jpeg_quality({0: [1, 2, 3]}) is None


@given(st.integers(1, 8))
def test_upright_agrees_with_pillow(orientation):
    pixels = np.arange(61 * 83, dtype=np.uint16).reshape(61, 83)
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    assert np.array_equal(upright(pixels, orientation), np.asarray(ImageOps.exif_transpose(image)))
