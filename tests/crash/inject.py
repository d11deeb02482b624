#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""inject.py [--all | --third] [--kill] PROGRAMS-DIRECTORY WORK SCENARIO...

Run the real programs under strace, and at each of their system calls in turn,
from the one that opens the settings file on, let that one call fail (strace
-e inject), or kill the process there (--kill).

Scenarios are publish, duplicate and quarantine (a CGI run each), claim, ack,
release, bury, requeue, requeue-bad and run (the command line). A plain run first tells how
many calls there are. Without --all every call fails with one of the errors,
taken in turn; with it, with all of them. --third takes every third call.

Required each time. Of the responder: an answer, and it is 503 unless the record
is there, whole, once; 503 leaves nothing behind and says why in the log; a
failed fsync is never a 2xx; the next delivery of the same is answered 2xx and
is one record. Of the command line: it ends by itself; the record is in one
state, whole; the same command, or the one that it was preparing for, can be
given again. Killed: what was not answered may be there or not, nothing is torn,
and the same again as above.

Prints what was wrong, then how many injections were made; exit 0 or 1.
"""
import base64
import collections
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EINTR", "EROFS", "EACCES")
STATES = ("new", "cur", "done", "dead", "bad")
# The process's beginning and end are none of ours; and a brk that fails returns
# the old break in earnest, never an error, which libc takes for an address.
SKIPPED = {"exit_group", "rt_sigreturn", "execve", "restart_syscall", "exit", "wait4",
           "vfork", "clone", "clone3", "arch_prctl", "set_tid_address", "set_robust_list", "brk"}
# libgcrypt ends the process on purpose when it cannot tell whether it must obey
# FIPS; what cannot be read of the body is a broken stream, which is a 400.
FIPS = "fips_enabled"
READING = ("read", "poll")
CALL = re.compile(r"^(?:\d+ +)?([a-z0-9_]+)\(")
ALERT = json.dumps({
    "id": "5d1b6f8e8c2e4e2d3c4a5b6c", "status": "OPEN", "clusterName": "test",
    "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "updated": "2026-11-20T10:30:00Z",
    "created": "2026-11-20T10:30:00Z"}).encode()


class Installation:
    def __init__(self, programs, work):
        self.responder = os.path.join(programs, "alertspool.fcgi")
        self.alertspool = os.path.join(programs, "alertspool")
        self.seed = os.path.join(programs, "tests/tools/seed")
        self.work = work
        self.spool = os.path.join(work, "spool")
        self.conf = os.path.join(work, "alertspool.conf")
        self.trace = os.path.join(work, "trace")
        self.secret = b"a secret of the injections"
        os.makedirs(work, exist_ok=True)
        with open(os.open(os.path.join(work, "secret"), os.O_CREAT | os.O_WRONLY, 0o600),
                  "wb") as file:
            file.write(self.secret)
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(f"[spool]\ndirectory = {self.spool}\nmin_free = 1K\n"
                       f"[source default]\nsecret_file = {work}/secret\n")

    def empty(self):
        shutil.rmtree(self.spool, ignore_errors=True)
        for state in ("",) + STATES:
            os.mkdir(os.path.join(self.spool, state), 0o2750)
        os.close(os.open(os.path.join(self.spool, "lock"), os.O_CREAT, 0o640))

    def empty_states(self):
        """The same, while somebody has it open, and must look at all of it anew."""
        os.close(os.open(os.path.join(self.spool, "touched"), os.O_CREAT, 0o640))
        os.unlink(os.path.join(self.spool, "touched"))
        for path in glob.glob(self.spool + "/*/*") + glob.glob(self.spool + "/*/.[!.]*"):
            os.unlink(path)

    def files(self):
        """{STATE/NAME: text}, dot-names included."""
        found = {}
        for path in glob.glob(self.spool + "/*/*") + glob.glob(self.spool + "/*/.[!.]*"):
            state, name = path.split("/")[-2:]
            if state in STATES:
                with open(path, "rb") as file:
                    found[f"{state}/{name}"] = file.read()
        return found

    def run(self, command, inject=None, stdin=b"", **environment):
        """(exit status, standard output, standard error)"""
        words = ["strace", "-qq", "-o", self.trace]
        if inject is not None:
            words += ["-e", "trace=" + inject[0],
                      "-e", "inject=%s:%s:when=%d" % (inject[0], inject[2], inject[1])]
        env = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0", **environment}
        done = subprocess.run(words + command, input=stdin, capture_output=True, env=env,
                              timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def deliver(self, body, inject=None):
        mac = base64.b64encode(hmac.new(self.secret, body, hashlib.sha1).digest())
        code, out, err = self.run(
            [self.responder, "-c", self.conf], inject, body, GATEWAY_INTERFACE="CGI/1.1",
            REQUEST_METHOD="POST", PATH_INFO="/", CONTENT_LENGTH=str(len(body)),
            REMOTE_ADDR="127.0.0.1", HTTP_X_MMS_EVENT="alert.open",
            HTTP_X_MMS_SIGNATURE=mac.decode())
        status = re.match(rb"Status: (\d+)", out)
        return int(status.group(1)) if status else 0, code, err

    def command(self, *words, inject=None):
        code, out, err = self.run([self.alertspool, "-c", self.conf, *words], inject)
        return code, out, err

    def calls(self):
        """[(call, its number)] of the last run, from the settings file on."""
        seen, found, on = collections.Counter(), [], False
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            for line in file:
                call = CALL.match(line)
                if not call:
                    continue
                seen[call[1]] += 1
                on = on or "alertspool.conf" in line and call[1].startswith("open")
                if on and call[1] not in SKIPPED and FIPS not in line:
                    found.append((call[1], seen[call[1]]))
        return found


def whole(text):
    """Is this the text of a whole record whose body is what it says?"""
    try:
        record = json.loads(text)
        raw = record["raw"]
        body = base64.b64decode(record["raw_base64"]) if raw is None else raw.encode()
        return (text.endswith(b"\n") and
                hashlib.sha256(body).hexdigest() == record["delivery"]["body_sha256"])
    except (ValueError, KeyError, TypeError):
        return False


class Scenario:
    """One kind of run: how to prepare, do, and judge it."""

    def __init__(self, installation, name):
        self.at, self.name, self.wrong = installation, name, []

    def problems(self, inject):
        """What is always true of the spool."""
        files = self.at.files()
        records = [name for name in files if "/." not in name]
        found = [f"torn: {name}" for name in records if not whole(files[name])]
        # Between its commit and the end of the old name; the next one ends that.
        two = self.name == "requeue-bad" and {n.split("/")[0] for n in records} == {"bad", "new"}
        if len(records) > 1 and not two:
            found.append(f"more than once: {records}")
        # A dot-name that cannot be removed is for "alertspool clean".
        if inject[0] != "unlinkat" and inject[2] != "signal=KILL":
            found += [f"left behind: {name}" for name in files if "/." in name]
        return records, found


class Delivery(Scenario):
    body = ALERT

    def prepare(self):
        self.at.empty()
        if self.name == "duplicate" and self.at.deliver(self.body)[0] != 200:
            raise SystemExit("the duplicate cannot be prepared")

    def do(self, inject=None):
        return self.at.deliver(self.body, inject)

    def judge(self, inject, result):
        status, code, err = result
        killed = inject[2] == "signal=KILL"
        records, found = self.problems(inject)
        if self.name == "duplicate" and not records:
            found.append("the record is gone")
        if status // 100 == 2 and not records:
            found.append(f"{status} without a record")
        if status // 100 == 2 and inject[0] == "fsync" and not killed:
            found.append(f"{status} although fsync failed")
        if status == 503 and records and self.name != "duplicate":
            found.append("503, but a record is there")
        if not killed:
            if code < 0 or code > 127:
                found.append(f"died: {code}")
            # An answer that cannot be written is none.
            if status not in (200, 202, 503) and inject[0] not in ("write", "writev") and \
                    not (status == 400 and inject[0] in READING and
                         (not records or self.name == "duplicate")):
                found.append(f"answered {status}, exit {code}")
            if status == 503 and b"level=error" not in err and inject[0] not in (
                    "write", "writev", "sendto", "sendmsg"):
                found.append("503 without a line in the log")
        status = self.do()[0]
        records, again = self.problems(inject)
        if status not in (200, 202) or len(records) != 1:
            again.append(f"the next one: {status}, {records}")
        return found + again


class Quarantine(Delivery):
    body = b"no JSON object"


class Command(Scenario):
    # verb: words before it that prepare, its own words, the states it may leave
    TABLE = {
        "claim": ((), ("claim",), "new cur"),
        "ack": (("claim",), ("ack", "ID"), "cur done"),
        "release": (("claim",), ("release", "ID"), "cur new"),
        "bury": (("claim",), ("bury", "ID"), "cur dead"),
        "requeue": (("bury", "ID"), ("requeue", "ID"), "dead new"),
        "run": ((), ("run", "--backoff", "0s", "--", "/bin/true"), "new cur done"),
        "requeue-bad": ((), ("requeue", "ID"), "bad new"),
    }

    def prepare(self):
        self.at.empty()
        if self.name == "requeue-bad":
            subprocess.run([self.at.seed, self.at.spool, "1", "1", "bad"], check=True)
            for name in os.listdir(os.path.join(self.at.spool, "bad")):
                os.rename(os.path.join(self.at.spool, "bad", name), os.path.join(
                    self.at.spool, "bad", re.sub(r"\.[a-z]+\.", ".unknown.", name)))
        else:
            self.at.deliver(ALERT)
        before = self.TABLE[self.name][0]
        if before and self.at.command(*self.words(before))[0] != 0:
            raise SystemExit(f"{self.name} cannot be prepared")

    def words(self, words):
        name = [name.split("/")[1] for name in sorted(self.at.files()) if "/." not in name]
        return [name[0] if word == "ID" else word for word in words]

    def do(self, inject=None):
        return self.at.command(*self.words(self.TABLE[self.name][1]), inject=inject)

    def judge(self, inject, result):
        code = result[0]
        records, found = self.problems(inject)
        states = self.TABLE[self.name][2].split()
        if not records:
            return found + ["the record is gone"]
        state = max(records, key=lambda n: n.startswith("new/")).split("/")[0] \
            if self.name == "requeue-bad" else records[0].split("/")[0]
        if state not in states:
            found.append(f"it is in {state}/")
        if inject[2] != "signal=KILL" and (code < 0 or code > 127):
            found.append(f"died: {code}")
        # Nothing to claim, since nobody could look at it, is no failure.
        if code == 0 and state != states[-1] and (self.name != "claim" or result[1]):
            found.append(f"exit 0, but it is in {state}/")
        # Nothing is stuck: a lease ends, and then it goes on.
        if state == "cur":
            path = os.path.join(self.at.spool, records[0])
            os.utime(path, (1, 1))
        code, _, err = self.do()
        records, again = self.problems(inject)
        if len(records) != 1 or records[0].split("/")[0] != states[-1]:
            again.append(f"again: exit {code}, {records}, {err[-200:]}")
        return found + again


def scenario(at, name):
    if name == "quarantine":
        return Quarantine(at, name)
    if name in ("publish", "duplicate"):
        return Delivery(at, name)
    return Command(at, name)


def main():
    words = sys.argv[1:]
    everything, kill = "--all" in words, "--kill" in words
    programs, work, *names = [word for word in words if not word.startswith("--")]
    at, total, wrong = Installation(programs, work), 0, 0
    for name in names:
        s = scenario(at, name)
        s.prepare()
        s.do()
        calls = at.calls()[::3 if "--third" in words else 1]
        made = 0
        for n, (call, when) in enumerate(calls):
            if kill:
                faults = ["signal=KILL"]
            else:
                some = ERRORS if everything else (ERRORS[n % len(ERRORS)],)
                faults = ["error=" + error for error in some]
            for fault in faults:
                inject = (call, when, fault)
                s.prepare()
                found = s.judge(inject, s.do(inject))
                made += 1
                wrong += bool(found)
                for phrase in found:
                    print(f"{name}: {call} {when} {fault}: {phrase}")
        total += made
        print(f"{name}: {made} injections at {len(calls)} calls")
        if not calls:
            wrong += 1
    print(f"{total} injections, {wrong} wrong")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
