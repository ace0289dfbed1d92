"""Measures a link between two network namespaces by TCP: the bytes a second that go both ways at once, and the seconds that a
small message takes."""

import socket
import sys
import threading
import time

PORT, BYTES, TURNS = 5501, 1 << 24, 300


def receive(connection, count):
    view = memoryview(bytearray(count))
    while view:
        view = view[connection.recv_into(view):]


def exchange(connection):
    sender = threading.Thread(target=connection.sendall, args=(bytes(BYTES),))
    sender.start()
    receive(connection, BYTES)
    sender.join()


def connected():
    if sys.argv[1] == "serve":
        with socket.create_server(("", PORT)) as server:
            return server.accept()[0]
    for _ in range(200):
        try:
            return socket.create_connection((sys.argv[1], PORT))
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"{sys.argv[1]}: nobody answers")


with connected() as connection:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rates = []
    for _ in range(5):
        start = time.perf_counter()
        exchange(connection)
        rates.append(BYTES / (time.perf_counter() - start))
    if sys.argv[1] == "serve":
        for _ in range(TURNS):
            receive(connection, 1)
            connection.sendall(b"x")
    else:
        times = []
        for _ in range(TURNS):
            start = time.perf_counter()
            connection.sendall(b"x")
            receive(connection, 1)
            times.append((time.perf_counter() - start) / 2)
        print(f"{sorted(rates)[2]:.0f} {sorted(times)[TURNS // 2]:.7f}")
