"""What every answer of the server carries, and what it does not hand out."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from progress.ui import screens

# Streamlit's own front end draws with inline styles, charts with `eval`, and components from blobs.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline' blob:",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # A page that opened this one in a window could send Streamlit's front end messages.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MEDIA = "/media/"
_UPLOAD = "/_stcore/upload_file/"
_NOT_ALLOWED = 1008
"""The channel's code for a policy that was broken (RFC 6455, section 7.4.1)."""

_NOBODY_S = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""How many people sit there and how much memory their pictures take is nobody's business."""


class Guard:
    """Around Streamlit's own application.

    Pictures and downloads go to browsers in which somebody is signed in, and are kept by none;
    uploads come from such browsers only. Every answer says that it may not be framed, sniffed or
    fed from elsewhere; behind TLS all cookies are for TLS only. A page of another address cannot
    open the app's channel.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on and complete what comes back."""
        if scope["type"] == "websocket" and not _is_own_page(scope):
            await send({"type": "websocket.close", "code": _NOT_ALLOWED})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, token = scope["path"], _token(scope)
        is_media = path.startswith(_MEDIA)
        safe = scope.get("scheme") == "https"

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if is_media:
                    headers["Cache-Control"] = "private, no-store"
                if safe:
                    _for_tls_only(headers)
                if token is None and headers.get("content-type", "").startswith("text/html"):
                    # Lax: a link from elsewhere must not give the browser another name.
                    headers.append(
                        "Set-Cookie",
                        f"{screens.COOKIE}={screens.new_token()}; Path=/; HttpOnly; SameSite=Lax"
                        + ("; Secure" if safe else ""),
                    )
            await send(message)

        is_closed = (is_media or path.startswith(_UPLOAD)) and not screens.is_open(token)
        if is_closed or path.startswith(_NOBODY_S):
            await PlainTextResponse("not found", 404)(scope, receive, completed)
            return
        await self._app(scope, receive, completed)


MIDDLEWARE = (Middleware(Guard),)


def _token(scope: Scope) -> str | None:
    """The browser's name in the request; None without one."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            if screens.COOKIE in cookies:
                return cookies[screens.COOKIE].value
    return None


def _is_own_page(scope: Scope) -> bool:
    """Whether the page that opens a channel came from the host that it asks; programs name none.

    Streamlit would ask a machine outside for its own address before it refuses.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    return origin is None or urlsplit(origin).netloc == headers.get(b"host")


def _for_tls_only(headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    if cookies:
        del headers["set-cookie"]
    for cookie in cookies:
        is_safe = "secure" in {part.strip().lower() for part in cookie.split(";")}
        headers.append("set-cookie", cookie if is_safe else f"{cookie}; Secure")
    headers["Strict-Transport-Security"] = "max-age=31536000"
