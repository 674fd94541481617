"""Two small components of our own: a before/after slider and a blink with a pause button.

They work with mouse, touch and keyboard and ask nothing of any server: pictures travel as bytes in
the component's own message.
"""

from __future__ import annotations

import json
import struct

import streamlit as st

_STYLE = """
.pair { position: relative; max-width: min(52rem, calc(82vh * var(--aspect, 0.8)));
  margin: 0 auto; --seen: 50%; touch-action: pan-y; }
.pair img { display: block; width: 100%; height: auto; user-select: none; }
.pair img.over { position: absolute; inset: 0; }
.slide img.over { clip-path: inset(0 calc(100% - var(--seen)) 0 0); }
.slide .edge { position: absolute; top: 0; bottom: 0; left: var(--seen); width: 3px;
  margin-left: -1px; background: #fff; box-shadow: 0 0 6px #000; pointer-events: none; }
.slide .edge::after { content: "\\2194"; position: absolute; top: 50%; left: 50%; width: 44px;
  height: 44px; margin: -22px 0 0 -22px; border-radius: 50%; background: #fff; color: #111;
  box-shadow: 0 0 6px #000; font: 26px/42px sans-serif; text-align: center; }
.slide input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: ew-resize; touch-action: pan-y; }
.pair:focus-within { outline: 3px solid var(--st-primary-color, #0b5394); outline-offset: 3px; }
.names { display: flex; justify-content: space-between; gap: 1rem; max-width: 52rem;
  margin: 0 auto 0.4rem; color: var(--st-text-color, #222);
  font-family: var(--st-font, sans-serif); }
.blink img.over { visibility: hidden; }
.blink.second img.over { visibility: visible; }
button { display: block; min-height: 44px; min-width: 8rem; margin: 0.6rem auto 0; padding: 0 1rem;
  border: 1px solid currentColor; border-radius: 0.5rem; background: none; cursor: pointer;
  color: var(--st-text-color, #222); font: inherit; font-family: var(--st-font, sans-serif); }
button:focus-visible { outline: 3px solid var(--st-primary-color, #0b5394); }
"""

_UNPACK = """
function unpack(data) {
  const view = new DataView(data.buffer, data.byteOffset);
  const headLength = view.getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(data.slice(4, 4 + headLength)));
  const start = 4 + headLength;
  const split = start + head.first_bytes;
  const address = (part) => URL.createObjectURL(new Blob([part], {type: "image/jpeg"}));
  return {head, first: address(data.slice(start, split)), second: address(data.slice(split))};
}
function fill(root, pictures) {
  const names = root.querySelectorAll(".names span");
  names[0].textContent = pictures.head.names[0];
  names[1].textContent = pictures.head.names[1];
  const under = root.querySelector("img.under");
  const over = root.querySelector("img.over");
  under.src = pictures.head.over === "first" ? pictures.second : pictures.first;
  over.src = pictures.head.over === "first" ? pictures.first : pictures.second;
  under.alt = pictures.head.names[pictures.head.over === "first" ? 1 : 0];
  under.onload = () => root.querySelector(".pair")
    .style.setProperty("--aspect", under.naturalWidth / under.naturalHeight);
  over.alt = pictures.head.names[pictures.head.over === "first" ? 0 : 1];
}
function forget(pictures) {
  URL.revokeObjectURL(pictures.first);
  URL.revokeObjectURL(pictures.second);
}
"""

_slider = st.components.v2.component(
    "progress_before_after",
    html="""
<div class="names"><span></span><span></span></div>
<div class="pair slide"><img class="under" alt=""><img class="over" alt=""><div class="edge"></div>
<input type="range" min="0" max="100" step="0.5" value="50"
 aria-label="Move between baseline and follow-up; arrow keys work too"></div>
""",
    css=_STYLE,
    js=_UNPACK
    + """
export default function ({data, parentElement, setStateValue}) {
  const pictures = unpack(data);
  fill(parentElement, pictures);
  const pair = parentElement.querySelector(".pair");
  const range = parentElement.querySelector("input");
  const show = () => {
    pair.style.setProperty("--seen", range.value + "%");
    range.setAttribute("aria-valuetext", Math.round(range.value) + " % baseline");
  };
  show();
  range.oninput = show;
  range.onchange = () => setStateValue("seen", Number(range.value));
  return () => forget(pictures);
}
""",
)

_blink = st.components.v2.component(
    "progress_blink",
    html="""
<div class="names"><span></span><span></span></div>
<div class="pair blink"><img class="under" alt=""><img class="over" alt=""></div>
<button type="button" aria-live="polite">Pause</button>
""",
    css=_STYLE,
    js=_UNPACK
    + """
export default function ({data, parentElement}) {
  const pictures = unpack(data);
  fill(parentElement, pictures);
  const pair = parentElement.querySelector(".pair");
  const button = parentElement.querySelector("button");
  const names = parentElement.querySelectorAll(".names span");
  let timer = null;
  const turn = () => {
    const second = pair.classList.toggle("second");
    names[0].style.fontWeight = second ? "normal" : "bold";
    names[1].style.fontWeight = second ? "bold" : "normal";
  };
  const play = () => { timer = setInterval(turn, 900); button.textContent = "Pause"; };
  const pause = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
  button.onclick = () => (timer === null ? play() : pause());
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) { pause(); } else { play(); }
  return () => { clearInterval(timer); forget(pictures); };
}
""",
)


def _packed(first: bytes, second: bytes, names: tuple[str, str], over: str) -> bytes:
    """Header length, header, both pictures: only bare bytes arrive as bytes in the browser."""
    head = json.dumps({"first_bytes": len(first), "names": names, "over": over}).encode("utf-8")
    return struct.pack(">I", len(head)) + head + first + second


def before_after(baseline: bytes, followup: bytes, names: tuple[str, str], *, key: str) -> float:
    """Show a draggable divider between two pictures and return how much of the baseline is seen.

    Parameters
    ----------
    baseline, followup : bytes
        JPEG pictures of one size.
    names : tuple of str
        What stands above them; set as text, never as markup.
    key : str
        Names the widget; its position survives reruns under it.

    Returns
    -------
    float
        Percent of the width, 0..100.
    """
    answer = _slider(
        data=_packed(baseline, followup, names, "first"),
        key=key,
        default={"seen": 50.0},
        on_seen_change=lambda: None,
    )
    return float(answer.seen)


def blink(baseline: bytes, followup: bytes, names: tuple[str, str], *, key: str) -> None:
    """Show two pictures in turn, 0.9 s each, with a pause button.

    It stands still at first for people who asked their system for less motion.
    """
    _blink(data=_packed(baseline, followup, names, "second"), key=key)
