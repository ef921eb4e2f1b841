"""Lambda's Invoke API over HTTP, with answers from the test and a count of its requests."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3

from chatcore.aws import INVOKE


@dataclass(frozen=True)
class Refusal:
    """An Invoke API error in Lambda's format."""

    code: str
    status: int
    body: bytes = b'{"Type": "User", "message": "Rate Exceeded."}'
    headers: Mapping[str, str] = field(default_factory=dict)


THROTTLED = Refusal("TooManyRequestsException", 429)


class FakeLambda:
    """Refuses the first calls with `refusals` and answers every later one."""

    def __init__(self, address: str) -> None:
        self.refusals: list[Refusal] = []
        self.payloads: list[bytes] = []
        self.client = boto3.client(
            "lambda",
            endpoint_url=address,
            region_name="eu-central-1",
            config=INVOKE,
        )

    @property
    def calls(self) -> int:
        return len(self.payloads)


@contextmanager
def running_lambda() -> Iterator[FakeLambda]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            fake.payloads.append(self.rfile.read(int(self.headers["content-length"])))
            if fake.refusals:
                refusal = fake.refusals.pop(0)
                headers = {**refusal.headers, "x-amzn-errortype": refusal.code}
                self._send(refusal.status, refusal.body, headers)
            else:
                self._send(200, b'{"statusCode": 200, "body": "{}"}', {})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake = FakeLambda(f"http://127.0.0.1:{server.server_port}")
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield fake
        finally:
            fake.client.close()
            server.shutdown()
            serving.join()
