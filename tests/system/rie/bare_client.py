"""A runtime client that answers each event, a number, with trailers of that many bytes."""

import http.client
import os
import socket

ADDRESS = os.environ["AWS_LAMBDA_RUNTIME_API"]
PREFIX = "/2018-06-01/runtime/invocation"
KIND = "Lambda-Runtime-Function-Error-Type"
BODY = "Lambda-Runtime-Function-Error-Body"
# What Go's net/http counts besides the value: both names, the type and the line ends.
OVERHEAD = len(f"{KIND}: T\r\n{BODY}: \r\n\r\n")


def next_event() -> tuple[str, int]:
    connection = http.client.HTTPConnection(ADDRESS)
    connection.request("GET", f"{PREFIX}/next")
    answer = connection.getresponse()
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    size = int(answer.read())
    connection.close()
    return request_id, size


def respond(request_id: str, size: int) -> None:
    host, port = ADDRESS.split(":")
    request = (
        f"POST {PREFIX}/{request_id}/response HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
        f"Trailer: {KIND}, {BODY}\r\n\r\n"
        f"5\r\nsome;\r\n0\r\n{KIND}: T\r\n{BODY}: {'x' * (size - OVERHEAD)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request.encode())
        while connection.recv(4096):
            pass


while True:
    respond(*next_event())
