#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""given.py SOCKET COMMAND...: runs the command with a listening socket as descriptor 0, as
systemd and mod_fcgid give it."""
import os
import socket
import sys

s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
os.dup2(s.fileno(), 0)
os.execv(sys.argv[2], sys.argv[2:])
