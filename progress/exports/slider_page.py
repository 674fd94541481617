"""One file with a before/after slider that asks nothing of any network.

Works with mouse, touch and keyboard; without scripts both pictures stand one above the other. The
content policy allows this file's own script and style by their hashes and pictures inside the file,
nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
from dataclasses import dataclass

from PIL import Image

_STYLE = """
:root{--ink:#1b1c1e;--ground:#fff;--mark:#0b5394}
@media (prefers-color-scheme:dark){:root{--ink:#eceded;--ground:#17181a;--mark:#8ec5ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:64rem;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.2rem;margin:0 0 .6rem}
.frame{position:relative;overflow:hidden;border-radius:4px}
.frame img{display:block;width:100%;height:auto}
.edge,.foot{display:none}
.on .frame{--seen:50%;margin:0 auto;cursor:ew-resize;touch-action:pan-y;user-select:none;
-webkit-user-select:none}
.on .over{position:absolute;inset:0;clip-path:inset(0 calc(100% - var(--seen)) 0 0)}
.on .edge{display:block;position:absolute;top:0;bottom:0;left:var(--seen);width:3px;
margin-left:-1px;background:#fff;box-shadow:0 0 6px #000;pointer-events:none}
.on .edge::after{content:"\\2194";position:absolute;top:50%;left:50%;width:44px;height:44px;
margin:-22px 0 0 -22px;border-radius:50%;background:#fff;color:#111;box-shadow:0 0 6px #000;
font:26px/42px sans-serif;text-align:center}
.on .foot{display:flex;align-items:center;gap:.8rem;margin:.4rem auto 0}
.foot input{flex:1;height:44px;margin:0;accent-color:var(--mark)}
.foot input:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
@media print{.on .over{position:static;clip-path:none}.on .edge,.on .foot{display:none}}
"""

_SCRIPT = """
"use strict";
const main = document.querySelector("main");
const frame = main.querySelector(".frame");
const range = main.querySelector("input");
const under = main.querySelector(".under");
main.classList.add("on");
function fit() {
  const high = Math.max(240, window.innerHeight - 150);
  const wide = high * under.naturalWidth / Math.max(1, under.naturalHeight);
  frame.style.maxWidth = main.querySelector(".foot").style.maxWidth = wide + "px";
}
function show() {
  frame.style.setProperty("--seen", range.value + "%");
  range.setAttribute("aria-valuetext", Math.round(range.value) + " % " + range.dataset.first);
}
function slide(event) {
  const box = frame.getBoundingClientRect();
  range.value = 100 * (event.clientX - box.left) / Math.max(1, box.width);
  show();
}
let held = null;
frame.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  held = event.pointerId;
  frame.setPointerCapture(held);
  if (event.pointerType === "mouse") { event.preventDefault(); slide(event); range.focus(); }
});
frame.addEventListener("pointermove", (event) => { if (event.pointerId === held) slide(event); });
frame.addEventListener("pointerup", (event) => { if (event.pointerId === held) slide(event); });
for (const end of ["pointerup", "pointercancel"])
  frame.addEventListener(end, (event) => { if (event.pointerId === held) held = null; });
range.addEventListener("input", show);
window.addEventListener("resize", fit);
under.addEventListener("load", fit);
fit();
show();
"""

_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div class="frame">
<img class="under" src="{second}" alt="{second_name}" draggable="false">
<img class="over" src="{first}" alt="{first_name}" draggable="false">
<div class="edge"></div>
</div>
<div class="foot"><span aria-hidden="true">{first_name}</span>
<input type="range" min="0" max="100" step="0.5" value="50" aria-label="{seen}"
 data-first="{first_name}">
<span aria-hidden="true">{second_name}</span></div>
</main>
<script>{script}</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class SliderWords:
    """Words of the page; what the pictures show is burnt into them."""

    title: str = "Before and after"
    first: str = "Before"
    second: str = "After"
    seen: str = "How much of the first picture is shown"


def slider_page(first: bytes, second: bytes, *, words: SliderWords | None = None) -> str:
    """An HTML page with two pictures under one slider.

    Parameters
    ----------
    first, second : bytes
        JPEG files of one size, e.g. both frames of a composed slider; they are carried as they
        are, with the credentials inside them.
    words : SliderWords, optional

    Returns
    -------
    str
        One file of about 4/3 of both pictures, to be written as UTF-8.

    Raises
    ------
    ValueError
        If a picture is no JPEG, or the two differ in size.
    """
    sizes = [_size(data) for data in (first, second)]
    if sizes[0] != sizes[1]:
        raise ValueError(f"slider: expected two pictures of one size, got {sizes[0]}, {sizes[1]}")
    said = words or SliderWords()
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(_STYLE)}'; "
        f"script-src '{_hash(_SCRIPT)}'; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        style=_STYLE,
        script=_SCRIPT,
        first=_data(first),
        second=_data(second),
        title=html.escape(said.title),
        first_name=html.escape(said.first),
        second_name=html.escape(said.second),
        seen=html.escape(said.seen),
    )


def _size(data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            return image.size
    except OSError as error:
        raise ValueError("slider: expected JPEG pictures") from error


def _data(jpeg: bytes) -> str:
    """A picture as an address inside the page."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def _hash(text: str) -> str:
    """What a content policy calls this inline text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
