#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""torture.py WHAT INSTALLATION ...

	deliver INSTALLATION SOCKET DIRECTORY IDS
		sign and post every body of torture.txt and naughty.txt, which lie in
		DIRECTORY, and those made from them here, to the responder at SOCKET.
		Each is to end as a record in new/, or in bad/ with the code, line and
		column of the table, its bytes as they were sent; what a record says of
		them is held against Python's json. IDS gets the ids of the records that
		are naughty in all fields.
	cli INSTALLATION PROGRAM
		the command line, PROGRAM, shows all of them: JSON that is the record,
		nothing unescaped, the bodies byte for byte
	terminal INSTALLATION IDS JSON PEOPLE
		JSON and PEOPLE are what show wrote of those IDS on a terminal

Prints "ok NAME" or "not ok NAME" and why, a line a group.
"""
import base64
import collections
import concurrent.futures
import hashlib
import json
import math
import os
import re
import subprocess
import sys
import threading
import unicodedata

sys.dont_write_bytecode = True
from peer import answer_of, connect, request, secret_of  # noqa: E402

SENDERS = 8
TOLD = 20  # failures of a group that are shown
STATES = ("new", "cur", "done", "dead", "bad")

# The warnings that are about JSON.
WARNINGS = {"control-character-escaped", "number-out-of-range", "number-rounded",
            "bom-dropped", "duplicate-key"}

Case = collections.namedtuple("Case", "name body code place warnings fields",
                              defaults=(None,))


# ---- the tables ----------------------------------------------------------------

ESCAPES = re.compile(rb"%\((\d+)\*([^)]*)\)|%([0-9A-F]{2})")


def unescape(text):
    """The bytes of a row's text: %XX and %(N*TEXT), of which TEXT may have %XX."""
    def expand(match):
        if match.group(1):
            return ESCAPES.sub(expand, match.group(2)) * int(match.group(1))
        return bytes.fromhex(match.group(3).decode())
    return ESCAPES.sub(expand, text.encode())


def rows(path, columns):
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                cells = line.split(None, columns - 1)
                yield cells + [""] * (columns - len(cells))


def case(name, expect, body):
    if expect.startswith("ok"):
        return Case(name, body, None, None, set(expect.split(",")[1:]))
    code, place = expect.split("@")
    return Case(name, body, code, tuple(map(int, place.split(":"))), set())


def json_texts(directory):
    for name, expect, text in rows(os.path.join(directory, "torture.txt"), 3):
        yield case(name, expect, unescape(text))


def controls():
    """Each C0 character where it may and where it may not be."""
    for byte in range(0x20):
        c, name = bytes([byte]), f"control-{byte:02x}"
        escaped = "ok,control-character-escaped"
        yield case(name, escaped, b'{"a":"x%by"}' % c)
        yield case(name + "-key", escaped if byte else "not-json@1:3", b'{"%ba":1}' % c)
        blank = c in b"\t\n\r"
        yield case(name + "-blank", "ok" if blank else "not-json@1:2", b"{%b}" % c)
        place = "2:1" if c == b"\n" else "1:3" if blank else "1:2"
        yield case(name + "-error", "not-json@" + place, b"{%b]" % c)


def bad_bytes():
    """Each byte with which no character of UTF-8 begins, or no other one."""
    never = [*range(0x80, 0xc2), *range(0xf5, 0x100)]
    for byte in never:
        yield case(f"byte-{byte:02x}", "not-utf-8@1:8", b'{"a":"x%b"}' % bytes([byte]))
        yield case(f"byte-{byte:02x}-outside", "not-utf-8@2:1", b"{\n%b}" % bytes([byte]))
    for byte in range(0xc2, 0xf5):
        yield case(f"lead-{byte:02x}-alone", "not-utf-8@1:7", b'{"a":"%b"}' % bytes([byte]))
        yield case(f"lead-{byte:02x}-end", "not-utf-8@1:1", bytes([byte]))


def letters():
    """Each letter behind a backslash, and each character where a value begins."""
    for byte in range(0x21, 0x7f):
        c = bytes([byte])
        if c not in b"\"\\/bfnrtu":
            yield case(f"escape-{byte:02x}", "not-json@1:9", b'{"a":"x\\%b"}' % c)
        if c not in b'"-0123456789[{tfn':
            yield case(f"value-{byte:02x}", "not-json@1:6", b'{"a":%b}' % c)
        if c not in b'"}':
            yield case(f"key-{byte:02x}", "not-json@1:2", b'{%b:1}' % c)


SAMPLE = ('{\n "id":"5d1b6f8e8c2e4e2d3c4a5b6c",\r\n\t"status":"OPEN",'
          '"name":"caf\u00e9 \u20ac \U0001f600",'
          '"escapes":"\\"\\\\\\/\\b\\u00e9\\ud83d\\ude00.",'
          '"numbers":[0,-0.5,12e+3,1.25E-2,9223372036854775807],'
          '"words":[true,false,null,{},[]],\n'
          '"nested":{"a":{"b":[[1],[2,3]]}}\n}\n').encode()


def place_of_end(text):
    """Line and column of what would come next."""
    last = text.rpartition("\n")[2]
    return text.count("\n") + 1, len(last) + 1


def truncations():
    """The sample less its end, at every byte: the error is at the end, or where the
    character, or the surrogate pair, that is cut begins."""
    for n in range(len(SAMPLE)):
        body = SAMPLE[:n]
        text = body.decode(errors="ignore")
        code, place = "not-json", place_of_end(text)
        if not text.strip():
            code, place = "empty", (1, 1)
        elif len(text.encode()) < n:
            code = "not-utf-8"
        elif half := re.search(r"\\ud83d(|\\)$", text):
            place = place_of_end(text[:half.start()])
        elif text.rstrip().endswith("}") and body.rstrip() == SAMPLE.rstrip():
            yield Case(f"cut-{n}", body, None, None, set())
            continue
        yield Case(f"cut-{n}", body, code, place, set())


# ---- naughty strings -----------------------------------------------------------

# Fields of the sender, and where the record has their text. None: the field takes no text,
# or changes it, so that it is in "extra", too.
FIELDS = {
    "acknowledgedUntil": None, "created": None, "lastNotified": None,
    "resolved": None, "updated": None, "status": None, "currentValue": None,
    "links": None, "nonRunningHostIds": None,
    "acknowledgementComment": "acknowledgement_comment",
    "acknowledgingUsername": "acknowledged_by", "alertConfigId": "config_id",
    "clusterId": "cluster.id", "clusterName": "cluster.name",
    "eventTypeName": "event_type", "groupId": "project.id", "hostId": "host.id",
    "hostnameAndPort": "", "humanReadable": "", "id": "id",
    "instanceName": "stream.instance", "metricName": "metric.name",
    "orgId": "organization.id", "orgName": "organization.name",
    "parentClusterId": "cluster.parent_id", "processorErrorMsg": "stream.error",
    "processorName": "stream.processor", "processorState": "stream.state",
    "projectName": "project.name", "replicaSetName": "replica_set",
    "severity": "severity", "userAlias": "host.alias", "typeName": None,
    "sourceTypeName": None, "tags": None, "notOfThisWorld": None}

# Text deeper within a field, or within the text of which the record makes names.
DEEPER = {
    "currentValue.units": lambda t: {"currentValue": {"number": 1.5, "units": t}},
    "currentValue.number": lambda t: {"currentValue": {"number": t, "units": "RAW"}},
    "currentValue.more": lambda t: {"currentValue": {"number": 1, "more": t}},
    "links.href": lambda t: {"links": [{"rel": "self", "href": t}]},
    "links.rel": lambda t: {"links": [{"rel": t, "href": "x"}]},
    "nonRunningHostIds.0": lambda t: {"nonRunningHostIds": [t, "x", t]},
    "tags.0": lambda t: {"tags": [t, {"a": [t]}]},
    "key": lambda t: {"x" + t.replace("\0", ""): 1},
    "key.key": lambda t: {"x": {t.replace("\0", ""): {t.replace("\0", ""): t}}},
    "project of the text": lambda t: {"humanReadable": f"Project: {t}\n\nOPEN\n"},
    "organization of the text":
        lambda t: {"humanReadable": f"Organization: {t}\n\nOPEN\n"},
    "headline of the text": lambda t: {
        "humanReadable": f"Project: a\n\nOrganization: b\n\n{'-' * 40}\n\n"
                         f"OPEN\n{t}\nType: {t}\n"}}

# How to make the sender's field again from the alert in the record.
TIMES = {"acknowledgedUntil": "acknowledged_until", "created": "created_at",
         "lastNotified": "last_notified_at", "resolved": "resolved_at",
         "updated": "updated_at"}
REBUILT = {
    "currentValue": lambda a: {"number": a["metric"]["value"],
                               "units": a["metric"]["unit"]},
    "links": lambda a: [{"rel": "self", "href": a["link"]}],
    "nonRunningHostIds": lambda a: a["non_running_hosts"],
    **{key: lambda a, path=path: a[path] for key, path in TIMES.items()}}
# Values of these fields if the sender did not send them; null for all others.
NOTHING = {
    "currentValue": {"number": None, "units": None},
    "links": [{"rel": "self", "href": None}],
    "nonRunningHostIds": []}


def naughty_bodies(text):
    """(name, object) for this text: alone in each field, then in all of them."""
    for field in FIELDS:
        yield field, {field: text}
    for name, make in DEEPER.items():
        yield name, make(text)
    every = {field: text for field in FIELDS if field != "humanReadable"}
    yield "all", every
    yield "all, and a time", {**every, "updated": "2026-11-20T10:30:00Z",
                              "hostnameAndPort": text + ":27017"}


def naughty(directory, some):
    """some: each in every third field, another third for the next, and in all of them;
    alone one way to spell it, else all three: raw, escaped, unescaped controls."""
    for row, (name, escaped) in enumerate(rows(os.path.join(directory, "naughty.txt"), 2)):
        text = unescape(escaped).decode()
        for column, (field, value) in enumerate(naughty_bodies(text)):
            if some and not field.startswith("all") and (
                    len(text) > 1000 or (row + column) % 3):
                continue
            label = f"{name} in {field}"
            yield Case(label, json.dumps(value, ensure_ascii=False).encode(), None,
                       None, set(), value)
            if some and not field.startswith("all"):
                continue
            yield Case(label + ", escaped", json.dumps(value).encode(), None, None,
                       set(), value)
            yield from raw_controls(label, value)


def raw_controls(label, value):
    """As a careless template spells it: control characters as they are."""
    def raw(match):
        character = json.loads(f'"{match.group()}"')
        return character if character < " " else match.group()

    text = json.dumps(value, ensure_ascii=False)
    body = re.sub(r"\\(u[0-9a-f]{4}|.)", raw, text)
    if body != text:
        yield Case(label + ", raw", body.encode(), None, None,
                   {"control-character-escaped"}, value)


# ---- delivering ----------------------------------------------------------------

class Sender:
    """Sends each body once: another one of the same bytes has its answer."""

    def __init__(self, path, installation):
        self.path = path
        self.secret = secret_of(installation)
        self.answers = {}

    def send(self, body):
        with connect(self.path) as connection:
            connection.sendall(b"".join(request(self.secret, body)))
            status, answer = answer_of(connection)
        try:
            self.answers[body] = status, json.loads(answer)["id"]
        except (ValueError, KeyError):
            self.answers[body] = status, None

    def send_all(self, cases):
        bodies = {case.body for case in cases} - set(self.answers)
        with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(self.send, bodies))


# ---- judging -------------------------------------------------------------------

def number(text):
    """An integer of 64 bits, else the nearest double, else nothing."""
    if len(text) <= 20 and -2**63 <= int(text) < 2**63:
        return int(text)
    return real(text)


def real(text):
    value = float(text)
    return value if math.isfinite(value) else None


def meaning(body):
    """What Python's json says that a good body means."""
    return json.loads(body.decode("utf-8-sig"), strict=False, parse_int=number,
                      parse_float=real)


def same(one, other):
    """Equal, and of the same types: 1 is no 1.0, and 0.0 no -0.0."""
    return one == other and json.dumps(one, sort_keys=True) == \
        json.dumps(other, sort_keys=True)


def value_at(value, path):
    for key in path.split("."):
        value = value[key]
    return value


def misplaced(record, fields):
    """Fields of the body that the record has neither in place nor in extra."""
    for key, value in fields.items():
        path = FIELDS.get(key)
        if path == "" or (key in record["extra"] and same(record["extra"][key], value)):
            continue
        if path is not None:
            placed = value_at(record["alert"], path)
        else:
            placed = REBUILT[key](record["alert"]) if key in REBUILT else None
        if key in TIMES:  # read to the nanosecond
            value = re.sub(r"(\.\d{9})\d+", r"\1", value)
        if value == "":  # the sender said nothing
            value = NOTHING.get(key)
        if not same(placed, value):
            yield f"{key} is lost: {json.dumps(value)[:100]}"


def body_of(record):
    if record["raw"] is None:
        return base64.b64decode(record["raw_base64"], validate=True)
    return record["raw"].encode()


def judge_record(case, record):
    if record["error"] is not None or record["alert"] is None:
        yield f"refused: {record['error']}"
        return
    warnings = WARNINGS & set(record["warnings"])
    if warnings != case.warnings:
        yield f"warnings {sorted(warnings)}"
    value = meaning(case.body)
    extra = {key: value[key] for key in value if key not in FIELDS}
    got = {key: record["extra"][key] for key in record["extra"] if key not in FIELDS}
    if not same(extra, got):
        yield f"extra is {json.dumps(got)[:200]}, not {json.dumps(extra)[:200]}"
    if case.fields is not None:
        yield from misplaced(record, case.fields)


def judge_error(case, record):
    error = record["error"]
    if record["alert"] is not None or error is None:
        yield "a record, which it should not be"
    elif (error["code"], error["line"], error["column"]) != (case.code, *case.place):
        yield "{code} at {line}:{column}: {message}".format(**error)


def judge(spool, case, answer):
    status, name = answer
    if status != ("200" if case.code is None else "202") or name is None:
        yield f"status {status}"
        return
    path = os.path.join(spool, "new" if case.code is None else "bad", name)
    try:
        with open(path, "rb") as file:
            text = file.read()
    except FileNotFoundError:
        yield f"{path} is not there"
        return
    if re.search(rb"[\0-\x09\x0b-\x1f]", text) or text.count(b"\n") != 1:
        yield "a control character is in the record as it is"
    record = json.loads(text)
    if body_of(record) != case.body:
        yield "the body is not what was sent"
    if (record["raw"] is None) != (b"\0" in case.body or case.code == "not-utf-8"):
        yield "the body is kept in the wrong form"
    if record["delivery"]["body_sha256"] != hashlib.sha256(case.body).hexdigest():
        yield "body_sha256 is not the body's"
    yield from (judge_record if case.code is None else judge_error)(case, record)


def report(name, wrong):
    print("not ok" if wrong else "ok", name)
    for phrase in wrong[:TOLD]:
        print("#", phrase)
    if len(wrong) > TOLD:
        print(f"# and {len(wrong) - TOLD} more")
    sys.stdout.flush()


def deliver(installation, path, directory, ids):
    some = not os.environ.get("LONG")
    sender = Sender(path, installation)
    spool = os.path.join(installation, "spool")
    for name, cases in (
            ("JSON texts of the table", json_texts(directory)),
            ("every control character", controls()),
            ("every byte that begins no character", bad_bytes()),
            ("every letter in a wrong place", letters()),
            ("the sample, cut at every byte", truncations()),
            ("naughty strings in every field", naughty(directory, some))):
        cases = list(cases)
        sender.send_all(cases)
        wrong = [f"{case.name}: {phrase} ({case.body[:80]})" for case in cases
                 for phrase in judge(spool, case, sender.answers[case.body])]
        report(f"{name}: {len(cases)} bodies", wrong)
    with open(ids, "w", encoding="ascii") as file:
        print(*[sender.answers[case.body][1] for case in cases
                if " in all" in case.name], sep="\n", file=file)


# ---- the command line ------------------------------------------------------------

HIDDEN = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")


def unescaped(text):
    """Characters that steer, hide or reorder, except newlines."""
    return sorted({f"U+{ord(c):04X}" for c in set(text)
                   if c != "\n" and unicodedata.category(c) in HIDDEN})


def stored(installation):
    """{id: (state, the record)} of the whole spool."""
    found = {}
    for state in STATES:
        for entry in os.scandir(os.path.join(installation, "spool", state)):
            with open(entry.path, "rb") as file:
                found[entry.name] = state, json.load(file)
    return found


def judge_json(output, records):
    """Lines of JSON, a record each, and where it lies."""
    seen = set()
    for line in output.decode().split("\n")[:-1]:
        value = json.loads(line)
        place = value.pop("spool")
        value.pop("web_link", None)  # of show alone
        state, record = records[value["id"]]
        if not same(value, record):
            yield f"{value['id']} is not what is stored"
        if place["state"] != state or place["path"] != f"{state}/{value['id']}":
            yield f"{value['id']} is said to be at {place}"
        seen.add(value["id"])
    if seen != set(records):
        yield f"{len(seen)} of {len(records)} records"


class Commands:
    def __init__(self, program, installation):
        self.words = [program, "-c", os.path.join(installation, "alertspool.conf")]
        self.records = stored(installation)
        self.ids = "\n".join(self.records)

    def run(self, *arguments):
        done = subprocess.run([*self.words, *arguments], input=self.ids.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wrong = [f"exit code {done.returncode}"] if done.returncode else []
        if done.stderr:
            wrong.append(f"said {done.stderr[:200]}")
        return done.stdout, wrong

    def for_people(self, *arguments):
        output, wrong = self.run(*arguments)
        if found := unescaped(output.decode()):
            wrong.append(" ".join(found))
        if not output:
            wrong.append("it says nothing")
        report(" ".join(arguments), wrong)

    def table(self, *arguments):
        """Tabs between columns, and nowhere else; a line a record."""
        output, wrong = self.run(*arguments)
        lines = output.decode().split("\n")[:-1]
        if len(lines) != len(self.records):
            wrong.append(f"{len(lines)} lines for {len(self.records)} records")
        tabs = {line.count("\t") for line in lines}
        if len(tabs) != 1 or tabs == {0}:
            wrong.append(f"tabs in a line: {tabs}")
        report(" ".join(arguments), wrong + unescaped(output.decode().replace("\t", " ")))

    def for_programs(self, *arguments):
        output, wrong = self.run(*arguments)
        if re.search(rb"[\0-\x09\x0b-\x1f]", output):
            wrong.append("a control character as it is")
        report(" ".join(arguments), wrong + list(judge_json(output, self.records)))

    def raw(self):
        output, wrong = self.run("show", "--raw", "-")
        if output != b"".join(body_of(record) for _, record in self.records.values()):
            wrong.append("not the bodies byte for byte")
        report("show --raw -", wrong)

    def stats(self):
        output, wrong = self.run("stats")
        report("stats", wrong + unescaped(output.decode().replace("\t", " ")))
        output, wrong = self.run("stats", "--json")
        json.loads(output)
        report("stats --json", wrong + unescaped(output.decode()))


def cli(installation, program):
    commands = Commands(program, installation)
    commands.table("list", "--state", "all")
    commands.for_programs("list", "--state", "all", "--json")
    commands.for_people("show", "-")
    commands.for_programs("show", "--json", "-")
    commands.raw()
    commands.for_people("show", "--path", "-")
    commands.table("verify", "-")
    commands.stats()
    commands.for_people("stats", "--prometheus")


def on_terminal(installation, ids, shown, people):
    with open(ids, encoding="ascii") as file:
        wanted = file.read().split()
    records = stored(installation)
    with open(shown, "rb") as file:
        output = file.read()
    report(f"{len(wanted)} records as JSON on a terminal", unescaped(output.decode()) +
           list(judge_json(output, {name: records[name] for name in wanted})))
    with open(people, "rb") as file:
        output = file.read()
    report("and for people", unescaped(output.decode()) +
           ([] if len(output) > 100 * len(wanted) else ["it says little"]))


def main(what, *arguments):
    # What nests 2047 deep is read by recursion.
    sys.setrecursionlimit(20000)
    {"deliver": deliver, "cli": cli, "terminal": on_terminal}[what](*arguments)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    # In a thread, which can have the stack for that.
    threading.stack_size(512 * 1024 * 1024)
    with concurrent.futures.ThreadPoolExecutor(1) as deep:
        done = deep.submit(main, *sys.argv[1:])
        threading.stack_size(0)
        done.result()
