#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""replay.py ext4|xfs|btrfs STATES SEED PROGRAMS-DIRECTORY SOURCE-DIRECTORY WORK [STATE]

Look at a spool as a power cut may have left it, in many ways. tests/tools/disk,
under a loop device and a file system, logs each write and flush while the load
of load.py runs; each client notes how long the log was when its answer had come.
A state is the disk after a prefix of the log: it has the writes that a finished flush
covers, and any subset of the later writes, or a part of one of them. Half of the prefixes
end right after an answer, half anywhere.

Required of each state: it mounts; every id that was answered by then has a complete record
in one state directory, which fits the schema; no file with a final name is torn. On btrfs
half a move may have been made: one file with a name in two directories. Of every tenth
state, and of those with half a move: the responder starts on it; everything unanswered by
then, delivered again, is answered and gives one record each; what was answered is a
duplicate; half a move can be completed; "alertspool clean" and "check" find no fault.

A recording in WORK is used again: the same SEED then gives the same states. With STATE,
only the state of this number is checked, and WORK/*/state stays mounted.

Prints what was wrong, then the numbers; exit 0, 1, or 77 with the reason when
that cannot be done here. Everything that is mounted or started is ended, too,
when this is ended by a signal.
"""
import collections
import contextlib
import json
import mmap
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time

from load import (Answers, Broken, Installation, Judge, Load, make_body, unmount,
                  wait_until)

SIZES = {"ext4": 64, "xfs": 320, "btrfs": 256}
MKFS = {"ext4": ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"], "xfs": ["-q"],
        "btrfs": ["-q"]}
FLUSH_MS = 2
SECONDS = 1.5  # of load in a recording
STATES_EACH = 200  # of a recording
REVIVED = 10  # every so many states
BLOCK = 4096
# The bytes that a disk writes completely or not at all. xfs relies on that for its blocks:
# it does not mount if one is torn.
ATOMIC = {"ext4": 512, "xfs": BLOCK, "btrfs": 512}
HEAD, ENTRY = 4096, struct.Struct("=QQ")


class Impossible(Exception):
    """This machine has not what that takes."""


def run(*words):
    try:
        subprocess.run(words, capture_output=True, text=True, check=True)
    except OSError as error:
        raise Impossible(f"{words[0]}: {error.strerror}") from None
    except subprocess.CalledProcessError as error:
        raise Impossible(f"{' '.join(words)}: {error.stderr.strip()}") from None


def mount_tmpfs(undo, directory):
    os.makedirs(directory, exist_ok=True)
    run("mount", "-t", "tmpfs", "none", directory)
    undo.callback(unmount, directory)


class Recorder:
    """A mounted file system, everything that its device receives in a log."""

    def __init__(self, kind, programs, work):
        self.kind, self.work, self.undo = kind, work, contextlib.ExitStack()
        self.disk, self.mount = f"{programs}/tests/tools/disk", f"{work}/mnt"
        self.image, self.head = f"{work}/memory/image", None

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            self.start(undo)
            self.undo = undo.pop_all()
        return self

    def __exit__(self, *_):
        self.undo.close()

    def start(self, undo):
        # In memory, so that only the flushes that we slow down are slow.
        mount_tmpfs(undo, f"{self.work}/memory")
        with open(self.image, "wb") as file:
            file.truncate(SIZES[self.kind] << 20)
        run(f"mkfs.{self.kind}", *MKFS[self.kind], self.image)
        run("cp", "--sparse=always", self.image, f"{self.work}/base")
        fuse = f"{self.work}/fuse"
        os.mkdir(fuse)
        server = subprocess.Popen([self.disk, self.image, str(FLUSH_MS), f"{self.work}/log",
                                   fuse, "-f"], stdin=subprocess.DEVNULL)
        undo.callback(server.wait)
        undo.callback(unmount, fuse)
        wait_until(lambda: os.path.exists(f"{fuse}/disk") or server.poll() is not None,
                   "nothing is mounted with FUSE")
        os.mkdir(self.mount)
        run("mount", "-o", "loop", "-t", self.kind, f"{fuse}/disk", self.mount)
        undo.callback(unmount, self.mount)
        with open(f"{self.work}/log", "rb") as file:
            self.head = mmap.mmap(file.fileno(), HEAD, prot=mmap.PROT_READ)

    def moment(self):
        """How many entries the log has."""
        return struct.unpack_from("=Q", self.head)[0]


def record(kind, programs, work):
    """Make WORK/base, WORK/log and WORK/posts."""
    with Recorder(kind, programs, work) as recorder:
        installation = Installation(programs, work, f"{recorder.mount}/spool")
        installation.make_spool()
        first = recorder.moment()
        try:
            installation.start()
            load = Load(installation, 0, recorder.moment)
            time.sleep(SECONDS)
            load.wait()
            load.end()
        finally:
            installation.stop()
    with open(f"{work}/posts", "w", encoding="ascii") as file:
        json.dump({"first": first, "moves": load.moves, "posts": load.posts}, file)


class Log:
    """The entries of a log: (offset, bytes), or (how many it covers, None) for a
    flush; and for each number of first entries, how many of them are flushed."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        view, at = memoryview(self.map), HEAD
        self.entries, self.flushed = [], [0]
        while at < len(view):
            offset, size = ENTRY.unpack_from(view, at)
            at += ENTRY.size
            self.entries.append((offset, view[at:at + size] if size else None))
            self.flushed.append(self.flushed[-1] if size else offset)
            at += size
        assert len(self.entries) == struct.unpack_from("=Q", view)[0], "the log is broken"

    def unflushed(self, entries):
        """The writes among the first entries that may be lost."""
        return [entry for entry in self.entries[self.flushed[entries]:entries]
                if entry[1] is not None]


class Image:
    """The disk after the first entries of a log, in memory, and as a file."""

    def __init__(self, base, log):
        self.log, self.applied, blocks = log, 0, set()
        with open(base, "rb") as file:
            self.size = os.fstat(file.fileno()).st_size
            self.bytes = memoryview(mmap.mmap(-1, self.size))
            for start, end in data_of(file.fileno(), self.size):
                file.seek(start)
                file.readinto(self.bytes[start:end])
                blocks.update(range(start // BLOCK, -(-end // BLOCK)))
        for offset, text in log.entries:
            if text is not None:
                blocks.update(range(offset // BLOCK, -(-(offset + len(text)) // BLOCK)))
        self.runs = runs(sorted(blocks))

    def apply(self, entries):
        for offset, text in self.log.entries[self.applied:entries]:
            if text is not None:
                self.bytes[offset:offset + len(text)] = text
        self.applied = max(self.applied, entries)

    def write(self, fd, writes):
        """Make that file the disk, with these writes besides."""
        os.ftruncate(fd, 0)
        os.ftruncate(fd, self.size)
        for start, end in self.runs:
            os.pwrite(fd, self.bytes[start:end], start)
        for offset, text in writes:
            os.pwrite(fd, text, offset)


def data_of(fd, size):
    """The parts of a file that are no holes."""
    end = 0
    while end < size:
        try:
            start = os.lseek(fd, end, os.SEEK_DATA)
        except OSError:  # a hole up to its end
            return
        end = os.lseek(fd, start, os.SEEK_HOLE)
        yield start, end


def runs(blocks):
    """(start, end) in bytes of the blocks that follow one another."""
    found = []
    for block in blocks:
        if found and found[-1][1] == block * BLOCK:
            found[-1][1] += BLOCK
        else:
            found.append([block * BLOCK, (block + 1) * BLOCK])
    return found


class State:
    """Where the power was cut, and what of the unflushed the disk has."""

    def __init__(self, log, entries, atomic, chance):
        self.entries, self.flushed = entries, log.flushed[entries]
        pending = log.unflushed(entries)
        share = chance.choice((0, 1, chance.random(), chance.random()))
        victim = chance.choice(pending) if pending and chance.random() < 0.25 else None
        self.writes, self.lost, self.torn = [], 0, victim is not None
        for write in pending:
            if write is victim:
                self.writes += torn(write, atomic, chance)
            elif chance.random() < share:
                self.writes.append(write)
            else:
                self.lost += 1
        self.words = (f"{entries} of {len(log.entries)} entries, {len(pending)} unflushed writes, "
                      f"{self.lost} of them lost{', one torn' if self.torn else ''}")


def torn(write, atomic, chance):
    """Some pieces of it."""
    offset, text = write
    cuts = [0, *range(atomic - offset % atomic, len(text), atomic), len(text)]
    return [(offset + at, text[at:end]) for at, end in zip(cuts, cuts[1:])
            if chance.random() < 0.5]


class Replay:
    """The states of one recording."""

    def __init__(self, kind, programs, judge, work):
        self.kind, self.programs, self.judge, self.work = kind, programs, judge, work
        self.log, self.mount = Log(f"{work}/log"), f"{work}/state"
        self.image = Image(f"{work}/base", self.log)
        with open(f"{work}/posts", encoding="ascii") as file:
            recorded = json.load(file)
        self.first, self.posts = recorded["first"], recorded["posts"]
        self.answers, self.wrong = Answers(), []
        for number, _, _, name in self.posts:
            if name is None:
                self.wrong.append(f"{number} was not answered, without a reason")
            else:
                self.answers.add(number, name)
        self.wrong += self.answers.wrong
        self.sums = collections.Counter(
            entries=len(self.log.entries), answered=len(self.answers.names),
            repeats=self.answers.repeats, moves=recorded["moves"])

    def states(self, first, count, seed):
        """Their numbers and what they are, in the order of the log."""
        chance = random.Random(seed)
        ends = [post[2] for post in self.posts]
        chosen = [(chance.choice(ends) if n % 2 else self.anywhere(chance), chance.random())
                  for n in range(count)]
        for n, (entries, number) in enumerate(sorted(chosen), first + 1):
            yield n, State(self.log, entries, ATOMIC[self.kind], random.Random(number))

    def anywhere(self, chance):
        """Rather where much is unflushed."""
        places = [chance.randint(self.first, len(self.log.entries)) for _ in range(4)]
        return max(places, key=lambda entries: len(self.log.unflushed(entries)))

    def look_at(self, states, leave):
        with contextlib.ExitStack() as undo:
            memory = f"{self.work}/memory"
            mount_tmpfs(undo, memory)
            fd = os.open(f"{memory}/image", os.O_RDWR | os.O_CREAT)
            undo.callback(os.close, fd)
            os.makedirs(self.mount, exist_ok=True)
            for n, state in states:
                self.sums.update(lossy=state.lost > 0, torn=state.torn)
                self.image.apply(state.flushed)
                self.image.write(fd, state.writes)
                self.wrong += [f"state {n} ({state.words}): {phrase}"
                               for phrase in self.one(n, state, f"{memory}/image", leave)]
            if leave:
                undo.pop_all()

    def one(self, n, state, image, leave):
        mounted = subprocess.run(
            ["mount", "-o", "loop", "-t", self.kind, image, self.mount],
            capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            return [f"does not mount: {mounted.stderr.strip()}"]
        try:
            wanted = {number: name for number, _, after, name in self.posts
                      if after <= state.entries}
            found, wrong = self.judge.look(f"{self.mount}/spool", wanted.values(),
                                           halves=self.kind == "btrfs")
            halves = [name for name, states in found.items() if len(states) > 1]
            self.sums["halves"] += len(halves)
            if halves or n % REVIVED == 0:
                wrong += self.revive(state, wanted, halves)
            return wrong
        except Broken as failure:
            return wrong + [str(failure)]
        finally:
            if not leave:
                unmount(self.mount)

    def revive(self, state, wanted, halves):
        """The responder goes on with it; moves that were half made are made."""
        installation = Installation(self.programs, self.work, f"{self.mount}/spool")
        names = {number: self.answers.names[number] for number, before, _, name in self.posts
                 if before <= state.entries and name is not None}
        some = sorted(set(names) - set(wanted)) + list(wanted)[:3]
        self.sums.update(revived=1, repeated=len(some))
        wrong = []
        try:
            installation.start()
            for number in some:
                got = installation.post(make_body(number))
                if got != names[number]:
                    wrong.append(f"the repeat of {names[number]} is {got}")
            # A record of which new/ and cur/ have a name needs two acks.
            for words in [("ack", name) for name in halves * 2] + [("clean",), ("check",)]:
                done = installation.alertspool(*words)
                if done.returncode != 0 and words[0] != "ack":
                    wrong.append(f"{words[0]} exits {done.returncode}: {done.stdout}{done.stderr}")
        finally:
            installation.stop()
        found, again = self.judge.look(f"{self.mount}/spool", names.values())
        again += [f"nobody posted {name}" for name in set(found) - set(names.values())]
        return wrong + [f"repeated: {phrase}" for phrase in again]


def check_machine(kind, programs):
    if not os.access(f"{programs}/tests/tools/disk", os.X_OK):
        raise Impossible("built without libfuse3")
    for path in ("/dev/fuse", "/dev/loop-control"):
        if not os.path.exists(path):
            raise Impossible(f"there is no {path}")
    run(f"mkfs.{kind}", "-V")


def campaign(kind, states, seed, programs, source, work, only):
    """The sums, and what was wrong."""
    judge, sums, wrong = Judge(source), collections.Counter(), []
    check_machine(kind, programs)
    for first in range(0, states, STATES_EACH):
        here = f"{work}/{first}"
        if only and not first < only <= first + STATES_EACH:
            continue
        if not os.path.exists(f"{here}/posts"):
            shutil.rmtree(here, ignore_errors=True)  # one that was broken off
            os.makedirs(here)
            try:
                record(kind, programs, here)
            except Impossible as reason:
                if first > 0:  # it was possible
                    raise Broken(reason) from None
                raise
        replay = Replay(kind, programs, judge, here)
        all_states = replay.states(first, min(STATES_EACH, states - first), f"{seed} {first}")
        replay.look_at([pair for pair in all_states if only in (0, pair[0])], only)
        sums.update(replay.sums)
        wrong += replay.wrong
    return sums, wrong


def main():
    kind, states, seed, programs, source, work = sys.argv[1:7]
    only = int(sys.argv[7]) if len(sys.argv) > 7 else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    try:
        sums, wrong = campaign(kind, int(states), seed, programs, source, work, only)
    except Impossible as reason:
        print(reason)
        return 77
    except Broken as failure:
        print(failure)
        return 1
    for phrase in wrong[:40]:
        print(phrase)
    what = f"state {only}" if only else f"{states} states"
    print(f"{kind}: {what}, {len(wrong)} wrong; seed {seed}, writes lost in {sums['lossy']}, "
          f"torn in {sums['torn']}; {sums['entries']} entries, {sums['answered']} alerts answered, "
          f"{sums['repeats']} more than once, {sums['moves']} moves, "
          f"{sums['halves']} half made; {sums['revived']} revived, "
          f"{sums['repeated']} posts to them; {time.monotonic() - began:.0f} s")
    return 1 if wrong or not (only or (sums["lossy"] and sums["revived"])) else 0


if __name__ == "__main__":
    sys.exit(main())
