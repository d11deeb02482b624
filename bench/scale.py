# SPDX-License-Identifier: ISC
"""scale: part three. A thousand to a million records, waiting and kept: what a
new request, the verbs and a run cost then. Each record has an alert of its own,
which is the hardest case.

Nothing is removed in between: where ext4 has no journal, each new file passes by
the inodes that were freed in the last minutes, one by one. And what was put there
must be on disk before a request is timed, or it is the disk's backlog that is."""
import json
import os
import statistics
import subprocess
import sys
import time

from rig import SECRET, run, say, stop, timed

sys.dont_write_bytecode = True
import feed  # noqa: E402
import reconcile  # noqa: E402

VERBS = {
    "list -n 20": ["list", "-n", "20"],
    "stats": ["stats"],
    "claim -n 1": ["claim", "-n", "1"],
    "claim -n 1000": ["claim", "-n", "1000"],
    "clean": ["clean"],
}
ALERTS = {
    "list -n 20": ["list", "-s", "all", "-n", "20"],
    "alerts": ["alerts"],
    "report": ["report"],
    "clean": ["clean"],
}
OPEN = 1000  # alerts that nobody closed
RUN_SECONDS = 10
RUNS = 3  # of the smallest spool, whose run is short
SPAWNED = 2000
REQUESTS = 300
TRACED = 100  # requests whose system calls are counted
CALM = 1.3  # times as long as at first a bare commit may take
CALM_SECONDS = 30  # and so long that is waited for


def timed(rig, home, arguments):
    """{"seconds", "mib"}: how long a verb takes, and the most memory it has."""
    peak = os.path.join(rig.work, "peak")
    begin = time.monotonic()
    run(["/usr/bin/time", "-f", "%M", "-o", peak, rig.program("alertspool"),
         *arguments, "-c", home + "/alertspool.conf"])
    took = time.monotonic() - begin
    with open(peak, encoding="ascii") as file:
        return {"seconds": took, "mib": int(file.read().split()[-1]) / 1024}


def commit(directory, name, text):
    """What a commit does to the disk, and nothing else; how long it took, in ms."""
    path = os.path.join(directory, name)
    begin = time.monotonic()
    file = os.open(path + ".t", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.write(file, text)
    os.fsync(file)
    os.close(file)
    os.link(path + ".t", path)
    parent = os.open(directory, os.O_RDONLY)
    os.fsync(parent)
    os.close(parent)
    os.unlink(path + ".t")
    return (time.monotonic() - begin) * 1000


def settle(rig, calm_ms=None):
    """Wait until a bare commit takes about as long as it did at first. (ms that it
    takes, s that were waited)"""
    os.sync()
    begin = time.monotonic()
    while True:
        directory = rig.directory("calm")
        took = statistics.median(commit(directory, str(i), b"x" * 3000) for i in range(50))
        waited = time.monotonic() - begin
        if calm_ms is None or took <= calm_ms * CALM or waited > CALM_SECONDS:
            return took, waited
        time.sleep(1)


def ask(path, number):
    request = feed.request(SECRET.encode(), number)
    begin = time.monotonic()
    with feed.connect(path) as connection:
        connection.sendall(request)
        status = feed.status_of(connection)
    if status != "200":
        raise RuntimeError(f"a new request was answered {status}")
    return (time.monotonic() - begin) * 1000


def count_calls(rig, process, path, first):
    """System calls of a request."""
    out = os.path.join(rig.work, "strace.scale")
    tracer = rig.start(["strace", "-f", "-c", "-o", out, "-p", str(process.pid)])
    status = f"/proc/{process.pid}/task/{process.pid}/status"
    for _ in range(100):
        with open(status, encoding="ascii") as file:
            if f"TracerPid:\t{tracer.pid}\n" in file:
                break
        time.sleep(0.05)
    for number in range(first, first + TRACED):
        ask(path, number)
    stop(tracer)
    with open(out, encoding="ascii") as file:
        total = next(line.split() for line in file if line.rstrip().endswith("total"))
    return int(total[3]) / TRACED


def measure_requests(rig, home, first, calm_ms):
    """What a new request takes, one after another, and in turns with it a bare commit
    in a directory of its own: medians in ms. And what is counted."""
    now_ms, waited = settle(rig, calm_ms)
    process, path = rig.responder(home, workers=1)
    directory = rig.directory("bare")
    took, bare = [], []
    for number in range(first, first + REQUESTS):
        took.append(ask(path, number))
        bare.append(commit(directory, str(number), b"x" * 3000))
    calls = count_calls(rig, process, path, first + REQUESTS)
    stop(process)
    return {"request_ms": statistics.median(took), "bare_ms": statistics.median(bare),
            "calls": calls, "settled_s": waited, "settled_ms": now_ms}


def count(home, state):
    with os.scandir(os.path.join(home, "spool", state)) as entries:
        return sum(1 for _ in entries)


def measure_run(rig, home):
    """{"rate", "mib"}: handlers a second of a run that does nothing else."""
    before = count(home, "done")
    begin = time.monotonic()
    mib = timed(rig, ["run", "--jobs", "4", "-c", home + "/alertspool.conf", "--", "/bin/true"],
                RUN_SECONDS)
    took = time.monotonic() - begin
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


def begin_again(home, number):
    """What a run has done waits again, as if nobody had tried it."""
    spool = os.path.join(home, "spool")
    os.rename(os.path.join(spool, "history"), os.path.join(home, f"history.{number}"))
    for name in os.listdir(os.path.join(spool, "done")):
        os.rename(os.path.join(spool, "done", name), os.path.join(spool, "new", name))


def spawn_rate(rig):
    return float(run([rig.program("bench/spawn"), "4", str(SPAWNED)]))


def measure_runs(rig, home):
    """The median of several runs, in turns with /bin/true alone."""
    found, spawn = [], []
    for number in range(RUNS):
        spawn.append(spawn_rate(rig))
        if number > 0:
            begin_again(home, number)
        found.append(measure_run(rig, home))
    found.sort(key=lambda result: result["rate"])
    return found[len(found) // 2], statistics.median(spawn)


def seed(rig, home, records):
    """In several processes, none of which flushes anything."""
    share = -(-records // os.cpu_count())
    seeds = [rig.start([rig.program("tests/tools/seed"), home + "/spool",
                        str(min(share, records - first)), str(records), "new", str(first)])
             for first in range(0, records, share)]
    if any(process.wait() != 0 for process in seeds):
        raise RuntimeError("seed failed")


def incidents(records):
    """Lines for seed: alerts that opened, were notified again and closed, except the last
    OPEN of them."""
    alerts = records // 3
    begin = int(time.time()) - records

    def stamp(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    for alert in range(alerts):
        for step, status in enumerate(("OPEN", "OPEN", "CLOSED")):
            if step == 2 and alert >= alerts - OPEN:
                continue
            now = begin + 3 * alert + step
            body = {"id": f"{alert * 2654435761:024x}", "status": status,
                    "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "groupId": f"{7:024x}",
                    "created": stamp(begin + 3 * alert), "updated": stamp(now),
                    "lastNotified": stamp(now)}
            yield f"done\tdefault\t-\t{now}\t{json.dumps(body)}\n"


def measure_alerts(rig, records):
    """What is open among so many records: {"records", "verbs"}."""
    home = rig.installation("incidents", 1)
    say(f"{records} records, {OPEN} alerts open")
    with subprocess.Popen([rig.program("tests/tools/seed"), home + "/spool", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          text=True) as process:
        process.stdin.writelines(incidents(records))
        process.stdin.close()
        if process.wait() != 0:
            raise RuntimeError("seed failed")
    return {"records": records,
            "verbs": {verb: timed(rig, home, arguments) for verb, arguments in ALERTS.items()}}


def measure_size(rig, records, first, calm_ms):
    home = rig.installation("scale", 1)
    say(f"{records} records")
    begin = time.monotonic()
    seed(rig, home, records)
    say(f"  seeded in {time.monotonic() - begin:.0f} s")
    waiting = measure_requests(rig, home, 1 << 40, calm_ms)
    waiting["verbs"] = measure_verbs(rig, home)
    give_back(home)
    if first:
        waiting["run"], waiting["spawn"] = measure_runs(rig, home)
        begin_again(home, RUNS)
    else:
        waiting["run"] = measure_run(rig, home)
    make_kept(home)
    kept = measure_requests(rig, home, 2 << 40, calm_ms)
    kept["verbs"] = measure_verbs(rig, home)
    return {"waiting": waiting, "kept": kept}


def measure(rig):
    sizes = (1000, 10000) if rig.quick else (1000, 100000, 1000000)
    calm_ms, _ = settle(rig)
    found = {records: measure_size(rig, records, records == sizes[0], calm_ms)
             for records in sizes}
    alerts = measure_alerts(rig, sizes[-1])
    return {"alerts": alerts, "reconcile": reconcile.measure(rig), "spawn": found[sizes[0]]["waiting"].pop("spawn"), "calm_ms": calm_ms,
            "sizes": found}
