"""How the app is served: on this machine only, silent to the outside, without tracebacks.

This module imports no Streamlit, so that the command line can ask it cheaply.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from progress.ui.theme import theme_flags

MAX_UPLOAD_MB = 100
"""A 100-megapixel JPEG, the largest photo that is read, stays below it."""


OWN_HOSTS = ("localhost", "127.0.0.1")
"""By which names a browser on this machine asks; a page of another name is refused."""


def serve_flags(
    *, port: int | None = None, address: str = "127.0.0.1", hosts: Sequence[str] = ()
) -> list[str]:
    """Return Streamlit's options as command-line arguments.

    Parameters
    ----------
    port : int, optional
        Default: Streamlit's own, 8501.
    address : str
        On which the server listens: this machine only, unless told otherwise.
    hosts : sequence of str
        Further names by which browsers ask for the app, as a reverse proxy hands them on.
    """
    flags = {
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
        "global.developmentMode": "false",
        "server.address": address,
        "server.enableAgentApi": "false",
        "server.enableCORS": "true",
        "server.enableStaticServing": "false",
        "server.enableXsrfProtection": "true",
        "server.fileWatcherType": "none",
        "server.headless": "true",
        "server.maxUploadSize": str(MAX_UPLOAD_MB),
        **theme_flags(),
    }
    if port is not None:
        flags["server.port"] = str(port)
    written = [part for name, value in flags.items() for part in (f"--{name}", value)]
    for host in (*OWN_HOSTS, *hosts):
        written += ["--server.allowedHosts", host]
    return written


def serve_command(*, port: int | None = None, hosts: Sequence[str] = ()) -> list[str]:
    """Return the command that starts the app; home and database come by environment variables."""
    script = Path(__file__).parent / "start" / "served.py"
    flags = serve_flags(port=port, hosts=hosts)
    return [sys.executable, "-m", "streamlit", "run", str(script), *flags]
