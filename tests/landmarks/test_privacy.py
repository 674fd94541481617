"""Photos of faces stay on this machine: the finder needs no network and knows no address."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import mediapipe
import numpy as np
import pytest

_FIND = """
import sys
import numpy as np
def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        print("NETWORK", event, arguments, flush=True)
        raise SystemExit(9)
sys.addaudithook(refuse)
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
face = find_face(DecodedPhoto.from_codes(np.load(sys.argv[1])))
print(face.points_xy.shape[0])
"""
# Addresses of manuals, inside error messages.
_MANUALS = {b"www.tensorflow.org", b"github.com"}


def _libraries():
    folder = Path(mediapipe.__file__).parent
    return [path for path in folder.rglob("*.so*") if path.stat().st_size > 100_000]


def test_the_face_library_holds_no_address_to_report_to():
    libraries = _libraries()
    assert libraries
    for path in libraries:
        hosts = set(re.findall(rb"(?:https?|wss?|grpcs?)://([A-Za-z0-9.-]+)", path.read_bytes()))
        assert hosts <= _MANUALS, f"{path.name} knows {sorted(hosts - _MANUALS)}"


def test_the_face_library_does_not_look_up_names():
    for path in _libraries():
        names = path.read_bytes()
        for call in (b"getaddrinfo", b"gethostbyname", b"curl_easy_perform"):
            assert b"\x00" + call + b"\x00" not in names, f"{path.name} calls {call.decode()}"


def test_the_version_is_the_one_that_was_read():
    assert importlib.metadata.version("mediapipe") == "0.10.31"


def test_exactly_one_opencv_is_installed():
    names = {
        distribution.metadata["Name"].lower().replace("_", "-")
        for distribution in importlib.metadata.distributions()
    }
    assert [name for name in names if name.startswith("opencv")] == ["opencv-python-headless"]


def test_a_face_is_found_by_a_program_that_may_not_open_a_socket(frontal, tmp_path):
    np.save(tmp_path / "face.npy", frontal.codes)
    ran = subprocess.run(
        [sys.executable, "-c", _FIND, str(tmp_path / "face.npy")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.split()) == (0, ["478"]), ran.stdout + ran.stderr


def test_a_face_is_found_where_there_is_no_network(frontal, tmp_path):
    unshare = shutil.which("unshare")
    alone = [unshare, "--net", "--map-root-user"] if unshare else []
    if not unshare or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine cannot take the network away from a program")
    np.save(tmp_path / "face.npy", frontal.codes)
    ran = subprocess.run(
        [*alone, sys.executable, "-c", _FIND, str(tmp_path / "face.npy")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.split()) == (0, ["478"]), ran.stdout + ran.stderr
