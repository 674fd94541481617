"""Small recipes and photos for tests of what leaves the house."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from PIL import Image

from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import (
    Badge,
    Blur,
    Canvas,
    CommonColour,
    Cover,
    Crop,
    Decode,
    Encoding,
    Logo,
    Panel,
    Placing,
    Resize,
    Ruler,
    Text,
)

MATRIX = ((1.02, -0.01, 0.0), (0.0, 0.98, 0.01), (0.0, 0.03, 0.97))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def png(codes: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(codes).save(stream, "PNG")
    return stream.getvalue()


def photo(seed: int, shape: tuple[int, int] = (211, 167)) -> bytes:
    """Blotches of several sizes: something to be off by a pixel with."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(60, 220, (*(n // 8 + 1 for n in shape), 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize(shape[::-1], Image.Resampling.BICUBIC)
    fine = rng.integers(-25, 25, (*shape, 3))
    return png(np.clip(np.asarray(image).astype(int) + fine, 0, 255).astype(np.uint8))


def logo() -> bytes:
    codes = np.zeros((60, 90, 4), np.uint8)
    codes[10:50, 20:70] = (20, 90, 160, 255)
    return png(codes)


def panel(data: bytes, at_xy: tuple[int, int], **changed: object) -> Panel:
    parts: dict[str, object] = {
        "decode": Decode(sha(data)),
        "placing": Placing(1.62, 0.08, 9.3, 4.7, 0.12, 0.5),
        "crop": Crop(20.25, 25.5),
        "resize": Resize((81, 102), 4.0),
        "at_xy": at_xy,
    }
    return Panel(**(parts | changed))  # type: ignore[arg-type]


def full_recipe() -> tuple[Recipe, dict[str, bytes], dict[str, bytes]]:
    """A recipe with every operation, its originals and its assets."""
    one, two, mark = photo(1), photo(2, (190, 181)), logo()
    bar = Cover(((10.0, 20.5), (60.25, 22.0), (59.0, 35.0), (9.0, 33.0)))
    shown = Cover(((2.0, 2.0), (79.0, 4.0), (70.0, 98.0), (5.0, 90.0)), outside=True)
    soft = Blur(((20.0, 60.0), (50.0, 60.0), (50.0, 75.0), (20.0, 75.0)), 8.5)
    recipe = Recipe(
        canvas=Canvas((200, 160), (255, 255, 255)),
        panels=(
            panel(one, (10, 30), hide=(bar, soft, shown), ruler=Ruler(5.0, 10)),
            panel(two, (105, 30), hide=(soft,), badge=Badge(6)),
        ),
        drawn=(
            Text("5 January 2026, redness lower by 18 % ± 6 %", (10, 140), 12),
            Logo(sha(mark), (5, 4), (30, 20)),
        ),
        colour=CommonColour(MATRIX),
        encoding=Encoding(91),
    )
    return recipe, {sha(one): one, sha(two): two}, {sha(mark): mark}
