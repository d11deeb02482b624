# SPDX-License-Identifier: ISC
"""rig: directories, processes and disks that a measurement needs, and their end;
what processes cost; medians. Everything is started in a session of its own and
stopped by its process id."""
import atexit
import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
TICK = 1e6 / os.sysconf("SC_CLK_TCK")  # microseconds
SECRET = "a secret of the bench, and of nothing else"


class Rig:
    """Where things are: the source, the build, a work directory on the disk."""

    def __init__(self, top, build, quick):
        self.bench = os.path.join(top, "bench")
        self.build = build
        self.quick = quick
        self.root = os.geteuid() == 0
        self.work = tempfile.mkdtemp(prefix="alertspool-bench.",
                                     dir=os.environ.get("BENCH_TMP", "/var/tmp"))
        os.chmod(self.work, 0o755)
        self.ends = []
        self.count = 0
        atexit.register(self.close)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(130))

    def close(self):
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        while self.ends:
            self.ends.pop()()
        os.chdir("/")
        shutil.rmtree(self.work, ignore_errors=True)

    def program(self, name):
        return os.path.join(self.build, name)

    def file(self, name):
        return os.path.join(self.bench, name)

    def directory(self, name, where=None):
        """A new directory; a number is added, so that none is used twice."""
        self.count += 1
        path = os.path.join(where or self.work, f"{name}.{self.count}")
        os.mkdir(path)
        return path

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.work, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def start(self, arguments, stdin=subprocess.DEVNULL, **environment):
        log = os.path.join(self.work, "log." + os.path.basename(arguments[0]))
        with open(log, "ab") as out:
            process = subprocess.Popen(
                arguments, stdin=stdin, stdout=out, stderr=out,
                start_new_session=True, cwd=self.work,
                env={"PATH": PATH, "LC_ALL": "C", **environment})
        process.log = log
        self.ends.append(lambda: stop(process))
        return process

    def installation(self, name, workers=16, owner=None, where=None):
        """A spool with settings beside it; the path of both's directory."""
        home = self.directory(name, where)
        spool = os.path.join(home, "spool")
        for path in (spool, *(os.path.join(spool, state)
                              for state in ("new", "cur", "done", "dead", "bad"))):
            os.mkdir(path)
            os.chmod(path, 0o2750)
        for path, text in ((spool + "/lock", ""), (home + "/secret", SECRET), (
                home + "/alertspool.conf",
                f"[spool]\ndirectory = {spool}\nmin_free = 1M\n"
                f"[responder]\nworkers = {workers}\n"
                f"[source default]\nsecret_file = {home}/secret\n")):
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, 0o600 if path.endswith("secret") else 0o640)
        if owner is not None:
            for base, directories, files in os.walk(home):
                for entry in (base, *(os.path.join(base, x) for x in directories + files)):
                    shutil.chown(entry, owner, owner)
        return home

    def responder(self, home, program="alertspool.fcgi", workers=None):
        path = os.path.join(home, "socket")
        process = self.start([self.program(program), "-c", home + "/alertspool.conf",
                              *(["--workers", str(workers)] if workers else []),
                              "--listen", "unix:" + path])
        wait_listening(path, process)
        return process, path


def stop(process):
    """End it and what is left of its session."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_listening(address, process, seconds=20):
    """Wait until a port or unix socket accepts connections."""
    end = time.monotonic() + seconds
    while True:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as client:
            try:
                client.connect(address if family == socket.AF_UNIX
                               else ("127.0.0.1", address))
                return
            except OSError:
                pass
        if process.poll() is not None or time.monotonic() > end:
            with open(process.log, encoding="utf-8", errors="replace") as log:
                raise RuntimeError(f"{process.args[0]} does not listen:\n{log.read()[-2000:]}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_us(processes):
    """User and system time of these processes' sessions, dead children too."""
    sessions = {process.pid for process in processes}
    ticks = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) in sessions:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks * TICK


def private_kib(pid):
    total = 0
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Private_"):
                total += int(line.split()[1])
    return total


def run(arguments, **options):
    """Run to the end; what it printed. Its failure is ours."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": PATH, "LC_ALL": "C"}, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def bare(rig, where, processes, seconds, size):
    """The bare disk loop: {"rate", "p50_ms", "p99_ms", "cpu_us"}"""
    payload = os.path.join(rig.work, "payload")
    if not os.path.exists(payload):
        with open(payload, "wb") as file:
            file.write(b"x" * size)
    directory = tempfile.mkdtemp(prefix="bare.", dir=where)
    words = run([rig.program("bench/commit"), directory, str(processes), str(seconds),
                 payload]).split()
    return dict(zip(("rate", "p50_ms", "p99_ms", "cpu_us"), map(float, words)))


def median(results):
    """Of several results, each key's median."""
    return {key: statistics.median(result[key] for result in results)
            for key in results[0]}


def timed(rig, words, seconds):
    """Run alertspool, for so many seconds at most, and interrupt it. Its peak in MiB."""
    peak = os.path.join(rig.work, "peak")
    process = subprocess.Popen(
        ["/usr/bin/time", "-f", "%M", "-o", peak, rig.program("alertspool"), *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(2 if rig.quick else seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)  # time(1) ignores it
        process.wait()
    with open(peak, encoding="ascii") as file:
        return int(file.read().split()[-1]) / 1024


def say(text):
    print(text, file=sys.stderr, flush=True)
