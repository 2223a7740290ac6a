"""A receipt printer on a loopback address: it records what it is sent, goes away and comes back."""

from __future__ import annotations

import random
import socket
import threading
from types import TracebackType

from lanhouse.cafe.printing.rules.escpos import ASK_STATUS

READY, NO_PAPER = b"\x12", b"\x32"


class FakePrinter:
    """Listens at port 9100 of a loopback address of its own (127/8 has room for every test).

    `status` is what it answers to the question for it; empty = it does not know the question.
    """

    def __init__(self, status: bytes = READY) -> None:
        # Chance keeps tests of several processes apart; nothing here is secret.
        parts = [random.randint(1, 254) for _ in range(3)]
        self.address = "127." + ".".join(map(str, parts))
        self.port = 9100
        self.status = status
        self.strips: list[bytes] = []
        self._arrived = threading.Condition()
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> FakePrinter:
        self.come_back()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go_away()

    def come_back(self) -> None:
        """Be plugged in."""
        self._socket = socket.create_server((self.address, self.port))
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), daemon=True)
        self._thread.start()

    def go_away(self) -> None:
        """Be unplugged: connections are refused."""
        if self._socket is None or self._thread is None:
            return
        # A blocked accept() is not ended by close().
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)
        self._socket = None

    def wait(self, number: int) -> list[bytes]:
        """What was printed, once there are so many strips."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.strips) >= number, timeout=30)
            return list(self.strips)

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        taken = b""
        while chunk := connection.recv(4096):
            taken += chunk
            if taken == ASK_STATUS and self.status:
                connection.sendall(self.status)
        strip = taken.removeprefix(ASK_STATUS)
        if strip:
            with self._arrived:
                self.strips.append(strip)
                self._arrived.notify_all()
