"""The colour a camera writes: sensor curves, lamps, white balance and a colour matrix."""

from __future__ import annotations

import functools
from typing import Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from progress.phantom.tissue import WAVELENGTHS_NM, Spectrum, skin_spectrum

CameraName = Literal["ideal", "phone", "compact"]
IlluminantName = Literal["d65", "led", "halogen"]
CAMERAS: Final[tuple[CameraName, ...]] = ("ideal", "phone", "compact")
ILLUMINANTS: Final[tuple[IlluminantName, ...]] = ("d65", "led", "halogen")

# Relative power of CIE standard illuminant D65 every 10 nm from 400 to 700 nm (CIE 15:2018).
_D65: Final = np.array(
    [
        *(82.75, 91.49, 93.43, 86.68, 104.87, 117.01, 117.81, 114.86, 115.92, 108.81),
        *(109.35, 107.80, 104.79, 107.69, 104.41, 104.05, 100.00, 96.33, 95.79, 88.69),
        *(90.01, 89.60, 87.70, 83.29, 83.70, 80.03, 80.21, 82.28, 78.28, 69.72, 71.61),
    ]
)

_LINEAR_FROM_XYZ: Final = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def _bell(peak: float, left: float, right: float) -> Spectrum:
    """A Gaussian over the wavelengths with a width of its own on each side (nm)."""
    x = WAVELENGTHS_NM - peak
    width = np.where(x < 0, left, right)
    return cast("Spectrum", np.exp(-0.5 * (x / width) ** 2))


@functools.cache
def colour_matching() -> NDArray[np.float64]:
    """CIE 1931 colour-matching functions x, y, z, shape (61, 3).

    Notes
    -----
    Multi-lobe fit of Wyman, Sloan & Shirley 2013, Journal of Computer Graphics Techniques 2(2).
    """
    x = (
        0.362 * _bell(442.0, 1 / 0.0624, 1 / 0.0374)
        + 1.056 * _bell(599.8, 1 / 0.0264, 1 / 0.0323)
        - 0.065 * _bell(501.1, 1 / 0.0490, 1 / 0.0382)
    )
    y = 0.821 * _bell(568.8, 1 / 0.0213, 1 / 0.0247) + 0.286 * _bell(530.9, 1 / 0.0613, 1 / 0.0322)
    z = 1.217 * _bell(437.0, 1 / 0.0845, 1 / 0.0278) + 0.681 * _bell(459.0, 1 / 0.0385, 1 / 0.0725)
    return np.stack([x, y, z], axis=1)


@functools.cache
def illuminant_power(illuminant: IlluminantName) -> Spectrum:
    """Relative power of a lamp on `WAVELENGTHS_NM`, shape (61,), largest 1.

    Parameters
    ----------
    illuminant : {"d65", "led", "halogen"}
        Daylight (CIE 15:2018), a blue-pumped white LED of about 4500 K (a line at 452 nm over a
        broad phosphor), or a black body of 3000 K.
    """
    if illuminant == "d65":
        power = np.interp(WAVELENGTHS_NM, np.arange(400.0, 701.0, 10.0), _D65)
    elif illuminant == "led":
        power = 0.85 * _bell(452.0, 9.0, 12.0) + _bell(565.0, 42.0, 62.0)
    elif illuminant == "halogen":
        metres = WAVELENGTHS_NM * 1e-9
        power = metres**-5 / np.expm1(1.438777e-2 / (metres * 3000.0))
    else:
        raise ValueError(f"illuminant: expected one of {ILLUMINANTS}, got {illuminant!r}")
    return cast("Spectrum", power / power.max())


def _sensor_curves(camera: CameraName) -> NDArray[np.float64]:
    """Sensitivities of the three colours of a camera, shape (61, 3)."""
    if camera == "ideal":
        return cast("NDArray[np.float64]", colour_matching() @ _LINEAR_FROM_XYZ.T)
    if camera == "phone":
        curves = (
            _bell(603.0, 26.0, 36.0) + 0.06 * _bell(450.0, 30.0, 30.0),
            _bell(532.0, 38.0, 36.0) + 0.05 * _bell(640.0, 40.0, 40.0),
            _bell(456.0, 26.0, 34.0) + 0.03 * _bell(560.0, 40.0, 40.0),
        )
    elif camera == "compact":
        curves = (
            _bell(592.0, 34.0, 44.0) + 0.10 * _bell(500.0, 50.0, 40.0),
            _bell(540.0, 46.0, 44.0),
            _bell(464.0, 34.0, 38.0) + 0.06 * _bell(550.0, 40.0, 60.0),
        )
    else:
        raise ValueError(f"camera: expected one of {CAMERAS}, got {camera!r}")
    return np.stack(curves, axis=1)


def _training_spectra() -> NDArray[np.float64]:
    """Reflectances to which a camera maker fits the colour matrix: skins and a smooth rainbow."""
    melanin, blood = np.meshgrid([0.02, 0.06, 0.15, 0.3], [0.005, 0.015, 0.04])
    skins = skin_spectrum(melanin, blood).reshape(-1, len(WAVELENGTHS_NM))
    rainbow = [
        0.08 + height * _bell(peak, width, width)
        for peak in (420.0, 470.0, 520.0, 570.0, 620.0, 670.0)
        for width in (40.0, 80.0)
        for height in (0.3, 0.7)
    ]
    return np.concatenate([skins, np.stack(rainbow)])


@functools.cache
def camera_weights(camera: CameraName, illuminant: IlluminantName) -> NDArray[np.float64]:
    """Weights that turn a reflectance into the linear sRGB that a camera writes.

    Parameters
    ----------
    camera : {"ideal", "phone", "compact"}
        An ideal sRGB camera (CIE 1931 observer), or one of two smooth made-up sensors whose colour
        matrix was fitted to skins and a rainbow of reflectances, as camera makers do.
    illuminant : {"d65", "led", "halogen"}
        The lamp; the camera is white-balanced on it.

    Returns
    -------
    ndarray of float64, shape (61, 3)
        A perfect white diffuser gives exactly (1, 1, 1).
    """
    lit = _sensor_curves(camera) * illuminant_power(illuminant)[:, np.newaxis]
    balanced = lit / lit.sum(axis=0)
    if camera == "ideal":
        return cast("NDArray[np.float64]", balanced)
    spectra = _training_spectra()
    seen = spectra @ balanced
    target = spectra @ camera_weights("ideal", "d65")
    # Rows that sum to one keep white white: fit what differs from the third channel.
    matrix = np.empty((3, 3))
    weight = 1.0 / np.maximum(target, 0.02)
    for channel in range(3):
        other = np.delete(np.arange(3), channel)
        basis = (seen[:, other] - seen[:, [channel]]) * weight[:, [channel]]
        rest = (target[:, channel] - seen[:, channel]) * weight[:, channel]
        share, *_ = np.linalg.lstsq(basis, rest, rcond=None)
        matrix[channel, other] = share
        matrix[channel, channel] = 1.0 - share.sum()
    return cast("NDArray[np.float64]", balanced @ matrix.T)
