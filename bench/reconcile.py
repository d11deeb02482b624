# SPDX-License-Identifier: ISC
"""reconcile: ten thousand open alerts at the sender and none here, then all of them
known: what "alertspool atlas reconcile" costs, beside a stand-in for the API on this
machine (tests/atlas/mock.py), whose time is part of it."""
import os
import sys
import threading
import time

from rig import run, say

sys.dont_write_bytecode = True

OPEN = 10000
KEY = "public:private"


def timed(rig, home):
    """{"seconds", "mib"} of one run."""
    peak = os.path.join(rig.work, "peak")
    begin = time.monotonic()
    run(["/usr/bin/time", "-f", "%M", "-o", peak, rig.program("alertspool"),
         "-c", home + "/alertspool.conf", "atlas", "reconcile"])
    took = time.monotonic() - begin
    with open(peak, encoding="ascii") as file:
        return {"seconds": took, "mib": int(file.read().split()[-1]) / 1024}


def measure(rig):
    """{"alerts", "runs"}: with nothing known, with all of it, and with all of it ended."""
    sys.path.insert(0, os.path.join(rig.bench, "..", "tests", "atlas"))
    import mock  # pylint: disable=import-outside-toplevel
    import world  # pylint: disable=import-outside-toplevel
    count = OPEN // 10 if rig.quick else OPEN
    say(f"reconcile of {count} open alerts")
    alerts = [world.make_alert(number) for number in range(count)]
    server = mock.Server(mock.World([f"digest {KEY} read"], world.make_world(alerts)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = rig.installation("reconcile", 1)
    with open(os.open(home + "/atlas.key", os.O_CREAT | os.O_WRONLY, 0o600), "w",
              encoding="ascii") as file:
        file.write(KEY + "\n")
    with open(home + "/alertspool.conf", "a", encoding="ascii") as file:
        file.write(f"[atlas shop]\nproject = {world.PROJECT}\nkey_file = atlas.key\n"
                   f"url = http://127.0.0.1:{server.server_port}\n")
    runs = {"nothing known": timed(rig, home), "all known": timed(rig, home)}
    ended = time.time() - 3600
    for alert in alerts:
        alert.update(status="CLOSED", updated=mock.stamp(ended + 1800),
                     resolved=mock.stamp(ended + 1800))
    runs["500 of them ended"] = timed(rig, home)
    server.shutdown()
    return {"alerts": count, "runs": runs}
