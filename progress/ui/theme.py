"""Colours of the app, light and dark, told apart by readers of any colour vision.

Text stands at 7:1 or more on its ground, and edges of fields and buttons at 3:1 (WCAG 2.2, 1.4.3
and 1.4.11). The one accent is a blue, which no common colour blindness takes for the orange that
warnings have.
"""

from __future__ import annotations

LIGHT = {
    "primaryColor": "#0B5A8F",
    "backgroundColor": "#FFFFFF",
    "secondaryBackgroundColor": "#F1F4F6",
    "textColor": "#1B2229",
    "borderColor": "#87919B",
    "linkColor": "#0B5A8F",
    "orangeTextColor": "#7A3300",
    "greenTextColor": "#0B5132",
    "redTextColor": "#8E1B1B",
}
DARK = {
    "primaryColor": "#2A76B0",
    "backgroundColor": "#14181C",
    "secondaryBackgroundColor": "#20262C",
    "textColor": "#ECEFF2",
    "borderColor": "#6F7A85",
    "linkColor": "#8CC8F0",
    "orangeTextColor": "#FFC48A",
    "greenTextColor": "#9BE3BF",
    "redTextColor": "#FFB3AC",
}


def theme_flags() -> dict[str, str]:
    """Return the colours as Streamlit's options; the browser's own setting chooses between them."""
    return {
        f"theme.{name}.{option}": colour
        for name, colours in (("light", LIGHT), ("dark", DARK))
        for option, colour in colours.items()
    }
