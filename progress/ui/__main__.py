"""``python -m progress.ui [--port N] [--host NAME]``: serve the app until it is stopped.

The home folder and the database come from ``PROGRESS_HOME`` and ``PROGRESS_DATABASE_URL``.
"""

from __future__ import annotations

import argparse
import os

from progress.ui.serve_flags import serve_command


def main() -> None:
    """Become the server process, so that whoever started this one also stops it."""
    parser = argparse.ArgumentParser(prog="python -m progress.ui", description=__doc__)
    parser.add_argument("--port", type=int, default=None, help="port on this machine, e.g. 8501")
    parser.add_argument("--host", action="append", default=[], help="name behind a proxy")
    asked = parser.parse_args()
    command = serve_command(port=asked.port, hosts=asked.host)
    os.execv(command[0], command)  # noqa: S606 - a fixed argument list, no shell


if __name__ == "__main__":
    main()
