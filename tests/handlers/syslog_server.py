#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""syslog_server.py tcp|udp|journal PORT-FILE MESSAGES

Takes messages of RFC 5424 on the port of 127.0.0.1 that is in PORT-FILE, without this file
on a free one, over TCP with octet counting (RFC 6587), or entries of the journal at
/run/systemd/journal/socket. MESSAGES gets a JSON object a line; "error" says what is
wrong with one."""
import json
import os
import re
import socket
import sys

HEADER = re.compile(
    r"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) "
    r"([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ")
NAME = r'[!#-<>-\\^-~]{1,32}'
ELEMENT = re.compile(rf'\[({NAME})((?: {NAME}="(?:[^"\\\]]|\\["\\\]])*")*)\]')
PARAMETER = re.compile(rf' ({NAME})="((?:[^"\\\]]|\\["\\\]])*)"')


def parse(raw):
    text = raw.decode()
    header = HEADER.match(text)
    if not header:
        return {"error": f"no header: {text[:100]}"}
    rest = text[header.end():]
    data = {}
    while element := ELEMENT.match(rest):
        if element.group(1) == "alertspool@32473":
            data = {name: re.sub(r'\\(["\\\]])', r"\1", value)
                    for name, value in PARAMETER.findall(element.group(2))}
        elif element.group(1) != "timeQuality":
            return {"error": f"element {element.group(1)}"}
        rest = rest[element.end():]
    if not rest.startswith(" "):
        return {"error": f"structured data: {rest[:100]}"}
    return {"severity": int(header.group(1)) % 8, "app": header.group(4),
            "message": rest[1:].removeprefix("\ufeff").rstrip("\n"), "data": data}


def journal_entry(raw):
    entry = {}
    while raw:
        line, _, raw = raw.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            size = int.from_bytes(raw[:8], "little")
            value, raw = raw[8:8 + size], raw[9 + size:]
        entry[name.decode()] = value.decode()
    return entry


def note(entry):
    with open(sys.argv[3], "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def ready(text):
    with open(sys.argv[2] + ".part", "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
    os.rename(sys.argv[2] + ".part", sys.argv[2])


def take_tcp(peer):
    """Messages of one connection: LENGTH, a blank, and so many bytes."""
    stream = peer.makefile("rb")
    while digits := b"".join(iter(lambda: stream.read(1), b" ")) if stream.peek(1) else b"":
        note(parse(stream.read(int(digits))))


if sys.argv[1] == "journal":
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind("/run/systemd/journal/socket")
    os.chmod("/run/systemd/journal/socket", 0o666)  # as systemd has it
    ready("journal")
    while True:
        note(journal_entry(s.recv(1 << 20)))
s = socket.socket(socket.AF_INET,
                  socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
port = 0
if os.path.exists(sys.argv[2]):
    with open(sys.argv[2], encoding="utf-8") as port_file:
        port = int(port_file.read())
s.bind(("127.0.0.1", port))
if sys.argv[1] == "tcp":
    s.listen()
ready(s.getsockname()[1])
while True:
    if sys.argv[1] == "tcp":
        with s.accept()[0] as connection:
            take_tcp(connection)
    else:
        note(parse(s.recv(1 << 16)))
