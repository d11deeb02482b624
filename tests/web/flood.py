#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""flood.py [OPTION...] URL INSTALLATION

Post many alerts by many clients at once, then compare every answer with the spool. Each
client has its own address (127.1.0.N), so the server limits each separately; a request
that is answered 429 is repeated.

	--clients N     that many at once (32)
	--distinct N    different alerts (1000)
	--first N       number of the first one (0)
	--again N       the first N of them are posted a second time (0)
	--together      instead: every client posts every alert, all at the same
	                moment, one alert after another
	--insist        a request that gets 5xx, or no answer, is repeated: for tests
	                that disturb the server or the responder meanwhile
	--seconds N     begin no further alert after that time
	--until FILE    nor before it exists, for two minutes at most
	--progress FILE gets one byte for each answer

Every alert must be answered "stored" exactly once and otherwise "duplicate", always with
the same id, and have exactly one record in one state. With --insist every answer may be a
duplicate, because an answer can be lost after the commit, and a killed worker may leave a
name that begins with a dot. The spool must have nothing else. Prints what is wrong, then a
line of numbers; exit 0 or 1.
"""
import argparse
import base64
import collections
import hmac
import json
import os
import queue
import random
import re
import socket
import sys
import threading
import time
import urllib.parse

STATES = ("new", "cur", "done", "dead", "bad")
PATIENCE = 60


ALERT = json.dumps({
    "id": "%024x", "groupId": "5d1b6f8e8c2e4e2d3c4a0001",
    "alertConfigId": "5d1b6f8e8c2e4e2d3c4a0002", "status": "OPEN",
    "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "clusterName": "test",
    "created": "2026-11-20T10:30:00Z", "updated": "2026-11-20T10:30:00Z",
    "metricName": "DISK_PARTITION_SPACE_USED_DATA",
    "currentValue": {"number": "%d", "units": "RAW"}}).replace('"%d"', "%d").encode()

LENGTH = re.compile(rb"^content-length: *(\d+)", re.I | re.M)
CLOSE = re.compile(rb"^connection: *close", re.I | re.M)


class Client:
    """One connection to the server, opened again when it is lost.

    Spelled out over a socket, since what this costs is taken from the server:
    http.client spends more on a request than all that is under test here."""

    def __init__(self, flood, number):
        url = urllib.parse.urlsplit(flood.url)
        self.flood, self.address = flood, (url.hostname, url.port)
        self.source = (f"127.1.0.{number + 1}", 0)
        self.head = (f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
                     "Content-Type: application/json\r\nX-MMS-Event: alert.open\r\n"
                     "Content-Length: %d\r\nX-MMS-Signature: %s\r\n\r\n").encode()
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def answer(self):
        """(status, body); ValueError when the answer is incomplete."""
        raw = b""
        while not (end := raw.find(b"\r\n\r\n") + 4) > 3:
            raw += self.piece()
        head = raw[:end]
        end += int(LENGTH.search(head)[1])
        while len(raw) < end:
            raw += self.piece()
        if CLOSE.search(head):
            self.close()
        return int(head.split(b" ", 2)[1]), raw[len(head):]

    def piece(self):
        piece = self.connection.recv(65536)
        if not piece:
            raise ValueError("the connection ended")
        return piece

    def post(self, number):
        """(status, body of the answer); (0, "") when there was none."""
        body = ALERT % (number, number)
        mac = base64.b64encode(hmac.digest(self.flood.secret, body, "sha1"))
        try:
            if not self.connection:
                self.connection = socket.create_connection(
                    self.address, PATIENCE, self.source)
            self.connection.sendall(self.head % (len(body), mac) + body)
            return self.answer()
        except (OSError, ValueError, TypeError):
            self.close()
            return 0, b""

    def deliver(self, number):
        status, body = self.post(number)
        while status == 429 or self.flood.insist and (status == 0 or status >= 500):
            time.sleep(0.02)
            status, body = self.post(number)
        self.flood.note(number, status, body)


class Flood:
    def __init__(self, args):
        self.url, self.clients, self.insist = args.url, args.clients, args.insist
        self.spool = os.path.join(args.installation, "spool")
        with open(os.path.join(args.installation, "secret"), "rb") as file:
            self.secret = file.read().rstrip(b"\n")
        self.end = time.monotonic() + (args.seconds or float("inf"))
        self.until = args.until
        self.lock = threading.Lock()
        self.answers = collections.defaultdict(list)
        self.wrong = []
        self.progress = open(args.progress, "ab", 0) if args.progress else None

    def over(self):
        late = time.monotonic() - self.end
        return late > 120 or late > 0 and (not self.until or os.path.exists(self.until))

    def note(self, number, status, body):
        with self.lock:
            try:
                answer = json.loads(body)
                self.answers[number].append((answer["status"], answer["id"]))
                if status != 200:
                    raise ValueError
            except (ValueError, KeyError, TypeError):
                self.wrong.append(f"alert {number}: {status} {body[:100]}")
            if self.progress:
                self.progress.write(b".")

    def run(self, work):
        """Let every client do work(client), and wait for all."""
        threads = [threading.Thread(target=work, args=(Client(self, i),))
                   for i in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def spread(self, numbers):
        todo = queue.SimpleQueue()
        for number in numbers:
            todo.put(number)

        def work(client):
            try:
                while not self.over():
                    client.deliver(todo.get_nowait())
            except queue.Empty:
                pass
        self.run(work)

    def together(self, numbers):
        gate = threading.Barrier(self.clients)

        def work(client):
            for number in numbers:
                gate.wait(PATIENCE)
                client.deliver(number)
        self.run(work)

    def judge(self, numbers):
        stored = 0
        for number in numbers:
            outcomes = collections.Counter(a[0] for a in self.answers[number])
            ids = {a[1] for a in self.answers[number]}
            stored += outcomes["stored"]
            once = outcomes["stored"] == 1 or (self.insist and outcomes["stored"] == 0)
            if len(ids) != 1 or not once or set(outcomes) - {"stored", "duplicate"}:
                self.wrong.append(f"alert {number}: {dict(outcomes)}, {ids}")
        names = collections.Counter()
        for state in STATES:
            names.update(name for name in os.listdir(os.path.join(self.spool, state))
                         if not (self.insist and name.startswith(".")))
        answered = {a[1] for answers in self.answers.values() for a in answers}
        for name in answered - set(names):
            self.wrong.append(f"no record: {name}")
        for name in set(names) - answered:
            self.wrong.append(f"stray: {name}")
        for name, count in names.items():
            if count != 1:
                self.wrong.append(f"in {count} states: {name}")
        return stored, len(names)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--distinct", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--again", type=int, default=0)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--insist", action="store_true")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--until")
    parser.add_argument("--progress")
    parser.add_argument("url")
    parser.add_argument("installation")
    args = parser.parse_args()

    flood, numbers = Flood(args), list(range(args.first, args.first + args.distinct))
    begin = time.monotonic()
    if args.together:
        flood.together(numbers)
    else:
        posts = numbers + numbers[:args.again]
        random.shuffle(posts)
        flood.spread(posts)
    seconds = time.monotonic() - begin
    if args.seconds:
        numbers = [number for number in numbers if flood.answers[number]]
    stored, records = flood.judge(numbers)
    for phrase in flood.wrong[:20]:
        print(phrase)
    answers = sum(len(a) for a in flood.answers.values())
    print(f"{answers} answers, {stored} stored, {records} records, "
          f"{len(flood.wrong)} wrong, {seconds:.1f} s")
    return 1 if flood.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
