# SPDX-License-Identifier: ISC
"""inside: part two. What one request costs in the responder's own process,
counted; its memory; what a CGI run costs beside a program that does nothing."""
import os
import resource
import subprocess
import time

from rig import private_kib, run, say, stop, wait_listening

REQUESTS = 200
SETTLED_S = 4  # after that a spool counts as unchanged


def feed(rig, home, socket, first, n):
    run(["/usr/bin/python3", rig.file("feed.py"), socket, home + "/secret",
         str(first), str(n)])


def start_single(rig, name):
    """A responder that serves in its one process."""
    home = rig.installation(name, 1)
    socket = home + "/socket"
    process = rig.start([rig.program("alertspool.fcgi"), "-c", home + "/alertspool.conf",
                         "--workers", "1", "--listen", "unix:" + socket])
    wait_listening(socket, process)
    feed(rig, home, socket, 0, 20)
    return home, socket, process


def count_instructions(rig):
    """{"all", "alertspool.fcgi", "libjansson", …, "allocations", "functions"}"""
    say("instructions per request")
    out = run([rig.file("instructions"), rig.program("alertspool.fcgi"), "25"])
    counts, functions = {}, []
    for line in out.splitlines():
        number, *words = line.split()
        if words[0] == "in":
            counts[words[1].partition(".so")[0]] = int(number)
        elif len(words) == 1 and words[0] in ("all", "allocations"):
            counts[words[0]] = int(number)
        else:
            functions.append([int(number), " ".join(words)])
    return {**counts, "functions": functions}


def count_system_calls(rig):
    """{call: per request}"""
    say("system calls per request")
    home, socket, process = start_single(rig, "calls")
    time.sleep(SETTLED_S)
    feed(rig, home, socket, 500, 1)
    out = rig.work + "/strace"
    tracer = rig.start(["strace", "-c", "-o", out, "-p", str(process.pid)])
    for _ in range(100):
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            if f"TracerPid:\t{tracer.pid}\n" in status:
                break
        time.sleep(0.05)
    feed(rig, home, socket, 1000, REQUESTS)
    stop(tracer)
    stop(process)
    calls = {}
    with open(out, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words and words[0][0].isdigit() and words[-1] != "total":
                calls[words[-1]] = int(words[3]) / REQUESTS
    return calls


def measure_memory(rig):
    """KiB of a worker after some requests, and after many more."""
    say("memory of a worker")
    home, socket, process = start_single(rig, "memory")
    few, many = 100, 1000 if rig.quick else 5000
    feed(rig, home, socket, 1000, few)
    early = private_kib(process.pid)
    feed(rig, home, socket, 10000, many)
    late = private_kib(process.pid)
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    stop(process)
    return {"private_kib": early, "private_kib_late": late, "requests": many,
            "peak_resident_kib": peak}


def spend(arguments, environment):
    """Microseconds of processor and of time that one run takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    subprocess.run(arguments, env=environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    took = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return cpu * 1e6, took * 1e6


def measure_cgi(rig):
    """Start-up of CGI mode, with a request that needs everything but a commit,
    and of the empty program with the same libraries; in turns."""
    say("start-up of CGI mode")
    home = rig.installation("cgi")
    environment = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET",
                   "PATH_INFO": "/-/ready", "REMOTE_ADDR": "127.0.0.1",
                   "ALERTSPOOL_CONF": home + "/alertspool.conf"}
    programs = {"alertspool": [rig.program("alertspool.fcgi")],
                "empty": [rig.program("bench/empty")]}
    found = {name: [] for name in programs}
    for _ in range(50 if rig.quick else 300):
        for name, arguments in programs.items():
            found[name].append(spend(arguments, environment))
    result = {}
    for name, pairs in found.items():
        # the cheapest half: what disturbs only ever adds
        for i, what in enumerate(("cpu_us", "wall_us")):
            costs = sorted(pair[i] for pair in pairs)[:len(pairs) // 2]
            result[f"{name}_{what}"] = sum(costs) / len(costs)
    return result


def measure(rig):
    return {"instructions": count_instructions(rig), "calls": count_system_calls(rig),
            "memory": measure_memory(rig), "cgi": measure_cgi(rig),
            "record_bytes": record_bytes(rig)}


def record_bytes(rig):
    home, socket, process = start_single(rig, "record")
    feed(rig, home, socket, 1000, 1)
    stop(process)
    new = os.path.join(home, "spool", "new")
    return max(os.path.getsize(os.path.join(new, name)) for name in os.listdir(new))
