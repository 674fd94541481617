"""How the app is served: on this machine only, silent to the outside, without tracebacks.

This module imports no Streamlit, so that the command line can ask it cheaply.
"""

from __future__ import annotations

import sys
from pathlib import Path

MAX_UPLOAD_MB = 100
"""A 100-megapixel JPEG, the largest photo that is read, stays below it."""


def serve_flags(*, port: int | None = None, address: str = "127.0.0.1") -> list[str]:
    """Return Streamlit's options as command-line arguments."""
    flags = {
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "global.developmentMode": "false",
        "server.address": address,
        "server.enableXsrfProtection": "true",
        "server.fileWatcherType": "none",
        "server.headless": "true",
        "server.maxUploadSize": str(MAX_UPLOAD_MB),
    }
    if port is not None:
        flags["server.port"] = str(port)
    return [part for name, value in flags.items() for part in (f"--{name}", value)]


def serve_command(*, port: int | None = None) -> list[str]:
    """Return the command that starts the app; home and database come by environment variables."""
    script = Path(__file__).parent / "start" / "main.py"
    return [sys.executable, "-m", "streamlit", "run", str(script), *serve_flags(port=port)]
