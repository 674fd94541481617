"""The slider is one file that asks nothing of anybody and is moved by hand and by keys."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from progress.exports.slider_page import SliderWords, slider_page

BROWSER = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)


def jpeg(shade: int, size: tuple[int, int] = (240, 310)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(stream, "JPEG")
    return stream.getvalue()


def hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_everything_is_inside_and_nothing_else_is_allowed():
    page = slider_page(jpeg(60), jpeg(200))
    assert not re.search(r"https?://|//[a-z]|<link|<iframe|<form|@import|fetch\(", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inline) == 1
        assert f"{tag}-src 'sha256-{hashed(inline[0])}'" in policy[1]
    assert not re.search(r"\son\w+=|\sstyle=", page)  # a policy of hashes would not run them
    carried = [base64.b64decode(part) for part in re.findall(r'base64,([^"]+)"', page)]
    assert carried == [jpeg(200), jpeg(60)]


def test_words_are_text_and_never_markup():
    bad = '"><script>alert(1)</script>'
    page = slider_page(jpeg(1), jpeg(2), words=SliderWords(bad, bad, bad, bad))
    assert page.count("<script>") == 1
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 8


def test_two_pictures_of_one_size_are_needed():
    with pytest.raises(ValueError, match="one size, got"):
        slider_page(jpeg(1), jpeg(2, (240, 311)))
    with pytest.raises(ValueError, match="expected JPEG pictures"):
        slider_page(jpeg(1), b"GIF89a")


@pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to move the slider")
def test_it_moves_by_mouse_touch_and_keys_and_asks_nothing(tmp_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "slider.html"
    path.write_text(slider_page(jpeg(40), jpeg(220)), encoding="utf-8")
    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=BROWSER, headless=True, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(
            viewport={"width": 500, "height": 700}, has_touch=True
        ).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        frame, seen = page.locator(".frame"), "e => parseFloat(e.style.getPropertyValue('--seen'))"
        box = frame.bounding_box()
        assert box
        assert box["width"] / box["height"] == pytest.approx(240 / 310, rel=0.02)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 90)
        page.mouse.up()
        assert frame.evaluate(seen) == pytest.approx(20.0, abs=0.6)
        page.keyboard.press("ArrowRight")
        assert frame.evaluate(seen) == pytest.approx(20.5, abs=0.6)
        page.keyboard.press("End")
        assert frame.evaluate(seen) == 100.0
        shot = np.asarray(Image.open(io.BytesIO(frame.screenshot())).convert("L"))
        assert shot[20, 30] == pytest.approx(40, abs=4)  # all of the first picture
        for kind, share in (("pointerdown", 0.9), ("pointermove", 0.3), ("pointerup", 0.3)):
            frame.dispatch_event(
                kind,
                {
                    "pointerId": 1,
                    "pointerType": "touch",
                    "button": 0,
                    "clientX": box["x"] + share * box["width"],
                    "clientY": box["y"] + 30,
                },
            )
        assert frame.evaluate(seen) == pytest.approx(30.0, abs=0.6)
        browser.close()
    assert asked[:1] == [path.as_uri()]
    assert all(url.startswith("data:") for url in asked[1:])
    assert said == []
