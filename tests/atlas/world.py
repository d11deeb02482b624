#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Projects, alerts and alert configurations as the Admin API has them.

world.py STATUS=N...: prints a world.json for mock.py with one project, PROJECT, and N
alerts of each status.
"""
import json
import sys
import time

PROJECT = "5f1e2d3c4b5a69788796a5b4"
WEBHOOK, MAIL, OFF = ("64f0c0ffee64f0c0ffee%04x" % n for n in (1, 2, 3))
STAMP = "%Y-%m-%dT%H:%M:%SZ"
HOUR = 3600


def stamp(seconds):
    return time.strftime(STAMP, time.gmtime(seconds))


def alert_id(number):
    return "66f0a1b2c3d4e5f6%08x" % number


def make_alert(number, status="OPEN", now=None, config=WEBHOOK, project=PROJECT, age=HOUR):
    """Created so many seconds ago; notified then, unless it is tracked."""
    now = time.time() if now is None else now
    alert = {
        "id": alert_id(number), "groupId": project, "orgId": "5f1e2d3c4b5a69788796a5b0",
        "alertConfigId": config, "eventTypeName": "OUTSIDE_METRIC_THRESHOLD",
        "status": status, "created": stamp(now - age), "updated": stamp(now - age),
        "clusterName": "shop", "replicaSetName": "atlas-abc123-shard-0",
        "hostnameAndPort": "shop-shard-00-%02d.ab1cd.mongodb.net:27017" % (number % 100),
        "userAlias": "shop-shard-00-%02d.ab1cd.mongodb.net" % (number % 100),
        "metricName": "DISK_PARTITION_SPACE_USED_DATA",
        "currentValue": {"number": 95.2, "units": "RAW"},
        "links": [{"rel": "self", "href": "https://cloud.mongodb.com/api/atlas/v2/groups/"
                   f"{project}/alerts/{alert_id(number)}"}]}
    if status != "TRACKING":
        alert["lastNotified"] = alert["created"]
    if status in ("CLOSED", "CANCELLED"):
        alert["resolved"] = alert["updated"] = stamp(now - age / 2)
    return alert


def make_config(name, kinds=("WEBHOOK",), enabled=True, **more):
    notifications = [{"typeName": kind, "intervalMin": 60, "delayMin": 0} for kind in kinds]
    config = {
        "id": name, "enabled": enabled, "eventTypeName": "OUTSIDE_METRIC_THRESHOLD",
        "severityOverride": "CRITICAL", "matchers": [], "notifications": notifications,
        "metricThreshold": {"metricName": "DISK_PARTITION_SPACE_USED_DATA",
                            "operator": "GREATER_THAN", "threshold": 90.0,
                            "units": "RAW", "mode": "AVERAGE"}}
    config.update(more)
    return config


def make_project(alerts=()):
    expiry = make_config("64f0c0ffee64f0c0ffee0009",
                         eventTypeName="GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRING")
    del expiry["metricThreshold"]
    return {"name": "Web Shop",
            "integration": {"id": "6" * 24, "type": "WEBHOOK", "url": "https://*****",
                            "secret": "*****", "bodyTemplate": None,
                            "headersTemplate": None},
            "configs": [make_config(WEBHOOK), expiry],
            "alerts": list(alerts)}


def make_world(alerts=()):
    return {"projects": {PROJECT: make_project(alerts)}}


def main():
    alerts = []
    for word in sys.argv[1:]:
        status, n = word.split("=")
        alerts += [make_alert(len(alerts) + i, status) for i in range(int(n))]
    json.dump(make_world(alerts), sys.stdout)


if __name__ == "__main__":
    main()
