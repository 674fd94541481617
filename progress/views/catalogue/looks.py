"""The words of the before/after component, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookWords:
    """Labels for buttons, and what assistive technology reads out.

    `value` holds ``{}`` where the percentage stands.
    """

    looks: str
    slider: str
    side: str
    blink: str
    blend: str
    seen: str
    blended: str
    value: str
    frame: str
    play: str
    pause: str
    zoom: str
    nearer: str
    farther: str
    whole: str


LOOK_WORDS = LookWords(
    looks="How to look at the two pictures",
    slider="Slider",
    side="Side by side",
    blink="Blink",
    blend="Blend",
    seen="How much of the earlier picture is seen",
    blended="How strongly the earlier picture is seen",
    value="{} % earlier picture",
    frame="Both pictures. Plus and minus zoom, arrow keys move.",
    play="Play",
    pause="Pause",
    zoom="Zoom of both pictures",
    nearer="Zoom in",
    farther="Zoom out",
    whole="Whole",
)
