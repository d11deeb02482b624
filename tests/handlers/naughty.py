#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""naughty.py bodies DIRECTORY NAUGHTY [--alone]
	writes the bodies of alerts with each text of NAUGHTY (tests/web/naughty.txt) in
	every field, a file each; with --alone, in one field each
naughty.py judge HANDLER FILE BROKEN LARGEST
	checks the requests that a server of vendors.py got: FILE has them, BROKEN the
	rules that they broke. Each must be at most LARGEST bytes, without invisible
	characters, and if HANDLER is a chat, without mentions, markup and links.
	Prints what is wrong."""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../web")]
from torture import rows, unescape  # noqa: E402
from visible import hides, strings  # noqa: E402

FIELDS = ("id", "eventTypeName", "severity", "projectName", "orgName", "groupId", "orgId",
          "clusterName", "replicaSetName", "userAlias", "hostnameAndPort", "metricName",
          "acknowledgingUsername", "acknowledgementComment", "instanceName",
          "processorName", "processorState", "processorErrorMsg", "humanReadable")


def alert(text, fields):
    body = {"status": "OPEN", "updated": "2026-11-20T10:30:00Z"}
    body |= {field: text for field in fields}
    body["currentValue"] = {"number": 1, "units": text}
    body["links"] = [{"rel": "self", "href": text}]
    return json.dumps(body)


def bodies(directory, table, alone):
    for name, text in rows(table, 2):
        text = unescape(text).decode()
        for number, fields in enumerate([[field] for field in FIELDS] if alone else [FIELDS]):
            with open(f"{directory}/{name}.{number}", "w", encoding="utf-8") as file:
                file.write(alert(text, fields))


# What chats take for a mention, a link, or markup.
CHAT = re.compile(r"@|<|>|[a-zA-Z]:[a-zA-Z/]|www\.|[][*`~|\\]|^[-+#]|"
                  r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", re.I)


def of_ours(text):
    """Without what the handler itself writes: [SEVERITY], colours, the schema."""
    text = re.sub(r"\A\[[^][]*\] ", "", text)
    return "" if re.fullmatch(r"#[0-9a-f]{6}|http://adaptivecards.io/\S*|\$schema", text) else text


def judge(handler, path, broken, largest):
    with open(path, encoding="utf-8") as file:
        requests = [json.loads(line) for line in file]
    for request in requests:
        body = request["body"]
        if len(body.encode()) > largest:
            yield f"{len(body.encode())} bytes: {body[:200]!r}"
        for text in strings(json.loads(body)):
            if hidden := [f"U+{ord(c):04X}" for c in text if hides(c) and c != "\n"]:
                yield f"{hidden}: {text!r}"
            if handler == "chat" and CHAT.search(of_ours(text)):
                yield f"markup: {text!r}"
        if re.search(r"[^!-~]", request["path"]):
            yield f"path: {request['path']!r}"
    with open(broken, encoding="utf-8") as file:
        yield from file


if sys.argv[1] == "bodies":
    bodies(sys.argv[2], sys.argv[3], len(sys.argv) > 4)
else:
    for why in judge(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])):
        print(why.rstrip("\n")[:300])
