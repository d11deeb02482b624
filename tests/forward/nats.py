# SPDX-License-Identifier: ISC
"""nats.py: a client of NATS that shares nothing with alertspool.

	nats.py api PORT SUBJECT [JSON]		ask, print the answer
	nats.py wait PORT STREAM		wait until the stream can be used
	nats.py consume PORT STREAM FILE	all messages, as JSON lines
	nats.py check FILE SPOOL…		compare with what is in done/

The protocol is text (docs.nats.io, "client protocol"). NATS_USER and
NATS_PASSWORD in the environment are shown to the server.
"""
import json
import os
import re
import socket
import sys
import time


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", int(port)), 10)
        self.file = self.socket.makefile("rb")
        self.file.readline()  # INFO
        self.inbox = "_INBOX.test%d" % os.getpid()
        self.send(b"CONNECT %s\r\nSUB %s.> 1\r\n" % (
            json.dumps({
                "verbose": False, "headers": True, "no_responders": True,
                "user": os.environ.get("NATS_USER", ""),
                "pass": os.environ.get("NATS_PASSWORD", ""),
            }).encode(), self.inbox.encode()))

    def send(self, data):
        self.socket.sendall(data)

    def publish(self, subject, body=b"", reply=None):
        words = [subject] + ([self.inbox + "." + reply] if reply else [])
        self.send(b"PUB %s %d\r\n%s\r\n" %
                  (" ".join(words).encode(), len(body), body))

    def next(self, timeout=10):
        """(subject, reply, header text, body) or None"""
        self.socket.settimeout(timeout)
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError("the server closed the connection")
            words = line.decode().split()
            if words[0] == "PING":
                self.send(b"PONG\r\n")
            elif words[0] == "-ERR":
                raise PermissionError(line.decode().strip())
            elif words[0] in ("MSG", "HMSG"):
                size = int(words[-1])
                data = self.file.read(size + 2)[:size]
                cut = int(words[-2]) if words[0] == "HMSG" else 0
                rest = words[3:-1 if words[0] == "MSG" else -2]
                return (words[1], rest[0] if rest else None,
                        data[:cut].decode(), data[cut:])

    def ask(self, subject, question=b"", timeout=10):
        self.publish(subject, question, "api")
        while True:
            to, _, header, body = self.next(timeout)
            if to.endswith(".api"):
                if header.startswith("NATS/1.0 503"):
                    raise ConnectionError("no responders")
                return json.loads(body)


def parse_headers(text):
    lines = text.split("\r\n")
    return lines[0], dict(line.split(": ", 1) for line in lines[1:] if ": " in line)


def api(port, subject, question=""):
    print(json.dumps(Client(port).ask(subject, question.encode())))


def wait(port, stream):
    until = time.time() + 60
    while time.time() < until:
        try:
            answer = Client(port).ask("$JS.API.STREAM.INFO." + stream, timeout=2)
            if "state" in answer and answer.get("cluster", {}).get("leader", "-"):
                return
        except (OSError, EOFError):
            pass
        time.sleep(0.2)
    sys.exit("the stream does not come up")


def read_all(client, stream, durable, out):
    """All messages that the stream has now, by a consumer of this name."""
    left = client.ask("$JS.API.STREAM.INFO." + stream)["state"]["messages"]
    config = {"durable_name": durable, "deliver_policy": "all",
              "ack_policy": "explicit", "max_ack_pending": -1}
    answer = client.ask("$JS.API.CONSUMER.DURABLE.CREATE.%s.%s" % (stream, durable),
                        json.dumps({"stream_name": stream, "config": config}).encode())
    if "error" in answer:
        if answer["error"]["code"] == 503:
            raise ConnectionError(answer["error"]["description"])
        sys.exit(answer["error"]["description"])
    while left > 0:
        batch = min(left, 500)
        client.publish("$JS.API.CONSUMER.MSG.NEXT.%s.%s" % (stream, durable),
                       json.dumps({"batch": batch, "expires": 10**10}).encode(),
                       "next")
        while batch > 0:
            subject, reply, header, body = client.next(15)
            status, headers = parse_headers(header)
            if status.strip() != "NATS/1.0" and header:
                break  # no message: expired or none left
            out.write(json.dumps({
                "subject": subject, "headers": headers,
                "body": body.decode("utf-8")}) + "\n")
            client.send(b"PUB %s 4\r\n+ACK\r\n" % reply.encode())
            batch -= 1
            left -= 1


def consume(port, stream, path):
    """While a cluster chooses a leader, requests and messages get lost: from the
    beginning, then, with another consumer."""
    until = time.time() + 120
    for number in range(1000):
        try:
            with open(path, "w", encoding="utf-8") as out:
                return read_all(Client(port), stream, "test%d-%d" % (os.getpid(), number), out)
        except (OSError, EOFError, KeyError) as why:
            if time.time() > until:
                sys.exit("no answer: %r" % why)
            time.sleep(1)


SIGNATURE = re.compile(rb'"signature":null,|,"signature_sha256":(null|"[0-9a-f]{64}")')


def expected(path):
    """A record's file, without what its delivery has of the signature."""
    with open(path, "rb") as file:
        return SIGNATURE.sub(b"", file.read(), count=2)


def order(name):
    time_, _, event, digest = name.split(".")
    events = "open inform update acknowledge unknown close cancel".split()
    return time_, events.index(event), digest


def check(path, *spools):
    """Every record in done/ once in the stream, its bytes; in each spool's
    order within every alert; and nothing else in the stream."""
    wrong = []
    at = {}
    count = {}
    with open(path, encoding="utf-8") as lines:
        for seq, line in enumerate(lines):
            message = json.loads(line)
            ident = message["headers"]["Nats-Msg-Id"]
            name = message["headers"]["Alertspool-Id"]
            count[ident] = count.get(ident, 0) + 1
            at.setdefault(name, []).append((seq, message))
    wrong += ["twice: " + i for i, n in count.items() if n != 1]
    known = set()
    waiting = 0
    for spool in spools:
        last = {}
        done = os.listdir(os.path.join(spool, "done"))
        waiting += sum(len(os.listdir(os.path.join(spool, s)))
                       for s in ("new", "cur", "dead"))
        known |= {n for s in ("new", "cur", "done", "dead")
                  for n in os.listdir(os.path.join(spool, s))}
        for name in sorted(done, key=order):
            if name not in at:
                wrong.append("not in the stream: " + name)
                continue
            seq, message = at[name][0]
            if message["body"].encode() != expected(os.path.join(spool, "done", name)):
                wrong.append("other bytes: " + name)
            alert = name.split(".")[1]
            if alert != "-" and last.get(alert, -1) > seq:
                wrong.append("before an earlier one: " + name)
            last[alert] = seq
    wrong += ["in no spool: " + name for name in at if name not in known]
    for line in wrong[:20]:
        print(line)
    print("%d messages, %d records, %d not done, %d wrong" %
          (sum(count.values()), len(known), waiting, len(wrong)))
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
