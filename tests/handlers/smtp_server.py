#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""smtp_server.py DIR

A mail server on a free port of 127.0.0.1, DIR/port, that takes one mail after another and
enforces RFC 5321 and 5322: lines end with CRLF, none is over 998 bytes, headers are ASCII,
one is Date and one is From.
DIR/mail has the last mail, DIR/envelope its MAIL and RCPT lines, DIR/broken the rules that
mails broke."""
import os
import re
import socket
import sys

DIR = sys.argv[1]


def put(name, data):
    with open(f"{DIR}/{name}.part", "wb") as file:
        file.write(data)
    os.rename(f"{DIR}/{name}.part", f"{DIR}/{name}")


def broken(rule):
    with open(f"{DIR}/broken", "a", encoding="utf-8") as file:
        file.write(rule + "\n")


def judge(mail):
    if re.search(rb"(?<!\r)\n|\r(?!\n)", mail):
        broken("a line does not end with CRLF")
    if any(len(line) > 998 for line in mail.split(b"\r\n")):
        broken("a line is over 998 bytes")
    head = mail.partition(b"\r\n\r\n")[0]
    if re.search(rb"[^\t\r\n -~]", head):
        broken("a header is not ASCII")
    for line in head.split(b"\r\n"):
        if not re.match(rb"[!-9;-~]+:|[ \t]", line):
            broken(f"no header: {line[:80]!r}")
    for name in (b"Date", b"From"):  # section 3.6: exactly one
        if len(re.findall(rb"^" + name + rb":", head, re.M)) != 1:
            broken(f"not one {name.decode()}")


def data(stream):
    lines = []
    while (line := stream.readline()) not in (b".\r\n", b""):
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)


def serve(peer):
    stream = peer.makefile("rwb")

    def say(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    envelope = []
    say("220 stand-in ESMTP")
    while line := stream.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            say("250-stand-in\r\n250 8BITMIME")
        elif word in (b"MAIL", b"RCPT"):
            envelope.append(line.strip())
            say("250 so be it")
        elif word == b"DATA":
            say("354 go on")
            mail = data(stream)
            judge(mail)
            put("mail", mail)
            put("envelope", b"\n".join(envelope) + b"\n")
            say("250 taken")
        elif word == b"QUIT":
            say("221 bye")
            return
        else:
            say("502 not here")


server = socket.create_server(("127.0.0.1", 0))
put("port", f"{server.getsockname()[1]}\n".encode())
while True:
    with server.accept()[0] as connection:
        serve(connection)
