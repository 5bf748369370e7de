"""A reverse proxy that has logged somebody in: it sets headers and connects from its address."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

_HEAD_BYTES = 65536


@contextmanager
def proxy(target_port: int, source: str, headers: Mapping[str, str]) -> Iterator[str]:
    """The address of a proxy that connects from ``source`` and replaces these headers in every request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        threading.Thread(target=_serve, args=(listening, target_port, source, headers), daemon=True).start()
        yield f"http://{address}"


def _serve(listening: socket.socket, target_port: int, source: str, headers: Mapping[str, str]) -> None:
    with suppress(OSError):  # the listening socket was closed
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_handle, args=(client, target_port, source, headers), daemon=True).start()


def _handle(client: socket.socket, target_port: int, source: str, headers: Mapping[str, str]) -> None:
    with client, suppress(OSError):
        head, _, rest = _head(client)
        if not head:
            return
        with socket.create_connection(("127.0.0.1", target_port), source_address=(source, 0)) as server:
            server.sendall(_with(head, headers) + b"\r\n\r\n" + rest)
            back = threading.Thread(target=_pipe, args=(server, client), daemon=True)
            back.start()
            _pipe(client, server)
            back.join()


def _head(client: socket.socket) -> tuple[bytes, bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received and len(received) < _HEAD_BYTES:
        part = client.recv(8192)
        if not part:
            return b"", b"", b""
        received += part
    return received.partition(b"\r\n\r\n")


def _with(head: bytes, headers: Mapping[str, str]) -> bytes:
    """The head with these headers; one request to a connection, so that each of them passes here."""
    lines = head.split(b"\r\n")
    names = {name.lower().encode() for name in headers}
    is_upgrade = b"upgrade: websocket" in head.lower()
    dropped = names if is_upgrade else names | {b"connection"}
    kept = [line for line in lines[1:] if line.split(b":")[0].lower() not in dropped]
    own = [f"{name}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join([lines[0], *kept, *own, *([] if is_upgrade else [b"Connection: close"])])


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
