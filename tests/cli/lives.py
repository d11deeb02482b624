# SPDX-License-Identifier: ISC
"""lives: alerts with random lives, and a simple model of their records, to compare
"alertspool alerts" and "alertspool clean" with.

    lives.py make N SEED           deliveries for tests/tools/seed, a line each
    lives.py older SPOOL           make a few records look like those of version 0.1.0,
                                   whose EVENT could contradict the signed body
    lives.py fold SPOOL            what "alerts --all --json" must print, by alert
    lives.py order FILE            is that output in the promised order?
    lives.py age SPOOL DAYS SEED   records of done/ and dead/ get older
    lives.py keep SPOOL DONE DEAD  names that clean must leave, with these retentions
                                   in days
The model follows the manual, alertspool-spool(5), ALERTS, and shares no code with the
program."""
import json
import os
import random
import sys
import time

EVENTS = ["open", "inform", "update", "acknowledge", "unknown", "close", "cancel"]
STATES = ["new", "cur", "done", "dead"]
SEVERITIES = ["CRITICAL", "error", "Warning", "INFO", "notice", "informational", "P1", None]
RANKS = {"critical": 0, "error": 1, "warning": 2, "info": 3, "notice": 3,
         "informational": 3}
DAY = 86400


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# ---- making ------------------------------------------------------------------

def body_of(rng, alert, now, status, **more):
    body = {"id": alert["id"], "status": status, "eventTypeName": alert["type"],
            "created": alert["created"], "updated": stamp(now)}
    body.update(alert["fixed"])
    body.update({key: value for key, value in more.items() if value is not None})
    if "metricName" in body:
        body["currentValue"] = {"number": round(rng.uniform(0, 99), 2), "units": "RAW"}
    return json.dumps(body)


def acknowledgement(rng, now):
    """One that has run out, one that will, or one that lasts."""
    until = rng.choice([now - 60, now + 3600, time.time() + 30 * DAY])
    return {"acknowledgedUntil": stamp(until), "acknowledgingUsername": "dba@example.org",
            "acknowledgementComment": "on it"}


def alert_of(rng, number):
    fixed = {"groupId": f"{rng.randrange(5):024x}", "clusterName": f"c{rng.randrange(9)}"}
    severity = rng.choice(SEVERITIES)
    if severity is not None:
        fixed["severity"] = severity
    if rng.random() < .5:
        fixed["hostnameAndPort"] = f"h{rng.randrange(20)}.example.org:27017"
    if rng.random() < .5:
        fixed["metricName"] = "DISK_PARTITION_SPACE_USED_DATA"
    if rng.random() < .5:
        fixed["links"] = [{"rel": "self", "href": rng.choice([
            "https://cloud.mongodb.com/api/x", "https://mongodb.com.example.org/x",
            "http://cloud.mongodb.com/x"])}]
    begin = time.time() - rng.choice([2, 12, 40]) * DAY - rng.uniform(0, DAY)
    return {"id": f"{number:024x}", "begin": begin, "fixed": fixed,
            "created": stamp(begin) if rng.random() < .95 else "never",
            "type": rng.choice(["HOST_DOWN", "OUTSIDE_METRIC_THRESHOLD", "NO_SUCH_TYPE"])}


def life(rng, alert):
    """[(event, body)] in the order in which things happened."""
    now, told = alert["begin"], []

    def tell(event, status, **more):
        nonlocal now
        if rng.random() < .8:
            now += rng.choice([1, 60, 3600, 20000])
        told.append((event, body_of(rng, alert, now, status, **more)))

    kind = rng.random()
    if kind < .1:
        for _ in range(rng.randrange(1, 3)):
            tell("alert.inform", "INFORMATIONAL")
        return told
    if kind < .15:
        tell("alert.strange", "STRANGE")
        return told
    if kind < .9:
        tell("alert.open", "OPEN")
    else:  # its opening was lost
        tell("alert.update", "OPEN")
    for _ in range(rng.randrange(4)):
        step = rng.random()
        if step < .6:
            tell("alert.update", "OPEN", lastNotified=stamp(now))
        elif step < .9:
            tell("alert.acknowledge", "OPEN", **acknowledgement(rng, now))
        else:
            tell(rng.choice(["alert.strange", "-"]), rng.choice(["TRACKING", "STRANGE"]))
    if rng.random() < .6:
        tell(*rng.choice([("alert.close", "CLOSED"), ("alert.cancel", "CANCELLED")]))
        for _ in range(rng.randrange(3)):
            after = rng.random()
            if after < .3:
                tell("alert.acknowledge", "CLOSED", **acknowledgement(rng, now))
            elif after < .5:
                tell("alert.update", "OPEN")
            elif after < .6:
                tell("alert.open", "OPEN")
    return told


def make(count, seed):
    rng = random.Random(seed)
    lines = []
    for number in range(count):
        alert = alert_of(rng, number)
        source = rng.choice(["default", "default", "payments"])
        told = life(rng, alert)
        if rng.random() < .2:  # a delivery that was sent again as something else
            told.append((rng.choice(["alert.close", "alert.open", "alert.cancel"]),
                         rng.choice(told)[1]))
        if rng.random() < .1:  # the same twice
            told.append(rng.choice(told))
        if rng.random() < .1:  # the first ones were never delivered
            told = told[rng.randrange(len(told)):]
        for event, body in told:
            received = time.time() - rng.choice([60, DAY, 8 * DAY])
            lines.append(f"{rng.choice(STATES)}\t{source}\t{event}\t{int(received)}\t{body}")
    for number in range(count // 50):  # no id, so no alert
        lines.append(f"new\tdefault\talert.open\t0\t" +
                     json.dumps({"status": "OPEN", "created": stamp(number)}))
    rng.shuffle(lines)
    print("\n".join(lines))


def older(spool):
    changed = 0
    for state, name in sorted(names(spool)):
        stem, alert, event, digest = name.split(".")
        if event not in ("close", "cancel") or int(digest[:2], 16) >= 40:
            continue
        other = f"{stem}.{alert}.{'update' if event == 'close' else 'open'}.{digest}"
        path = os.path.join(spool, state, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(name, other))
        os.rename(path, os.path.join(spool, state, other))
        changed += 1
    print(changed)


# ---- folding -----------------------------------------------------------------

def names(spool):
    return [(state, name) for state in STATES
            for name in os.listdir(os.path.join(spool, state)) if not name.startswith(".")]


def order_of(name):
    stem, alert, event, digest = name.split(".")
    return stem, EVENTS.index(event), digest, alert


def event_of(name):
    return name.split(".")[2]


def lives_of(spool):
    """{ALERT: [(state, name)] in order}"""
    lives = {}
    for state, name in names(spool):
        alert = name.split(".")[1]
        if alert != "-":
            lives.setdefault(alert, []).append((state, name))
    for records in lives.values():
        records.sort(key=lambda record: order_of(record[1]))
    return lives


def load(spool, record):
    with open(os.path.join(spool, *record), encoding="utf-8") as file:
        return json.loads(file.read())


def time_of(name):
    """As the program writes it, or None."""
    if name.startswith("00000000"):
        return None
    return stamp(__import__("calendar").timegm(time.strptime(name[:16], "%Y%m%dT%H%M%SZ")))


def judge(spool, records, newest):
    """(state, the record that ended it or None)"""
    decisive = [r for r in records if event_of(r[1]) in ("open", "close", "cancel")]
    opened = any(event_of(r[1]) in ("update", "acknowledge") for r in records)
    if decisive and event_of(decisive[-1][1]) == "close":
        return "closed", decisive[-1]
    if decisive and event_of(decisive[-1][1]) == "cancel":
        return "cancelled", decisive[-1]
    if not decisive and not opened:
        informed = event_of(records[-1][1]) == "inform"
        return ("informational" if informed else "unknown"), None
    if newest["alert"]["state"] in ("closed", "cancelled"):
        return newest["alert"]["state"], records[-1]
    until = newest["alert"]["acknowledged_until"]
    if until is not None and until > stamp(time.time()):
        return "acknowledged", None
    return "open", None


def link_of(alert):
    link, project = alert["link"] or "", alert["project"]["id"] or ""
    host = link[8:].split("/")[0] if link.startswith("https://") else ""
    good = host == "mongodb.com" or host.endswith(".mongodb.com")
    return f"https://{host}/v2/{project}#/alerts" if good and len(project) == 24 else None


def where_of(alert):
    cluster, host = alert["cluster"]["name"], alert["host"]["name"]
    if cluster and host and not host.startswith(cluster):
        return f"{cluster}/{host}"
    return host or cluster


def fold_one(spool, name, records):
    newest = load(spool, records[-1])
    alert, metric = newest["alert"], newest["alert"]["metric"]
    state, ender = judge(spool, records, newest)
    canonical = metric["canonical_value"] is not None
    week = stamp(time.time() - 7 * DAY)
    return {
        "alert": name, "state": state,
        "silent": state == "open" and newest["received_at"][:19] + "Z" < week,
        "since": alert["created_at"], "last": time_of(records[-1][1]),
        "ended": time_of(ender[1]) if ender else None, "deliveries": len(records),
        "severity": alert["severity"], "severity_source": alert["severity_source"],
        "organization": alert["organization"], "project": alert["project"],
        "cluster": alert["cluster"], "host": alert["host"], "where": where_of(alert),
        "event_type": alert["event_type"], "category": alert["category"],
        "summary": alert["summary"],
        "value": metric["canonical_value"] if canonical else metric["value"],
        "unit": metric["canonical_unit"] if canonical else metric["unit"],
        "acknowledged_until": alert["acknowledged_until"],
        "acknowledged_by": alert["acknowledged_by"],
        "comment": alert["acknowledgement_comment"], "source": newest["source"],
        "web_link": link_of(alert), "newest": records[-1][1], "queues": {}}


def fold(spool):
    for name, records in sorted(lives_of(spool).items()):
        print(json.dumps(fold_one(spool, name, records)))


def check_order(path):
    with open(path, encoding="utf-8") as file:
        shown = [json.loads(line) for line in file]
    keys = [(a["silent"], RANKS.get((a["severity"] or "").lower(), 4)) for a in shown]
    times = [(key, a["since"]) for key, a in zip(keys, shown) if a["since"] is not None]
    assert keys == sorted(keys), "severity"
    assert times == sorted(times), "age"


# ---- cleaning ----------------------------------------------------------------

def age(spool, days, seed):
    rng = random.Random(seed)
    for state in ("done", "dead"):
        directory = os.path.join(spool, state)
        for name in os.listdir(directory):
            path = os.path.join(directory, name)
            then = os.stat(path).st_mtime - rng.uniform(0, 2 * days) * DAY
            os.utime(path, (then, then))


def kept_of(spool, records, due):
    """Of the records of an alert that are due, those that must stay."""
    state, ender = judge(spool, records, load(spool, records[-1]))
    if ender is not None:
        others = [r for r in records if r != ender and r not in due]
        return {ender} if others else set()
    if state not in ("open", "acknowledged"):
        return set()
    kept = {records[-1]}
    opening = [r for r in records if event_of(r[1]) in ("open", "update", "acknowledge")]
    ended_once = any(event_of(r[1]) in ("close", "cancel") for r in records)
    if ended_once:  # or the close would decide
        kept.add([r for r in records if event_of(r[1]) == "open"][-1])
    elif records[-1] not in opening:  # or it would be informational or unknown
        kept.add(opening[-1])
    return kept


def keep(spool, done, dead):
    limits = {"done": float(done), "dead": float(dead)}
    lives = lives_of(spool)
    left = []
    lives["-"] = [r for r in names(spool) if r[1].split(".")[1] == "-"]
    for name, records in lives.items():
        due = {r for r in records if limits.get(r[0], 0) > 0 and
               os.stat(os.path.join(spool, *r)).st_mtime < time.time() - limits[r[0]] * DAY}
        kept = kept_of(spool, records, due) if name != "-" else set()
        left += [r for r in records if r not in due or r in kept]
    print("\n".join(sorted(f"{state}/{name}" for state, name in left)))


def main():
    verb, arguments = sys.argv[1], sys.argv[2:]
    {"make": lambda n, seed: make(int(n), int(seed)), "older": older, "fold": fold,
     "order": check_order, "age": lambda spool, days, seed: age(spool, float(days), int(seed)),
     "keep": keep}[verb](*arguments)


main()
