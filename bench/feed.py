#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""feed.py SOCKET SECRET-FILE FIRST N

Posts N signed alerts of about 1 KB, numbers FIRST and following, straight to a
FastCGI socket, with the parameters that nginx sends for a request of Atlas. No
web server is in between, so that what is counted is the responder alone, and
the same alert is the same bytes on every machine. Fails unless each is stored.
"""
import base64
import hashlib
import hmac
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests", "web"))
sys.dont_write_bytecode = True
from peer import BEGIN, PARAMS, STDIN, connect, pair, record, status_of  # noqa: E402

with open(os.path.join(os.path.dirname(__file__), "alert.json"), encoding="ascii") as file:
    BEFORE, AFTER = file.read().split("%024x")


def alert(number):
    """The alert of this number: the others differ in nothing but the id."""
    return f"{BEFORE}{number:024x}{AFTER}".encode()


def request(secret, number):
    content = alert(number)
    mac = hmac.new(secret, content, hashlib.sha1).digest()
    params = b"".join(pair(*item) for item in {
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/atlas", "PATH_INFO": "", "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(content)),
        "REMOTE_ADDR": "203.0.113.7", "SERVER_NAME": "alerts.example.org",
        "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_PROXY": "",
        "HTTP_HOST": "alerts.example.org", "HTTP_CONTENT_LENGTH": str(len(content)),
        "HTTP_CONTENT_TYPE": "application/json",
        "HTTP_USER_AGENT": "Go-http-client/1.1", "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_X_MMS_EVENT": "alert.open",
        "HTTP_X_MMS_SIGNATURE": base64.b64encode(mac).decode()}.items())
    return (record(BEGIN, b"\0\1\0\0\0\0\0\0") + record(PARAMS, params) +
            record(PARAMS, b"") + record(STDIN, content) + record(STDIN, b""))


def main(path, secret_file, first, n):
    with open(secret_file, "rb") as file:
        secret = file.read().rstrip(b"\n")
    for number in range(int(first), int(first) + int(n)):
        with connect(path) as connection:
            connection.sendall(request(secret, number))
            status = status_of(connection)
        if status != "200":
            sys.exit(f"alert {number}: status {status}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
