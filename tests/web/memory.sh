#!/bin/sh
# SPDX-License-Identifier: ISC
# Bodies that cost a JSON parser the most memory, at the size limit: a worker needs less
# than 64 MiB, and each body becomes a record or is in bad/.

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


def listed(piece):
    return filled(b'{"a":[', piece, b"]}")


def nested(n, before, inner, after):
    """Groups of n levels"""
    return listed(lambda i: before * n + inner + after * n + b",")


# The fourteen bodies that need the most memory, of some fifty that were measured. An
# object of 3 bytes in the text takes 230 bytes in memory.
WORST = {
    "objects": listed(lambda i: b"{},"),
    "objects-then-error": listed(lambda i: b"{},").rstrip()[:-1].ljust(SIZE - 1) + b"]",
    "objects-no-object": filled(b"[", lambda i: b"{},", b"]"),
    "objects-in-lists": listed(lambda i: b"[{}],"),
    "objects-in-objects": listed(lambda i: b'{"":{}},'),
    "objects-in-three": nested(2, b'{"":', b"{}", b"}"),
    "lists-deep": nested(2000, b"[", b"", b"]"),
    "objects-and-lists": listed(lambda i: b"{},[],"),
    "objects-deep": nested(2000, b'{"":', b"0", b"}"),
    "lists-in-lists": listed(lambda i: b"[[]],"),
    "objects-of-one": listed(lambda i: b'{"":0},'),
    "members-objects": filled(b"{", lambda i: b'"%04x":{},' % i, b"}"),
    "lists": listed(lambda i: b"[],"),
    "members-of-one": filled(b'{"a":{', lambda i: b'"%04x":{},' % i, b"}}"),
}
# Bodies that are expensive for other reasons.
OTHERS = {
    "digits": listed(lambda i: b"7,"),
    "reals": listed(lambda i: b"1.5,"),
    "huge-numbers": listed(lambda i: b"1e999,"),
    "rounded-numbers": listed(lambda i: b"9999999999999999999,"),
    "strings": listed(lambda i: b'"",'),
    "hosts": filled(b'{"nonRunningHostIds":[', lambda i: b'"",', b"]}"),
    "members": filled(b"{", lambda i: b'"%05x":0,' % i, b"}"),
    "one-key": filled(b"{", lambda i: b'"a":{},', b"}"),
    "escapes": filled(b'{"a":["', lambda i: b"\\u0001,", b'"]}'),
    "newlines": b'{"a":"' + b"\n" * (SIZE - 8) + b'"}',
    "text": b'{"humanReadable":"' + b"\x01" * (SIZE - 20) + b'"}',
    "nuls": b'{"a":"' + b"\0" * (SIZE - 8) + b'"}',
    "deep": b'{"a":' + b"[" * (SIZE - 5),
    "no-utf8": b"\xff" * SIZE,
}
BODIES = {**WORST, **OTHERS}
assert len(WORST) == 14
for name, body in BODIES.items():
    assert len(body) == SIZE, (name, len(body))
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        file.write(body)
EOT
is $? 0 "14 bodies, and as many others"

# One worker is the process itself.
worker=$(pid_of responder)
# peak: the largest resident memory of the worker since forget_peak, in KiB (proc(5))
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$worker/status"; }
forget_peak() { echo 5 >"/proc/$worker/clear_refs"; } 2>/dev/null

most=0
for body in "$T/bodies"/*; do
	name=$(basename "$body")
	wanted=200
	case $name in
	objects-then-error | objects-no-object | deep | no-utf8) wanted=202 ;;
	esac
	forget_peak
	is "$(deliver "$url" "$body" "$installation/secret")" "$wanted" "$name"
	diag "peak $(peak) KiB"
	[ "$(peak)" -le "$most" ] || most=$(peak)
done
ok "the worker stayed under 64 MiB: $most KiB" [ "$most" -lt 65536 ]
is "$(spool_count "$installation/spool" new/)" 24 "all but four are records"
is "$(spool_count "$installation/spool" bad/)" 4 "which are kept in bad/"
valid_spool "every record fits the schema" "$installation/spool"
done_testing
