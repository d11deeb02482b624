#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""memory_of.py FILE PID...

Look for the content of the file, without a newline at its end, in the memory of the
processes. Prints a line "PID N M" for each: it is N times in locked memory, and M times
in other memory. Needs the right to read /proc/PID/mem.
"""
import re
import sys

MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r")


def mappings(pid):
    """(begin, end, locked) of what can be read; proc(5)."""
    begin = end = None
    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            match = MAPPING.match(line)
            if match:
                begin, end = (int(address, 16) for address in match.groups())
            elif line.startswith("VmFlags:") and begin is not None:
                yield begin, end, " lo" in line
                begin = None


def count(pid, wanted):
    found = {True: 0, False: 0}
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for begin, end, locked in mappings(pid):
            try:
                memory.seek(begin)
                found[locked] += memory.read(end - begin).count(wanted)
            except (OSError, OverflowError):
                pass  # the kernel's own pages
    return found


def main(name, *pids):
    with open(name, "rb") as file:
        wanted = file.read().removesuffix(b"\n")
    for pid in pids:
        found = count(pid, wanted)
        print(pid, found[True], found[False])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
