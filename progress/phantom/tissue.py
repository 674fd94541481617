"""How much light of each wavelength skin gives back, from its melanin and blood.

The metrics use fixed weights on optical density. This module shares nothing with them: light passes
an absorbing epidermis and is scattered back by a dermis with blood (diffusion theory).
"""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Spectrum = NDArray[np.float64]

WAVELENGTHS_NM: Final[Spectrum] = np.arange(400.0, 701.0, 5.0)

OXYGEN_SATURATION: Final = 0.7
"""Mean of the arterial and venous blood in the upper dermis (Jacques 2013)."""
HAEMOGLOBIN_G_PER_L: Final = 150.0
_EPIDERMIS_MM: Final = 0.06
_EPIDERMIS_PATH: Final = 1.3
"""Mean path per crossing over the thickness: 1 along the normal, 2 for diffuse light."""
_EPIDERMIS_BACKSCATTER: Final = 0.25
_MELANOSOME_BACKSCATTER: Final = 0.5
"""Backscatter over reduced scattering, of the epidermis and added per melanosome fraction.

Diffusion theory asks for 0.75, in layers thicker than this one. Without any, dark skin is more
saturated than any that was measured (b* 36 at L* 26); with much more in light skin, blood shows
less in blue than in green (here 0.60 to 0.72; a model without it gives 0.66 to 0.70).
"""
_CAROTENE_PER_CM: Final = 0.2
_VESSEL_MM: Final = 0.02
_REFRACTIVE_INDEX: Final = 1.4

# Molar extinction in cm-1/M of oxygenated and reduced haemoglobin, compiled by S. Prahl from W. B.
# Gratzer and N. Kollias (Oregon Medical Laser Center, 1998).
_EXTINCTION: Final = np.array(
    [
        (400, 266232.0, 223296.0),
        (410, 466840.0, 303956.0),
        (420, 480360.0, 407560.0),
        (430, 246072.0, 528600.0),
        (440, 102580.0, 413280.0),
        (450, 62816.0, 103292.0),
        (460, 44480.0, 23388.8),
        (470, 33209.2, 16156.4),
        (480, 26629.2, 14550.0),
        (490, 23684.4, 16684.0),
        (500, 20932.8, 20862.0),
        (510, 20035.2, 25773.6),
        (520, 24202.4, 31589.6),
        (530, 39956.8, 39036.4),
        (540, 53236.0, 46592.0),
        (550, 43016.0, 53412.0),
        (560, 32613.2, 53788.0),
        (570, 44496.0, 45072.0),
        (580, 50104.0, 37020.0),
        (590, 14400.8, 28324.4),
        (600, 3200.0, 14677.2),
        (610, 1506.0, 9443.6),
        (620, 942.0, 6509.6),
        (630, 610.0, 5148.8),
        (640, 442.0, 4345.2),
        (650, 368.0, 3750.12),
        (660, 319.6, 3226.56),
        (670, 294.0, 2795.12),
        (680, 277.6, 2407.92),
        (690, 276.0, 2051.96),
        (700, 290.0, 1794.28),
    ]
)


def haemoglobin_extinction(saturation: float = OXYGEN_SATURATION) -> Spectrum:
    """Molar extinction of haemoglobin on `WAVELENGTHS_NM`.

    Parameters
    ----------
    saturation : float
        Share that carries oxygen, 0..1.

    Returns
    -------
    ndarray of float64, shape (61,)
        In cm-1/M; between the tabulated 10 nm by a cubic spline of the logarithm.

    Notes
    -----
    Data compiled by S. Prahl, Oregon Medical Laser Center, 1998.
    """
    if not 0.0 <= saturation <= 1.0:
        raise ValueError(f"saturation: expected 0..1, got {saturation}")
    spline = CubicSpline(_EXTINCTION[:, 0], np.log(_EXTINCTION[:, 1:]))
    both = np.exp(spline(WAVELENGTHS_NM))
    return cast("Spectrum", saturation * both[:, 0] + (1.0 - saturation) * both[:, 1])


def blood_absorption_per_cm(saturation: float = OXYGEN_SATURATION) -> Spectrum:
    """Absorption of whole blood in vessels, in cm-1, shape (61,).

    Parameters
    ----------
    saturation : float
        Share of haemoglobin that carries oxygen, 0..1.

    Notes
    -----
    150 g/L of 64 500 g/mol (Prahl). Blood is gathered in vessels, whose core is shaded where
    absorption is strong: van Veen et al. 2002, doi:10.1364/OL.27.000246, here for 20 micrometres.
    """
    whole = np.log(10.0) * haemoglobin_extinction(saturation) * HAEMOGLOBIN_G_PER_L / 64500.0
    depth = whole * _VESSEL_MM / 10.0
    return cast("Spectrum", whole * -np.expm1(-depth) / depth)


def melanosome_absorption_per_cm() -> Spectrum:
    """Absorption of the inside of a melanosome, in cm-1, shape (61,).

    Notes
    -----
    6.6e11 nm^-3.33 (Jacques & McAuliffe 1991; Jacques 2013, doi:10.1088/0031-9155/58/11/R37).
    """
    return 6.6e11 * WAVELENGTHS_NM**-3.33


def baseline_absorption_per_cm() -> Spectrum:
    """Absorption of skin without melanin and blood, in cm-1, shape (61,).

    Notes
    -----
    Jacques 1998, "Skin Optics", Oregon Medical Laser Center News, after Saidi 1992.
    """
    return 0.244 + 85.3 * np.exp(-(WAVELENGTHS_NM - 154.0) / 66.2)


def carotene_absorption_per_cm() -> Spectrum:
    """Absorption of the carotenoids of skin, in cm-1, shape (61,).

    Notes
    -----
    They make skin yellower (Alaluf et al. 2002, doi:10.1093/jn/132.3.399). The two bands are those
    of beta-carotene; their height is an assumption that leaves b* of light skin at 10-14.
    """
    bands = ((425.0, 18.0, 0.6), (452.0, 14.0, 1.0), (480.0, 12.0, 0.85))
    shape = sum(
        height * np.exp(-0.5 * ((WAVELENGTHS_NM - peak) / width) ** 2)
        for peak, width, height in bands
    )
    return _CAROTENE_PER_CM * np.asarray(shape)


def reduced_scattering_per_cm() -> Spectrum:
    """Reduced scattering of skin, in cm-1, shape (61,).

    Notes
    -----
    46.0 (nm/500)^-1.421, the mean of the skins tabulated by Jacques 2013,
    doi:10.1088/0031-9155/58/11/R37.
    """
    return 46.0 * (WAVELENGTHS_NM / 500.0) ** -1.421


def skin_spectrum(
    melanin: Any, blood: Any, *, saturation: float = OXYGEN_SATURATION
) -> NDArray[np.float64]:
    """Diffuse reflectance of skin at each wavelength, without the gloss of its surface.

    Parameters
    ----------
    melanin : array_like of float
        Share of the epidermis' volume that is melanosomes: 0.013-0.063 in light skin, 0.11-0.16 in
        moderately, 0.18-0.43 in darkly pigmented skin (Jacques 1998).
    blood : array_like of float
        Share of the dermis' volume that is blood, 0.002-0.07 (Jacques 2013).
    saturation : float
        Share of haemoglobin that carries oxygen, 0..1.

    Returns
    -------
    ndarray of float64, shape broadcast(melanin, blood) + (61,)
        0..1, relative to a perfect white diffuser.

    Notes
    -----
    Dermis: total diffuse reflectance of a half-space by Farrell, Patterson & Wilson 1992,
    doi:10.1118/1.596777. Epidermis: a layer of 60 micrometres that absorbs and scatters a little
    back (Kubelka 1948, doi:10.1364/JOSA.38.000448). The melanin fraction is an effective one.
    """
    mel = np.asarray(melanin, dtype=np.float64)[..., np.newaxis]
    vol = np.asarray(blood, dtype=np.float64)[..., np.newaxis]
    base = baseline_absorption_per_cm()
    scatter = reduced_scattering_per_cm()
    tissue = base + carotene_absorption_per_cm()
    dermis = vol * blood_absorption_per_cm(saturation) + (1.0 - vol) * tissue
    albedo = scatter / (scatter + dermis)
    root = np.sqrt(3.0 * (1.0 - albedo))
    n = _REFRACTIVE_INDEX
    inside = -1.440 / n**2 + 0.710 / n + 0.668 + 0.0636 * n
    boundary = (1.0 + inside) / (1.0 - inside)
    diffuse = 0.5 * albedo * (1.0 + np.exp(-4.0 / 3.0 * boundary * root)) * np.exp(-root)
    # Kubelka-Munk layer of the epidermis over the dermis.
    scatter_back = (_EPIDERMIS_BACKSCATTER + _MELANOSOME_BACKSCATTER * mel) * scatter
    absorb = _EPIDERMIS_PATH * (mel * melanosome_absorption_per_cm() + (1.0 - mel) * base)
    a = 1.0 + absorb / scatter_back
    b = np.sqrt(a * a - 1.0)
    # At 30 a hyperbolic sine is 5e12: nothing passes, and beyond 700 it would overflow.
    depth = np.minimum(b * scatter_back * _EPIDERMIS_MM / 10.0, 30.0)
    returned = 1.0 / (a + b / np.tanh(depth))
    passed = b / (a * np.sinh(depth) + b * np.cosh(depth))
    under = passed**2 * diffuse / (1.0 - returned * diffuse)
    return cast("NDArray[np.float64]", returned + under)
