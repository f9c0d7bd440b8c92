"""Stands before a Postgres and, when armed, loses the answer to the next COMMIT."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# CommandComplete of the protocol's version 3.
_COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"


class CutProxy:
    """Passes bytes on both ways until it is armed."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._heard = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._ends: list[socket.socket] = []
        self.port = int(self._heard.getsockname()[1])
        self.armed = threading.Event()
        self.cuts = 0

    def serve(self) -> None:
        """Until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._heard.accept()
                self._start(self._carry, client)

    def _start(self, *what: object) -> threading.Thread:
        function, *given = what
        thread = threading.Thread(target=function, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            self._ends += [client, server]
            back = self._start(self._pass, server, client, True)
            self._pass(client, server, False)
            back.join()

    def _pass(self, one: socket.socket, other: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if answers and self.armed.is_set() and _COMMITTED in data:
                    self.armed.clear()
                    self.cuts += 1
                    break
                other.sendall(data)
        _shut(one, other)

    def close(self) -> None:
        """Hang up on everybody."""
        _shut(self._heard, *self._ends)
        self._heard.close()
        for thread in self._threads:
            thread.join()


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def before(port: int) -> Iterator[CutProxy]:
    """A proxy before the Postgres on that port."""
    proxy = CutProxy(port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
