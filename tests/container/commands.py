# SPDX-License-Identifier: ISC
"""commands.py SOURCE-TREE: look at container/compose.yml, Containerfile and
README.Containers, and print each command of ours that they have, a line each: the words,
with tabs between them. What a service names and the file or the tree has not is an error.
"""
import json
import os
import re
import shlex
import sys

import yaml

PROGRAMS = ("alertspool", "alertspool.fcgi")
KNOWN = {"image", "build", "hostname", "restart", "network_mode", "read_only", "cap_drop",
         "security_opt", "tmpfs", "volumes", "secrets", "healthcheck", "profiles", "entrypoint",
         "command", "stop_grace_period", "depends_on", "ports"}


def commands_of(text):
    """Those of a shell's line; a comment ends it."""
    for match in re.finditer(r"(?<![\w./-])alertspool ([a-z][^#;&|\]\"]*)", text):
        yield ["alertspool"] + shlex.split(match[1])


def of_words(words):
    if os.path.basename(words[0]) in PROGRAMS:
        yield words
    elif words[0] == "sh":
        yield from commands_of(words[-1])


def faults(compose, directory):
    """What the services name, and is not there."""
    for name, service in compose["services"].items():
        yield from (f"{name}: {key}?" for key in set(service) - KNOWN)
        for secret in set(service.get("secrets", ())) - set(compose["secrets"]):
            yield f"{name}: secret {secret}?"
        for other in set(service.get("depends_on", ())) - set(compose["services"]):
            yield f"{name}: depends on {other}?"
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if not source.startswith("."):
                if source not in compose["volumes"]:
                    yield f"{name}: volume {source}?"
            elif source != "./settings" and not os.path.exists(f"{directory}/{source}"):
                yield f"{name}: {source}?"


def main():
    tree = sys.argv[1]
    found = []
    with open(f"{tree}/container/compose.yml", encoding="utf-8") as file:
        compose = yaml.safe_load(file)
    for service in compose["services"].values():
        words = service.get("entrypoint", []) + service.get("command", [])
        found += of_words(words) if words else []
    with open(f"{tree}/Containerfile", encoding="utf-8") as file:
        found.append(json.loads(re.search(r"^CMD (\[.*\])$", file.read(), re.M)[1]))
    with open(f"{tree}/container/README.Containers", encoding="utf-8") as file:
        for line in file:
            if line.startswith("    "):
                found += commands_of(line)
    for words in found:
        print("\t".join(words))
    wrong = list(faults(compose, f"{tree}/container"))
    sys.exit("\n".join(wrong) if wrong else 0)


main()
