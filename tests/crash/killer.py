#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""killer.py SECONDS INTERVAL PROGRAM...

Every INTERVAL seconds, kill (SIGKILL) a random process that runs one of these programs
(by /proc/PID/exe): for SECONDS, and until ten were killed (a minute more at most). Prints
how many were killed, by program.
"""
import collections
import glob
import os
import random
import signal
import sys
import time


def running(programs):
    """[(process, program)]"""
    found = []
    for path in glob.glob("/proc/[0-9]*/exe"):
        try:
            program = os.readlink(path)
        except OSError:
            continue
        if program in programs:
            found.append((int(path.split("/")[2]), program))
    return found


def main(seconds, interval, *programs):
    programs = {os.path.realpath(program) for program in programs}
    killed = collections.Counter()
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end or sum(killed.values()) < 10 and time.monotonic() < end + 60:
        some = running(programs)
        if some:
            pid, program = random.choice(some)
            try:
                os.kill(pid, signal.SIGKILL)
                killed[os.path.basename(program)] += 1
            except ProcessLookupError:
                pass
        time.sleep(float(interval))
    print(", ".join(f"{n} {name}" for name, n in sorted(killed.items())) or "none")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
