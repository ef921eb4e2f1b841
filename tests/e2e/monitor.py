"""What the functions ask of AWS."""

import json
import socket
import threading


class Monitor:
    """Hears of every AWS call that botocore makes in a function, over UDP."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._heard: set[tuple[str, str, str]] = set()
        # Host and port of each service, by its name.
        self.endpoints: dict[str, str] = {}
        # Read all the time: what a full socket buffer cannot take is lost.
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def calls(self, function: str) -> set[tuple[str, str]]:
        """Service and operation of each kind of call of a function so far."""
        return {(service, api) for caller, service, api in set(self._heard) if caller == function}

    def close(self) -> None:
        self._socket.sendto(b"{}", self._socket.getsockname())
        self._listening.join()
        self._socket.close()

    def _listen(self) -> None:
        while event := json.loads(self._socket.recv(65_536)):
            if event["Type"] == "ApiCall":
                self._heard.add((event["ClientId"], event["Service"], event["Api"]))
            elif event["Type"] == "ApiCallAttempt":
                self.endpoints[event["Service"]] = event["Fqdn"]
