"""Somebody else's server on this machine, with a certificate of its own."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lanhouse.jobs.outbound import Outbound

NAME = "gateway.test"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Elsewhere:
    """The server: where it listens, and what it was sent (method, target, headers, body)."""

    port: int
    trust: ssl.SSLContext
    calls: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def outbound(self, private: str = "127.0.0.1", address: str = "127.0.0.1") -> Outbound:
        """A way out that finds it."""
        return Outbound(private, tls=self.trust, resolve=lambda host, _: [address])


def say_ok(handler: BaseHTTPRequestHandler) -> None:
    """Answer 200."""
    handler.send_response(200)
    handler.send_header("Content-Length", "2")
    handler.end_headers()
    handler.wfile.write(b"ok")


@contextmanager
def elsewhere(folder: Path, answer: Answer = say_ok, name: str = NAME) -> Iterator[Elsewhere]:
    """Run the server; each call is answered by `answer`."""
    certificate = _certificate(folder, name)
    trust = ssl.create_default_context(cafile=str(certificate))

    class Handler(BaseHTTPRequestHandler):
        def handle_call(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {key.lower(): value for key, value in self.headers.items()}
            found.calls.append((self.command, self.path, headers, self.rfile.read(length)))
            answer(self)

        do_GET = do_POST = handle_call  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    found = Elsewhere(server.server_address[1], trust)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
