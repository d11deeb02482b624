#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""table.py CASES TOKENS FRONT INSTALLATION URL|PROGRAM TRACES

Send the request of every row of the table CASES to the responder behind FRONT, at URL, or
to PROGRAM as a plain CGI program (FRONT is "cgi"). Then send each query of TOKENS to the
source "tokens", each with another alert. After each row the spool in INSTALLATION is
compared with the answers: it has each promised record, complete, and nothing else.

Prints "ok NAME" or "not ok NAME" for each row, with "# why" below it; exit 0, or 64. The
directory TRACES gets two files for the search for leaks: answers, with all answers, and
signatures, with all right signatures. CASES explains the columns. The options are

	event=TEXT      X-MMS-Event (alert.open otherwise; empty: none)
	header=N:V      an additional header; "_" in the value stands for a blank
	length=TEXT     this Content-Length; empty: none
	chunked         the body in chunks, without a length
	truncated       half of the body, then end of file
	longer          a byte after the body (only CGI)
	slow            the body in two pieces
	no-spool        the spool is moved away meanwhile
	key=NAME        the record names this key
	allow=A,B       what the Allow header lists (POST otherwise)
	untraced=FRONT  the log of this server, at level info, names the header it drops
	as=NAME         the answer has the id that row NAME got
	only=FRONT,...  other fronts skip the row
	FRONT=EXPECT    another expectation; apache= is proxy_fcgi, fcgid and cgid
"""
import base64
import hashlib
import hmac
import json
import os
import select
import socket
import subprocess
import sys
import time
import urllib.parse

MAX_BODY = 256 * 1024
PATIENCE = 30  # seconds for one answer
APACHE = ("proxy_fcgi", "fcgid", "cgid")
FLAGS = ("chunked", "truncated", "longer", "slow", "no-spool")
STATES = ("new", "cur", "done", "dead", "bad")


class Row:
    def __init__(self, line, front):
        fields = line.split()
        (self.name, self.method, self.path, self.signature, self.token, self.body,
            expect) = fields[:7]
        self.flags = set()
        self.options = {}
        for field in fields[7:]:
            key, equals, value = field.partition("=")
            if not equals and key not in FLAGS:
                raise SystemExit(f"{self.name}: what is {field}?")
            if equals:
                self.options[key] = value
            else:
                self.flags.add(key)
        if front in APACHE:
            expect = self.options.get("apache", expect)
        expect = self.options.get(front, expect)
        self.skipped = front not in self.options.get("only", front).split(",")
        status, _, self.outcome = expect.partition("/")
        self.by_server = status.endswith("!")
        self.status = status.rstrip("!")
        self.untraced = self.options.get("untraced") == front
        self.query = None  # that of the token column


def token_row(line, front):
    """A row of the other table, as one of this."""
    name, verdict, query, *options = line.split()
    expect = "200/stored" if verdict == "valid" else "403"
    row = Row(" ".join((f"tokens-{name} POST /tokens - - alert", expect, *options)), front)
    row.query = "" if query == "-" else query.replace("\\s", " ")
    return row


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None
        if not isinstance(self.json, dict):
            self.json = {}


# ---- making a request --------------------------------------------------------

def alert(name, **more):
    """A small alert of our own, another one for each row."""
    identity = hashlib.sha1(name.encode()).hexdigest()
    return json.dumps({
        "id": identity[:24], "groupId": "5d1b6f8e8c2e4e2d3c4a0001",
        "alertConfigId": "5d1b6f8e8c2e4e2d3c4a0002", "status": "OPEN",
        "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "clusterName": "test",
        "created": "2026-11-20T10:30:00Z", "updated": "2026-11-20T10:30:00Z",
        "metricName": "DISK_PARTITION_SPACE_USED_DATA",
        "currentValue": {"number": 95.2, "units": "RAW"}, **more}).encode()


def alert_of(name, size):
    bare = len(alert(name, padding=""))
    return alert(name, padding="x" * (size - bare))


BODIES = {
    "-": lambda name: None,
    "alert": alert,
    "newline": lambda name: alert(name, humanReadable="a@b").replace(b"@", b"\n"),
    "array": lambda name: b"[1, 2]",
    "text": lambda name: b"hello, world",
    "latin1": lambda name: alert(name, clusterName="@").replace(b"@", b"\xe9"),
    "nuls": lambda name: bytes(100),
    "empty": lambda name: b"",
    "max": lambda name: alert_of(name, MAX_BODY),
    "max+1": lambda name: alert_of(name, MAX_BODY + 1),
    "5m": lambda name: alert_of(name, 5 << 20),
}


def mac(secret, body):
    return hmac.new(secret, body or b"", hashlib.sha1).digest()


def encoded(digest):
    return base64.b64encode(digest).decode()


def loose_bits(text):
    """The same 20 bytes for a decoder that ignores the last two bits."""
    alphabet = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                "0123456789+/")
    return text[:26] + alphabet[alphabet.index(text[26]) + 1] + "="


def right(keys, body):
    return encoded(mac(keys["secret"], body))


NAME = "X-MMS-Signature"

SIGNATURES = {  # keys, body -> header values, or names and values
    "-": lambda k, b: [],
    "right": lambda k, b: [encoded(mac(k["secret"], b))],
    "old": lambda k, b: [encoded(mac(k["secret.old"], b))],
    "other": lambda k, b: [encoded(mac(k["secret.hex"], b))],
    "wrong": lambda k, b: [encoded(mac(b"wrong", b))],
    "other-body": lambda k, b: [encoded(mac(k["secret"], b + b" "))],
    "empty": lambda k, b: [""],
    "doubled": lambda k, b: [encoded(mac(k["secret"], b))] * 2,
    "two": lambda k, b: [encoded(mac(k["secret"], b)), encoded(mac(b"wrong", b))],
    "comma": lambda k, b: [", ".join([encoded(mac(k["secret"], b))] * 2)],
    "malformed": lambda k, b: ["!!!!!!!!!!!!!!!!!!!!!!!!!!!="],
    "short": lambda k, b: [encoded(mac(k["secret"], b)[:1])],
    "no-padding": lambda k, b: [encoded(mac(k["secret"], b)).rstrip("=")],
    "loose-bits": lambda k, b: [loose_bits(encoded(mac(k["secret"], b)))],
    "junk": lambda k, b: [encoded(mac(k["secret"], b)) + "AAAA"],
    "oversized": lambda k, b: ["A" * 4000],
    "hex": lambda k, b: [mac(k["secret.hex"], b).hex()],
    "hex-upper": lambda k, b: [mac(k["secret.hex"], b).hex().upper()],
    "blanks": lambda k, b: [" \t" + encoded(mac(k["secret"], b)) + "\t "],
    # headers that a server might misinterpret
    "lower-name": lambda k, b: [(NAME.lower(), right(k, b))],
    "underscored": lambda k, b: [("X_MMS_Signature", right(k, b))],
    "and-underscored": lambda k, b: [right(k, b), ("X_MMS_Signature", "AAAA")],
    "after-underscored": lambda k, b: [("X_MMS_Signature", right(k, b)), "AAAA"],
    "blank-in-name": lambda k, b: [(NAME + " ", right(k, b))],
    "tab-in-name": lambda k, b: [(NAME + "\t", right(k, b))],
    "longer-name": lambda k, b: [(NAME + "s", right(k, b))],
    "folded": lambda k, b: [right(k, b)[:14] + "\r\n " + right(k, b)[14:]],
    "folded-behind": lambda k, b: [right(k, b) + "\r\n AAAA"],
    "folded-before": lambda k, b: ["\r\n\t" + right(k, b)],
    "bare-cr": lambda k, b: [right(k, b) + "\rAAAA"],
    "tab-inside": lambda k, b: [right(k, b)[:14] + "\t" + right(k, b)[14:]],
    "ff-before": lambda k, b: ["\xff" + right(k, b)],
    "ff-behind": lambda k, b: [right(k, b) + "\xff"],
    "nbsp-behind": lambda k, b: [right(k, b) + "\xa0"],
    "control-behind": lambda k, b: [right(k, b) + "\x01"],
    "8k": lambda k, b: ["A" * 8192],
    "quoted": lambda k, b: ['"' + right(k, b) + '"'],
    "semicolon": lambda k, b: [right(k, b) + "; q=1"],
    "comma-empty": lambda k, b: [right(k, b) + ","],
    "empty-comma": lambda k, b: [", " + right(k, b)],
    "empty-and-right": lambda k, b: ["", right(k, b)],
    "right-and-empty": lambda k, b: [right(k, b), ""],
    "three": lambda k, b: ["AAAA", right(k, b), "AAAA"],
    "url-safe": lambda k, b: [right(k, b).replace("+", "-").replace("/", "_")[:26] + "_="],
}

TOKENS = {  # keys -> query string
    "-": lambda k: "",
    "right": lambda k: "token=" + k["token"].decode(),
    "old": lambda k: "token=" + k["token.old"].decode(),
    "escaped": lambda k: "token=" + "".join(f"%{c:02x}" for c in k["token"]),
    "among": lambda k: f"a=1&b=%zz&token={k['token'].decode()}&c",
    "empty": lambda k: "token=",
    "bare": lambda k: "token",
    "wrong": lambda k: "token=wrong",
    "doubled": lambda k: "&".join(["token=" + k["token"].decode()] * 2),
    "two": lambda k: f"token={k['token'].decode()}&token=wrong",
    "bad-escape": lambda k: f"token={k['token'].decode()}%zz",
    "half-escape": lambda k: f"token={k['token'].decode()}%4",
    "oversized": lambda k: "token=" + "A" * 5000,
    "longer": lambda k: f"token={k['token'].decode()}0",
    "shorter": lambda k: "token=" + k["token"].decode()[:-1],
    "upper": lambda k: "TOKEN=" + k["token"].decode(),
}


def headers_of(row, keys, body):
    event = row.options.get("event", "alert.open")
    headers = [("User-Agent", "table"), ("Content-Type", "application/json")]
    if event:
        headers.append(("X-MMS-Event", event))
    for value in SIGNATURES[row.signature](keys, body):
        headers.append(value if isinstance(value, tuple) else (NAME, value))
    if "header" in row.options:
        name, _, value = row.options["header"].partition(":")
        headers = [h for h in headers if h[0] != name or name == "X-MMS-Event"]
        headers.append((name, value.replace("_", " ")))
    return headers


def chunks(body):
    out = b""
    for at in range(0, len(body), 10000):
        piece = body[at:at + 10000]
        out += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    return out + b"0\r\n\r\n"


# ---- the two ways to ask -----------------------------------------------------

class Http:
    """One request for each connection, byte for byte as the row wants it."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port)
        self.script = parts.path

    def ask(self, method, path, query, headers, body, options=(), flags=()):
        target = self.script + ("" if path == "-" else path)
        lines = [f"{method} {target}{'?' if query else ''}{query} HTTP/1.1",
                 f"Host: {self.address[0]}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        if "chunked" in flags:
            lines.append("Transfer-Encoding: chunked")
            body = chunks(body)
        elif body is not None:
            length = dict(options).get("length", str(len(body)))
            if length:
                lines.append(f"Content-Length: {length}")
            if "truncated" in flags:
                body = body[:len(body) // 2]
        head = "\r\n".join(lines + ["", ""]).encode("latin-1")
        with socket.create_connection(self.address, PATIENCE) as connection:
            if "slow" in flags:
                half = len(body) // 2
                connection.sendall(head + body[:half])
                time.sleep(0.3)
                head, body = b"", body[half:]
            raw = exchange(connection, head + (body or b""), "truncated" in flags)
        return parse_answer(raw)


def exchange(connection, out, half_close):
    """Send and receive at once: a server may answer before it has it all."""
    view, raw, sending = memoryview(out), b"", True
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        readable, writable, _ = select.select(
            [connection], [connection] if sending else [], [], 1)
        try:
            if readable:
                piece = connection.recv(65536)
                if not piece:
                    break
                raw += piece
            if writable:
                view = view[connection.send(view[:65536]):]
        except (BrokenPipeError, ConnectionResetError):
            if not sending:
                break
            sending = False
            continue
        if sending and not view:
            sending = False
            if half_close:
                connection.shutdown(socket.SHUT_WR)
    else:
        raise TimeoutError
    return raw


def parse_answer(raw):
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        return Answer("none", {}, b"")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        body = unchunk(body)
    return Answer(lines[0].split()[1], headers, body)


def unchunk(text):
    body = b""
    while text:
        size, _, text = text.partition(b"\r\n")
        body += text[:int(size, 16)]
        text = text[int(size, 16) + 2:]
    return body


class Cgi:
    """The program itself, as RFC 3875 says, without any server."""

    def __init__(self, program, settings):
        self.program, self.settings = program, settings

    def ask(self, method, path, query, headers, body, options=(), flags=()):
        environment = {
            "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
            "REQUEST_METHOD": method, "SCRIPT_NAME": "/atlas",
            "REMOTE_ADDR": "127.0.0.1", "QUERY_STRING": query,
            "PATH_INFO": "" if path == "-" else urllib.parse.unquote(path),
            "ALERTSPOOL_CONF": self.settings,
        }
        for name, value in headers:
            name = name.upper().replace("-", "_")
            if name == "PROXY":
                continue
            if name != "CONTENT_TYPE":
                name = "HTTP_" + name
            value = value.strip(" \t")
            if name in environment:
                value = environment[name] + ", " + value
            environment[name] = value
        if body is not None and "chunked" not in flags:
            environment["CONTENT_LENGTH"] = dict(options).get("length", str(len(body)))
        if "truncated" in flags:
            body = body[:len(body) // 2]
        if "longer" in flags:
            body += b"x"
        return parse_cgi(self.run(environment, body or b"", "slow" in flags))

    def run(self, environment, body, slow):
        with subprocess.Popen([self.program], env=environment,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            try:
                if slow:
                    child.stdin.write(body[:len(body) // 2])
                    child.stdin.flush()
                    time.sleep(0.3)
                    body = body[len(body) // 2:]
                return child.communicate(body, PATIENCE)[0]
            except subprocess.TimeoutExpired:
                child.kill()
                raise TimeoutError from None


def parse_cgi(raw):
    head, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not separator or not head.startswith(b"Status: "):
        return Answer("none", {}, b"")
    lines = head.decode("latin-1").split("\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(headers["status"].split()[0], headers, body)


# ---- judging -----------------------------------------------------------------

def spool_files(spool):
    """Everything that lies in the spool's states, dot-names too."""
    found = set()
    for state in STATES:
        for entry in os.scandir(os.path.join(spool, state)):
            found.add((state, entry.name))
    return found


class Judge:
    def __init__(self, asker, installation, traces):
        self.asker = asker
        self.answers = open(os.path.join(traces, "answers"), "wb")
        self.signatures = open(os.path.join(traces, "signatures"), "w")
        self.spool = os.path.join(installation, "spool")
        self.keys = {}
        for name in ("secret", "secret.old", "secret.hex", "token", "token.old"):
            with open(os.path.join(installation, name), "rb") as file:
                self.keys[name] = file.read().rstrip(b"\n")
        self.bodies, self.ids = {}, {}
        self.forbidden = None

    def ask(self, row):
        body = self.body_of(row)
        self.bodies[row.name] = body
        query = TOKENS[row.token](self.keys) if row.query is None else row.query
        answer = self.asker.ask(
            row.method, row.path, query,
            headers_of(row, self.keys, body), body, row.options.items(), row.flags)
        self.trace(answer, b"" if row.untraced else body)
        return answer

    def trace(self, answer, body):
        self.answers.write(f"{answer.headers}\n".encode() + answer.body + b"\n")
        for key in ("secret", "secret.old", "secret.hex"):
            right = mac(self.keys[key], body)
            print(encoded(right), right.hex(), sep="\n", file=self.signatures)

    def body_of(self, row):
        if row.body.startswith("@"):
            return self.bodies[row.body[1:]]
        return BODIES[row.body](row.name)

    def without_spool(self, row):
        aside = self.spool + ".aside"
        os.rename(self.spool, aside)
        try:
            return self.ask(row)
        finally:
            os.rename(aside, self.spool)
            self.wait_until_ready()

    def wait_until_ready(self):
        until = time.monotonic() + PATIENCE
        while self.asker.ask("GET", "/-/ready", "", [], None).status != "200":
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(0.05)

    def judge(self, row):
        """What is wrong with this row, as a list of phrases."""
        before = spool_files(self.spool)
        answer = self.without_spool(row) if "no-spool" in row.flags else self.ask(row)
        added = spool_files(self.spool) - before
        gone = before - spool_files(self.spool)
        wrong = [f"{state}/{name} is gone" for state, name in gone]
        if answer.status != row.status:
            wrong.append(f"status {answer.status}, not {row.status}: {answer.body[:200]}")
            return wrong + [f"{state}/{name} appeared" for state, name in added]
        if row.outcome:
            wrong += self.judge_record(row, answer, before, added)
        else:
            wrong += [f"{state}/{name} appeared" for state, name in added]
            wrong += self.judge_refusal(row, answer)
        return wrong

    def judge_refusal(self, row, answer):
        wrong = []
        media = answer.headers.get("content-type", "")
        if row.by_server:
            if media == "application/problem+json":
                wrong.append("the responder answered, not the server")
            return wrong
        if row.status in ("200", "none"):
            return wrong
        if media != "application/problem+json":
            wrong.append(f"content type {media}")
        if row.method != "HEAD" and (answer.json.get("status") != int(row.status) or
                set(answer.json) != {"type", "title", "status", "detail"}):
            wrong.append(f"no problem of its status (RFC 9457): {answer.body[:200]}")
        if row.status == "405":
            allow = answer.headers.get("allow", "").upper().replace(" ", "")
            if allow != row.options.get("allow", "POST"):
                wrong.append(f"Allow: {allow}")
        if row.status == "503" and answer.headers.get("retry-after") != "30":
            wrong.append("no Retry-After: 30")
        if row.status == "403":
            self.forbidden = self.forbidden or answer.body
            if answer.body != self.forbidden:
                wrong.append("403 with other bytes than before")
        return wrong

    def judge_record(self, row, answer, before, added):
        wrong = []
        if answer.headers.get("content-type") != "application/json":
            wrong.append(f"content type {answer.headers.get('content-type')}")
        if answer.json.get("status") != row.outcome:
            wrong.append(f"outcome {answer.body[:200]}, not {row.outcome}")
        name = answer.json.get("id", "?")
        self.ids[row.name] = name
        if row.outcome == "duplicate":
            original = row.options.get("as", row.body[1:])
            if name != self.ids.get(original):
                wrong.append(f"id {name}, not that of {original}")
            if added or not any((state, name) in before for state in STATES):
                wrong.append(f"spool: {name} should be there, {added} appeared")
            return wrong
        state = "bad" if row.outcome == "quarantined" else "new"
        if added != {(state, name)}:
            wrong.append(f"spool: {added} appeared, not {state}/{name}")
            return wrong
        return wrong + self.judge_file(row, os.path.join(self.spool, state, name))

    def judge_file(self, row, path):
        with open(path, "rb") as file:
            text = file.read()
        record, body = json.loads(text), self.bodies[row.name]
        raw = record["raw"]
        if raw is None:
            raw = base64.b64decode(record["raw_base64"])
        else:
            raw = raw.encode()
        wrong = []
        if raw != body or not text.endswith(b"}\n"):
            wrong.append("the record does not hold the body as it was sent")
        if record["delivery"]["body_sha256"] != hashlib.sha256(body).hexdigest():
            wrong.append("body_sha256 is not the body's")
        key = row.options.get("key")
        if key and record["delivery"]["key"] != key:
            wrong.append(f"key {record['delivery']['key']}, not {key}")
        return wrong


def lines_of(path):
    with open(path) as file:
        return [line for line in file if line.strip() and not line.startswith("#")]


def main(arguments):
    if len(arguments) != 6:
        print(__doc__, file=sys.stderr)
        return 64
    cases, tokens, front, installation, target, traces = arguments
    if front == "cgi":
        asker = Cgi(target, os.path.join(installation, "alertspool.conf"))
    else:
        asker = Http(target)
    judge = Judge(asker, installation, traces)
    rows = [Row(line, front) for line in lines_of(cases)]
    rows += [token_row(line, front) for line in lines_of(tokens)]
    for row in rows:
        if row.skipped:
            continue
        try:
            wrong = judge.judge(row)
        except TimeoutError:
            wrong = ["no answer in time"]
        print("not ok" if wrong else "ok", row.name)
        for phrase in wrong:
            print("#", phrase)
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
