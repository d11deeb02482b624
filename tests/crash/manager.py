#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""manager.py SOCKET PIDFILE COMMAND...

Does what systemd does for alertspool.socket: keeps a listening socket, runs the command
with it as descriptor 0, and starts it again at once when it ends. PIDFILE has the
command's process id. SIGTERM ends both.
"""
import os
import signal
import socket
import subprocess
import sys


def main(path, pidfile, *command):
    listening = socket.socket(socket.AF_UNIX)
    os.umask(0o117)
    listening.bind(path)
    os.umask(0o022)
    listening.listen(4096)
    child = None

    def stop(*_):
        child.terminate()
        sys.exit(child.wait())

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = subprocess.Popen(command, stdin=listening)
        with open(pidfile + ".new", "w", encoding="ascii") as file:
            file.write(f"{child.pid}\n")
        os.rename(pidfile + ".new", pidfile)
        child.wait()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
