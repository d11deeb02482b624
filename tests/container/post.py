# SPDX-License-Identifier: ISC
"""post.py post URL CA SECRET TOKEN FIRST COUNT: post signed alerts with these numbers by four
clients, and print for each its number, the status (0: no answer) and the answer's status
and id. CA, SECRET and TOKEN are files. Ends early at SIGTERM.

post.py look SPOOL SOURCE-TREE < ANSWERS: whatever was answered 2xx is in the spool, once
and whole. Prints how many were, or what is wrong.
"""
import base64
import hashlib
import hmac
import http.client
import itertools
import json
import os
import signal
import ssl
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../crash"))
import load as crash  # noqa: E402  (tests/crash/load.py)

CLIENTS = 4
stopped = threading.Event()


def read(path):
    with open(path, "rb") as file:
        return file.read().removesuffix(b"\n")


def post_one(url, context, secret, number):
    body = crash.make_body(number)
    mac = base64.b64encode(hmac.new(secret, body, hashlib.sha1).digest()).decode()
    try:
        peer = http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=context)
        peer.request("POST", f"{url.path}?{url.query}", body, {
            "Content-Type": "application/json", "X-MMS-Event": "alert.open",
            "X-MMS-Signature": mac})
        answer = peer.getresponse()
        text = answer.read()
        peer.close()
    except (OSError, http.client.HTTPException):
        return number, 0, "-", "-"
    if answer.status not in (200, 202):
        return number, answer.status, "-", "-"
    told = json.loads(text)
    return number, answer.status, told["status"], told["id"]


def post(url, authority, secret_file, token_file, first, count):
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    context = ssl.create_default_context(cafile=authority)
    secret = read(secret_file)
    numbers = itertools.count(int(first))
    last = int(first) + int(count)
    url = urllib.parse.urlsplit(f"{url}?token={read(token_file).decode()}")

    def client():
        while not stopped.is_set() and (number := next(numbers)) < last:
            result = post_one(url, context, secret, number)
            sys.stdout.write(" ".join(str(word) for word in result) + "\n")  # one write
            sys.stdout.flush()
            if result[2] == "-":
                time.sleep(0.02)  # it may be gone

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def look(spool, source):
    answered = set()
    for line in sys.stdin:
        _, status, _, name = line.split()
        if status in ("200", "202"):
            answered.add(name)
    _, wrong = crash.Judge(source).look(spool, answered)
    print("\n".join(wrong) if wrong else len(answered))
    sys.exit(bool(wrong) or not answered)


{"post": post, "look": look}[sys.argv[1]](*sys.argv[2:])
