#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""peer.py SOCKET|PORT INSTALLATION WHAT [ARGUMENT]

A FastCGI peer (version 1.0 of the specification) that behaves as no web server should:

	idle N      N peers stall before the first byte, byte N behind it, params N in
	            the middle of PARAMS, unended N before the record that ends
	            them, stdin N in the middle of the body; trickle N send a byte
	            of it every 100 ms for ever, deaf N send a whole request and
	            never read, kept N take the answer and keep the connection, as
	            they asked for, large N send half of a body that is too large
	            and then wait. Then a good request is posted.
	noend, empty, mpx, padded
	            a good request: without the record that ends its body; without
	            a body and that record; with the records of a second one
	            between its own; with padding behind each record
	ask         GET_VALUES alone: how many records come back
	repeated    PATH_INFO as often as 1 MB takes
	huge        a parameter that announces 1.6 GB
	values N, lengths N
	            N requests are half sent; then one record that would end
	            libfcgi's process: GET_VALUES with four names, PARAMS with lengths whose
	            sum is over 2^31; then the other halves, whose statuses come
	            first, and a good request
	term PID    half a request, SIGTERM to PID, the other half
	int PID, kill PID
	            the same with SIGINT, SIGKILL
	pause S     half a request, S seconds, the other half
	good [N=V]  a good request, perhaps with one parameter more

Prints the good request's status and how long it took, in seconds. hostile.py sends random
malformed input.
"""
import base64
import hashlib
import hmac
import os
import signal
import socket
import struct
import sys
import threading
import time

BEGIN, PARAMS, STDIN, STDOUT, GET_VALUES = 1, 4, 5, 6, 9
RECORD_MAX = 65535  # bytes of content


def record(kind, content, request=1):
    return struct.pack(">BBHHBB", 1, kind, request, len(content), 0, 0) + content


def pair(name, value):
    def length(n):
        return struct.pack("B", n) if n < 128 else struct.pack(">I", n | 1 << 31)
    name, value = name.encode(), value.encode()
    return length(len(name)) + length(len(value)) + name + value


def body(identity=None):
    return (b'{"id":"%s","status":"OPEN","eventTypeName":"HOST_DOWN",'
            b'"created":"2026-11-20T10:30:00Z","updated":"2026-11-20T10:30:00Z"}'
            % (identity or os.urandom(12).hex().encode()))


def secret_of(installation):
    with open(os.path.join(installation, "secret"), "rb") as file:
        return file.read().rstrip(b"\n")


def signature(secret, content):
    return base64.b64encode(hmac.new(secret, content, hashlib.sha1).digest()).decode()


def request(secret, content, more=None, keep=0):
    """The records up to the body, and those of the body."""
    params = b"".join(pair(*item) for item in {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "/atlas", "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(content)),
        "HTTP_X_MMS_EVENT": "alert.open",
        "HTTP_X_MMS_SIGNATURE": signature(secret, content),
        **(more or {})}.items())
    head = record(BEGIN, struct.pack(">HB5x", 1, keep)) + record(PARAMS, params)
    pieces = b"".join(record(STDIN, content[at:at + RECORD_MAX])
                      for at in range(0, len(content), RECORD_MAX))
    return head + record(PARAMS, b""), pieces + record(STDIN, b"")


def connect(path, source="127.0.0.1"):
    if path.isdigit():
        return socket.create_connection(("127.0.0.1", int(path)), 60, (source, 0))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)  # with a time-out it would not wait for a place in the queue
    connection.settimeout(60)
    return connection


def answer_of(connection):
    """The status and the body of what comes until the end."""
    raw, out = b"", b""
    while piece := connection.recv(65536):
        raw += piece
    while len(raw) >= 8:
        _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", raw[:8])
        if kind == STDOUT:
            out += raw[8:8 + length]
        raw = raw[8 + length + padding:]
    head, _, answer = out.partition(b"\r\n\r\n")
    if not head.startswith(b"Status: "):
        return "none", b""
    return head.split()[1].decode(), answer


def status_of(connection):
    return answer_of(connection)[0]


def good(path, secret, more=None):
    begin = time.monotonic()
    with connect(path) as connection:
        connection.sendall(b"".join(request(secret, body(), more)))
        status = status_of(connection)
    print(status, f"{time.monotonic() - begin:.2f}")


def records_of(text):
    while text:
        _, kind, number, length, padding, _ = struct.unpack(">BBHHBB", text[:8])
        yield kind, number, text[8:8 + length]
        text = text[8 + length + padding:]


def odd(what, secret):
    """A good request as no web server sends it."""
    content = b"" if what == "empty" else body()
    head, rest = request(secret, content)
    if what in ("noend", "empty"):
        return head + rest[:-8]
    if what == "mpx":
        other, end = request(secret, body())
        mine, others = ([record(kind, text, number) for kind, _, text in
                         records_of(part)] for part, number in
                        ((head + rest, 1), (other + end, 2)))
        return b"".join(a + b for a, b in zip(mine, others))
    if what == "padded":
        return b"".join(struct.pack(">BBHHBB", 1, kind, 1, len(text), 8, 0) + text +
                        bytes(8) for kind, _, text in records_of(head + rest))
    if what == "repeated":
        pairs = pair("PATH_INFO", "/default") * 54000
        return record(BEGIN, struct.pack(">HB5x", 1, 0)) + b"".join(
            record(PARAMS, pairs[at:at + RECORD_MAX])
            for at in range(0, len(pairs), RECORD_MAX)) + record(PARAMS, b"") + rest
    if what == "huge":
        lengths = struct.pack(">II", 4 | 1 << 31, 1600000000 | 1 << 31)
        return (record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                record(PARAMS, lengths + b"NAME") + record(PARAMS, b""))
    raise ValueError(what)


def post_odd(path, secret, what):
    begin = time.monotonic()
    with connect(path) as connection:
        try:
            connection.sendall(odd(what, secret))
            status = status_of(connection)
        except ConnectionError:
            status = "none"
    print(status, f"{time.monotonic() - begin:.2f}")


def ask_values(path):
    with connect(path) as connection:
        connection.sendall(record(GET_VALUES, pair("FCGI_MPXS_CONNS", ""), 0))
        connection.settimeout(30)
        print(connection.recv(100)[8:].decode("latin1"))


def trickle(connection, text):
    try:
        for at in range(len(text) - 1):
            connection.sendall(text[at:at + 1])
            time.sleep(0.1)
    except OSError:
        pass


def stall(path, secret, where):
    """One bad peer; its connection, which has to be kept."""
    if where == "large":
        head, rest = request(secret, bytes(400000), {"PATH_INFO": "/none"})
        connection = connect(path)
        connection.setblocking(False)
        connection.send(head + rest[:200000])
        connection.settimeout(60)
        return connection
    head, rest = request(secret, body(), keep=where == "kept")
    connection = connect(path)
    if where == "trickle":
        connection.sendall(head)
        threading.Thread(target=trickle, args=(connection, rest), daemon=True).start()
    else:
        connection.sendall({"idle": b"", "byte": head[:1],
                            "params": head[:len(head) // 2], "unended": head[:-8],
                            "stdin": head + rest[:20], "deaf": head + rest,
                            "kept": head + rest}[where])
    if where == "kept":
        status_of(connection)
    return connection


def crash(path, what):
    fatal = {
        "values": record(GET_VALUES, pair("FCGI_MAX_CONNS", "") * 4, 0) + bytes(8),
        "lengths": record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                   record(PARAMS, struct.pack(">II", 0xf0000000, 0xf0000000))}[what]
    with connect(path) as connection:
        connection.sendall(fatal)
        try:
            while connection.recv(4096):
                pass
        except OSError:
            pass


def crash_beside(path, secret, what, n):
    """The statuses of n requests that are in hand meanwhile."""
    kept = []
    for _ in range(n):
        head, rest = request(secret, body())
        connection = connect(path)
        connection.sendall(head + rest[:20])
        kept.append((connection, rest[20:]))
    time.sleep(0.3)  # for the workers to have them in hand
    crash(path, what)
    for connection, rest in kept:
        connection.sendall(rest)
    return [status_of(connection) for connection, _ in kept]


def halves(path, secret, between):
    """Half a request, between(), the other half."""
    head, rest = request(secret, body())
    with connect(path) as connection:
        connection.sendall(head + rest[:20])
        between()
        connection.sendall(rest[20:])
        print(status_of(connection))


def end(path, secret, pid, how):
    def between():
        time.sleep(0.3)  # for a worker to have it in hand
        os.kill(pid, how)
        time.sleep(0.3)
    halves(path, secret, between)


ENDS = {"term": signal.SIGTERM, "int": signal.SIGINT, "kill": signal.SIGKILL}


def main(path, installation, what, argument=""):
    secret = secret_of(installation)
    if what in ENDS:
        end(path, secret, int(argument), ENDS[what])
        return
    if what == "pause":
        halves(path, secret, lambda: time.sleep(float(argument)))
        return
    if what in ("noend", "empty", "mpx", "padded", "repeated", "huge"):
        post_odd(path, secret, what)
        return
    if what == "ask":
        ask_values(path)
        return
    kept, more = [], {}
    if what in ("values", "lengths"):
        print(*crash_beside(path, secret, what, int(argument)))
    elif what == "good":
        more = dict([argument.split("=", 1)]) if argument else {}
    else:
        kept = [stall(path, secret, what) for _ in range(int(argument))]
        time.sleep(0.3)  # for the workers to have them in hand
    good(path, secret, more)
    for connection in kept:
        connection.close()


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
