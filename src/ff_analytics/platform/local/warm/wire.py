"""Messages between client, server and child: a length, JSON, and file descriptors."""

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_FDS = 8


def send(sock: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one message; the descriptors arrive as copies."""
    # Environment variables that are no UTF-8 are surrogates here; JSON escapes them.
    body = json.dumps(message).encode()
    socket.send_fds(sock, [_LENGTH.pack(len(body))], list(fds))
    sock.sendall(body)


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message with its descriptors; `EOFError` when the other end has closed."""
    head, fds, _, _ = socket.recv_fds(sock, _LENGTH.size, _MOST_FDS)
    while 0 < len(head) < _LENGTH.size:
        more = sock.recv(_LENGTH.size - len(head))
        if not more:
            raise EOFError
        head += more
    if not head:
        raise EOFError
    left = _LENGTH.unpack(head)[0]
    body = bytearray()
    while len(body) < left:
        more = sock.recv(left - len(body))
        if not more:
            raise EOFError
        body += more
    message: dict[str, Any] = json.loads(bytes(body))
    return message, fds
