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
from progress.ui.theme import DARK, LIGHT
from progress.views.catalogue.looks import LOOK_WORDS

ROOT = Path(__file__).parents[2]


def test_the_app_is_served_on_this_machine_only_and_tells_nobody():
    flags = serve_flags(port=8599)
    pairs = dict(zip(flags[::2], flags[1::2], strict=True))
    assert pairs["--server.address"] == "127.0.0.1"
    assert pairs["--browser.gatherUsageStats"] == "false"
    assert pairs["--client.showErrorDetails"] == "none"
    assert pairs["--server.enableXsrfProtection"] == "true"
    assert pairs["--server.enableCORS"] == "true"
    assert pairs["--server.enableAgentApi"] == "false"
    assert pairs["--client.showErrorLinks"] == "false"
    assert int(pairs["--server.maxUploadSize"]) <= 100
    hosts = [flags[n + 1] for n, flag in enumerate(flags) if flag == "--server.allowedHosts"]
    assert hosts == ["localhost", "127.0.0.1"]
    assert serve_flags(hosts=["clinic.example"])[-1] == "clinic.example"
    assert pairs["--server.headless"] == "true"
    assert pairs["--server.port"] == "8599"
    assert "--server.port" not in serve_flags()


def test_the_configuration_file_says_the_same_as_the_flags():
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    flags = serve_flags()
    pairs = list(zip(flags[::2], flags[1::2], strict=True))
    for name, value in options_of(written):
        expected = value if isinstance(value, list) else [value]
        said = [str(one).lower() if isinstance(one, bool) else str(one) for one in expected]
        assert [given for flag, given in pairs if flag == f"--{name}"] == said


def options_of(table: dict, before: str = "") -> list[tuple[str, object]]:
    """Every option of a configuration file by its dotted name."""
    found = []
    for name, value in table.items():
        inner = options_of(value, f"{before}{name}.") if isinstance(value, dict) else None
        found += inner if inner is not None else [(f"{before}{name}", value)]
    return found


def test_text_and_edges_stand_out_from_their_ground_in_both_themes():
    for colours in (LIGHT, DARK):
        grounds = [colours["backgroundColor"], colours["secondaryBackgroundColor"]]
        for ground in grounds:
            assert contrast(colours["textColor"], ground) >= 7
            assert contrast(colours["orangeTextColor"], ground) >= 7
            assert contrast(colours["linkColor"], ground) >= 4.5
        assert contrast(colours["borderColor"], grounds[0]) >= 3
        assert contrast(colours["primaryColor"], grounds[0]) >= 3
        assert contrast(colours["primaryColor"], "#FFFFFF") >= 4  # large or bold: 3 would do


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2.2."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_option_is_known_to_the_installed_streamlit():
    from streamlit import config

    for flag in serve_flags(port=8599)[::2]:
        assert flag.removeprefix("--") in config._config_options_template


def test_the_command_becomes_the_server(monkeypatch: pytest.MonkeyPatch):
    called = []
    monkeypatch.setattr(starter.os, "execv", lambda path, argv: called.append((path, argv)))
    monkeypatch.setattr(sys, "argv", ["progress.ui", "--port", "8599", "--host", "c.example"])
    starter.main()
    assert called == [(sys.executable, serve_command(port=8599, hosts=["c.example"]))]
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
