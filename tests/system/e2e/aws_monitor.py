"""A record of the AWS calls that the functions make."""

import asyncio
import threading
from dataclasses import replace

from tests.store.contract.http_messages import TARGET, Request, exchange, read_request
from tests.system.e2e.aws_call import TOKEN, AwsCall, aws_calls


class Monitor:
    """A proxy that forwards every AWS call of the functions and records its action and resource.

    The path of a request begins with the port of the stand-in that it is for.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._calls: set[AwsCall] = set()
        self._unknown: set[str] = set()
        # The ports of DynamoDB and Lambda, known after a function's first call.
        self.dynamodb = 0
        self.invoke_api = 0
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def calls(self) -> set[AwsCall]:
        """Return every action and resource so far, each once."""
        assert not self._unknown
        return set(self._calls)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        self._server.abort_clients()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if request := await read_request(reader, writer):
                port, request = _unwrapped(request)
                self._note(request, port)
                writer.write(await exchange(request, port))
        except OSError:
            # Some tests end a process in the middle of a call.
            pass
        finally:
            writer.close()

    def _note(self, request: Request, port: int) -> None:
        if request.headers.get(TARGET, "").startswith("DynamoDB"):
            self.dynamodb = port
        if "/functions/" in request.line:
            self.invoke_api = port
        try:
            self._calls.update(aws_calls(request))
        except (KeyError, ValueError):
            self._unknown.add(f"{request.headers.get(TOKEN)}: {request.line}")


def _unwrapped(request: Request) -> tuple[int, Request]:
    """Return the stand-in's port and the request without it."""
    method, path, version = request.line.split(" ")
    port, _, rest = path.removeprefix("/").partition("/")
    headers = dict(request.headers) | {"host": f"127.0.0.1:{port}"}
    return int(port), replace(request, line=f"{method} /{rest} {version}", headers=headers)
