"""Gates about the picture: its pixels, exposure, shine, compression and focus."""

from __future__ import annotations

from progress.model import Gate, Need, NotMeasured, Provenance
from progress.quality.facts import ShotFacts
from progress.quality.gate import gate

MIN_PX_PER_MM = 2.0
"""Below this not even colour can be pooled over a region without its surroundings."""
MAX_EDGE_PX, LEAST_MAX_EDGE_MM, MOST_MAX_EDGE_MM = 3.5, 0.35, 1.2
"""10-90 % width of edges around the eye. Sharp photos of 3 to 6 px/mm read 1.8 to 3.1 pixels; a
photo must be about as sharp as its pixels allow, because each metric asks for the pixels that it
needs. Lashes and lids are themselves about 0.3 mm wide, and beyond 1.2 mm even wrinkles are gone.
"""
MAX_CLIPPED = 0.02
MAX_DARK = 0.02
MIN_DENSITY_LEVEL, MAX_DENSITY_LEVEL = 0.05, 3.9
"""Median green density of the skin: beyond, highlights clip or 8-bit steps exceed 2 %. Wide, so
that no skin tone is refused for itself: ITA -40 lies near 2.6 in a well exposed photo."""
MAX_GLARE = 0.25
"""Highlights are taken out of every mask, so shine alone does not block; beyond a quarter too
little skin is left, and shine shows on dark skin first: a low limit would refuse dark skin."""
MIN_JPEG_QUALITY = 70


def resolution(facts: ShotFacts) -> Gate:
    """Pixels per millimetre at the skin."""
    px_per_mm = facts.scale.px_per_mm if facts.scale else None
    return gate(
        "resolution",
        px_per_mm,
        "px/mm",
        MIN_PX_PER_MM,
        passed=px_per_mm is not None and px_per_mm >= MIN_PX_PER_MM,
        advice="come closer so that the skin fills the frame"
        if px_per_mm is not None
        else "put a 20 mm sticker on the skin or give --px-per-mm",
        touches={Need.ANY},
    )


def exposure(facts: ShotFacts) -> Gate:
    """Clipped or crushed skin; the median of green density decides which way."""
    level = float(facts.density[1])
    lost = max(facts.clipped, facts.dark)
    too_dark = facts.dark > MAX_DARK or level > MAX_DENSITY_LEVEL
    return gate(
        "exposure",
        lost,
        "share of skin",
        MAX_CLIPPED,
        passed=lost <= MAX_CLIPPED and MIN_DENSITY_LEVEL <= level <= MAX_DENSITY_LEVEL,
        advice="give more light or a longer exposure" if too_dark else "expose one stop less",
        touches={Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL},
    )


def glare(facts: ShotFacts) -> Gate:
    """Skin that mirrors the lamp."""
    return gate(
        "glare",
        facts.glare,
        "share of skin",
        MAX_GLARE,
        passed=facts.glare <= MAX_GLARE,
        advice="pat the skin dry, and move the lamp to the side or use a diffuser",
        touches={Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL},
    )


def compression(facts: ShotFacts, provenance: Provenance) -> Gate:
    """The worst JPEG quality that file or pixels tell of."""
    told = [q for q in (provenance.jpeg_quality, facts.earlier_quality) if q is not None]
    quality = float(min(told)) if told else None
    return gate(
        "compression",
        quality,
        "JPEG quality",
        float(MIN_JPEG_QUALITY),
        passed=quality is None or quality > MIN_JPEG_QUALITY - 1,
        advice="use the original file, not one sent through a messenger",
        touches={Need.DETAIL},
    )


def sharpness(facts: ShotFacts) -> Gate:
    """Width of the edges about the eyes or of a sticker."""
    width = facts.edge_width_mm
    measured = not isinstance(width, NotMeasured)
    px_per_mm = facts.scale.px_per_mm if facts.scale else MAX_EDGE_PX / MOST_MAX_EDGE_MM
    limit = min(max(MAX_EDGE_PX / px_per_mm, LEAST_MAX_EDGE_MM), MOST_MAX_EDGE_MM)
    return gate(
        "sharpness",
        width if not isinstance(width, NotMeasured) else None,
        "mm",
        limit,
        passed=not isinstance(width, NotMeasured) and width <= limit,
        advice="focus on the nearer eye, hold still and clean the lens"
        if measured
        else "open the eyes so that lids and lashes can show the focus",
        touches={Need.DETAIL},
    )
