"""Ports for helper servers."""

import socket

import pytest

from local_stack.serving import listen
from local_stack.subprocesses import free_port


def test_a_free_port_is_given_to_nobody_else() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    # But the server that it is for may listen there.
    listen(port).close()
