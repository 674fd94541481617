"""From a recipe and original files to pixels, the same bits every time.

Photos are decoded by `imaging.read_photo`, placed and recoloured in whole numbers
(`exports.exact_pixels`), and put on a canvas whose words and logo were drawn before them. Words are
Pillow's: the same library version sets them in the same pixels.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from progress.exports.exact_pixels import (
    FULL,
    blurred,
    placed,
    recoloured,
    smaller,
    to_codes,
    to_light,
    within,
)
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import BADGE_WORDS, INKS, Blur, CommonColour, Logo, Panel, Text
from progress.exports.type_setting import drawn, font_of, line_height, width_of
from progress.imaging import read_photo
from progress.model import BadInput

Codes = NDArray[np.uint8]

_MAX_LOGO_PIXELS = 40_000_000
_LOGO_FORMATS = ("PNG", "JPEG", "WEBP")


def render(recipe: Recipe, originals: Mapping[str, bytes], assets: Mapping[str, bytes]) -> Codes:
    """The picture of a recipe.

    Parameters
    ----------
    recipe : Recipe
    originals : mapping of str to bytes
        Photo files by sha256.
    assets : mapping of str to bytes
        Logo and font files by sha256.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        sRGB codes; the same bits for the same recipe and files.

    Raises
    ------
    BadInput
        If a file is missing or is not the one that the recipe names, or cannot be read.
    """
    width, height = recipe.canvas.size_px
    sheet = np.empty((height, width, 3), np.uint8)
    sheet[:] = recipe.canvas.paper
    for part in recipe.drawn:
        if isinstance(part, Text):
            _write(sheet, part, assets)
        else:
            _put_logo(sheet, part, assets)
    for panel in recipe.panels:
        x, y = panel.at_xy
        wide, high = panel.resize.size_px
        data = _named(originals, panel.decode.sha256, "original")
        codes = read_photo(Path("original"), data=data).codes_8bit()
        pixels = render_panel(panel, codes, colour=recipe.colour, paper=recipe.canvas.paper)
        sheet[y : y + high, x : x + wide] = pixels
    return sheet


def encode(recipe: Recipe, pixels: Codes) -> bytes:
    """A JPEG file of rendered pixels without any metadata.

    Parameters
    ----------
    recipe : Recipe
        For its quality.
    pixels : ndarray of uint8, shape (H, W, 3)
        From `render`.

    Returns
    -------
    bytes
        Baseline JPEG, 4:4:4; no EXIF, XMP, profile, thumbnail or comment, only the four-letter
        JFIF header.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=recipe.encoding.quality, subsampling=0)
    return stream.getvalue()


def render_panel(
    panel: Panel,
    codes: Codes,
    *,
    colour: CommonColour | None = None,
    paper: tuple[int, int, int] = (255, 255, 255),
) -> Codes:
    """One panel of a picture, shape (height, width, 3).

    Parameters
    ----------
    panel : Panel
    codes : ndarray of uint8, shape (H, W, 3)
        The decoded original, upright, in sRGB.
    colour : CommonColour, optional
        Of the recipe.
    paper : tuple of int
        What lies outside the photo.
    """
    where = panel.placing
    place = (where.a, where.b, where.x, where.y)
    light, inside = placed(codes, place, panel.resize.size_px)
    if colour is not None:
        light = recoloured(light, colour.matrix)
    for part in panel.hide:
        if isinstance(part, Blur):
            _blur(light, part, panel.resize.px_per_mm)
    pixels = to_codes(light)
    pixels[~inside] = paper
    _cover(pixels, panel, paper)
    _mark(pixels, panel)
    return pixels


def _named(files: Mapping[str, bytes], sha256: str, kind: str) -> bytes:
    """The file of that name, if its bytes are those that the name promises."""
    data = files.get(sha256)
    if data is None:
        raise BadInput(
            f"recipe: expected the {kind} {sha256[:12]}, got no such file", advice="add that file"
        )
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadInput(
            f"recipe: expected the {kind} {sha256[:12]}, got a file with other bytes",
            advice="use the file as it was when the picture was made",
        )
    return data


def _blur(light: NDArray[np.int32], part: Blur, px_per_mm: float) -> None:
    """Blur inside a polygon, in place, from the light around it."""
    radius = max(1, math.ceil(part.radius_mm * px_per_mm))
    mask = within(part.polygon_xy, (light.shape[0], light.shape[1]))
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not rows.size:
        return
    reach = 3 * radius + 1
    top, bottom = max(0, rows[0] - reach), rows[-1] + 1 + reach
    left, right = max(0, columns[0] - reach), columns[-1] + 1 + reach
    soft = blurred(light[top:bottom, left:right], radius)
    light[top:bottom, left:right][mask[top:bottom, left:right]] = soft[mask[top:bottom, left:right]]


def _cover(pixels: Codes, panel: Panel, paper: tuple[int, int, int]) -> None:
    """Paint covers, in place: paper outside the shown skin, dark polygons over what is hidden."""
    shape = (pixels.shape[0], pixels.shape[1])
    covers = [part for part in panel.hide if not isinstance(part, Blur)]
    for part in covers:
        if not part.outside:
            pixels[within(part.polygon_xy, shape)] = INKS[0]
    # Paper last, so that no dark shape tells where an eye lies beside the skin that is shown.
    shown = [within(part.polygon_xy, shape) for part in covers if part.outside]
    if shown:
        pixels[~np.logical_or.reduce(shown)] = paper


def ruler_room(text_px: int) -> int:
    """How high a ruler is with the gap below it, in pixels."""
    return line_height(text_px) + _thick(text_px) + 3 * (text_px // 2)


def badge_room(text_px: int) -> int:
    """How high a badge is with the gap above it, in pixels."""
    return line_height(text_px) + 2 * (text_px // 2)


def badge_width(text_px: int) -> int:
    """How wide a badge is with the gap beside it, in pixels."""
    return width_of(BADGE_WORDS, font_of(text_px)) + 3 * (text_px // 2)


def _thick(text_px: int) -> int:
    """Thickness of a ruler's bar."""
    return max(3, text_px // 5)


def _mark(pixels: Codes, panel: Panel) -> None:
    """Ruler and badge, in place."""
    high, wide = pixels.shape[:2]
    if panel.ruler is not None:
        size = panel.ruler.text_px
        length, pad = round(panel.ruler.mm * panel.resize.px_per_mm), size // 2
        words, font = f"{panel.ruler.mm:g} mm", font_of(size)
        box_wide = max(length, width_of(words, font)) + 2 * pad
        top = high - ruler_room(size)
        if box_wide + pad > wide or top < 0:
            raise BadInput(
                f"recipe: expected a panel with room for a ruler of {words}, got {wide} x {high}",
                advice="choose a larger crop or height, or a shorter ruler",
            )
        pixels[top : high - pad, pad : pad + box_wide] = INKS[0]
        low = high - 2 * pad - _thick(size)
        pixels[low : high - 2 * pad, 2 * pad : 2 * pad + length] = INKS[1]
        drawn(pixels, words, at_xy=(2 * pad, top + pad // 2), ink=INKS[1], font=font)
    if panel.badge is not None:
        size = panel.badge.text_px
        font, pad = font_of(size), size // 2
        left = wide - badge_width(size)
        if left < 0 or badge_room(size) > high:
            raise BadInput(
                f"recipe: expected a panel with room for its badge, got {wide} x {high}",
                advice="choose a larger crop or height",
            )
        pixels[pad : badge_room(size), left : wide - pad] = INKS[0]
        drawn(pixels, BADGE_WORDS, at_xy=(left + pad, pad + pad // 2), ink=INKS[1], font=font)


def _write(sheet: Codes, part: Text, assets: Mapping[str, bytes]) -> None:
    """A line of words, in place."""
    data = _named(assets, part.font, "font") if part.font else None
    drawn(sheet, part.words, at_xy=part.at_xy, ink=part.ink, font=font_of(part.size_px, data))


def _put_logo(sheet: Codes, part: Logo, assets: Mapping[str, bytes]) -> None:
    """A clinic's picture, in place; what is transparent shows the paper."""
    codes, alpha = logo_pixels(_named(assets, part.sha256, "logo"))
    wide, high = part.size_px
    if wide > codes.shape[1] or high > codes.shape[0]:
        raise BadInput(
            f"recipe: expected a logo of at least {wide} x {high} pixels, "
            f"got {codes.shape[1]} x {codes.shape[0]}",
            advice="use a larger logo file",
        )
    x, y = part.at_xy
    target = sheet[y : y + high, x : x + wide]
    if target.shape[:2] != (high, wide):
        raise BadInput("recipe: expected a logo on the canvas", advice="place it on the canvas")
    share = alpha.astype(np.int64)[..., None]
    paper = to_light(np.broadcast_to(sheet[y, x], codes.shape))
    mixed = (to_light(codes).astype(np.int64) * share + paper * (255 - share) + 127) // 255
    target[:] = to_codes(smaller(np.clip(mixed, 0, FULL).astype(np.int32), (wide, high)))


def logo_pixels(data: bytes) -> tuple[Codes, Codes]:
    """Codes, shape (H, W, 3), and opacity, shape (H, W), of a logo file.

    Raises
    ------
    BadInput
        If it is not a PNG, JPEG or WebP picture of at most 40 megapixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_LOGO_FORMATS) as image:
            if image.width * image.height > _MAX_LOGO_PIXELS:
                raise ValueError("too many pixels")
            whole = np.asarray(image.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(
            "logo: expected a PNG, JPEG or WebP picture of at most 40 megapixels",
            advice="export the logo as PNG",
        ) from error
    return np.ascontiguousarray(whole[..., :3]), np.ascontiguousarray(whole[..., 3])
