"""A free port is reserved until its server listens on it."""

import socket

import pytest

from local_stack.serving import listen
from local_stack.subprocesses import free_port


def test_a_free_port_is_reserved_for_the_caller() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    # The intended server can listen there.
    listen(port).close()
