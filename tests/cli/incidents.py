# SPDX-License-Identifier: ISC
"""incidents: deliveries for tests/tools/seed that look like a real site's, one a line.

    incidents.py OPEN DAYS [SEED]   OPEN alerts that are open now, and alerts that ended
                                    in the DAYS before; the same SEED gives the same

States, severities, places and times look realistic on the page. With OPEN 0 there are only
alerts that have ended."""
import json
import random
import sys
import time

PLACES = [
    ("Web Shop", "65a7d3f0a1b2c3d4e5f60001", "shop-prod", 6),
    ("Web Shop", "65a7d3f0a1b2c3d4e5f60001", "shop-search", 2),
    ("Billing", "65a7d3f0a1b2c3d4e5f60002", "billing-eu", 4),
    ("Billing", "65a7d3f0a1b2c3d4e5f60002", "invoices", 2),
    ("Data Platform", "65a7d3f0a1b2c3d4e5f60003", "warehouse", 4),
    ("Identity", "65a7d3f0a1b2c3d4e5f60004", "accounts", 3),
]
METRICS = [
    ("DISK_PARTITION_SPACE_USED_DATA", (82, 99), "Disk space used is {} % on {}"),
    ("NORMALIZED_SYSTEM_CPU_USER", (81, 99), "System CPU is {} % on {}"),
    ("QUERY_TARGETING_SCANNED_OBJECTS_PER_RETURNED", (1200, 9000),
     "{} objects scanned for each one returned on {}"),
    ("OPLOG_SLAVE_LAG_MASTER_TIME", (60, 900), "{} seconds of replication lag on {}"),
]
EVENTS = [
    ("HOST_DOWN", "CRITICAL", "{1} is down"),
    ("NO_PRIMARY", "CRITICAL", "{0} has no primary"),
    ("CPS_SNAPSHOT_BEHIND", "WARNING", "Snapshots of {0} fall behind"),
    ("CLUSTER_MONGOS_IS_MISSING", "ERROR", "{0} lacks a mongos"),
    ("USERS_WITHOUT_MULTI_FACTOR_AUTH", None, "Users without a second factor"),
]
NOW = int(time.time())


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def alert_of(rng, number):
    name, project, cluster, nodes = rng.choice(PLACES)
    host = f"{cluster}-shard-00-0{rng.randrange(nodes) % 3}"
    body = {"id": f"{0x65b0c0de00000000 + rng.getrandbits(32):016x}{number:08x}",
            "groupId": project, "projectName": name, "clusterName": cluster,
            "orgId": "65a7d3f0a1b2c3d4e5f6ffff", "orgName": "Example",
            "links": [{"rel": "self", "href": "https://cloud.mongodb.com/api/x"}]}
    if rng.random() < .6:
        metric, (low, high), text = rng.choice(METRICS)
        value = round(rng.uniform(low, high), 1)
        percent = high < 100
        body.update(eventTypeName="OUTSIDE_METRIC_THRESHOLD", metricName=metric,
                    hostnameAndPort=f"{host}.a1b2c.mongodb.net:27017",
                    currentValue={"number": value,
                                  "units": "SECONDS" if "LAG" in metric else "RAW"},
                    severity=rng.choice(["WARNING"] * 3 + ["ERROR", "CRITICAL"])
                    if percent else "WARNING")
    else:
        event, severity, text = rng.choice(EVENTS)
        body.update(eventTypeName=event)
        if event == "HOST_DOWN":
            body["hostnameAndPort"] = f"{host}.a1b2c.mongodb.net:27017"
        if severity is not None:
            body["severity"] = severity
    if rng.random() < .05:
        body["severity"] = "INFO"
    return body


def told(state, event, received, body, **more):
    body = dict(body, **more)
    print("\t".join((state, "default", event, str(received), json.dumps(body))))


def life(rng, number, begin, end, newest):
    """From begin to end, or until now; newest is the state of its last record."""
    body = dict(alert_of(rng, number), created=stamp(begin))
    times = [begin]
    while len(times) < 40 and times[-1] + 7200 < (end or NOW):
        times.append(times[-1] + rng.choice([3600, 3600, 7200]))
    acknowledged = rng.random() < .25 and (end or NOW) - begin > 1800
    for i, at in enumerate(times):
        last = i == len(times) - 1 and end is None and not acknowledged
        told(newest if last else "done", "alert.open" if i == 0 else "alert.update", at + 1,
             body, status="OPEN", updated=stamp(at))
    if acknowledged:
        at = min(begin + rng.randrange(300, 1500), (end or NOW) - 1)
        at = max(at, times[-1] + 1) if end is None else at
        told(newest if end is None else "done", "alert.acknowledge", at + 1, body,
             status="OPEN", updated=stamp(at),
             acknowledgedUntil=stamp((end or NOW) + 7200),
             acknowledgingUsername="kim@example.org",
             acknowledgementComment="more disk is on its way")
    if end is not None:
        told("done", "alert.close", end + 1, body, status="CLOSED", updated=stamp(end),
             resolved=stamp(end))


def main(count, days, seed="20261130"):
    rng = random.Random(seed)
    for number in range(int(count)):
        begin = NOW - int(rng.expovariate(1 / 9000)) - 60
        life(rng, number, begin, None, rng.choice(["done"] * 9 + ["new"]))
    for number in range(12 * int(days)):
        end = NOW - rng.randrange(300, int(days) * 86400)
        begin = end - int(rng.expovariate(1 / 14000)) - 120
        life(rng, 0x10000 + number, begin, end, "done")
    # a threshold that is just passed again and again
    project = {"groupId": PLACES[4][1], "projectName": PLACES[4][0],
               "clusterName": PLACES[4][2], "eventTypeName": "OUTSIDE_METRIC_THRESHOLD",
               "metricName": "CONNECTIONS", "severity": "WARNING",
               "currentValue": {"number": 901, "units": "RAW"}}
    for number in range(5):
        begin = NOW - 90000 + number * 4000
        body = dict(project, id=f"65b0f1a9{number:016x}", created=stamp(begin))
        told("done", "alert.open", begin, body, status="OPEN", updated=stamp(begin))
        told("done", "alert.close", begin + 900, body, status="CLOSED",
             updated=stamp(begin + 900))


main(*sys.argv[1:])
