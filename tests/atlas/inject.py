#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""inject.py [--all | --every=N] [--kill | --memory=SHIM] PROGRAMS-DIRECTORY WORK

"alertspool atlas reconcile" with each of its system calls failing in turn, or killed
there, or with each of its allocations failing: tests/crash/inject.py says how. There is
an alert to open, one to acknowledge, one to close, and one that is tracked.

Required each time: no record is torn, lost, doubled or invented; reconcile ends by itself
and prints why it failed; its exit code is 0 only if it wrote everything; and a second run
without a fault completes the spool.
"""
import json
import os
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "crash"))
import inject  # noqa: E402  pylint: disable=wrong-import-position
import mock  # noqa: E402
import world  # noqa: E402

OPENS, ACKNOWLEDGED, CLOSED, TRACKED = range(4)
WANTED = {(OPENS, "open"), (ACKNOWLEDGED, "open"), (ACKNOWLEDGED, "acknowledge"),
          (CLOSED, "open"), (CLOSED, "close"), (TRACKED, "open")}
KEY = "public-injected:secret-injected"
# If futex(2) fails with an error that libc does not expect, libc ends the process.
inject.NEVER_CLOSED["reconcile"] = {"futex"}


class Reconcile(inject.Scenario):
    """One run of reconcile over a spool that is as it was before each time."""
    ends = 3

    def __init__(self, installation):
        super().__init__(installation, "reconcile")
        now = time.time()
        alerts = [world.make_alert(number, "OPEN", now) for number in range(4)]
        self.before = [dict(alert) for alert in alerts]
        alerts[ACKNOWLEDGED].update(acknowledgedUntil=mock.stamp(now + 86400),
                                    updated=mock.stamp(now - 600))
        alerts[CLOSED].update(status="CLOSED", updated=mock.stamp(now - 600),
                              resolved=mock.stamp(now - 600))
        alerts[TRACKED]["status"] = "TRACKING"
        api = mock.World([f"digest {KEY} read"], world.make_world(alerts))
        server = mock.Server(api)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open(os.open(f"{self.at.work}/atlas.key", os.O_CREAT | os.O_WRONLY, 0o600),
                  "w", encoding="ascii") as file:
            file.write(KEY + "\n")
        with open(self.at.conf, "a", encoding="ascii") as file:
            file.write(f"[atlas shop]\nproject = {world.PROJECT}\nkey_file = atlas.key\n"
                       f"url = http://127.0.0.1:{server.server_port}\n")
        self.kept = os.path.join(self.at.work, "kept")

    def prepare(self):
        if not os.path.exists(self.kept):
            self.at.empty()
            for number in (ACKNOWLEDGED, CLOSED, TRACKED):
                if self.at.deliver(json.dumps(self.before[number]).encode())[0] != 200:
                    raise SystemExit("an alert cannot be delivered")
            os.mkdir(f"{self.at.spool}/atlas", 0o2750)
            with open(f"{self.at.spool}/atlas/shop.json", "w", encoding="ascii") as file:
                json.dump({"projects": {world.PROJECT: {"succeeded": mock.stamp()}}}, file)
            shutil.copytree(self.at.spool, self.kept)
        shutil.rmtree(self.at.spool, ignore_errors=True)
        shutil.copytree(self.kept, self.at.spool)

    def do(self, inject=None):
        return self.at.command("atlas", "reconcile", inject=inject)

    def records(self):
        """[(number of the alert, event)], and what is wrong with files."""
        files, found, wrong = self.at.files(), [], []
        for name, text in files.items():
            if "/." in name:
                continue
            if not inject.whole(text):
                wrong.append(f"torn: {name}")
                continue
            alert = json.loads(text)["alert"]
            found.append((int(alert["id"][16:], 16), alert["transition"]))
        if len(found) != len(set(found)):
            wrong.append(f"more than once: {sorted(found)}")
        if set(found) - WANTED:
            wrong.append(f"invented: {set(found) - WANTED}")
        return set(found), wrong

    def judge(self, fault, result):
        code, _, err = result
        records, found = self.records()
        if len([event for _, event in records if event == "open"]) < 3:
            found.append(f"lost: {sorted(records)}")
        if fault[2] != "signal=KILL":
            found += self.ended(code, err)
            if fault[0] != "unlinkat":
                found += [f"left behind: {name}" for name in self.at.files() if "/." in name]
        if code == 0 and records != WANTED:
            found.append(f"exit 0, but there is only {sorted(records)}")
        code, _, err = self.do()
        records, again = self.records()
        if code != 0 or records != WANTED:
            again.append(f"again: exit {code}, {sorted(records)}, {err[-200:]}")
        return found + again


def main():
    words = sys.argv[1:]
    programs, work = [word for word in words if not word.startswith("--")]
    at = inject.Installation(programs, work)
    at.shim = next((word[9:] for word in words if word.startswith("--memory=")), None)
    s = Reconcile(at)
    s.prepare()
    at.counts = at.shim is None
    first = s.do()
    at.counts = False
    if first[0] != 0 or s.records()[0] != WANTED:
        raise SystemExit(f"without a fault: {first}, {s.records()}")
    total, wrong = inject.run_scenario(s, words)
    print(f"{total} injections, {s.theirs} ended a library, {wrong} wrong")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
