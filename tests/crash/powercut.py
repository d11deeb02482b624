#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""powercut.py ext4|xfs CUTS PROGRAMS-DIRECTORY SOURCE-DIRECTORY WORK

Cut the power of a file system in an image, again and again, while clients post
alerts through the responder (FastCGI with 8 workers, and CGI), some of them
twice, some that are no JSON, and while "alertspool claim", "ack" and "release"
move records. A cut is the shutdown ioctl without a flush of the log at a random
moment; then unmount, mount, and look.

Required each time: every id that was answered 200 or 202 is there, in one state,
whole; nothing under a final name is torn; the responder starts on what it finds;
a repeat of everything unanswered is answered and is one record each. The record
schema is checked at the end, over everything.

Prints what was wrong, then the numbers; exit 0, 1, or 77 when no such file system
can be mounted here. Everything that is mounted or started is ended, too, when
this is ended by a signal.
"""
import base64
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

STATES = ("new", "cur", "done", "dead", "bad")
SIZES = {"ext4": 64, "xfs": 320}
CLIENTS = 8


def fcgi(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


class Machine:
    """An image, what is mounted of it, and the responder on that."""

    def __init__(self, kind, programs, work):
        self.kind, self.programs, self.work = kind, programs, work
        self.image, self.mount = f"{work}/image", f"{work}/mnt"
        self.spool, self.socket = f"{work}/mnt/spool", f"{work}/socket"
        self.conf, self.responder = f"{work}/alertspool.conf", None
        self.secret = b"a secret of the power cuts"
        os.makedirs(self.mount)
        with open(self.image, "wb") as file:
            file.truncate(SIZES[kind] << 20)
        subprocess.run([f"mkfs.{kind}", "-q", self.image], check=True)
        with open(os.open(f"{work}/secret", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(self.secret)
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(f"[spool]\ndirectory = {self.spool}\nmin_free = 1K\n[responder]\n"
                       f"workers = 8\n[source default]\nsecret_file = {work}/secret\n")

    def mount_it(self):
        return subprocess.run(["mount", "-o", "loop", "-t", self.kind, self.image, self.mount],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def unmount(self):
        deadline = time.monotonic() + 20
        while subprocess.run(["umount", self.mount], stderr=subprocess.DEVNULL,
                             check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise SystemExit("cannot unmount")
            time.sleep(0.05)

    def make_spool(self):
        for state in ("",) + STATES:
            os.mkdir(os.path.join(self.spool, state), 0o2750)
        os.close(os.open(f"{self.spool}/lock", os.O_CREAT, 0o640))
        os.sync()

    def start(self):
        with open(f"{self.work}/responder.log", "ab") as log:
            self.responder = subprocess.Popen(
                [f"{self.programs}/alertspool.fcgi", "-c", self.conf, "--listen",
                 "unix:" + self.socket], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(self.socket)
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit("the responder does not start") from None
                time.sleep(0.02)

    def stop(self):
        if self.responder is not None:
            self.responder.terminate()
            try:
                self.responder.wait(20)
            except subprocess.TimeoutExpired:
                self.responder.kill()
                self.responder.wait()
            self.responder = None

    def cut(self):
        subprocess.run([f"{self.programs}/tests/tools/shutdown", self.mount], check=True)

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
                s.settimeout(30)
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
            capture_output=True, check=False, timeout=60,
            env={"GATEWAY_INTERFACE": "CGI/1.1", **self.parameters(body)})
        return identity(done.stdout)

    def alertspool(self, *words):
        return subprocess.run([f"{self.programs}/alertspool", "-c", self.conf, *words],
                              capture_output=True, text=True, check=False, timeout=60)


def identity(answer):
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


class Load:
    """What goes on until the cut: posts by several clients, and moves."""

    def __init__(self, machine, first):
        self.machine, self.number = machine, first
        self.lock, self.stopped = threading.Lock(), False
        self.answered, self.unanswered, self.moves = {}, set(), 0
        work = [(self.client, (machine.post,))] * CLIENTS
        work += [(self.client, (machine.post_cgi,)), (self.mover, ())]
        # Daemons: a failure of the main thread is the end of all.
        self.threads = [threading.Thread(target=target, args=arguments, daemon=True)
                        for target, arguments in work]
        for thread in self.threads:
            thread.start()

    def next(self):
        with self.lock:
            if random.random() < 0.2 and self.answered:
                return random.choice(list(self.answered))
            self.number += 1
            return self.number

    def client(self, post):
        while not self.stopped:
            number = self.next()
            name = post(make_body(number))
            with self.lock:
                if name is not None:
                    self.answered[number] = name
                elif number not in self.answered:
                    self.unanswered.add(number)

    def mover(self):
        while not self.stopped:
            names = self.machine.alertspool("claim", "-n", "20").stdout.split()
            half = len(names) // 2
            for verb, some in (("ack", names[:half]), ("release", names[half:])):
                if some and self.machine.alertspool(verb, *some).returncode == 0:
                    self.moves += len(some)

    def end(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()
        self.unanswered -= set(self.answered)


def whole(path):
    with open(path, "rb") as file:
        text = file.read()
    try:
        record = json.loads(text)
        raw = record["raw"]
        body = base64.b64decode(record["raw_base64"]) if raw is None else raw.encode()
        return (text.endswith(b"\n") and record["id"] == os.path.basename(path) and
                hashlib.sha256(body).hexdigest() == record["delivery"]["body_sha256"])
    except (ValueError, KeyError, TypeError):
        return False


def records(spool):
    """{name: [state]}"""
    found = {}
    for state in STATES:
        for name in os.listdir(f"{spool}/{state}"):
            if not name.startswith("."):
                found.setdefault(name, []).append(state)
    return found


class Trial:
    def __init__(self, machine):
        self.machine, self.names, self.number = machine, {}, 0
        self.wrong, self.repeated, self.moves = [], 0, 0

    def look(self, when):
        found = records(self.machine.spool)
        for number, name in self.names.items():
            if name not in found:
                self.wrong.append(f"{when}: lost: {number} {name}")
        for name, states in found.items():
            if len(states) != 1:
                self.wrong.append(f"{when}: in {states}: {name}")
            if not whole(f"{self.machine.spool}/{states[0]}/{name}"):
                self.wrong.append(f"{when}: torn: {states[0]}/{name}")
        return found

    def one(self, n):
        machine = self.machine
        machine.start()
        load = Load(machine, self.number)
        time.sleep(random.uniform(0.1, 0.5))
        machine.cut()
        load.end()
        machine.stop()
        machine.unmount()
        if not machine.mount_it():
            raise SystemExit("cannot mount it again")
        self.number, self.moves = load.number, self.moves + load.moves
        self.names.update(load.answered)
        self.look(f"cut {n}")
        machine.start()
        for number in sorted(load.unanswered):
            name = machine.post(make_body(number))
            self.repeated += 1
            if name is None:
                self.wrong.append(f"cut {n}: the repeat of {number} is refused")
            else:
                self.names[number] = name
        found = self.look(f"cut {n}, repeated")
        for name in set(found) - set(self.names.values()):
            self.wrong.append(f"cut {n}: nobody posted {name}")
        machine.stop()


def main():
    kind, cuts, programs, source, work = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    random.seed()
    machine = Machine(kind, programs, work)
    if not machine.mount_it():
        return 77
    trial = Trial(machine)
    try:
        machine.make_spool()
        for n in range(1, int(cuts) + 1):
            trial.one(n)
        valid = subprocess.run(
            [sys.executable, f"{source}/tests/validate", f"{source}/schema/record.schema.json"] +
            [f"{machine.spool}/{state}" for state in STATES],
            stdout=subprocess.DEVNULL, check=False).returncode == 0
        if not valid:
            trial.wrong.append("a record does not fit the schema")
    finally:
        machine.stop()
        subprocess.run(["umount", "-l", machine.mount], check=False)
    for phrase in trial.wrong[:40]:
        print(phrase)
    print(f"{kind}: {cuts} cuts, {len(trial.names)} alerts answered, {trial.repeated} of them "
          f"after the cut, {trial.moves} moves, {len(trial.wrong)} wrong")
    return 1 if trial.wrong or not trial.names else 0


if __name__ == "__main__":
    sys.exit(main())
