"""One component for looking at a pair: slider, side by side, blink and blend, zoomed together.

It works with mouse, touch and keyboard. Both pictures travel once, as bytes in the component's own
message; looks and zoom stay in the browser, so that nothing is sent again while one looks.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import asdict

import streamlit as st

from progress.ui.before_after_script import SCRIPT
from progress.views.catalogue.looks import LOOK_WORDS, LookWords

_MARKUP = """
<div class="ba" data-look="slider">
  <div class="bar looks" role="group"></div>
  <div class="names" aria-hidden="true"><span></span><span></span></div>
  <div class="frame" tabindex="0" role="group">
    <div class="layer under"><img alt="" draggable="false"></div>
    <div class="layer over"><img alt="" draggable="false"></div>
    <div class="edge"></div>
  </div>
  <div class="bar foot">
    <input type="range" min="0" max="100" step="0.5" value="50">
    <button type="button" class="play"></button>
    <span class="zooms" role="group"><button type="button" class="out">−</button><output
      aria-live="polite">100 %</output><button type="button" class="in">+</button><button
      type="button" class="whole"></button></span>
  </div>
</div>
"""

_STYLE = """
.ba { --seen: 50%; --ink: var(--st-text-color, #1f2328); --mark: var(--st-primary-color, #0b5394);
  max-width: min(56rem, calc(72vh * var(--aspect, 0.8))); min-width: min(100%, 20rem);
  margin: 0 auto; color: var(--ink); font-family: var(--st-font, sans-serif); }
.ba[data-look="side"] { max-width: min(100%, calc(144vh * var(--aspect, 0.8))); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0.5rem 0; }
.names { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: 0.25rem; }
.names span { transition: opacity 0.1s; }
.names span.away { opacity: 0.35; }
.ba[data-look="side"] .names span { flex: 1; }
.frame { position: relative; overflow: hidden; touch-action: pan-y; cursor: ew-resize;
  aspect-ratio: var(--aspect, 0.8); background: #808080; border-radius: 4px; user-select: none; }
.frame.zoomed { touch-action: none; cursor: grab; }
.ba[data-look="blink"] .frame, .ba[data-look="blend"] .frame, .ba[data-look="side"] .frame
  { cursor: default; }
.layer { position: absolute; inset: 0; overflow: hidden; }
.layer img { display: block; width: 100%; height: 100%; transform-origin: 0 0;
  transform: translate(var(--x, 0px), var(--y, 0px)) scale(var(--zoom, 1)); }
.ba[data-look="slider"] .over { clip-path: inset(0 calc(100% - var(--seen)) 0 0); }
.ba[data-look="blend"] .over { opacity: var(--share, 0.5); }
.ba[data-look="blink"] .over.away { visibility: hidden; }
.ba[data-look="side"] .frame { aspect-ratio: calc(2 * var(--aspect, 0.8)); }
.ba[data-look="side"] .over { right: calc(50% + 2px); }
.ba[data-look="side"] .under { left: calc(50% + 2px); }
.edge { position: absolute; top: 0; bottom: 0; left: var(--seen); width: 3px; margin-left: -1px;
  background: #fff; box-shadow: 0 0 6px #000; pointer-events: none; }
.edge::after { content: "\\2194"; position: absolute; top: 50%; left: 50%; width: 44px;
  height: 44px; margin: -22px 0 0 -22px; border-radius: 50%; background: #fff; color: #111;
  box-shadow: 0 0 6px #000; font: 26px/42px sans-serif; text-align: center; }
.ba:not([data-look="slider"]) .edge, .ba:not([data-look="blink"]) .play,
.ba[data-look="blink"] input, .ba[data-look="side"] input { display: none; }
input { flex: 1 1 12rem; height: 44px; margin: 0; accent-color: var(--mark); }
.foot { justify-content: flex-end; }
.zooms { display: inline-flex; align-items: center; gap: 0.25rem; }
output { min-width: 3.6rem; text-align: center; font-variant-numeric: tabular-nums; }
button { min-height: 44px; min-width: 44px; padding: 0 0.9rem; border-radius: 0.5rem;
  border: 1px solid color-mix(in srgb, var(--ink) 55%, transparent); cursor: pointer;
  background: none; color: var(--ink); font: inherit; }
button[aria-pressed="true"] { background: var(--ink); color: var(--st-background-color, #fff); }
button:focus-visible, input:focus-visible, .frame:focus-visible
  { outline: 3px solid var(--mark); outline-offset: 2px; }
@media (max-width: 30rem) { button { padding: 0 0.6rem; } }
"""

_component = st.components.v2.component(
    "progress_before_after", html=_MARKUP, css=_STYLE, js=SCRIPT
)


def packed(first: bytes, second: bytes, names: tuple[str, str], words: LookWords) -> bytes:
    """Return header length, header and both pictures in one message.

    Only bare bytes arrive as bytes in the browser: inside a dictionary they would be text.

    Parameters
    ----------
    first, second : bytes
        Encoded pictures.
    names : tuple of str
        What stands above them.
    words : LookWords
        All words of the component, set as text and never as markup.
    """
    head = {
        "first_bytes": len(first),
        "names": names,
        "words": asdict(words),
        "key": hashlib.sha256(first + second).hexdigest(),
    }
    text = json.dumps(head).encode("utf-8")
    return struct.pack(">I", len(text)) + text + first + second


def before_after(
    baseline: bytes,
    followup: bytes,
    names: tuple[str, str],
    *,
    key: str,
    words: LookWords = LOOK_WORDS,
) -> None:
    """Show two pictures of one size under a slider, side by side, in turn or blended.

    Blinking starts by itself only where the system was not asked for less motion. Zoom (wheel with
    Ctrl or on a focused picture, two fingers, buttons, plus and minus) and panning move both
    pictures alike.

    Parameters
    ----------
    baseline, followup : bytes
        JPEG pictures of one size.
    names : tuple of str
        What stands above them; set as text, never as markup.
    key : str
        Names the widget; look, zoom and divider survive reruns under it.
    words : LookWords
    """
    _component(data=packed(baseline, followup, names, words), key=key)
