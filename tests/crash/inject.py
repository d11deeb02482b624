#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""inject.py [--all | --every=N] [--kill | --memory=SHIM] [--front=URL]
          [--broker=URL] PROGRAMS-DIRECTORY WORK SCENARIO...

Run the real programs under strace, and at each of their system calls in turn,
from the one that opens the settings file on, let that one call fail (strace
-e inject), or kill the process there (--kill). Or run them without strace and
with no_memory.so, so that each of their allocations in turn fails (--memory).

Scenarios are publish, duplicate, duplicate-done and quarantine (a CGI run each),
claim, ack, release, bury, requeue, requeue-bad and run, list, list-json, show,
stats, report, verify, sign, send, clean, init and test (the command line); with --memory
check, and check-url, check-nats and forward, which ask a web server before WORK's
installation (--front) or a broker (--broker). A first run without faults counts the
calls. Without --all every call fails with one of the errors, taken in turn; with it,
with all of them. --every takes every N-th call or allocation.

Required each time of the responder: it answers, and with 503 unless there is exactly one
complete record; a 503 leaves nothing behind, and the log has the reason; after a failed
fsync there is never a 2xx; the next delivery of the same alert is answered 2xx and gives
one record. Of the command line: it ends by itself; the record is complete and in one
state; the same command, or the one that it was preparing for, works afterwards; a command
that only reads prints the same as always, or fails with a reason. After a kill, a
delivery that was not answered may be stored or not, nothing is torn, and the rest is
as above.

Prints what was wrong, then how many injections were made; exit 0 or 1.
"""
import base64
import collections
import glob
import hashlib
import hmac
import itertools
import json
import os
import pwd
import re
import shutil
import subprocess
import sys

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EINTR", "EROFS", "EACCES")
STATES = ("new", "cur", "done", "dead", "bad")
# Calls of the beginning and the end of a process are not ours. A real brk never returns
# an error: libc would take it for an address.
SKIPPED = {"exit_group", "rt_sigreturn", "execve", "restart_syscall", "exit", "wait4",
           "vfork", "clone", "clone3", "arch_prctl", "set_tid_address", "set_robust_list", "brk"}
# waitid fails only with EINTR here. EACCES from fcntl means that another process has the
# lock, and then the record is that process's.
ONLY = {"waitid": ("EINTR",), "fcntl": tuple(e for e in ERRORS if e != "EACCES")}
# If strace makes close fail, the descriptor stays open, which no kernel does, and a runner
# would wait for ever for the end of a pipe. tests/crash/short.sh tests close.
NEVER_CLOSED = {"run": {"close"}}
# Libraries that end the process without memory.
THEIRS = re.compile(rb"failed for .*lib(gcrypt|gpg-error|nats|curl)|in libgcrypt"
                    rb"|out of core in gpgrt_")
# libgcrypt ends the process on purpose if it cannot find out whether FIPS mode is on. If
# reading the body fails, the stream is broken, and the answer is 400.
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
        self.shim = self.front = self.broker = None
        self.counts = False  # the calls of what runs now
        os.makedirs(work, exist_ok=True)
        with open(os.open(os.path.join(work, "secret"), os.O_CREAT | os.O_WRONLY, 0o600),
                  "wb") as file:
            file.write(self.secret)
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(f"[spool]\ndirectory = {self.spool}\nmin_free = 1K\n"
                       "[responder]\nmax_body = 4K\nworkers = 2\nrequest_timeout = 5s\n"
                       f"[source default]\nsecret_file = {work}/secret\n")

    def empty(self):
        shutil.rmtree(self.spool, ignore_errors=True)
        for state in ("",) + STATES:
            os.mkdir(os.path.join(self.spool, state), 0o2750)
        os.close(os.open(os.path.join(self.spool, "lock"), os.O_CREAT, 0o640))

    def empty_states(self):
        """The same, while another process has it open, and must check all of it again."""
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
        words = []
        if self.shim and inject is not None:
            environment.update(LD_PRELOAD=self.shim, FAIL_AT=str(inject[1]))
        elif inject is not None:
            words = ["strace", "-qq", "-o", self.trace, "-e", "trace=" + inject[0],
                     "-e", "inject=%s:%s:when=%d" % (inject[0], inject[2], inject[1])]
        elif self.counts:
            words = ["strace", "-qq", "-o", self.trace]
        env = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0", **environment}
        try:
            done = subprocess.run(words + command, input=stdin, capture_output=True,
                                  env=env, timeout=120, check=False)
        except subprocess.TimeoutExpired as expired:
            return 255, b"", b"it does not end: %s" % (expired.stderr or b"")
        # Debian 13's libgpg-error exits with 2 where it otherwise aborts.
        aborted = b"out of core in gpgrt_" in done.stderr
        return -6 if aborted else done.returncode, done.stdout, done.stderr

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

    def calls(self, skipped=frozenset()):
        """[(call, its number)] of the last run, from the settings file on."""
        seen, found, on = collections.Counter(), [], False
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            for line in file:
                call = CALL.match(line)
                if not call:
                    continue
                seen[call[1]] += 1
                on = on or "alertspool.conf" in line and call[1].startswith("open")
                if on and call[1] not in SKIPPED | skipped and FIPS not in line:
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
    ends = 1  # runs in a row in which nothing failed any more; threads come and go

    def __init__(self, installation, name):
        self.at, self.name, self.theirs = installation, name, 0

    def died(self, code, err):
        """Of its own, not of a library's doing?"""
        theirs = self.at.shim and THEIRS.search(err)
        died = code < 0 or code > 127
        self.theirs += bool(died and theirs)
        return died and not theirs

    @staticmethod
    def said(err):
        """Standard error without the shim's line."""
        return re.sub(rb"no_memory: failed.*\n", b"", err)

    def ended(self, code, err):
        """What is wrong with how a command ended."""
        if self.died(code, err):
            return [f"died: {code}"]
        if 0 < code < 128 and not self.said(err):
            return [f"exit {code} without a word"]
        return []

    def problems(self, inject):
        """What is always true of the spool."""
        files = self.at.files()
        records = [name for name in files if "/." not in name]
        found = [f"torn: {name}" for name in records if not whole(files[name])]
        # requeue commits the new record before it removes the old one; the next requeue
        # removes it.
        two = self.name == "requeue-bad" and {n.split("/")[0] for n in records} == {"bad", "new"}
        if len(records) > 1 and not two:
            found.append(f"more than once: {records}")
        # A dot-name that cannot be removed is for "alertspool clean".
        if inject[0] != "unlinkat" and inject[2] != "signal=KILL":
            found += [f"left behind: {name}" for name in files if "/." in name]
        return records, found


class Delivery(Scenario):
    TABLE = ("publish", "duplicate", "duplicate-done")
    body = ALERT

    def prepare(self):
        self.at.empty()
        if self.name == "publish" or self.name == "quarantine":
            return
        if self.at.deliver(self.body)[0] != 200:
            raise SystemExit("the duplicate cannot be prepared")
        if self.name == "duplicate-done":
            for name in list(self.at.files()):
                os.rename(os.path.join(self.at.spool, name),
                          os.path.join(self.at.spool, "done", name[4:]))

    def do(self, inject=None):
        return self.at.deliver(self.body, inject)

    def judge(self, inject, result):
        status, code, err = result
        killed = inject[2] == "signal=KILL"
        records, found = self.problems(inject)
        twice = self.name.startswith("duplicate")
        if twice and not records:
            found.append("the record is gone")
        if status // 100 == 2 and not records:
            found.append(f"{status} without a record")
        if status // 100 == 2 and inject[0] == "fsync" and not killed:
            found.append(f"{status} although fsync failed")
        if status == 503 and records and not twice:
            found.append("503, but a record is there")
        if not killed:
            if self.died(code, err):
                found.append(f"died: {code}")
            # If the fault hits the answer itself, there is none.
            if 0 <= code < 128 and status not in (200, 202, 503) and \
                    b"answer=undelivered" not in err and \
                    inject[0] not in ("write", "writev") and \
                    not (status == 400 and inject[0] in READING and
                         (not records or twice)):
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
    TABLE = ("quarantine",)
    body = b"no JSON object"


class Command(Scenario):
    # verb: the command that prepares, its own command, the states that the record may be in
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
        if inject[2] != "signal=KILL":
            found += self.ended(code, result[2])
        if code == 0 and state != states[-1]:
            found.append(f"exit 0, but it is in {state}/")
        # Let the lease or the deferral end: then the command must succeed.
        if state in ("new", "cur"):
            path = os.path.join(self.at.spool, records[0])
            os.utime(path, (1, 1))
        # A command that could not be started for lack of something makes the spool rest.
        rest = os.path.join(self.at.spool, "rest")
        if os.path.exists(rest):
            os.unlink(rest)
        code, _, err = self.do()
        records, again = self.problems(inject)
        if len(records) != 1 or records[0].split("/")[0] != states[-1]:
            again.append(f"again: exit {code}, {records}, {err[-200:]}")
        return found + again


class Reading(Command):
    """What changes no record of the queue: the same words each time."""
    TABLE = {
        "list": ("list",), "list-json": ("list", "--json"), "show": ("show", "ID"),
        "stats": ("stats", "--json"), "report": ("report",), "verify": ("verify", "ID"),
        "sign": ("sign",), "send": ("send", "--dry-run", "http://127.0.0.1/"),
        "clean": ("clean",), "init": ("init", "INSTALLATION", "--owner", "OWNER"),
        "test": ("-t",),
    }
    made = None  # what init makes
    wanted = None
    # stats reports what it could not find out in these members.
    UNKNOWN = {"stats": re.compile(rb'"oldest_is_exact":false|"counters_since":null')}

    def prepare(self):
        self.at.empty()
        self.at.deliver(ALERT)
        self.made = os.path.join(self.at.work, "made")
        shutil.rmtree(self.made, ignore_errors=True)
        if self.name == "clean":
            old = re.sub("^2026", "1999", os.listdir(os.path.join(self.at.spool, "new"))[0])
            for place in ("done/" + old, "bad/.%s.1.1" % old[-32:], "history/" + old):
                path = os.path.join(self.at.spool, place)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.close(os.open(path, os.O_CREAT, 0o640))
                os.utime(path, (1, 1))

    def do(self, inject=None):
        special = {"INSTALLATION": self.made, "OWNER": pwd.getpwuid(os.getuid()).pw_name}
        words = [special.get(word, word) for word in self.words(self.TABLE[self.name])]
        program = self.at.responder if self.name == "test" else self.at.alertspool
        result = self.at.run([program, "-c", self.at.conf, *words], inject, ALERT)
        if self.wanted is None:
            self.wanted = self.plain(result[1])
        return result

    @staticmethod
    def plain(out):
        """Without what is another each time: random words, times, counters."""
        out = re.sub(rb'"commit_seconds":[^,]*|,"per_hour".*', b"", out)
        return re.sub(rb"[0-9.]+", b"0", re.sub(rb"[0-9A-Za-z+/=_.-]{16,}", b"X", out))

    def words(self, words):
        name = [name[4:] for name in self.at.files() if name.startswith("new/")]
        return [name[0] if word == "ID" else word for word in words]

    def judge(self, inject, result):
        code, out, err = result
        files = self.at.files()
        found = [] if any(n.startswith("new/") and whole(files[n]) for n in files) \
            else ["the record is gone"]
        if self.died(code, err):
            found.append(f"died: {code}")
        told = self.name in self.UNKNOWN and self.UNKNOWN[self.name].search(out)
        if code == 0 and self.plain(out) != self.wanted and not told:
            found.append(f"exit 0, but it says {out[-200:]}")
        if code != 0 and not self.said(err):
            found.append(f"exit {code} without a word")
        if code == 0 and self.name == "init" and len(os.listdir(self.made)) != 4:
            found.append(f"exit 0, but it made {os.listdir(self.made)}")
        if code == 0 and self.name == "clean" and len(files) != 1:
            found.append(f"exit 0, but there are {list(files)}")
        return found


class Checking(Reading):
    """All findings, but how long a commit took; or none is missing unsaid, and
    there is no other, but in the words of a library that had no memory."""
    TABLE = {
        "check": ("check",), "check-url": ("check", "--json", "--url", "FRONT"),
        "check-nats": ("check", "--nats", "BROKER"),
    }
    ends = 3
    TOLD = re.compile(rb"memory|cannot connect: |no answer")

    def prepare(self):
        self.at.empty()
        if self.wanted is None and self.name == "check-nats":
            self.at.command("forward", "--create-stream", "1", self.at.broker)
        self.at.deliver(ALERT)

    def words(self, words):
        special = {"FRONT": self.at.front, "BROKER": self.at.broker}
        return [special.get(word, word) for word in words]

    @staticmethod
    def plain(out):
        out = re.sub(rb'(?m)^(\w+ +commit: .*\n( +.*\n)*|.*"check":"commit".*\n)', b"", out)
        return re.sub(rb"(error|warning)s?\b", rb"\1", Reading.plain(out))

    def judge(self, inject, result):
        code, out, err = result
        files, found = self.at.files(), []
        if self.died(code, err):
            return [f"died: {code}"]
        if code < 0 or code > 127:
            return []
        lines = self.plain(out).splitlines()
        known = self.wanted.splitlines()
        found += [f"exit {code}, but it says: {line.decode()}" for line in lines
                  if not (line in known or self.TOLD.search(line) or line[:1] == b" ")]
        if lines != known and (code == 0 or not self.TOLD.search(out + self.said(err))):
            found.append(f"exit {code}, and this is missing: {set(known) - set(lines)}")
        if not any(n.startswith("new/") and whole(files[n]) for n in files):
            found.append("the record is gone")
        # Without memory for the answer, check does not know the name of its own delivery.
        if len(files) != 1 and b"bad/" not in out and code != 74:
            found.append(f"left behind: {list(files)}")
        return found


class Forward(Command):
    """To a stream that it makes, another one each time."""
    TABLE = {"forward": ((), ("forward", "--timeout", "1s", "--create-stream", "1", "--stream",
                              "STREAM", "--subject", "SUBJECT", "BROKER"), "new cur done")}
    ends = 3
    stream = 0

    def prepare(self):
        super().prepare()
        self.stream += 1

    def words(self, words):
        special = {"STREAM": f"S{self.stream}", "SUBJECT": f"s{self.stream}.{{event}}",
                   "BROKER": self.at.broker}
        return [special.get(word, word) for word in words]


def scenario(at, name):
    for kind in (Delivery, Quarantine, Command, Reading, Checking, Forward):
        if name in kind.TABLE:
            return kind(at, name)
    raise SystemExit(__doc__)


def every_call(s, words):
    """The faults of a scenario, each call or allocation in turn."""
    step = int(([word[8:] for word in words if word.startswith("--every=")] or "1")[0])
    if s.at.shim:
        return (("malloc", n, "no memory") for n in itertools.count(1, step))
    calls = s.at.calls(NEVER_CLOSED.get(s.name, frozenset()))[::step]
    if not calls:
        raise SystemExit(f"{s.name}: no calls")
    if "--kill" in words:
        return ((call, when, "signal=KILL") for call, when in calls)
    return ((call, when, "error=" + error) for n, (call, when) in enumerate(calls)
            for error in (ONLY.get(call) or ERRORS if "--all" in words else
                          ((ONLY.get(call) or ERRORS) * 9)[n % 9:n % 9 + 1]))


def run_scenario(s, words):
    """Make each fault in turn, after a run without one. (faults, those with a wrong result)"""
    made = wrong = quiet = 0
    for fault in every_call(s, words):
        s.prepare()
        result = s.do(fault)
        if s.at.shim and b"no_memory: failed" not in result[2]:
            quiet += 1
            if quiet == s.ends:
                break
            continue
        quiet = 0
        found = s.judge(fault, result)
        made += 1
        wrong += bool(found)
        for phrase in found:
            print(f"{s.name}: {' '.join(map(str, fault))}: {phrase}")
    return made, wrong


def main():
    words = sys.argv[1:]
    programs, work, *names = [word for word in words if not word.startswith("--")]
    at, total, wrong, theirs = Installation(programs, work), 0, 0, 0
    for word in words:
        if word.startswith(("--memory=", "--front=", "--broker=")):
            setattr(at, {"--memory": "shim"}.get(word.split("=")[0], word[2:].split("=")[0]),
                    word.partition("=")[2])
    for name in names:
        s = scenario(at, name)
        s.prepare()
        at.counts = not at.shim
        s.do()
        at.counts = False
        made, bad = run_scenario(s, words)
        total += made
        theirs += s.theirs
        wrong += bad or made == 0
        print(f"{name}: {made} injections")
    ended = f", {theirs} ended a library" if at.shim else ""
    print(f"{total} injections{ended}, {wrong} wrong")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
