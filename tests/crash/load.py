# SPDX-License-Identifier: ISC
"""load.py: a responder on a spool, a load for it, and checks of the spool after a power cut
under that load. For powercut.py and replay.py.

The load: clients post alerts through the responder (FastCGI with 8 workers, and
CGI), some of them twice, some at the same time as another client, some that are
no JSON, while "alertspool claim", "ack" and "release" move records.
"""
import base64
import hashlib
import hmac
import importlib.machinery
import importlib.util
import json
import os
import random
import socket
import struct
import subprocess
import threading
import time

import jsonschema

STATES = ("new", "cur", "done", "dead", "bad")
CLIENTS = 8


class Broken(Exception):
    """Nothing goes on here."""


def wait_until(condition, otherwise):
    """Machines may be slow; what takes five minutes is broken."""
    deadline = time.monotonic() + 300
    while not condition():
        if time.monotonic() > deadline:
            raise Broken(otherwise)
        time.sleep(0.01)


def unmount(directory):
    """It may be busy for a moment."""
    wait_until(lambda: subprocess.run(["umount", directory], stderr=subprocess.DEVNULL,
                                      check=False).returncode == 0, f"cannot unmount {directory}")


def fcgi(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def identity(answer):
    """The id, or None when this is no answer of 200 or 202."""
    if b"Status: 200" not in answer and b"Status: 202" not in answer:
        return None
    at = answer.find(b'"id":"')
    end = answer.find(b'"', at + 6)
    return answer[at + 6:end].decode() if at >= 0 and end > at else None


def make_body(number):
    if number % 10 == 9:
        return b"no JSON object, number %d" % number
    return json.dumps({
        "id": f"{number % 50:024x}", "status": "OPEN", "clusterName": "x" * (number % 3000),
        "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "number": number,
        "updated": "2026-11-20T10:30:00Z", "created": "2026-11-20T10:30:00Z"}).encode()


class Installation:
    """Settings, a secret and a socket in one directory, a spool perhaps elsewhere."""

    def __init__(self, programs, work, spool):
        self.programs, self.work, self.spool = programs, work, spool
        self.conf, self.socket = f"{work}/alertspool.conf", f"{work}/socket"
        self.secret, self.responder = b"a secret of the power cuts", None
        with open(os.open(f"{work}/secret", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(self.secret)
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(f"[spool]\ndirectory = {spool}\nmin_free = 1K\n[responder]\n"
                       f"workers = 8\n[source default]\nsecret_file = {work}/secret\n")

    def make_spool(self):
        for state in ("",) + STATES:
            os.mkdir(os.path.join(self.spool, state), 0o2750)
        os.close(os.open(f"{self.spool}/lock", os.O_CREAT, 0o640))
        subprocess.run(["sync", "-f", self.spool], check=True)

    def start(self):
        with open(f"{self.work}/responder.log", "ab") as log:
            self.responder = subprocess.Popen(
                [f"{self.programs}/alertspool.fcgi", "-c", self.conf, "--listen",
                 "unix:" + self.socket], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self.listens, "the responder does not start")

    def listens(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.socket)
            return True
        except OSError:
            return False

    def stop(self):
        if self.responder is not None:
            self.responder.terminate()
            try:
                self.responder.wait(60)
            except subprocess.TimeoutExpired:
                self.responder.kill()
                self.responder.wait()
            self.responder = None

    def parameters(self, body):
        mac = base64.b64encode(hmac.new(self.secret, body, hashlib.sha1).digest()).decode()
        return {"REQUEST_METHOD": "POST", "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
                "PATH_INFO": "/", "CONTENT_LENGTH": str(len(body)),
                "HTTP_X_MMS_EVENT": "alert.open", "HTTP_X_MMS_SIGNATURE": mac}

    def post(self, body):
        """The id, or None when this was not answered with 200 or 202."""
        params = b"".join(pair(n.encode(), v.encode())
                          for n, v in self.parameters(body).items())
        answer = b""
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(300)
                s.connect(self.socket)
                s.sendall(fcgi(1, struct.pack(">HB5x", 1, 0)) + fcgi(4, params) + fcgi(4, b"") +
                          fcgi(5, body) + fcgi(5, b""))
                while chunk := s.recv(65536):
                    answer += chunk
        except OSError:
            pass
        return identity(answer)

    def post_cgi(self, body):
        done = subprocess.run(
            [f"{self.programs}/alertspool.fcgi", "-c", self.conf], input=body,
            capture_output=True, check=False, timeout=300,
            env={"GATEWAY_INTERFACE": "CGI/1.1", **self.parameters(body)})
        return identity(done.stdout)

    def alertspool(self, *words):
        return subprocess.run([f"{self.programs}/alertspool", "-c", self.conf, *words],
                              capture_output=True, text=True, check=False, timeout=300)


class Load:
    """What goes on until end(). Of each post, posts has the number of the body, what
    moment() said before it and after it, and the id, or None: not answered."""

    def __init__(self, installation, first=0, moment=lambda: 0):
        self.installation, self.number, self.moment = installation, first, moment
        self.lock, self.stopped = threading.Lock(), False
        self.posts, self.done, self.moves = [], [], 0
        work = [(self.client, (installation.post,))] * CLIENTS
        work += [(self.client, (installation.post_cgi,)), (self.mover, ())]
        # Daemons: a failure of the main thread is the end of all.
        self.threads = [threading.Thread(target=target, args=arguments, daemon=True)
                        for target, arguments in work]
        for thread in self.threads:
            thread.start()

    def next(self):
        """A new number, one that was answered, or one another client has in hand."""
        kind = random.random()
        with self.lock:
            if kind < 0.1 and self.done:
                return random.choice(self.done)
            if kind < 0.2 and self.done:
                return self.number
            self.number += 1
            return self.number

    def client(self, post):
        while not self.stopped:
            number = self.next()
            before = self.moment()
            name = post(make_body(number))
            self.posts.append((number, before, self.moment(), name))
            if name is None:
                time.sleep(0.05)  # nothing answers when the power is off
            else:
                self.done.append(number)

    def mover(self):
        while not self.stopped:
            names = self.installation.alertspool("claim", "-n", "20").stdout.split()
            half = len(names) // 2
            for verb, some in (("ack", names[:half]), ("release", names[half:])):
                if some and self.installation.alertspool(verb, *some).returncode == 0:
                    self.moves += len(some)

    def wait(self):
        """Until there was a repeat, and a move."""
        wait_until(lambda: self.moves and len(self.done) > len(set(self.done)),
                   "nothing is repeated, or moved")

    def end(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()


class Answers:
    """{number: id} of what was answered, and what is wrong with the answers."""

    def __init__(self):
        self.names, self.repeats, self.wrong = {}, 0, []

    def add(self, number, name):
        if number in self.names:
            self.repeats += 1
            if self.names[number] != name:
                self.wrong.append(f"{number} is {self.names[number]} and {name}")
        self.names[number] = name


class Judge:
    """Is a file a whole record? Most of them were seen before, the same to the byte."""

    def __init__(self, source):
        loader = importlib.machinery.SourceFileLoader("validate", f"{source}/tests/validate")
        self.validate = importlib.util.module_from_spec(
            importlib.util.spec_from_loader("validate", loader))
        loader.exec_module(self.validate)
        with open(f"{source}/schema/record.schema.json", encoding="utf-8") as file:
            self.schema = json.load(file)
        self.validator = jsonschema.Draft202012Validator(
            self.schema, format_checker=self.validate.FORMATS)
        self.seen = {}

    def fault(self, name, text):
        """What is wrong with it, or None."""
        key = (name, hashlib.sha256(text).digest())
        if key not in self.seen:
            self.seen[key] = self.find_fault(name, text)
        return self.seen[key]

    def find_fault(self, name, text):
        if not text.endswith(b"\n") or text.count(b"\n") != 1:
            return f"no line, {len(text)} bytes"
        for fault in self.validate.record_errors(self.schema, self.validator, text):
            return fault
        record = json.loads(text)
        raw = record["raw"]
        body = base64.b64decode(record["raw_base64"]) if raw is None else raw.encode()
        if hashlib.sha256(body).hexdigest() != record["delivery"]["body_sha256"]:
            return "the body is another"
        return None if record["id"] == name else "it is another record"

    def look(self, spool, names, halves=False):
        """({name: [state]}, what is wrong): each of these is there, each record is
        whole and in one state; with halves, half a move may have been made: one
        file has a name in two."""
        found, wrong = {}, []
        for state in STATES:
            try:
                names_there = os.listdir(f"{spool}/{state}")
            except OSError as error:
                wrong.append(f"{state}/: {error.strerror}")
                continue
            for name in names_there:
                if name.startswith("."):
                    continue
                found.setdefault(name, []).append(state)
                try:
                    with open(f"{spool}/{state}/{name}", "rb") as file:
                        fault = self.fault(name, file.read())
                except OSError as error:
                    fault = error.strerror
                if fault is not None:
                    wrong.append(f"torn: {state}/{name}: {fault}")
        wrong += [f"lost: {name}" for name in names if name not in found]
        wrong += [f"in {' and '.join(states)}: {name}" for name, states in found.items()
                  if len(states) != 1 and not (halves and one_file(spool, name, states))]
        return found, wrong


def one_file(spool, name, states):
    return len({os.stat(f"{spool}/{state}/{name}").st_ino for state in states}) == 1
