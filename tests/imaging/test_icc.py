"""An embedded profile changes the codes, never the skin."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms
from profile_maker import (
    P3_XY,
    SRGB_XY,
    gamma_curv,
    make_ink_profile,
    make_profile,
    srgb_para,
    srgb_table,
    xyz_from_linear,
)

from progress.imaging import (
    lab_from_linear,
    linear_from_srgb,
    optical_density,
    read_photo,
    srgb_from_linear,
)
from progress.imaging.icc import ProfileError, matrix_profile, profile_name
from progress.model import UnreadablePhoto

P3_FROM_SRGB = np.linalg.solve(xyz_from_linear(P3_XY), xyz_from_linear(SRGB_XY))


def skin_linear(rows=41, columns=53):
    """Skin from pale to dark and from bloodless to lesion red, inside sRGB."""
    light = np.linspace(0.1, 1.0, rows)[:, np.newaxis, np.newaxis]
    red = np.linspace(0.0, 0.8, columns)[np.newaxis, :, np.newaxis]
    return light * np.array([0.72, 0.5, 0.4]) * np.exp(-red * np.array([0.15, 1.0, 0.9]))


def p3_codes(linear, bits, curve=None):
    encode = curve or srgb_from_linear
    encoded = encode(np.clip(linear @ P3_FROM_SRGB.T, 0, 1))
    return np.rint(encoded * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def redness(linear):
    """Green density over red density, where haemoglobin shows."""
    density = optical_density(linear.astype(np.float64))
    return density[..., 1] - density[..., 0]


def read(data):
    from pathlib import Path

    return read_photo(Path("p3.png"), data=data)


def deep_png(codes, icc):
    """A 16-bit PNG with an iCCP chunk."""
    import zlib

    import cv2

    ok, data = cv2.imencode(".png", np.ascontiguousarray(codes[..., ::-1]))
    assert ok
    raw = data.tobytes()
    payload = b"profile\x00\x00" + zlib.compress(icc)
    chunk = struct.pack(">I", len(payload)) + b"iCCP" + payload
    chunk += struct.pack(">I", zlib.crc32(b"iCCP" + payload))
    return raw[:33] + chunk + raw[33:]


@pytest.mark.parametrize(
    ("version", "curve"), [(4, srgb_para()), (2, srgb_table()), (2, gamma_curv(2.19921875))]
)
def test_a_p3_photo_has_the_redness_of_its_srgb_twin(encoded, version, curve):
    truth = skin_linear()
    power = curve == gamma_curv(2.19921875)
    encode = (lambda x: x ** (1 / 2.19921875)) if power else None
    icc = make_profile(P3_XY, curve=curve, version=version)
    codes = p3_codes(truth, 8, encode)
    photo = read(encoded(codes, "PNG", icc_profile=icc))
    assert photo.provenance.colour_profile == "Test P3"
    assert photo.provenance.converted == "RGB profile to sRGB"
    twin = read(encoded(np.rint(srgb_from_linear(truth) * 255).astype(np.uint8), "PNG"))
    assert np.abs(photo.codes.astype(int) - twin.codes).max() <= 2  # two roundings to 8 bits
    error = redness(photo.linear().pixels) - redness(truth)
    assert abs(error.mean()) < 0.003
    # Read as if it were sRGB, the same file has lost much of its redness.
    lost = redness(linear_from_srgb(codes / 255.0)) - redness(truth)
    assert lost.mean() < -0.05


def test_sixteen_bit_p3_goes_through_its_matrix_without_losing_depth():
    truth = skin_linear()
    photo = read(deep_png(p3_codes(truth, 16), make_profile(P3_XY)))
    assert photo.codes.dtype == np.uint16
    assert photo.provenance.converted == "RGB profile to sRGB"
    # Two roundings to 16 bits, and s15Fixed16 in the matrix.
    assert np.abs(redness(photo.linear().pixels) - redness(truth)).max() < 2e-3


def test_both_depths_agree_on_the_colours_of_a_profile(encoded):
    truth = skin_linear()
    icc = make_profile(P3_XY, curve=srgb_table(4096), version=2)
    shallow = read(encoded(p3_codes(truth, 8), "PNG", icc_profile=icc))
    deep = read(deep_png(p3_codes(truth, 16), icc))
    assert np.abs(shallow.codes_8bit().astype(int) - deep.codes_8bit()).max() <= 2


@pytest.mark.parametrize("version", [2, 4])
def test_an_srgb_profile_changes_no_code(codes, deep_codes, encoded, version):
    curve = srgb_para() if version == 4 else srgb_table()
    icc = make_profile(SRGB_XY, curve=curve, name="sRGB maybe", version=version)
    photo = read(encoded(codes, "PNG", icc_profile=icc))
    assert np.array_equal(photo.codes, codes)
    assert photo.provenance.colour_profile == "sRGB maybe"
    assert photo.provenance.converted == ""
    assert np.array_equal(read(deep_png(deep_codes, icc)).codes, deep_codes)


def test_a_profile_that_only_calls_itself_srgb_is_still_applied(codes, encoded):
    icc = make_profile(P3_XY, name="sRGB IEC61966-2.1")
    assert read(encoded(codes, "PNG", icc_profile=icc)).provenance.converted


def lab_of_inks(cyan, magenta, yellow, black):
    """Ideal inks: each takes away one primary."""
    light = np.array([1 - cyan, 1 - magenta, 1 - yellow]) * (1 - black)
    return lab_from_linear(light)


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])  # a JPEG stores its inks inverted
def test_cmyk_comes_to_rgb_through_its_profile(kind):
    inks = np.zeros((16, 64, 4), dtype=np.uint8)
    inks[:, 16:32] = (0, 255, 255, 0)
    inks[:, 32:48] = (0, 0, 0, 255)
    inks[:, 48:] = (255, 0, 0, 0)
    stream = io.BytesIO()
    image = Image.fromarray(inks, "CMYK")
    image.save(stream, kind, icc_profile=make_ink_profile(lab_of_inks))
    photo = read(stream.getvalue())
    assert photo.provenance.colour_profile == "Test inks"
    assert photo.provenance.converted == "CMYK profile to sRGB"
    white, red, black, cyan = (photo.codes[8, x].astype(int) for x in (8, 24, 40, 56))
    # The table holds Lab in 8 bits, and full inks lie on the edge of sRGB.
    assert white.min() >= 252
    assert red[0] > 245
    assert red[1:].max() < 70
    assert black.max() <= 3
    assert cyan[0] < 70
    assert cyan[1:].min() > 245


def test_a_profile_of_another_kind_of_picture_does_not_apply(codes):
    stream = io.BytesIO()
    Image.fromarray(codes).convert("CMYK").save(stream, "JPEG", icc_profile=make_profile())
    with pytest.raises(UnreadablePhoto, match="expected one for CMYK, got one that does not"):
        read(stream.getvalue())


def test_a_damaged_profile_is_refused_because_the_colours_are_unknown(codes, deep_codes, encoded):
    with pytest.raises(UnreadablePhoto, match="expected an ICC profile, got other bytes"):
        read(encoded(codes, "PNG", icc_profile=b"not a profile" * 30))
    cut = make_profile()[:300]
    with pytest.raises((UnreadablePhoto), match="colour profile"):
        read(deep_png(deep_codes, cut))


def test_a_table_profile_is_refused_for_sixteen_bits_only(codes, deep_codes, encoded):
    icc = make_profile(extra={b"A2B0": b"mft2" + bytes(60)})
    with pytest.raises(UnreadablePhoto, match="matrix for 16 bits, got tables"):
        read(deep_png(deep_codes, icc))
    assert matrix_profile(icc) is None


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [
        (0, (2.0,), lambda x: x**2),
        (1, (2.0, 0.8, 0.2), lambda x: (0.8 * x + 0.2) ** 2),
        (2, (2.0, 0.8, 0.1, 0.05), lambda x: (0.8 * x + 0.1) ** 2 + 0.05),
        (4, (2.0, 0.9, 0.1, 0.5, 0.2, 0.0, 0.01),
         lambda x: np.where(x >= 0.2, (0.9 * x + 0.1) ** 2, 0.5 * x + 0.01)),
    ],
)  # fmt: skip
def test_every_parametric_curve_follows_its_formula(kind, numbers, expected):
    payload = struct.pack(f">{len(numbers)}i", *(round(n * 65536) for n in numbers))
    curve = b"para" + struct.pack(">IHH", 0, kind, 0) + payload
    profile = matrix_profile(make_profile(curve=curve))
    x = np.linspace(0, 1, 65536)
    assert np.allclose(profile.curves[0], expected(x), atol=1e-4)  # s15Fixed16 parameters


def test_an_identity_curve_is_linear_light():
    profile = matrix_profile(make_profile(curve=b"curv" + bytes(8)))
    assert np.allclose(profile.curves[2], np.linspace(0, 1, 65536))


def test_impossible_tags_are_named():
    with pytest.raises(ProfileError, match="expected a curve"):
        matrix_profile(make_profile(curve=b"text" + bytes(8)))
    with pytest.raises(ProfileError, match="curve type 0 to 4, got 9"):
        matrix_profile(make_profile(curve=b"para" + struct.pack(">IHH", 0, 9, 0) + bytes(40)))
    broken = bytearray(make_profile())
    broken[128:132] = struct.pack(">I", 5000)
    with pytest.raises(ProfileError, match="at most 100 tags, got 5000"):
        matrix_profile(bytes(broken))


def test_a_lab_or_grey_profile_is_not_a_matrix_profile():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert matrix_profile(lab) is None
    assert profile_name(lab)
