"""A real server and a real browser for the journeys; screenshots go where CI keeps them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from progress.ui.serve_flags import serve_command

SCREENSHOTS_VARIABLE = "PROGRESS_SCREENSHOTS"
STAND_IN = Path(__file__).with_name("stand_in_app.py")
BROWSER = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
TALLEST_PX = 4000
OURS = ("serious", "critical")
"""Grades of axe-core that fail a journey."""


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def served(script: Path | None, home: Path, **environment: str) -> Iterator[str]:
    """The app's address while its server runs; the real app, or a script instead of it."""
    home.mkdir(exist_ok=True)
    port = free_port()
    command = serve_command(port=port)
    if script is not None:
        command[4] = str(script)
    surroundings = {**os.environ, "PROGRESS_HOME": str(home), "HOME": str(home), **environment}
    surroundings.pop("PROGRESS_DATABASE_URL", None)
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, (home / "server.log").read_text()
                time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


class Tab:
    """One tab of a browser, with what it asked of other machines and how to look at it."""

    def __init__(self, page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.outside: list[str] = []
        own = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else self.outside.append(r.url))

    def shoot(self, name: str) -> None:
        """Keep the whole page as a picture."""
        width = self.page.viewport_size["width"]
        before = self.page.viewport_size
        height = self.page.evaluate(
            "Math.max(innerHeight, ...[...document.querySelectorAll('[data-testid=stMain]')]"
            ".map(e => e.scrollHeight))"
        )
        self.page.set_viewport_size({"width": width, "height": min(TALLEST_PX, int(height))})
        self.page.wait_for_timeout(700)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self.folder / f"{name}.png"))
        self.page.set_viewport_size(before)

    def faults(self) -> list[str]:
        """What axe-core finds serious or worse, one line each.

        Streamlit's toast is left out: it is a dialog without a name, which nobody here can give.
        What it says stands on the page too, or follows from what is seen.
        """
        from axe_playwright_python.sync_playwright import Axe

        not_ours = {"exclude": [["[data-testid=stToast]"]]}
        found = Axe().run(self.page, context=not_ours).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
            for one in found
            if one["impact"] in OURS
            for node in one["nodes"]
        ]


@contextmanager
def browser_tab(folder: Path, viewport: dict[str, int], **context) -> Iterator[Tab]:
    """A fresh tab with a touch screen."""
    from playwright.sync_api import sync_playwright

    kept = os.environ.get(SCREENSHOTS_VARIABLE)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=BROWSER, headless=True, args=FLAGS)
        context = {"viewport": viewport, "has_touch": True, "locale": "en-GB", **context}
        page = browser.new_context(**context).new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield Tab(page, Path(kept) if kept else folder / "screenshots")
        browser.close()
