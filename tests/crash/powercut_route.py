#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""powercut_route.py ext4|xfs CUTS PROGRAMS-DIRECTORY SOURCE-DIRECTORY WORK

Cut the power of a file system in an image while "alertspool route" gives records to
queues and a runner empties one of them; then unmount, mount, and look.

Required each time: every record is complete and in one state; each record in done/ of the
spool has a complete copy in one state in every queue that wanted it; and route continues
from what it finds.

At least one cut must come while route is at work, or more are tried. Prints what was wrong,
then the numbers; exit 0, 1, or 77 when no such file system can be mounted here.
"""
import os
import random
import subprocess
import sys
import time

from load import STATES, Broken, Judge, unmount, wait_until
from powercut import machines

ALERTS = 90  # of three records, a cut: more than one look
CUTS_EACH = 8  # then a new file system
QUEUES = ("all", "pager", "shop")
SECTIONS = """[queue all]
command = /bin/true
superseded = handle
[queue pager]
severity = CRITICAL
command = /bin/true
[queue shop]
project = shop-*
command = /bin/true
"""


class Trial:
    def __init__(self, judge, source):
        self.judge, self.source, self.wrong = judge, source, []
        self.records, self.copies, self.cut_short = 0, 0, 0
        self.cuts = 0
        self.takes = 0  # seconds for the records of a cut
        self.wants = {}  # of the file system at hand: name, queues

    def fill(self, machine, number):
        """More records, on disk; what the pager has is handled."""
        machine.alertspool("run", "pager")
        made = subprocess.run([sys.executable, f"{self.source}/tests/queues/alerts.py",
                               str(ALERTS), str(number)], capture_output=True, text=True,
                              check=True)
        seeded = subprocess.run([f"{machine.programs}/tests/tools/seed", machine.spool, "-"],
                                input=made.stdout, capture_output=True, text=True, check=True)
        subprocess.run(["sync", "-f", machine.spool], check=True)
        for name, queues in zip(seeded.stdout.split(), made.stderr.splitlines()):
            self.wants[name] = queues.split()

    @staticmethod
    def copies_begin(machine, named):
        """Is there a copy, or one that has its name by now?"""
        try:
            names = os.listdir(f"{machine.spool}/queues/pager/new")
        except FileNotFoundError:
            return False
        return any(name[0] != "." for name in names) if named else bool(names)

    def cut(self, machine, number):
        self.fill(machine, number)
        with open(f"{machine.work}/log", "ab") as log:
            running = [subprocess.Popen([f"{machine.programs}/alertspool", "-c", machine.conf,
                                         *words], stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log)
                       for words in (("route", "--follow"), ("run", "--follow", "all"))]
            # route flushes files most of the time. It makes names and moves records in a
            # short time at the end.
            wait_until(lambda: self.copies_begin(machine, number % 3 > 0),
                       "route copies nothing")
            time.sleep(random.uniform(0, .03 if number % 3 > 0 else self.takes))
            machine.cut()
            for process in running:
                process.kill()
                process.wait()
        unmount(machine.mount)
        if not machine.mount_it():
            raise Broken("cannot mount it again")
        self.cuts += 1
        self.look(machine, f"cut {number}")

    def look(self, machine, when):
        found, wrong = self.judge.look(machine.spool, self.wants, halves=True)
        self.wrong += [f"{when}: {phrase}" for phrase in wrong]
        there = {}
        for queue in QUEUES:
            path = f"{machine.spool}/queues/{queue}"
            there[queue] = {}
            if all(os.path.isdir(f"{path}/{state}") for state in STATES):
                there[queue], wrong = self.judge.look(path, [], halves=True)
                self.wrong += [f"{when}: {queue}: {phrase}" for phrase in wrong]
        done = [name for name, states in found.items() if "done" in states]
        copied = set().union(*there.values())
        left = set(found) - set(done)
        # The power was cut in the middle: some records were routed, but not all.
        self.cut_short += bool(left and (copied & left or len(left) < 3 * ALERTS))
        for name in done:
            for queue in self.wants[name]:
                self.copies += 1
                if name not in there[queue]:
                    self.wrong.append(f"{when}: {queue} lacks {name}")

    def finish(self, machine):
        """What was cut short is ended."""
        done = machine.alertspool("route")
        if done.returncode != 0:
            self.wrong.append(f"route afterwards ends with {done.returncode}: {done.stderr}")
        self.look(machine, "afterwards")
        left = [name for name in os.listdir(f"{machine.spool}/new") if name[0] != "."]
        self.wrong += [f"not routed afterwards: {name}" for name in left]

    def one(self, machine, first, cuts):
        self.wants = {}
        machine.make_spool()
        with open(machine.conf, "a", encoding="ascii") as file:
            file.write(SECTIONS)
        self.fill(machine, -1)
        begin = time.monotonic()
        machine.alertspool("route")
        self.takes = time.monotonic() - begin
        for number in range(first, first + cuts):
            try:
                self.cut(machine, number)
            except Broken as failure:
                self.wrong.append(f"cut {number}: {failure}")
                return
        self.finish(machine)
        self.records += len(self.wants)


def main():
    kind, cuts, programs, source, work = sys.argv[1:]
    trial = Trial(Judge(source), source)
    for first, machine in machines(kind, programs, work, range(0, 4 * int(cuts), CUTS_EACH)):
        if first >= int(cuts) and trial.cut_short:
            break
        trial.one(machine, first, min(CUTS_EACH, int(cuts)))
    for phrase in trial.wrong[:40]:
        print(phrase)
    print(f"{kind}: {trial.cuts} cuts in route, {trial.cut_short} of them half way, "
          f"{trial.records} records, {trial.copies} copies asked for, "
          f"{len(trial.wrong)} wrong")
    return 1 if trial.wrong or 0 in (trial.records, trial.copies, trial.cut_short) else 0


if __name__ == "__main__":
    sys.exit(main())
