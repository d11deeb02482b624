# SPDX-License-Identifier: ISC
"""scale: part three. A thousand to a million records, waiting and kept: what a
new request, the verbs and a run cost then. Each record has an alert of its own,
which is the hardest case."""
import os
import signal
import statistics
import subprocess
import sys
import time

from rig import SECRET, run, say, stop

sys.dont_write_bytecode = True
import feed  # noqa: E402

VERBS = {
    "list -n 20": ["list", "-n", "20"],
    "stats": ["stats"],
    "claim -n 1": ["claim", "-n", "1"],
    "claim -n 1000": ["claim", "-n", "1000"],
    "clean": ["clean"],
}
RUN_SECONDS = 10
SPAWNED = 3000


def timed(rig, home, arguments):
    """{"seconds", "mib"}: how long a verb takes, and the most memory it has."""
    peak = os.path.join(rig.work, "peak")
    begin = time.monotonic()
    run(["/usr/bin/time", "-f", "%M", "-o", peak, rig.program("alertspool"),
         *arguments, "-c", home + "/alertspool.conf"])
    took = time.monotonic() - begin
    with open(peak, encoding="ascii") as file:
        return {"seconds": took, "mib": int(file.read().split()[-1]) / 1024}


def measure_requests(rig, home, first, n=300):
    """The median of what a new request takes, in ms, one after another."""
    process, path = rig.responder(home)
    took = []
    for number in range(first, first + n):
        request = feed.request(SECRET.encode(), number)
        begin = time.monotonic()
        with feed.connect(path) as connection:
            connection.sendall(request)
            status = feed.status_of(connection)
        took.append(time.monotonic() - begin)
        if status != "200":
            raise RuntimeError(f"a new request was answered {status}")
    stop(process)
    return statistics.median(took) * 1000


def count(home, state):
    with os.scandir(os.path.join(home, "spool", state)) as entries:
        return sum(1 for _ in entries)


def measure_run(rig, home):
    """{"rate", "mib"}: handlers a second of a run that does nothing else."""
    before = count(home, "done")
    peak = os.path.join(rig.work, "peak")
    begin = time.monotonic()
    process = subprocess.Popen(
        ["/usr/bin/time", "-f", "%M", "-o", peak, rig.program("alertspool"), "run",
         "--jobs", "4", "-c", home + "/alertspool.conf", "--", "/bin/true"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(2 if rig.quick else RUN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)  # time(1) ignores it
        process.wait()
    took = time.monotonic() - begin
    with open(peak, encoding="ascii") as file:
        mib = int(file.read().split()[-1]) / 1024
    return {"rate": (count(home, "done") - before) / took, "mib": mib}


def measure_verbs(rig, home):
    return {verb: timed(rig, home, arguments) for verb, arguments in VERBS.items()}


def give_back(home):
    """What was claimed waits again, at once."""
    new, cur = (os.path.join(home, "spool", state) for state in ("new", "cur"))
    for name in os.listdir(cur):
        os.rename(os.path.join(cur, name), os.path.join(new, name))
        os.utime(os.path.join(new, name))


def make_kept(home):
    """What was waiting is done from now on."""
    spool = os.path.join(home, "spool")
    os.rename(os.path.join(spool, "done"), os.path.join(home, "handled"))
    os.rename(os.path.join(spool, "new"), os.path.join(spool, "done"))
    os.mkdir(os.path.join(spool, "new"), 0o2750)


def measure_size(rig, records):
    home = rig.installation("scale", 1)
    say(f"{records} records")
    run([rig.program("bench/seed-nofsync"), home + "/spool", str(records), str(records)])
    os.sync()
    waiting = {"request_ms": measure_requests(rig, home, 1 << 40),
               "verbs": measure_verbs(rig, home)}
    give_back(home)
    waiting["run"] = measure_run(rig, home)
    make_kept(home)
    kept = {"request_ms": measure_requests(rig, home, 2 << 40),
            "verbs": measure_verbs(rig, home)}
    return {"waiting": waiting, "kept": kept}


def measure(rig):
    say("spawning")
    rates = [float(run([rig.program("bench/spawn"), "4", str(SPAWNED)]))
             for _ in range(3)]
    sizes = (1000, 10000) if rig.quick else (1000, 100000, 1000000)
    return {"spawn": statistics.median(rates),
            "sizes": {records: measure_size(rig, records) for records in sizes}}
