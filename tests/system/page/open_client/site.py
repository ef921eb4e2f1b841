"""A site with the chat, in front of the running stack or of a fake service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Route

HERE = Path(__file__).parent
CLIENT = HERE.parents[3] / "web" / "open-chatkit"
HOST_FILES = [HERE / name for name in ("host.html", "host.css", "host.js", "service.js")]
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
# The strictest policy: nothing inline, nothing from other origins, nothing parsed as HTML.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
    ]
)


@contextmanager
def running_site() -> Iterator[str]:
    """Return the address of a site without a service, for pages with a fake one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        host, port = server.server_address[:2]
        try:
            yield f"http://{host!s}:{port}"
        finally:
            server.shutdown()
            serving.join()


def serve(route: Route) -> None:
    """Serve one of the page's own files at the address of a stack, which serves the rest."""
    file = HERE / route.request.url.rpartition("/")[2]
    route.fulfill(path=file, headers=_headers(file))


class Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = _file(self.path.removeprefix("/"))
        body = file.read_bytes() if file else b""
        self.send_response(200 if file else 404)
        for name, value in (_headers(file) if file else {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def _file(path: str) -> Path | None:
    client = path.startswith("open-chatkit/")
    file = CLIENT / path.removeprefix("open-chatkit/") if client else HERE / path
    return file if file.suffix in TYPES and file.is_file() else None


def _headers(file: Path) -> dict[str, str]:
    return {
        "content-type": TYPES[file.suffix],
        "content-security-policy": POLICY,
        # Cached, because each of many tests loads the same forty files.
        "cache-control": "max-age=600",
    }
