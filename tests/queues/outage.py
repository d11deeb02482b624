# SPDX-License-Identifier: ISC
"""outage.py: days of a queue in seconds, with a runner that uses the clock of driven.so.

    outage.py CASE T SPOOL CONF ALERTSPOOL SEED HOURS ALERTS

CASE is the exit code of the handler while its destination is down (75, 77, 1, 65, 127,
hang), or give-up, year, week, poison-N-CODE. Prints what is wrong, then a line of
figures; exit 0 or 1.
"""
import json
import os
import random
import subprocess
import sys
import time

QUIET = 600  # seconds before the outage, with a healthy alert each minute
AFTER = 600
SECOND = 1000
LONGEST = 60  # seconds a rest pauses at most
TIMEOUT = 60
HOUR = 3600


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class World:
    """A queue, what comes into it, and what its handler did."""

    def __init__(self, work, spool, conf, program, seed):
        self.work, self.conf, self.program, self.seed = work, conf, program, seed
        self.queue, self.staging = f"{spool}/queues/pager", f"{work}/staging"
        self.start = int(time.time())
        self.arrivals = []  # (second, alert, event, name)
        self.bodies = []
        self.events = []  # of the script, besides arrivals

    def add(self, second, alert, event):
        status = "CLOSED" if event == "close" else "OPEN"
        moment = stamp(self.start + second)
        body = {"id": f"{alert:024x}", "status": status, "eventTypeName": "HOST_DOWN",
                "created": stamp(self.start - 1), "updated": moment, "lastNotified": moment,
                "groupId": f"{7:024x}"}
        self.arrivals.append([second, alert, event, None])
        self.bodies.append("\t".join(["new", "default", f"alert.{event}",
                                      str(self.start + int(second)), json.dumps(body)]))

    def prepare(self):
        for state in ("", "new", "cur", "done", "dead", "bad"):
            os.mkdir(os.path.join(self.staging, state), 0o2750)
        os.close(os.open(f"{self.staging}/lock", os.O_CREAT, 0o600))
        names = subprocess.run([self.seed, self.staging, "-"], input="\n".join(self.bodies) + "\n",
                               capture_output=True, text=True, check=True).stdout.split()
        for arrival, name in zip(self.arrivals, names):
            arrival[3] = name
        assert len(set(names)) == len(self.arrivals)
        self.clock(0)

    def clock(self, ms):
        with open(f"{self.work}/clock", "w", encoding="ascii") as file:
            file.write(f"{ms:<16}")

    def now(self):
        with open(f"{self.work}/clock", encoding="ascii") as file:
            return int(file.read())

    def run(self, until, *options, wait="400"):
        """A runner that follows, until that second."""
        begin = self.now()
        script = [(int(a[0] * SECOND), f"move {self.staging}/new/{a[3]} {self.queue}/new/{a[3]}")
                  for a in self.arrivals if begin <= a[0] * SECOND < until * SECOND]
        script += [event for event in self.events if begin <= event[0] < until * SECOND]
        script += [(int(until * SECOND), "end")]
        with open(f"{self.work}/script", "w", encoding="ascii") as file:
            file.writelines(f"{moment} {what}\n" for moment, what in sorted(script))
        done = subprocess.run(
            [self.program, "-c", self.conf, "run", "--follow", *options, "pager"],
            env={**os.environ, "LD_PRELOAD": f"{self.work}/driven.so",
                 "DRIVEN_CLOCK": f"{self.work}/clock", "DRIVEN_SCRIPT": f"{self.work}/script",
                 "DRIVEN_WAIT": wait},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=7200)
        with open(f"{self.work}/runner.log", "a", encoding="utf-8") as file:
            file.write(done.stdout + done.stderr)
        if done.returncode != 0:
            raise SystemExit(f"the runner ended with {done.returncode}: {done.stderr[-500:]}")

    def starts(self):
        """[(second, name, what it answered)]"""
        with open(f"{self.work}/log", encoding="ascii") as file:
            rows = [row.split() for row in file]
        return [(int(row[0]) / SECOND, row[1], row[2]) for row in rows]

    def there(self, state):
        return set(os.listdir(f"{self.queue}/{state}"))

    def history(self, name):
        with open(f"{self.queue}/history/{name}", encoding="utf-8") as file:
            return [json.loads(row) for row in file]


def alerts_of_an_outage(world, hours, count):
    """Healthy alerts first; then what comes in while the destination is down: opens, of
    which some are updated and some end before it is over."""
    rng = random.Random(1)
    end = QUIET + hours * HOUR
    for i in range(QUIET // 60):
        world.add(i * 60, 10**6 + i, "open")
    for alert in range(count):
        second = QUIET + hours * HOUR * alert / count
        world.add(second, alert, "open")
        if rng.random() < .3:
            world.add(rng.uniform(second, end - 1) // 1 + 1, alert, "update")
        if rng.random() < .4:
            world.add(end - 1 - rng.random() * (end - second - 3) // 1, alert, "close")
    # In a queue, what comes in later is later in order; one alert's events do not share
    # a second.
    seen = set()
    for arrival, body in zip(list(world.arrivals), list(world.bodies)):
        key = (arrival[1], int(arrival[0]))
        if key in seen:
            world.arrivals.remove(arrival)
            world.bodies.remove(body)
        seen.add(key)
    return end


def judge_outage(world, case, end, hours, wrong):
    """What is true of every outage that ends."""
    starts = world.starts()
    down = [s for s in starts if QUIET <= s[0] < end]
    gaps = [b[0] - a[0] for a, b in zip(down[10:], down[11:])]
    # After the first failures the queue rests, with one start in each pause.
    if gaps and min(gaps) < LONGEST - 1 and not world.events:
        wrong.append(f"two starts {min(gaps)} s apart")
    if not hours * 60 * .3 <= len(down) <= hours * 60 + 12:
        wrong.append(f"{len(down)} starts in {hours} h")
    handled = [s for s in starts if s[2] == "0"]
    ended = {a[1]: a[0] for a in world.arrivals if a[2] == "close"}
    # Handlers run one after another, and each takes real time.
    patience = LONGEST + (TIMEOUT if case == "hang" else 0) + 2 + .05 * sum(s[0] >= end for s in handled)
    late = [s for s in handled if s[0] >= end + patience]
    if late:
        wrong.append(f"handled {late[0][0] - end:.1f} s after the end: {late[0][1]}")
    raised = [s[1] for s in handled for a in world.arrivals
              if s[0] >= end and a[3] == s[1] and a[2] != "close" and a[1] in ended]
    wrong += [f"raised after it ended: {name}" for name in raised[:5]]
    names = [s[1] for s in handled]
    wrong += [f"handled twice: {name}" for name in set(names) if names.count(name) > 1]
    due = {a[3] for a in world.arrivals if a[2] == "close" or a[1] not in ended}
    if case == "65" and down:  # the alerts before the outage speak against the first
        due.discard(down[0][1])
    wrong += [f"not handled: {name}" for name in sorted(due - set(names))[:5]]
    by_alert = {}
    for _, name, _ in handled:
        alert = name.split(".")[1]
        if name < by_alert.get(alert, ""):
            wrong.append(f"{name} after {by_alert[alert]}")
        by_alert[alert] = name
    wrong += [f"left: {name}" for name in world.there("new") | world.there("cur")
              if not name.startswith(".")]
    return f"{len(down)} starts while it was down, all done after " \
        f"{max([s[0] for s in handled]) - end:.0f} s"


def outage(world, case, hours, count, wrong):
    end = alerts_of_an_outage(world, hours, count)
    if case == "year":
        middle = int((QUIET + end) / 2 * SECOND)
        world.events = [(middle, "jump 31536000"),
                        (middle + HOUR * SECOND, "jump -31536000")]
    world.prepare()
    code = {"year": "1", "week": "1"}.get(case, case)
    with open(f"{world.work}/down", "w", encoding="ascii") as file:
        file.write(f"{code} {QUIET * SECOND} {int(end * SECOND)}\n")
    # A handler that hangs takes the time that it is waited for.
    wait = "40" if case == "hang" else "400"
    if case == "week":
        middle = (QUIET + end) / 2
        world.run(middle, wait=wait)
        # What comes in meanwhile comes when the runner is back.
        week = 7 * 24 * HOUR
        for arrival in world.arrivals:
            arrival[0] += week if arrival[0] >= middle else 0
        end += week
        with open(f"{world.work}/down", "w", encoding="ascii") as file:
            file.write(f"{code} {QUIET * SECOND} {int(end * SECOND)}\n")
        world.clock(int((middle + week) * SECOND))
    world.run(end + AFTER, wait=wait)
    if case != "week":
        figures = judge_outage(world, case, end, hours, wrong)
    else:
        figures = "nothing was done for a week, and all after it"
        wrong += [f"left: {name}" for name in world.there("new") | world.there("cur")]
    dead = world.there("dead")
    if case == "65":
        dead.discard(next(s[1] for s in world.starts() if s[2] == "65"))
    wrong += [f"dead: {name}" for name in sorted(dead)[:5]]
    return figures


def give_up(world, hours, count, wrong):
    """Exactly what was tried that long is dead."""
    limit = max(1, hours // 3) * HOUR
    end = alerts_of_an_outage(world, hours, count)
    world.prepare()
    with open(f"{world.work}/down", "w", encoding="ascii") as file:
        file.write(f"75 {QUIET * SECOND} {int(end * SECOND)}\n")
    world.run(end + AFTER, "--give-up-after", f"{limit}s")
    tried, last = {}, {}
    over = set()
    for second, name, answer in world.starts():
        if name in last:
            tried[name] = tried.get(name, 0) + min(second - last[name], HOUR)
        last[name] = second
        if answer != "0" and tried.get(name, 0) >= limit - 1:
            over.add(name)
    dead = world.there("dead")
    wrong += [f"dead after {tried.get(name, 0)} s: {name}" for name in sorted(dead - over)[:5]]
    wrong += [f"not dead after {tried[name]} s: {name}" for name in sorted(over - dead)[:5]
              if tried[name] > limit + 1]
    if not dead:
        wrong.append("nothing is dead")
    wrong += [f"left: {name}" for name in world.there("new") | world.there("cur")]
    return f"{len(dead)} dead of {len(world.arrivals)} after {limit} s"


def poison(world, hours, poisoned, code, wrong):
    """Records that are refused for ever beside a healthy alert a minute."""
    for alert in range(poisoned):
        world.add(alert, alert, "open")
    for minute in range(hours * 60):
        world.add(60 + minute * 60 + random.Random(minute).random() * 50, 10**6 + minute, "open")
    end = 60 + hours * HOUR
    world.prepare()
    with open(f"{world.work}/poisoned", "w", encoding="ascii") as file:
        file.writelines(f"{a[3]} {code}\n" for a in world.arrivals if a[1] < 10**6)
    world.run(end + AFTER, "--max-attempts", "1000")
    handled = {name: second for second, name, answer in world.starts() if answer == "0"}
    waits = sorted(handled.get(a[3], 10**9) - a[0] for a in world.arrivals if a[1] >= 10**6)
    # The first tries of poisoned records are close to each other. Of a few hours they are
    # more than one in a hundred.
    p99 = waits[int(len(waits) * (.99 if hours >= 24 else .9))]
    if poisoned <= 5 and p99 >= 20:
        wrong.append(f"p99 of the healthy ones is {p99:.1f} s")
    wrong += [f"starved: {sum(wait >= 10**9 for wait in waits)}"] * (waits[-1] >= 10**9)
    return f"median {waits[len(waits) // 2]:.1f} s, p99 {p99:.1f} s, longest {waits[-1]:.1f} s"


def main():
    case, work, spool, conf, program, seed, hours, count = sys.argv[1:]
    world = World(work, spool, conf, program, seed)
    wrong = []
    if case == "give-up":
        figures = give_up(world, int(hours), int(count), wrong)
    elif case.startswith("poison-"):
        figures = poison(world, int(hours), int(case.split("-")[1]), case.split("-")[2], wrong)
    else:
        figures = outage(world, case, int(hours), int(count), wrong)
    for phrase in wrong[:20]:
        print(phrase)
    print(f"{case}: {figures}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
