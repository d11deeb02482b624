#!/bin/sh
# SPDX-License-Identifier: ISC
# The bodies that cost a JSON parser most memory, at the size limit: a worker
# stays under 64 MiB, and each of them is a record or in bad/.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
! grep -q __asan_init "$responder" || skip_all "ASan needs memory of its own"
front_prepare nginx "workers = 1"
front_start

mkdir "$T/bodies"
"$python" - "$T/bodies" <<'EOT'
import os
import sys

SIZE = 256 * 1024


def filled(begin, piece, end):
    """begin, as many pieces as fit, end; blanks up to the limit"""
    n = (SIZE - len(begin) - len(end)) // len(piece(0))
    text = begin + b",".join(piece(i)[:-1] for i in range(n)) + end
    return text.ljust(SIZE)


BODIES = {
    "objects": filled(b'{"a":[', lambda i: b"{},", b"]}"),
    "lists": filled(b'{"a":[', lambda i: b"[],", b"]}"),
    "digits": filled(b'{"a":[', lambda i: b"7,", b"]}"),
    "reals": filled(b'{"a":[', lambda i: b"1.5,", b"]}"),
    "strings": filled(b'{"a":[', lambda i: b'"",', b"]}"),
    "nulls": filled(b'{"a":[', lambda i: b"null,", b"]}"),
    "members": filled(b"{", lambda i: b'"%05x":0,' % i, b"}"),
    "one-key": filled(b"{", lambda i: b'"a":0,', b"}"),
    "small-objects": filled(b'{"a":[', lambda i: b'{"a":0},', b"]}"),
    "huge-numbers": filled(b'{"a":[', lambda i: b"1e999,", b"]}"),
    "escapes": filled(b'{"a":["', lambda i: b"\\u0001,", b'"]}'),
    "newlines": b'{"a":"' + b"\n" * (SIZE - 8) + b'"}',
    "deep": b'{"a":' + b"[" * (SIZE - 5),
    "no-utf8": b"\xff" * SIZE,
}
assert len(BODIES) == 14
for name, body in BODIES.items():
    assert len(body) == SIZE, (name, len(body))
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        file.write(body)
EOT
is $? 0 "14 bodies"

# One worker is the process itself.
worker=$(pid_of responder)
# peak: of the worker's resident memory so far, in KiB
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }

for body in "$T/bodies"/*; do
	wanted=200
	case $body in
	*/deep | */no-utf8) wanted=202 ;;
	esac
	name=$(basename "$body")
	is "$(deliver "$url" "$body" "$installation/secret")" "$wanted" "$name"
	diag "peak $(peak "$worker") KiB"
done
ok "the worker stayed under 64 MiB" [ "$(peak "$worker")" -lt 65536 ]
is "$(spool_count "$installation/spool" new/)" 12 "twelve are records"
is "$(spool_count "$installation/spool" bad/)" 2 "two are kept in bad/"
valid_spool "every record fits the schema" "$installation/spool"
done_testing
