"""How the app is started."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from progress.ui import __main__ as starter
from progress.ui.before_after import packed
from progress.ui.serve_flags import serve_command, serve_flags
from progress.views.catalogue.looks import LOOK_WORDS

ROOT = Path(__file__).parents[2]


def test_the_app_is_served_on_this_machine_only_and_tells_nobody():
    flags = serve_flags(port=8599)
    pairs = dict(zip(flags[::2], flags[1::2], strict=True))
    assert pairs["--server.address"] == "127.0.0.1"
    assert pairs["--browser.gatherUsageStats"] == "false"
    assert pairs["--client.showErrorDetails"] == "none"
    assert pairs["--server.enableXsrfProtection"] == "true"
    assert pairs["--server.headless"] == "true"
    assert pairs["--server.port"] == "8599"
    assert "--server.port" not in serve_flags()


def test_the_configuration_file_says_the_same_as_the_flags():
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    flags = serve_flags()
    pairs = dict(zip(flags[::2], flags[1::2], strict=True))
    for section, options in written.items():
        for name, value in options.items():
            expected = str(value).lower() if isinstance(value, bool) else str(value)
            assert pairs[f"--{section}.{name}"] == expected


def test_every_option_is_known_to_the_installed_streamlit():
    from streamlit import config

    for flag in serve_flags(port=8599)[::2]:
        assert flag.removeprefix("--") in config._config_options_template


def test_the_command_becomes_the_server(monkeypatch: pytest.MonkeyPatch):
    called = []
    monkeypatch.setattr(starter.os, "execv", lambda path, argv: called.append((path, argv)))
    monkeypatch.setattr(sys, "argv", ["progress.ui", "--port", "8599"])
    starter.main()
    assert called == [(sys.executable, serve_command(port=8599))]
    assert Path(called[0][1][4]).is_file()


def test_no_folder_of_pages_lies_beside_the_start_script():
    # Streamlit would run such files by themselves, past the router and its error line.
    for script in (Path(serve_command()[4]), ROOT / "app.py"):
        assert script.is_file()
        assert not (script.parent / "pages").exists()


def test_asking_for_the_flags_does_not_load_streamlit():
    code = (
        "import sys, progress.ui.serve_flags; "
        "sys.exit('streamlit' in sys.modules or 'cv2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_pictures_travel_with_a_header_that_tells_where_one_ends():
    sent = packed(b"first", b"second", ("<b>a</b>", "b"), LOOK_WORDS)
    length = int.from_bytes(sent[:4], "big")
    assert sent[4 + length :] == b"firstsecond"
    assert json.loads(sent[4 : 4 + length])["first_bytes"] == 5
