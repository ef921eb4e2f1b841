"""The page with the widget, in front of the gateway: what stands in `web/`, at `/`."""

from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
VENDOR = "https://cdn.platform.openai.com"
# The vendor's element puts one style of its own into the page, always the same.
VENDOR_STYLE = "'sha256-G2shiuZXM1qoGNHm7OQ6u7Ye45SO8f8LKO17q0kfGvw='"
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {VENDOR}",
        f"style-src 'self' {VENDOR_STYLE}",
        f"frame-src {VENDOR}",
        f"img-src 'self' data: {VENDOR}",
        f"font-src {VENDOR}",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def with_page(folder: Path, gateway: ASGIApp) -> ASGIApp:
    """The gateway with the files of a folder in front of it, its `index.html` at `/`.

    Only what a listing of the folder names is served, so no path leads out of it. An edited file
    is served at the next request.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["method"] in ("GET", "HEAD")
        path = _files(folder).get(scope["path"]) if asked else None
        if path is None:
            await gateway(scope, receive, send)
            return
        answer = FileResponse(path, headers=HEADERS, media_type=TYPES[path.suffix])
        await answer(scope, receive, send)

    return app


def _files(folder: Path) -> dict[str, Path]:
    """The files that a browser may ask for, by the path of their request."""
    files = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.suffix in TYPES and path.is_file()
    }
    return files | {"/": folder / "index.html"} if "/index.html" in files else files
