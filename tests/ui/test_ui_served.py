"""The server as `progress serve` starts it: the guard stands around what it answers."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from pathlib import Path

import pytest

from progress.ui.guard import HEADERS
from progress.ui.serve_flags import serve_command


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, home: Path) -> Iterator[None]:
    environment = {**os.environ, "PROGRESS_HOME": str(home / "record"), "HOME": str(home)}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
        try:
            for _ in range(240):
                try:
                    answered(port, "/_stcore/health")
                    break
                except OSError:
                    assert server.poll() is None, (home / "server.log").read_text()
                    time.sleep(0.25)
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)


def answered(port: int, path: str, **headers: str) -> tuple[int, HTTPMessage]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return answer.status, answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers


def channel(port: int, host: str, origin: str) -> str:
    """The first line of the answer to whoever wants to open the app's channel."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        f"Origin: {origin}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as asked:
        asked.sendall("\r\n".join((*lines, "", "")).encode())
        return asked.recv(200).decode().splitlines()[0]


@pytest.mark.slow
def test_the_guard_stands_around_the_server_that_is_started(tmp_path: Path) -> None:
    port = free_port()
    command = serve_command(port=port, hosts=["clinic.example"])
    with running(command, port, tmp_path):
        status, headers = answered(port, "/")
        assert status == 200
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "progress_screen=" in headers["Set-Cookie"]
        assert "HttpOnly" in headers["Set-Cookie"]
        _, behind_tls = answered(port, "/", **{"X-Forwarded-Proto": "https"})
        assert behind_tls["Set-Cookie"].endswith("; Secure")
        assert behind_tls["Strict-Transport-Security"]
        for closed in ("/media/0123.jpg", "/_stcore/metrics", "/_stcore/agent/openapi.json"):
            assert answered(port, closed)[0] == 404
        own = f"127.0.0.1:{port}"
        assert " 101 " in channel(port, own, f"http://{own}")
        assert " 101 " in channel(port, "clinic.example", "https://clinic.example")
        assert " 403 " in channel(port, own, "http://elsewhere.example")
        assert " 403 " in channel(port, "elsewhere.example", "http://elsewhere.example")
