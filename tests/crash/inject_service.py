#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""inject_service.py [--all | --third] PROGRAMS-DIRECTORY WORK PART...

Let the system calls of a running FastCGI responder fail, one at a time (strace -p, -e
inject); inject.py does this for single runs. Only for root, because the processes are not
dumpable. A responder with two workers runs all the time. The parts are

	request   each call of the worker that takes a delivery
	newborn   each call of a worker that takes the place of a killed one, and
	          of its parent meanwhile
	reload    each call of the parent that reads settings and secrets again
	          (SIGHUP), and of the workers that follow
	accept    every accept(2) of all workers, for half a second
	start     each call of a start with --listen, from the settings file on

With --all each call fails with each of nine errors, otherwise with one of them, in turn.
--third takes every third call.

Required each time: an answer, which is 503 unless there is exactly one complete record; a
503 leaves nothing behind, and the log has the reason; no process crashes; and the answer
to the next request is 200 without a restart. A connection may break if a call on it, or on
its time limit, failed. A start ends with an exit code and a reason, or serves. A reload
that fails is logged and changes nothing.

Prints what was wrong, then how many injections were made; exit 0 or 1.
"""
import collections
import errno
import glob
import os
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../web"))
import inject  # noqa: E402
import peer  # noqa: E402

PATIENCE = 20
# As inject.SKIPPED. If strace makes close(2) fail, the descriptor stays open, which no
# kernel does: tests/crash/short.sh tests close. The last ones cannot fail.
SKIPPED = (inject.SKIPPED - {"wait4", "clone"}) | {
    "close", "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid"}
# These two calls fail with no other error here.
ONLY = {"wait4": ("EINTR",), "rt_sigtimedwait": ("EINTR",)}
# A failure of these breaks only the connection. "newborn" tests the calls of a start,
# such as Landlock's.
CONNECTION = {"accept4", "read", "write", "writev", "sendto", "setitimer", "getsockopt",
              "setsockopt", "shutdown", "poll", "select", "pselect6", "fcntl", "ioctl",
              "recvfrom"}


def faults(call, number, everything):
    errors = ONLY.get(call, inject.ERRORS)
    return errors if everything else (errors[number % len(errors)],)


def wait_for(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def is_readable(connection):
    return bool(select.select([connection], [], [], 0)[0])


def was_injected(trace):
    with open(trace, "rb") as file:
        return b"INJECTED" in file.read()


def state_of(pid):
    """As in ps(1); Z, too, for one that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def is_traced(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return "TracerPid:\t0\n" not in file.read()
    except OSError:
        return True  # it is gone


class Tracer:
    """strace on processes that run; its trace is read at the end."""

    def __init__(self, path, pids, fault=None, follow=False):
        self.path = path
        words = ["strace", "-qq", "-o", path] + (["-f"] if follow else [])
        if fault is not None:
            words += ["-e", "trace=" + fault[0],
                      "-e", "inject=%s:error=%s:when=%s" % (fault[0], fault[2], fault[1])]
        for pid in pids:
            words += ["-p", str(pid)]
        self.process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        wait_for(lambda: all(map(is_traced, pids)))

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def calls(self, skipped=SKIPPED):
        """{process: [(call, its number)]}"""
        found = collections.defaultdict(list)
        seen = collections.Counter()
        with open(self.path, encoding="utf-8", errors="replace") as file:
            for line in file:
                call = re.match(r"^(?:(\d+) +)?([a-z0-9_]+)\(", line)
                if not call:
                    continue
                seen[call.groups()] += 1
                if call[2] not in skipped and inject.FIPS not in line:
                    found[call[1]].append((call[2], seen[call.groups()]))
        return found


class Service:
    def __init__(self, at):
        self.at, self.number = at, 0
        self.socket = os.path.join(at.work, "socket")
        self.log = os.path.join(at.work, "log")
        at.empty()
        self.parent = None

    def command(self):
        return [self.at.responder, "-c", self.at.conf, "--listen", "unix:" + self.socket]

    def start(self):
        # In a session of its own: when a shell ends while a process of its group is
        # stopped, the kernel sends SIGHUP to the whole group.
        with open(self.log, "ab") as log:
            self.parent = subprocess.Popen(self.command(), stderr=log, start_new_session=True)
        if not wait_for(lambda: len(self.workers()) == 2 and self.connects()):
            raise SystemExit("the responder does not start")

    def stop(self):
        self.parent.terminate()
        return self.parent.wait(PATIENCE)

    def kill(self):
        pids = [self.parent.pid] + self.workers()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.parent.wait()
        wait_for(lambda: all(state_of(pid) == "Z" for pid in pids))

    def workers(self):
        return children(self.parent.pid)

    def connects(self):
        try:
            peer.connect(self.socket).close()
            return True
        except OSError:
            return False

    def body(self):
        """A delivery that was not there before."""
        self.number += 1
        return inject.ALERT.replace(b"5d1b6f8e8c2e4e2d3c4a5b6c", b"%024x" % self.number)

    def post(self, body):
        """The status, 0 when there is no answer."""
        try:
            with peer.connect(self.socket) as connection:
                connection.settimeout(PATIENCE)
                connection.sendall(b"".join(peer.request(self.at.secret, body)))
                status = peer.status_of(connection)
        except OSError:
            return 0
        return int(status) if status.isdigit() else 0

    def since(self, begin):
        """What was logged since."""
        with open(self.log, "rb") as file:
            file.seek(begin)
            return file.read()

    def log_size(self):
        return os.path.getsize(self.log)

    def problems(self, call, log):
        """What is always true of spool, log and processes."""
        files = self.at.files()
        records = [name for name in files if "/." not in name]
        found = [f"torn: {name}" for name in records if not inject.whole(files[name])]
        if call != "unlinkat":
            found += [f"left behind: {name}" for name in files if "/." in name]
        found += [f"crashed: {line.decode()}" for line in log.split(b"\n")
                  if b"worker-died" in line and b" signal=" in line and b" signal=9" not in line]
        if self.parent.poll() is not None:
            raise SystemExit(f"the parent ended: {self.parent.returncode}")
        return records, found

    def serves(self, body):
        """200 for this from now on: what is wrong."""
        status = self.post(body)
        records = [name for name in self.at.files() if "/." not in name]
        if status != 200 or len(records) != 1:
            return [f"the next one: {status}, {records}"]
        return []


def judge(service, fault, body, status, begin):
    """A delivery during which the fault happened, and the next."""
    if status == 503:  # it is logged after the answer
        wait_for(lambda: b" status=503 " in service.since(begin), 5)
    log = service.since(begin)
    records, found = service.problems(fault[0], log)
    if status == 200 and len(records) != 1:
        found.append(f"200 with {len(records)} records")
    if status == 200 and fault[0] == "fsync":
        found.append("200 although fsync failed")
    if status == 503 and records:
        found.append("503, but a record is there")
    if status == 503 and not re.search(rb"level=error event=request status=503 .*detail=", log) \
            and fault[0] != "write":
        found.append("503 without a line in the log")
    if status not in (200, 503) and fault[0] not in CONNECTION:
        found.append(f"answered {status}")
    if found:
        found.append(f"files {list(service.at.files())}, log {service.since(begin).decode()}")
    return found + service.serves(body)


def request(service, words):
    trace = os.path.join(service.at.work, "trace")
    tracer = Tracer(trace, service.workers())
    service.post(service.body())
    tracer.end()
    calls = max(tracer.calls().values(), key=len)[::3 if "--third" in words else 1]
    for n, (call, when) in enumerate(calls):
        for error in faults(call, n, "--all" in words):
            fault, body, begin = (call, when, error), service.body(), service.log_size()
            service.at.empty_states()
            tracer = Tracer(trace, service.workers(), fault)
            status = service.post(body)
            tracer.end()
            if not wait_for(lambda: len(service.workers()) == 2):
                raise SystemExit("a worker is not replaced")
            yield fault, judge(service, fault, body, status, begin)


def newborn(service, words):
    trace = os.path.join(service.at.work, "trace")

    def replace(body, fault=None):
        """A worker dies, and each of its successors has that fault until the tracer
        ends. Returns the status of a request that was sent meanwhile."""
        # A new parent: the old one would wait before it starts a worker that died often.
        service.kill()
        service.start()
        first, other = service.workers()
        os.kill(other, signal.SIGSTOP)
        tracer = Tracer(trace, [service.parent.pid], fault, follow=True)
        os.kill(first, signal.SIGKILL)
        # Before that, one of them could still accept the connection.
        wait_for(lambda: state_of(first) == "Z" and state_of(other) == "T")
        with peer.connect(service.socket) as connection:
            connection.settimeout(PATIENCE)
            try:
                connection.sendall(b"".join(peer.request(service.at.secret, body)))
                # If the fault hits every new worker, there is no answer until the tracer ends.
                if not wait_for(lambda: was_injected(trace) or is_readable(connection)) or \
                        not is_readable(connection):
                    time.sleep(0.3)
                tracer.end()
                status = peer.status_of(connection)
            except OSError:
                status = "none"
                tracer.end()
        os.kill(other, signal.SIGCONT)
        return tracer, status

    tracer = replace(service.body())[0]
    calls = max(tracer.calls().values(), key=len)[::3 if "--third" in words else 1]
    for n, (call, when) in enumerate(calls):
        for error in faults(call, n, "--all" in words):
            fault, body, begin = (call, when, error), service.body(), service.log_size()
            service.at.empty_states()
            _, status = replace(body, fault)
            log = service.since(begin)
            records, found = service.problems(call, log)
            if status == "200" and len(records) != 1:
                found.append(f"200 with {len(records)} records")
            if status != "200" and not re.search(rb"level=(error|warning) ", log):
                found.append(f"{status}, and no reason in the log")
            if not wait_for(lambda: len(service.workers()) == 2):
                found.append(f"{len(service.workers())} workers")
            yield fault, found + service.serves(body)


def reload(service, words):
    trace = os.path.join(service.at.work, "trace")

    def again(fault=None):
        """SIGHUP, and all that follows of it."""
        begin, before = service.log_size(), set(service.workers())
        tracer = Tracer(trace, [service.parent.pid], fault, follow=True)
        service.parent.send_signal(signal.SIGHUP)
        # The fault may hit the write of this very line.
        wait_for(lambda: b"event=reload" in service.since(begin),
                 1 if fault and fault[0] == "write" else PATIENCE)
        told = service.since(begin)
        if b"replacing workers" in told or b"event=reload" not in told:
            wait_for(lambda: len(service.workers()) == 2 and
                     not before & set(service.workers()), 5)
        tracer.end()
        return tracer, service.since(begin)

    tracer = again()[0]
    calls = tracer.calls()[str(service.parent.pid)][::3 if "--third" in words else 1]
    for n, (call, when) in enumerate(calls):
        for error in faults(call, n, "--all" in words):
            fault, body = (call, when, error), service.body()
            before = set(service.workers())
            service.at.empty_states()
            log = again(fault)[1]
            found = service.problems(call, log)[1]
            told = re.search(rb"event=reload .*(stay in force|replacing workers)", log)
            if not told and call != "write":
                found.append(f"not told: {log.decode()}")
            if told and told[1] != b"stay in force" and before & set(service.workers()):
                found.append("not all workers are new ones")
            if not wait_for(lambda: len(service.workers()) == 2):
                found.append(f"{len(service.workers())} workers")
            yield fault, found + service.serves(body)


def accept(service, _):
    trace = os.path.join(service.at.work, "trace")
    for error in inject.ERRORS:
        fault, body, begin = ("accept4", "1+", error), service.body(), service.log_size()
        # The other worker may still log the error of the injection before.
        line = f'level=error event=accept msg="{os.strerror(getattr(errno, error))}; '.encode()
        service.at.empty_states()
        tracer = Tracer(trace, service.workers(), fault)
        with peer.connect(service.socket) as connection:
            connection.sendall(b"".join(peer.request(service.at.secret, body)))
            time.sleep(0.5)
            log = service.since(begin)
            tracer.end()
            status = peer.status_of(connection)
        found = service.problems("accept4", log)[1]
        made = sum(map(len, tracer.calls().values()))
        if status != "200":
            found.append(f"then answered {status}")
        if error != "EINTR":
            if made > 60:
                found.append(f"{made} times in half a second")
            if log.count(line) not in (1, 2):
                found.append(f"told: {log.decode()}")
        yield fault, found + service.serves(body)


def start(service, words):
    service.stop()
    trace = os.path.join(service.at.work, "trace")

    def begin(fault=None):
        """(exit code or None when it serves, what it said)"""
        at = service.log_size()
        how = ["strace", "-qq", "-o", trace]
        if fault is not None:
            how += ["-e", "trace=" + fault[0],
                    "-e", "inject=%s:error=%s:when=%d" % (fault[0], fault[2], fault[1])]
        with open(service.log, "ab") as log:
            tracer = subprocess.Popen(how + service.command(), stderr=log)
        service.parent = tracer
        wait_for(lambda: tracer.poll() is not None or
                 any(len(children(pid)) == 2 for pid in children(tracer.pid)))
        return tracer, service.since(at)

    def end(tracer):
        for pid in children(tracer.pid):
            os.kill(pid, signal.SIGTERM)
        return tracer.wait(PATIENCE)

    end(begin()[0])
    service.at.trace = trace
    calls = service.at.calls()[::3 if "--third" in words else 1]
    for n, (call, when) in enumerate(calls):
        if call in SKIPPED or call == "rt_sigtimedwait":
            continue
        for error in faults(call, n, "--all" in words):
            fault, found, body = (call, when, error), [], service.body()
            service.at.empty_states()
            tracer, said = begin(fault)
            code = tracer.poll()
            if code is None:
                found += service.serves(body)
                code = end(tracer)
                if code != 0:
                    found.append(f"then ended with {code}")
            elif not 64 <= code <= 78:
                found.append(f"ended with {code}: {said.decode()}")
            elif b"level=error" not in said and call != "write":
                found.append(f"ended with {code} without a reason")
            yield fault, found
    service.start()


PARTS = {"request": request, "newborn": newborn, "reload": reload, "accept": accept,
         "start": start}


def main():
    words = sys.argv[1:]
    programs, work, *parts = [word for word in words if not word.startswith("--")]
    service, total, wrong = Service(inject.Installation(programs, work)), 0, 0
    service.start()
    try:
        for part in parts:
            made = missed = 0
            for fault, found in PARTS[part](service, words):
                # Not all calls come every time: a time-out, a read in pieces.
                reached = was_injected(os.path.join(work, "trace"))
                made += reached
                missed += not reached
                wrong += bool(found)
                for phrase in found:
                    print(f"{part}: {' '.join(map(str, fault))}: {phrase}", flush=True)
            print(f"{part}: {made} injections, {missed} more not reached")
            total += made
            wrong += made == 0
        code = service.stop()
        if code != 0:
            print(f"the responder ends with {code}")
            wrong += 1
    finally:
        service.kill()
    print(f"{total} injections, {wrong} wrong")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
