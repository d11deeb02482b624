# SPDX-License-Identifier: ISC
"""Brings the loopback interface of this network namespace up (SIOCSIFFLAGS)."""
import fcntl
import socket
import struct

fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41) + bytes(14))
