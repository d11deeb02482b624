# SPDX-License-Identifier: ISC
"""alerts.py N SEED: N alerts of three records each, mixed but in order within each
alert, as lines for tests/tools/seed; on standard error, a line for each of them with the
queues that want it: all, pager (severity = CRITICAL), shop (project = shop-*).

The severity and the project of an alert are those of its open. Later records have other
values, which must change nothing.
"""
import json
import random
import sys
import time

START = int(time.time()) - 7200
EVENTS = [("open", "OPEN"), ("update", "OPEN"), ("close", "CLOSED")]


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def main(count, seed):
    rng = random.Random(seed)
    alerts = [{"critical": rng.random() < .3, "shop": rng.random() < .3, "next": 0}
              for _ in range(count)]
    order = [number for number in range(count) for _ in EVENTS]
    rng.shuffle(order)
    for tick, number in enumerate(order):
        alert = alerts[number]
        event, status = EVENTS[alert["next"]]
        first = alert["next"] == 0
        alert["next"] += 1
        moment = START + tick
        body = {"id": f"{number:024x}", "status": status, "eventTypeName": "HOST_DOWN",
                "created": stamp(START - 1), "updated": stamp(moment),
                "lastNotified": stamp(moment), "groupId": f"{7:024x}",
                "severity": "CRITICAL" if first and alert["critical"] else "INFO",
                "projectName": "shop-1" if first and alert["shop"] else "other"}
        print("new", "default", f"alert.{event}", moment, json.dumps(body), sep="\t")
        wants = ["all"] + ["pager"] * alert["critical"] + ["shop"] * alert["shop"]
        print(" ".join(wants), file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
