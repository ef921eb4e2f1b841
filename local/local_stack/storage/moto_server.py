"""`python -m local_stack.storage.moto_server --port N`: moto, without access for web pages.

moto's own server lets every web page read its data, which includes the key of the model's endpoint.
Presigned addresses of uploads, attached files and images are open to pages, as on AWS.
"""

import argparse
import re
import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

from local_stack.browser_guard import other_page, wrong_host
from local_stack.parent_exit import add_option, end_with_stdin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FILES = re.compile(r"/[^/]+/(?:uploads|files|images)/.+")


class QuietHandler(MotoRequestHandler):
    """Logs the path of a request alone: the query of a presigned address lets anyone use it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.path = self.path.partition("?")[0]
        super().log_request(code, size)


def for_programs(app: "WSGIApplication") -> "WSGIApplication":
    """Serve only requests that no web page has sent, or that use a presigned address.

    moto itself answers the preflights of pages, and checks no signature.
    """

    def guarded(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        headers = request.headers
        host = headers.get("host", "")
        refusal = wrong_host(host, ()) or other_page(
            host, headers.get("origin"), headers.get("sec-fetch-site")
        )
        presigned = _FILES.fullmatch(request.path) and "X-Amz-Signature" in request.args
        if refusal is None or (presigned and refusal.status == 403):
            return app(environ, start)
        return Response(refusal.message, refusal.status)(environ, start)

    return guarded


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m local_stack.storage.moto_server", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    add_option(parser)
    args = parser.parse_args()
    if args.end_with_stdin:
        end_with_stdin()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    moto = DomainDispatcherApplication(create_backend_app)
    run_simple(
        "127.0.0.1",
        args.port,
        for_programs(moto),
        threaded=True,
        request_handler=QuietHandler,
    )


if __name__ == "__main__":
    main()
