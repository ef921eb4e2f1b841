"""The page with the widget: the files of `web/`, served in front of the gateway."""

from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
# Presigned addresses of files. The port of the storage is different in each run.
STORAGE = "http://127.0.0.1:*"
VENDOR = "https://cdn.platform.openai.com"
# The vendor's element adds one inline style, which is always the same.
VENDOR_STYLE = "'sha256-G2shiuZXM1qoGNHm7OQ6u7Ye45SO8f8LKO17q0kfGvw='"


POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {VENDOR}",
        f"style-src 'self' {VENDOR_STYLE}",
        f"frame-src {VENDOR}",
        f"img-src 'self' data: {VENDOR} {STORAGE}",
        f"font-src {VENDOR}",
        f"connect-src 'self' {STORAGE}",
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
    """Serve the files of a folder, with its `index.html` at `/`, and pass on all other requests.

    The paths come from a listing of the folder, so none leads out of it. Each request lists and
    reads the folder again, so an edit needs no restart.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["method"] in ("GET", "HEAD")
        path = _files(folder).get(scope["path"]) if reads else None
        if path is None:
            await gateway(scope, receive, send)
            return
        answer = FileResponse(path, headers=HEADERS, media_type=TYPES[path.suffix])
        await answer(scope, receive, send)

    return app


def _files(folder: Path) -> dict[str, Path]:
    """Return the files that a browser may request, by request path."""
    files = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.suffix in TYPES and path.is_file()
    }
    return files | {"/": folder / "index.html"} if "/index.html" in files else files
