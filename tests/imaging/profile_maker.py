"""ICC profiles made from chromaticities, so that the tests need no profile file."""

import struct

import numpy as np

P3_XY = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
SRGB_XY = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
D65_XY = (0.3127, 0.3290)
D50_XYZ = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def _xyz(xy):
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])


def xyz_from_linear(primaries_xy):
    """XYZ (D65) of linear light with these primaries."""
    columns = np.stack([_xyz(xy) for xy in primaries_xy], axis=1)
    return columns * np.linalg.solve(columns, _xyz(D65_XY))


def d50_from_linear(primaries_xy):
    """The same adapted to the white of profiles."""
    cone_65, cone_50 = _BRADFORD @ _xyz(D65_XY), _BRADFORD @ D50_XYZ
    adapt = np.linalg.inv(_BRADFORD) @ np.diag(cone_50 / cone_65) @ _BRADFORD
    return adapt @ xyz_from_linear(primaries_xy)


def _fixed(*values):
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


def _words_tag(text, version):
    if version == 4:
        words = text.encode("utf-16-be")
        return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(words), 28) + words
    words = text.encode() + b"\x00"
    return b"desc" + struct.pack(">II", 0, len(words)) + words + bytes(78)


def srgb_para():
    """The sRGB curve as a parametric tag."""
    numbers = _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    return b"para" + struct.pack(">IHH", 0, 3, 0) + numbers


def gamma_curv(gamma):
    """A pure power as a curve of one number."""
    return b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + bytes(2)


def srgb_table(length=1024):
    """The sRGB curve as a sampled tag."""
    x = np.linspace(0, 1, length)
    y = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    return b"curv" + struct.pack(f">II{length}H", 0, length, *np.rint(y * 65535).astype(int))


def make_ink_profile(lab_of_inks):
    """A CMYK profile with one table: Lab of the 16 corners of the ink cube, C turning slowest."""
    ramp = bytes(range(256))
    corners = [lab_of_inks(*(np.array([c, m, y, k], float)))
               for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]  # fmt: skip
    table = b"".join(
        bytes(int(np.clip(np.rint(v), 0, 255)) for v in (lab[0] * 2.55, lab[1] + 128, lab[2] + 128))
        for lab in corners
    )
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    tags = {
        b"desc": _words_tag("Test inks", 4),
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*D50_XYZ),
        b"A2B0": lut + ramp * 4 + table + ramp * 3,
    }
    return _assembled(tags, b"prtrCMYKLab ", 0x02400000)


def make_profile(primaries_xy=P3_XY, *, curve=None, name="Test P3", version=4, extra=None):
    """The bytes of a matrix profile."""
    matrix = d50_from_linear(primaries_xy)
    curve = curve or srgb_para()
    tags = {
        b"desc": _words_tag(name, version),
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*D50_XYZ),
        **{
            letter + b"XYZ": b"XYZ " + bytes(4) + _fixed(*matrix[:, k])
            for k, letter in enumerate((b"r", b"g", b"b"))
        },
        **{letter + b"TRC": curve for letter in (b"r", b"g", b"b")},
        **(extra or {}),
    }
    return _assembled(tags, b"mntrRGB XYZ ", 0x04300000 if version == 4 else 0x02400000)


def _assembled(tags, kind, version):
    """Header, tag table and payloads as one file."""
    table, body = struct.pack(">I", len(tags)), b""
    offset = 128 + 4 + 12 * len(tags)
    for signature, payload in tags.items():
        table += struct.pack(">4sII", signature, offset + len(body), len(payload))
        body += payload + bytes(-len(payload) % 4)
    size = offset + len(body)
    header = struct.pack(">I4sI", size, bytes(4), version)
    header += kind + struct.pack(">6H", 2026, 1, 5, 0, 0, 0) + b"acsp"
    header += bytes(28) + _fixed(*D50_XYZ)
    return header + bytes(128 - len(header)) + table + body
