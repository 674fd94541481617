"""What the before/after component does in the browser.

State lives on the component's own element, so that a rerun of the page, which calls the default
function again, changes nothing that the reader sees.
"""

from __future__ import annotations

SCRIPT = """
const LOOKS = ["slider", "side", "blink", "blend"];
const MOST_ZOOM = 8;
const BLINK_MS = 900;
const STEP = 1.4;

function unpack(data) {
  const view = new DataView(data.buffer, data.byteOffset);
  const length = view.getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(data.slice(4, 4 + length)));
  const split = 4 + length + head.first_bytes;
  const blob = (part) => new Blob([part], {type: "image/jpeg"});
  return {head, first: blob(data.slice(4 + length, split)), second: blob(data.slice(split))};
}

function place(img, blob) {
  const address = URL.createObjectURL(blob);
  img.onload = () => URL.revokeObjectURL(address);
  img.src = address;
}

function build(root, pictures) {
  const one = (selector) => root.querySelector(selector);
  const frame = one(".frame");
  const range = one("input");
  const play = one(".play");
  const names = root.querySelectorAll(".names span");
  const over = one(".over");
  const under = one(".under");
  const {words} = pictures.head;
  const at = {look: "slider", zoom: 1, x: 0, y: 0, timer: null, away: false};

  const show = () => {
    root.dataset.look = at.look;
    root.style.setProperty("--seen", range.value + "%");
    root.style.setProperty("--share", range.value / 100);
    range.setAttribute("aria-label", at.look === "blend" ? words.blended : words.seen);
    range.setAttribute("aria-valuetext", words.value.replace("{}", Math.round(range.value)));
    frame.classList.toggle("zoomed", at.zoom > 1);
    for (const [name, value] of [["--zoom", at.zoom], ["--x", at.x + "px"], ["--y", at.y + "px"]])
      frame.style.setProperty(name, value);
    one("output").textContent = Math.round(100 * at.zoom) + " %";
    const blinking = at.look === "blink";
    over.classList.toggle("away", blinking && at.away);
    names[0].classList.toggle("away", blinking && at.away);
    names[1].classList.toggle("away", blinking && !at.away);
    play.textContent = at.timer === null ? words.play : words.pause;
    for (const button of root.querySelectorAll(".looks button"))
      button.setAttribute("aria-pressed", String(button.dataset.look === at.look));
  };
  const pause = () => { clearInterval(at.timer); at.timer = null; };
  const blink = () => { at.timer = setInterval(() => { at.away = !at.away; show(); }, BLINK_MS); };
  const choose = (look) => {
    pause();
    at.look = look;
    at.away = false;
    zoomTo(1, 0, 0);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (look === "blink" && !still) blink();
    show();
  };
  const box = () => under.getBoundingClientRect();
  const hold = () => {
    const {width, height} = box();
    at.x = Math.min(0, Math.max(width * (1 - at.zoom), at.x));
    at.y = Math.min(0, Math.max(height * (1 - at.zoom), at.y));
  };
  function zoomTo(zoom, x, y) {
    const next = Math.min(MOST_ZOOM, Math.max(1, zoom));
    at.x = x - (x - at.x) * next / at.zoom;
    at.y = y - (y - at.y) * next / at.zoom;
    at.zoom = next;
    hold();
    show();
  }
  const zoomBy = (factor) => {
    const {width, height} = box();
    zoomTo(at.zoom * factor, width / 2, height / 2);
  };
  const within = (event) => {
    const {left, top, width} = frame.getBoundingClientRect();
    const half = at.look === "side" ? width / 2 : Infinity;
    return {x: (event.clientX - left) % half, y: event.clientY - top};
  };
  const pan = (dx, dy) => { at.x += dx; at.y += dy; hold(); show(); };
  const slide = (event) => {
    const {left, width} = frame.getBoundingClientRect();
    range.value = 100 * (event.clientX - left) / width;
    show();
  };

  const fingers = new Map();
  let doing = null;
  let spread = 0;
  const gap = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  const middle = () => {
    const [a, b] = [...fingers.values()];
    return {clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2};
  };
  frame.onpointerdown = (event) => {
    fingers.set(event.pointerId, event);
    frame.setPointerCapture(event.pointerId);
    if (fingers.size === 2) { doing = "pinch"; spread = gap(); return; }
    const {left, width} = frame.getBoundingClientRect();
    const near = Math.abs(event.clientX - left - width * range.value / 100) < 30;
    doing = at.look === "slider" && (at.zoom === 1 || near) ? "slide" : "pan";
    if (doing === "slide" && event.pointerType === "mouse") slide(event);
  };
  frame.onpointermove = (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    fingers.set(event.pointerId, event);
    if (doing === "slide") slide(event);
    else if (doing === "pan") pan(event.clientX - last.clientX, event.clientY - last.clientY);
    else if (doing === "pinch" && fingers.size === 2) {
      const {x, y} = within(middle());
      const now = gap();
      zoomTo(at.zoom * now / Math.max(1, spread), x, y);
      spread = now;
    }
  };
  frame.onpointerup = (event) => {
    if (doing === "slide") slide(event);
    fingers.delete(event.pointerId);
    if (!fingers.size) doing = null;
  };
  frame.onpointercancel = (event) => { fingers.delete(event.pointerId); doing = null; };
  frame.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey && !frame.matches(":focus")) return;
    event.preventDefault();
    const {x, y} = within(event);
    zoomTo(at.zoom * Math.exp(-event.deltaY / 400), x, y);
  };
  frame.onkeydown = (event) => {
    const arrows = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
    if (event.key === "+" || event.key === "=") zoomBy(STEP);
    else if (event.key === "-") zoomBy(1 / STEP);
    else if (event.key === "0") zoomTo(1, 0, 0);
    else if (event.key in arrows && at.zoom > 1) {
      const [right, down] = arrows[event.key];
      pan(40 * right, 40 * down);
    } else if (event.key in arrows && arrows[event.key][0]) {
      range.value = Number(range.value) - arrows[event.key][0];
      show();
    } else return;
    event.preventDefault();
  };

  for (const look of LOOKS) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.look = look;
    button.textContent = words[look];
    button.onclick = () => choose(look);
    one(".looks").append(button);
  }
  one(".looks").setAttribute("aria-label", words.looks);
  one(".zooms").setAttribute("aria-label", words.zoom);
  frame.setAttribute("aria-label", words.frame);
  one(".in").setAttribute("aria-label", words.nearer);
  one(".out").setAttribute("aria-label", words.farther);
  one(".whole").textContent = words.whole;
  one(".in").onclick = () => zoomBy(STEP);
  one(".out").onclick = () => zoomBy(1 / STEP);
  one(".whole").onclick = () => zoomTo(1, 0, 0);
  play.onclick = () => { if (at.timer === null) blink(); else pause(); show(); };
  range.oninput = show;
  show();
  return {pause};
}

function fill(root, pictures) {
  const {names} = pictures.head;
  const spans = root.querySelectorAll(".names span");
  const over = root.querySelector(".over img");
  const under = root.querySelector(".under img");
  spans[0].textContent = over.alt = names[0];
  spans[1].textContent = under.alt = names[1];
  place(over, pictures.first);
  place(under, pictures.second);
  under.addEventListener("load", () => root.style.setProperty(
    "--aspect", under.naturalWidth / under.naturalHeight), {once: true});
}

export default function ({data, parentElement}) {
  const root = parentElement.querySelector(".ba");
  const pictures = unpack(data);
  if (!root.built) root.built = build(root, pictures);
  if (root.dataset.pictures !== pictures.head.key) {
    root.dataset.pictures = pictures.head.key;
    fill(root, pictures);
  }
  return () => { if (!root.isConnected) root.built.pause(); };
}
"""
