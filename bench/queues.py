# SPDX-License-Identifier: ISC
"""queues: what route costs beside as many bare commits, in rate and processor time;
its memory with a million records; and run QUEUE beside run -- COMMAND."""
import os
import statistics
import sys
import time

from rig import bare, run, say, timed

sys.dont_write_bytecode = True

QUEUES = (1, 3, 10)
RECORDS = 3000
ROUNDS = 3
KEPT = 1000  # in done/ of the queue that is emptied
RUN_RECORDS = 2000
MANY = 1000000
ROUTE_SECONDS = 20


def installation(rig, queues):
    home = rig.installation("queues", 1)
    with open(home + "/alertspool.conf", "a", encoding="ascii") as file:
        file.writelines(f"[queue q{number}]\ncommand = /bin/true\njobs = 4\n"
                        for number in range(queues))
    return home


def fill(rig, spool, records, *state_and_first):
    run([rig.program("tests/tools/seed"), spool, str(records), str(1 << 40),
         *map(str, state_and_first)])


def timed(rig, home, *words):
    """(seconds, seconds of processor time, MiB) of a verb that ends."""
    peak = os.path.join(rig.work, "peak")
    begin = time.monotonic()
    run(["/usr/bin/time", "-f", "%U %S %M", "-o", peak, rig.program("alertspool"),
         "-c", home + "/alertspool.conf", *words])
    took = time.monotonic() - begin
    with open(peak, encoding="ascii") as file:
        user, system, kib = file.read().split()[-3:]
    return took, float(user) + float(system), int(kib) / 1024


def measure_routes(rig, queues, records):
    """Medians: copies a second and processor time of each, by route and bare."""
    rounds = []
    for _ in range(1 if rig.quick else ROUNDS):
        home = installation(rig, queues)
        spool = home + "/spool"
        fill(rig, spool, records)
        size = os.stat(f"{spool}/new/{os.listdir(spool + '/new')[0]}").st_size
        os.sync()
        alone = bare(rig, rig.directory("bare"), 1, 1 if rig.quick else 3, size)
        took, cpu, _ = timed(rig, home, "route")
        copies = records * queues
        rounds.append({"records": records / took, "rate": copies / took / alone["rate"],
                       "cpu": cpu / copies * 1e6 / alone["cpu_us"]})
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def measure_memory(rig, records):
    """MiB of a route that has so many before it."""
    home = installation(rig, 3)
    fill(rig, home + "/spool", records)
    return timed(rig, ["-c", home + "/alertspool.conf", "route"], ROUTE_SECONDS)


def measure_runs(rig, records):
    """(records a second by run QUEUE, and by run -- COMMAND)"""
    queue, alone = [], []
    for _ in range(1 if rig.quick else ROUNDS):
        home = installation(rig, 1)
        plain = rig.installation("alone", 1)
        timed(rig, home, "route")
        for spool in (home + "/spool/queues/q0", plain + "/spool"):
            fill(rig, spool, KEPT, "done", records)
            fill(rig, spool, records)
        queue.append(records / timed(rig, home, "run", "q0")[0])
        alone.append(records / timed(rig, plain, "run", "--jobs", "4", "--", "/bin/true")[0])
    return statistics.median(queue), statistics.median(alone)


def measure(rig):
    """{"records", "routes", "many", "mib", "run_queue", "run_alone"}"""
    records = RECORDS // 10 if rig.quick else RECORDS
    many = MANY // 100 if rig.quick else MANY
    routes = {}
    for queues in QUEUES:
        say(f"route into {queues} queues")
        routes[queues] = measure_routes(rig, queues, records)
    say("run QUEUE beside run -- COMMAND")
    run_queue, run_alone = measure_runs(rig, RUN_RECORDS // 10 if rig.quick else RUN_RECORDS)
    say(f"route of {many} records")
    return {"records": records, "routes": routes, "many": many,
            "mib": measure_memory(rig, many), "run_queue": run_queue, "run_alone": run_alone}
