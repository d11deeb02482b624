#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Alerts with random lives. Most of their deliveries arrive, some late, some never, and the
receiver is down at times. reconcile runs at random moments, is killed, or runs twice at
once. At the end the spool has the same alerts as the API, and nothing else.

property.py BUILD-DIRECTORY DIRECTORY COUNT SEED

DIRECTORY/i is an installation with a key reader.key, whose line for mock.py is in
DIRECTORY/keys; DIRECTORY/api.pem and api.crt are its certificate. Prints a line for each
thing that must hold: "ok WHAT" or "not ok WHAT: EXAMPLES".
"""
import base64
import collections
import hashlib
import hmac
import json
import os
import random
import subprocess
import sys
import threading
import time

import mock
import world

BUILD, DIR, COUNT, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
CONF, SPOOL = f"{DIR}/i/alertspool.conf", f"{DIR}/i/spool"
RNG = random.Random(SEED)
LOST, LATE = 0.3, 0.15
DAY = 86400
MEANT = world.WEBHOOK


class Lives:
    """What happens at the sender, and what it sends."""
    def __init__(self):
        project = world.make_project()
        project["configs"] += [world.make_config(world.MAIL, ("EMAIL",)),
                               world.make_config(world.OFF, enabled=False)]
        with open(f"{DIR}/keys", encoding="utf-8") as keys:
            self.api = mock.World(keys, {"projects": {world.PROJECT: project}, "page": 100})
        self.alerts = project["alerts"]
        self.start = int(time.time()) - 6 * DAY
        self.step = 4 * DAY / (COUNT * 7)
        self.now = float(self.start)
        self.begun = 0
        self.later = []
        self.down = 0
        self.opened, self.unacknowledged = set(), collections.Counter()
        self.vanished, self.delivered = set(), set()
        with open(f"{DIR}/i/secret", encoding="utf-8") as file:
            self.secret = file.read().strip().encode()

    def tick(self):
        self.now += 1 + RNG.random() * self.step
        self.down = max(0, self.down - 1)
        if RNG.random() < 0.004:
            self.down = RNG.randrange(1, 150)

    # ---- deliveries --------------------------------------------------------

    def notify(self, alert, event):
        alert["lastNotified"] = alert["updated"] = mock.stamp(self.now)
        if alert["alertConfigId"] != MEANT:
            return
        sent = (dict(alert, typeName="HOST_METRIC", humanReadable="Project: Web Shop\n"), event)
        chance = RNG.random()
        if chance < LOST or (self.down > 0 and chance < 1 - LATE):
            return
        if chance > 1 - LATE:
            self.later.append(sent)
        else:
            self.deliver(*sent)

    def deliver(self, alert, event):
        body = json.dumps(alert).encode()
        signature = base64.b64encode(hmac.new(self.secret, body, hashlib.sha1).digest())
        run = subprocess.run(
            [f"{BUILD}/alertspool.fcgi", "-c", CONF], input=body, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={
                "ASAN_OPTIONS": "detect_leaks=0",  # it wants to trace the process
                "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST",
                "REMOTE_ADDR": "192.0.2.1", "CONTENT_LENGTH": str(len(body)),
                "HTTP_X_MMS_EVENT": "alert." + event,
                "HTTP_X_MMS_SIGNATURE": signature.decode()})
        assert b"Status: 200" in run.stdout, run.stdout
        self.delivered.add(alert["id"])

    # ---- what happens ----------------------------------------------------------

    def begin(self):
        config = RNG.choices([MEANT, world.MAIL, world.OFF], [8, 1, 1])[0]
        status = RNG.choice(["OPEN", "OPEN", "TRACKING"])
        alert = world.make_alert(self.begun, status, self.now, config, age=0)
        self.begun += 1
        self.alerts.append(alert)
        if status == "OPEN":
            self.open(alert)

    def open(self, alert):
        alert["status"] = "OPEN"
        if alert["alertConfigId"] == MEANT:
            self.opened.add(alert["id"])
        self.notify(alert, "open")

    def change(self, alert):
        if alert["status"] == "TRACKING":
            if RNG.random() < 0.7:
                self.open(alert)
            else:
                self.end(alert, "CLOSED")
            return
        what = RNG.choices(["update", "moves", "acknowledge", "unacknowledge", "close",
                            "cancel", "vanish", "track"], [20, 20, 12, 8, 20, 6, 1, 3])[0]
        if what == "update":
            self.notify(alert, "update")
        elif what == "moves":
            alert["updated"] = mock.stamp(self.now)
        elif what == "acknowledge":
            ahead = RNG.choice([-3, 1, 2, 20]) * DAY
            alert["acknowledgedUntil"] = mock.stamp(time.time() + ahead + RNG.randrange(50000))
            # Until a time that is past: as if it were taken back.
            self.unacknowledged[alert["id"]] += ahead < 0
            self.notify(alert, "acknowledge")
        elif what == "unacknowledge" and alert.pop("acknowledgedUntil", None):
            alert["updated"] = mock.stamp(self.now)
            self.unacknowledged[alert["id"]] += 1
        elif what == "close":
            self.end(alert, "CLOSED")
        elif what == "cancel":
            self.end(alert, "CANCELLED")
        elif what == "track":
            alert["status"] = "TRACKING"  # true again, and told to nobody
        elif what == "vanish":
            self.vanished.add(alert["id"])
            self.alerts.remove(alert)

    def end(self, alert, status):
        tracked = alert["status"] == "TRACKING" and alert["id"] not in self.opened
        alert["status"] = status
        alert["updated"] = mock.stamp(self.now)
        if status == "CLOSED":
            alert["resolved"] = alert["updated"]
        if not tracked:
            self.notify(alert, "close" if status == "CLOSED" else "cancel")

    def live(self):
        self.tick()
        with self.api.lock:
            lives = [a for a in self.alerts if a["status"] in ("OPEN", "TRACKING")]
            if self.begun < COUNT and (len(lives) < 5 or RNG.random() < 0.25):
                self.begin()
            elif lives:
                self.change(RNG.choice(lives))
        if self.later and RNG.random() < 0.2:
            self.deliver(*self.later.pop(RNG.randrange(len(self.later))))


class Reconciler:
    def __init__(self):
        self.errors = open(f"{DIR}/reconcile.err", "ab")
        self.runs = collections.Counter()

    def command(self, *words):
        return subprocess.Popen([f"{BUILD}/alertspool", "-c", CONF, *words],
                                stdout=subprocess.PIPE, stderr=self.errors)

    def ended(self, process, *codes):
        out, _ = process.communicate()
        assert process.returncode in codes, (process.args, process.returncode)
        self.runs[process.returncode] += 1
        return out.decode().splitlines()

    def once(self):
        return self.ended(self.command("atlas", "reconcile"), 0)

    def at_random(self, lives):
        """Alone, while things happen, two at once, or killed."""
        kind = RNG.choice(["alone", "meanwhile", "two", "killed"])
        first = self.command("atlas", "reconcile")
        if kind == "alone":
            self.ended(first, 0)
        elif kind == "meanwhile":
            for _ in range(RNG.randrange(1, 12)):
                lives.live()
            self.ended(first, 0)
        elif kind == "two":
            second = self.command("atlas", "reconcile")
            reader = threading.Thread(target=first.communicate)
            reader.start()
            self.ended(second, 0, 75)
            reader.join()
            assert first.returncode in (0, 75)
        else:
            time.sleep(RNG.random() * 0.25)
            first.kill()
            self.ended(first, 0, -9)

    def empty_queue(self):
        self.ended(self.command("route"), 0)
        self.ended(self.command("run", "pager"), 0, 75)


def spool_records():
    for state in ("new", "cur", "done", "dead"):
        for name in os.listdir(f"{SPOOL}/{state}"):
            if not name.startswith("."):
                with open(f"{SPOOL}/{state}/{name}", encoding="utf-8") as file:
                    yield json.load(file)


def shown():
    """What "alertspool alerts" says of each alert."""
    out = subprocess.run([f"{BUILD}/alertspool", "-c", CONF, "alerts", "--all", "--json"],
                         check=True, stdout=subprocess.PIPE).stdout
    return {alert["alert"]: alert for alert in map(json.loads, out.splitlines())}


def tell(what, wrong):
    wrong = sorted(map(str, wrong))
    print(f"not ok {what}: {len(wrong)}, {' '.join(wrong[:5])}" if wrong else f"ok {what}")


def judge(lives):
    there = {alert["id"]: alert for alert in lives.alerts}
    here = shown()
    is_open = {name for name, alert in here.items() if alert["state"] in ("open", "acknowledged")}
    meant = {name for name, a in there.items()
             if a["status"] == "OPEN" and a["alertConfigId"] == MEANT}
    tell("what is open there, and meant for us, is open here", meant - is_open)
    tracked = {name for name, a in there.items() if a["status"] == "TRACKING"}
    tell("what is open here is open or tracked there, or gone",
         is_open - meant - tracked - lives.vanished)
    tell("what ended there and was known here has ended", {
        name for name in is_open if there.get(name, {}).get("status") in ("CLOSED", "CANCELLED")})
    now = mock.stamp()
    tell("acknowledged until the same time", {
        name for name in meant & is_open
        if ahead(there[name].get("acknowledgedUntil"), now) !=
        ahead(here[name]["acknowledged_until"], now)})
    judge_records(lives, there)
    judge_incidents(is_open)


def ahead(until, now):
    return until if until is not None and until > now else None


def judge_records(lives, there):
    seen = collections.Counter()
    invented = []
    for record in spool_records():
        if record["delivery"]["method"] != "api":
            continue
        alert, event = record["alert"], record["alert"]["transition"]
        until = alert["acknowledged_until"] if event == "acknowledge" else ""
        seen[alert["id"], event, until] += 1
        status = there.get(alert["id"], {"status": "GONE"})["status"]
        wanted = {"close": "CLOSED", "cancel": "CANCELLED"}.get(event, status)
        if alert["id"] not in lives.opened or wanted not in (status, "GONE"):
            invented.append(record["id"])
    tell("none is invented", invented)
    tell("no transition of ours twice", {
        key for key, n in seen.items()
        if n > (max(1, lives.unacknowledged[key[0]]) if key[1] == "update" else 1)})
    print(f"# {sum(seen.values())} records of ours: " + ", ".join(
        f"{n} {event}" for event, n in sorted(collections.Counter(
            key[1] for key in seen.elements()).items())))


def judge_incidents(is_open):
    raised = {}
    with open(f"{DIR}/incidents", encoding="utf-8") as file:
        for line in file:
            event, alert = line.split()
            raised[alert] = event in ("open", "update", "acknowledge")
    tell("no destination is left with an incident that ended",
         {alert for alert, up in raised.items() if up and alert not in is_open})
    tell("and none is without what is open", is_open - set(raised))


def main():
    lives, reconciler = Lives(), Reconciler()
    server = mock.Server(lives.api, f"{DIR}/api.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(CONF, "a", encoding="utf-8") as conf:
        conf.write(f"[atlas shop]\nproject = {world.PROJECT}\nkey_file = {DIR}/i/reader.key\n"
                   f"url = https://127.0.0.1:{server.server_port}\nca_file = {DIR}/api.crt\n"
                   f"[queue pager]\ncommand = {DIR}/handler {DIR}/incidents\n"
                   "give_up_after = 0\n")
    assert reconciler.once() == []  # the first run finds nothing, so all is handled
    for i in range(COUNT * 6):
        lives.live()
        if RNG.random() < 0.02:
            reconciler.at_random(lives)
        if i % 400 == 399:
            reconciler.empty_queue()
    while lives.begun < COUNT:
        lives.live()
    for sent in lives.later:
        lives.deliver(*sent)
    reconciler.once()
    tell("a second run writes nothing", reconciler.once())
    reconciler.empty_queue()
    judge(lives)
    print(f"# {lives.begun} alerts, {len(lives.delivered)} of which a delivery arrived, "
          f"{len(lives.vanished)} gone; runs by exit code: {dict(reconciler.runs)}")


if __name__ == "__main__":
    main()
