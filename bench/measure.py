#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""measure.py [--quick] SOURCE BUILD: what bench/run runs once everything is built.
The scale comes last: removing a million files slows a disk for a while."""
import os
import platform
import sys
import time

sys.dont_write_bytecode = True
import inside  # noqa: E402
import queues  # noqa: E402
import report  # noqa: E402
import scale  # noqa: E402
import web  # noqa: E402
from rig import Rig, run, say  # noqa: E402


def describe(rig):
    """The machine, the date, and how busy it was with other things."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = next((line.split(":")[1].strip() for line in file
                    if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    disk = run(["df", "--output=source,fstype", rig.work]).splitlines()[1]
    return (f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}: {os.cpu_count()} "
            f"processors ({cpu}), {memory:.0f} GiB, {' '.join(disk.split())}, "
            f"Linux {platform.release()}; load before: {os.getloadavg()[0]:.2f}")


def main(arguments):
    quick = "--quick" in arguments
    top, build = [argument for argument in arguments if argument != "--quick"]
    begin = time.monotonic()
    rig = Rig(top, build, quick)
    results = {"machine": describe(rig), "quick": quick}
    load = web.Load(rig)
    results["inside"] = inside.measure(rig)
    results["web"] = web.measure_peers(rig, load)
    results["disks"] = web.measure_disks(rig, load)
    results["queues"] = queues.measure(rig)
    results["scale"] = scale.measure(rig)
    results["seconds"] = time.monotonic() - begin
    report.write(results, rig.bench, build)
    print(report.text(results), flush=True)
    say(f"took {results['seconds']:.0f} s; {build}/results.json, table.txt, plot.svg")
    say("removing what was made")
    rig.close()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1:])
