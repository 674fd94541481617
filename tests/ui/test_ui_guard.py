"""What the server hands out, to which browser, and with which headers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from progress.ui import screens
from progress.ui.guard import HEADERS, Guard

Answer = tuple[int, list[tuple[str, str]]]


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands for Streamlit: pages, pictures, and a cookie of its own."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    is_page = not scope["path"].startswith("/media/")
    headers = [
        (b"content-type", b"text/html; charset=utf-8" if is_page else b"image/jpeg"),
        (b"cache-control", b"public"),
        (b"set-cookie", b"_streamlit_xsrf=1; Path=/"),
        (b"set-cookie", b"_streamlit_user=2; Path=/; Secure"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"a picture"})


def asked(path: str, *, cookie: str = "", scheme: str = "http") -> Answer:
    """Status and headers of an answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "scheme": scheme,
        "headers": headers,
    }
    asyncio.run(Guard(inside)(scope, receive, send))
    found = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], found


def cookies(answer: Answer) -> dict[str, str]:
    return {
        value.partition("=")[0]: value for name, value in answer[1] if name.lower() == "set-cookie"
    }


@pytest.fixture
def browser() -> Iterator[str]:
    """The cookie of a browser in which somebody is signed in."""
    token = screens.new_token()
    screens.keep_open(token, minutes=1)
    yield f"_streamlit_xsrf=1; {screens.COOKIE}={token}"
    screens.close(token)


def test_pictures_go_to_browsers_in_which_somebody_is_signed_in(browser: str) -> None:
    status, headers = asked("/media/0123.jpg", cookie=browser)
    assert status == 200
    assert ("cache-control", "private, no-store") in headers
    assert asked("/media/0123.jpg")[0] == 404
    assert asked("/media/0123.jpg", cookie=f"{screens.COOKIE}={screens.new_token()}")[0] == 404
    assert asked("/media/0123.jpg", cookie=f"{screens.COOKIE}=")[0] == 404


def test_a_browser_is_closed_when_its_time_is_over_or_somebody_leaves(
    browser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = browser.rpartition("=")[2]
    later = time.monotonic() + 61
    monkeypatch.setattr(screens.time, "monotonic", lambda: later)
    assert asked("/media/0123.jpg", cookie=browser)[0] == 404
    screens.keep_open(token, minutes=1)
    assert asked("/media/0123.jpg", cookie=browser)[0] == 200
    screens.close(token)
    assert asked("/media/0123.jpg", cookie=browser)[0] == 404


def test_nobody_s_browser_is_never_open() -> None:
    for nobody in (None, ""):
        screens.keep_open(nobody, minutes=1)
        assert not screens.is_open(nobody)


def test_uploads_come_from_somebody_who_is_signed_in(browser: str) -> None:
    assert asked("/_stcore/upload_file/s/f")[0] == 404
    assert asked("/_stcore/upload_file/s/f", cookie=browser)[0] == 200


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_is_nobody_s_business_is_not_there(browser: str, path: str) -> None:
    assert asked(path, cookie=browser)[0] == 404


def test_fonts_and_scripts_of_the_door_are_everybody_s() -> None:
    assert asked("/static/media/font.woff2")[0] == 200
    assert asked("/")[0] == 200


def test_every_answer_carries_the_headers() -> None:
    for path in ("/", "/media/unknown.jpg"):
        _, headers = asked(path)
        assert {name.lower(): value for name, value in headers}.items() >= {
            name.lower(): value for name, value in HEADERS.items()
        }.items()


def test_a_browser_gets_a_name_once_that_no_script_can_read(browser: str) -> None:
    first = cookies(asked("/"))[screens.COOKIE]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert first != cookies(asked("/"))[screens.COOKIE]
    assert screens.COOKIE not in cookies(asked("/", cookie=browser))


def test_behind_tls_every_cookie_is_for_tls_only() -> None:
    plain, safe = asked("/"), asked("/", scheme="https")
    assert not any("secure" in value.lower() for value in list(cookies(plain).values())[:1])
    assert len(cookies(safe)) == 3
    assert all(value.count("Secure") == 1 for value in cookies(safe).values())
    assert any(name.lower() == "strict-transport-security" for name, _ in safe[1])


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        (b"http://127.0.0.1:8501", True),
        (None, True),
        (b"http://elsewhere.example", False),
        (b"http://127.0.0.1:9999", False),
        (b"null", False),
    ],
)
def test_a_page_of_another_address_cannot_open_the_channel(
    origin: bytes | None, accepted: bool
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    headers = [(b"host", b"127.0.0.1:8501")]
    headers += [(b"origin", origin)] if origin else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(Guard(inside)(scope, receive, send))
    assert (sent[0]["type"] == "websocket.accept") is accepted
