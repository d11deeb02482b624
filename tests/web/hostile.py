#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""hostile.py SOCKET INSTALLATION malformed|abort FIRST COUNT [AT-ONCE]
hostile.py PORT INSTALLATION http FIRST COUNT [AT-ONCE]
hostile.py SOCKET INSTALLATION show NUMBER

FastCGI input that no web server sends, and HTTP that ends early. Every input has a number,
and the same number always gives the same input (with the same secret): show writes the
input of a reported number to standard output.

	malformed  a request with some bytes changed, cut or put in, or records of
	           every kind in no order; all of it is sent, then the end
	abort      the beginning of a request; the peer is gone in the middle, or when
	           only the end of the body was missing
	http       likewise, of a POST to a web server's /atlas on that port

COUNT inputs from number FIRST on, AT-ONCE (16) connections at a time. Each must end. Prints
how many ended without an answer and how many with each status, and "NUMBER: why" for each
that did not end. Exit 0 if all ended.
"""
import collections
import random
import struct
import sys
import threading

sys.dont_write_bytecode = True
from peer import (BEGIN, GET_VALUES, PARAMS, STDIN,  # noqa: E402
                  body, connect, pair, record, request, secret_of, signature,
                  status_of)

NAMES = ("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", "FCGI_", "")


# ---- inputs --------------------------------------------------------------------

def whole(number, secret):
    """A good request, an alert of its own."""
    return request(secret, body(b"%024x" % number))


class Dice(random.Random):
    """Seeded with the input's number. A byte with its highest bit set is read as a
    length of gigabytes, which ends most inputs then and there: one input in
    sixteen has such bytes."""

    def __init__(self, number):
        super().__init__(number)
        self.mask = 127 if self.randrange(16) else 255

    def junk(self, most):
        return bytes(byte & self.mask for byte in self.randbytes(self.randrange(most)))


def changed(dice, text):
    """The text, changed in one to four places."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        new = dice.choice((
            b"", dice.junk(2), b"\0" * dice.randrange(20), dice.junk(20),
            bytes([dice.mask] * 2), record(dice.randrange(14), dice.junk(40), dice.randrange(3))))
        text = text[:at] + new + text[at + dice.choice((0, len(new), 1, 9)):]
    return text


def content(dice):
    """What a record may have in it, right or wrong."""
    return dice.choice((
        b"", dice.junk(64), b"\0" * dice.randrange(64),
        struct.pack(">HB5x", dice.randrange(5), dice.randrange(4)),
        b"".join(pair(dice.choice(NAMES), "x" * dice.randrange(3))
                 for _ in range(dice.choice((0, 1, 1, 2, 2, 3)))),
        pair("X", "y" * dice.choice((127, 128, 129, 5000))),
        pair("HTTP_X_MMS_SIGNATURE", "x")[:dice.randrange(24)]))


def header_lies(dice, text):
    """A record whose version, id, length or padding is not what follows."""
    at = dice.choice((0, 2, 3, 4, 5, 6, 7))
    return text[:at] + bytes([dice.randrange(256)]) + text[at + 1:]


def composed(dice, head, rest):
    """Records of every kind, between those of a good request or instead of them."""
    good = [head, rest] if dice.randrange(3) else [head[:16], rest]
    for _ in range(dice.randint(1, 6)):
        strange = record(dice.choice((BEGIN, PARAMS, STDIN, GET_VALUES, dice.randrange(256))),
                         content(dice), dice.choice((0, 1, 1, 1, 2, 65535)))
        if not dice.randrange(4):
            strange = header_lies(dice, strange)
        good.insert(dice.randrange(len(good) + 1), strange)
    return b"".join(good)


def malformed(number, secret):
    dice = Dice(number)
    head, rest = whole(number, secret)
    return changed(dice, head + rest) if number % 2 else composed(dice, head, rest)


def aborted(number, secret):
    """The beginning, any offset but the end, and what it is."""
    text = b"".join(whole(number, secret))
    at = random.Random(number).randrange(len(text))
    last = len(text) - len(record(STDIN, b""))
    return text[:at], "left" if at < last else "left behind the body"


def aborted_http(number, secret):
    """The beginning of an HTTP request, any offset but the end."""
    content = body(b"%024x" % number)
    text = (f"POST /atlas HTTP/1.1\r\nHost: localhost\r\nX-MMS-Event: alert.open\r\n"
            f"X-MMS-Signature: {signature(secret, content)}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n").encode() + content
    return text[:random.Random(number).randrange(len(text))], "left"


# ---- sending them ----------------------------------------------------------------

ABORTED = {"abort": aborted, "http": aborted_http}


class Hostility:
    def __init__(self, path, secret, what, numbers):
        self.path, self.secret, self.what = path, secret, what
        self.numbers = numbers  # next() of a range is atomic
        self.ends = collections.Counter()
        self.failed = []

    def send(self, number):
        """How it ended. At a port each has an address of its own, for the limits of
        the server's."""
        source = f"127.1.{number // 250 % 250}.{number % 250 + 1}"
        with connect(self.path, source) as connection:
            try:
                if self.what != "malformed":
                    text, what = ABORTED[self.what](number, self.secret)
                    connection.sendall(text)
                    return what
                connection.sendall(malformed(number, self.secret))
                connection.shutdown(1)
                return status_of(connection)
            except (BrokenPipeError, ConnectionResetError):
                return "none"  # enough was sent

    def work(self):
        ends = collections.Counter()
        for number in self.numbers:
            try:
                ends[self.send(number)] += 1
            except OSError as problem:
                self.failed.append((number, problem))
        self.ends.update(ends)

    def run(self, at_once):
        threads = [threading.Thread(target=self.work) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main(path, installation, what, first, count="1", at_once="16"):
    secret, first = secret_of(installation), int(first)
    if what == "show":
        sys.stdout.buffer.write(malformed(first, secret))
        return 0
    hostility = Hostility(path, secret, what, iter(range(first, first + int(count))))
    hostility.run(int(at_once))
    for number, problem in hostility.failed:
        print(f"{number}: {problem}")
    print(sum(hostility.ends.values()), "inputs:",
          ", ".join(f"{n} {end}" for end, n in sorted(hostility.ends.items())))
    return 1 if hostility.failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6, 7):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
