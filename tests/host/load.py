#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""load.py URL ETC CLIENTS: so many clients post signed alerts to URL, each alert another,
with the secret and the token in ETC, until SIGTERM. A line on standard output is one
answer, written before the next request is sent:

    answered ID           200 or 202: it is promised
    refused WHAT          any other status, or why there was none
"""
import base64
import hashlib
import hmac
import json
import os
import signal
import ssl
import sys
import threading
import urllib.error
import urllib.request


def word_of(etc, name):
    with open(os.path.join(etc, name), "rb") as file:
        return file.read().rstrip(b"\n")


def alert():
    return json.dumps({
        "id": os.urandom(12).hex(), "status": "OPEN", "clusterName": "load",
        "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "created": "2026-11-20T10:30:00Z",
        "updated": "2026-11-20T10:30:00Z"}).encode()


def post(url, context, secret, body):
    """What to say of the answer."""
    mac = base64.b64encode(hmac.new(secret, body, hashlib.sha1).digest()).decode()
    request = urllib.request.Request(url, body, {
        "Content-Type": "application/json", "X-MMS-Event": "alert.open",
        "X-MMS-Signature": mac})
    try:
        with urllib.request.urlopen(request, timeout=120, context=context) as answer:
            return "answered " + json.load(answer)["id"]
    except urllib.error.HTTPError as error:
        return f"refused {error.code}"
    except (OSError, ValueError, KeyError) as error:
        return f"refused {error!r}"


def main(url, etc, clients):
    secret, token = word_of(etc, "secret"), word_of(etc, "token").decode()
    context = ssl.create_default_context()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())

    def client():
        while not stopped.is_set():
            line = post(f"{url}?token={token}", context, secret, alert()) + "\n"
            os.write(1, line.encode())

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
