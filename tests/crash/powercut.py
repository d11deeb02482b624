#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""powercut.py ext4|xfs CUTS PROGRAMS-DIRECTORY SOURCE-DIRECTORY WORK

Cut the power of a file system in an image, again and again, under the load of
load.py. A cut is the shutdown ioctl without a flush of the log at a random
moment; then unmount, mount, and look.

Required each time: every id that was answered 200 or 202 has a complete record in one
state, which fits the schema; no file with a final name is torn; the responder starts on
this spool; everything unanswered, delivered again, is answered and gives one record
each.

Prints what was wrong, then the numbers; exit 0, 1, or 77 when no such file system
can be mounted here. Everything that is mounted or started is ended, too, when
this is ended by a signal.
"""
import os
import random
import signal
import subprocess
import sys
import time

from load import Answers, Broken, Installation, Judge, Load, make_body, unmount

SIZES = {"ext4": 64, "xfs": 320}
CUTS_EACH = 20  # then a new file system: that one gets full


class Machine(Installation):
    """An image, what is mounted of it, and the responder on that."""

    def __init__(self, kind, programs, work):
        self.kind, self.image, self.mount = kind, f"{work}/image", f"{work}/mnt"
        os.makedirs(self.mount)
        with open(self.image, "wb") as file:
            file.truncate(SIZES[kind] << 20)
        subprocess.run([f"mkfs.{kind}", "-q", self.image], check=True)
        super().__init__(programs, work, f"{self.mount}/spool")

    def mount_it(self):
        return subprocess.run(["mount", "-o", "loop", "-t", self.kind, self.image, self.mount],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def cut(self):
        subprocess.run([f"{self.programs}/tests/tools/shutdown", self.mount], check=True)

    def end(self):
        self.stop()
        subprocess.run(["umount", "-l", self.mount], stderr=subprocess.DEVNULL, check=False)


class Trial:
    """Cuts of one file system after the other; what was found, and how much."""

    def __init__(self, judge):
        self.judge, self.wrong = judge, []
        self.answered, self.repeats, self.repeated, self.moves = 0, 0, 0, 0

    def look(self, machine, answers, when):
        found, wrong = self.judge.look(machine.spool, answers.names.values())
        self.wrong += [f"{when}: {phrase}" for phrase in wrong]
        return found

    def cut(self, machine, answers, number, when):
        """A cut under load; the number of the last body."""
        machine.start()
        load = Load(machine, number)
        time.sleep(random.uniform(0.1, 0.5))
        if not self.moves:
            load.wait()
        machine.cut()
        load.end()
        machine.stop()
        unmount(machine.mount)
        if not machine.mount_it():
            raise Broken("cannot mount it again")
        for number, _, _, name in load.posts:
            if name is not None:
                answers.add(number, name)
        self.moves += load.moves
        self.look(machine, answers, when)
        self.repeat(machine, answers, {post[0] for post in load.posts}, when)
        return load.number

    def repeat(self, machine, answers, posted, when):
        machine.start()
        for number in sorted(posted - set(answers.names)):
            name = machine.post(make_body(number))
            self.repeated += 1
            if name is None:
                self.wrong.append(f"{when}: the repeat of {number} is refused")
            else:
                answers.add(number, name)
        found = self.look(machine, answers, f"{when}, repeated")
        self.wrong += [f"{when}: nobody posted {name}"
                       for name in set(found) - set(answers.names.values())]
        machine.stop()

    def one(self, machine, first, cuts):
        answers, number = Answers(), 0
        machine.make_spool()
        for n in range(first, first + cuts):
            try:
                number = self.cut(machine, answers, number, f"cut {n}")
            except Broken as failure:
                self.wrong.append(f"cut {n}: {failure}")
                break
        self.wrong += answers.wrong
        self.answered += len(answers.names)
        self.repeats += answers.repeats


def machines(kind, programs, work, firsts):
    """(number, Machine) for each number, one after the other; exits if one cannot be made"""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    random.seed()
    for first in firsts:
        machine = Machine(kind, programs, f"{work}/{first}")
        try:
            if not machine.mount_it():
                sys.exit(77)
            yield first, machine
        finally:
            machine.end()


def main():
    kind, cuts, programs, source, work = sys.argv[1:]
    trial = Trial(Judge(source))
    for first, machine in machines(kind, programs, work, range(0, int(cuts), CUTS_EACH)):
        trial.one(machine, first, min(CUTS_EACH, int(cuts) - first))
    for phrase in trial.wrong[:40]:
        print(phrase)
    print(f"{kind}: {cuts} cuts, {trial.answered} alerts answered, {trial.repeated} of them "
          f"after the cut, {trial.repeats} more than once, {trial.moves} moves, "
          f"{len(trial.wrong)} wrong")
    return 1 if trial.wrong or 0 in (trial.answered, trial.repeats, trial.moves) else 0


if __name__ == "__main__":
    sys.exit(main())
