#!/bin/sh
# SPDX-License-Identifier: ISC
# System calls of a running FastCGI responder fail, one at a time: in a worker that
# takes a delivery, a worker that starts, the parent that reads new settings, every
# accept for a while, and during a start. The answer is 503 without details while it
# lasts, and 200 for the next request without a restart. A third of the calls, each with
# one of nine errors; with LONG set, all calls with all errors.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/faults.sh"

am_root || skip_all "tracing a process that is not dumpable takes root"
sleep 60 & traced=$!
strace -qq -o "$T/works" -p $traced & tracer=$!
wait_for '! grep -q "^TracerPid:	0$" /proc/$traced/status' 2
works=$?
kill $tracer $traced
wait
[ $works -eq 0 ] || skip_all "strace cannot trace a process that runs here"

how=--third
[ -z "${LONG:-}" ] || how=--all
for part in request newborn reload accept start; do
	"$python" "$srcdir/tests/crash/inject_service.py" $how \
	    "$builddir" "$T/$part" $part >"$T/out" 2>&1
	code=$?
	is $code 0 "$(tail -n 2 "$T/out" | head -n 1)"
	[ $code -eq 0 ] || diag_file "$T/out"
done
done_testing
