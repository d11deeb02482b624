#!/bin/sh
# SPDX-License-Identifier: ISC
# Every system call of a commit, a quarantine, the moves and run fails, one at a time,
# in the real programs (strace -e inject): there is never a 2xx without a durable
# record, no crash, nothing left behind, and the next try succeeds. With LONG set, each
# call fails with each of nine errors, and more moves are tested. Without it, a third of
# the calls, but all of the commit.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

! grep -qa __asan_init "$responder" ||
    skip_all "a sanitizer ends the process when a call of its own fails"
command -v strace >/dev/null || skip_all "strace is not installed"
strace -qq -o "$T/works" true 2>/dev/null && [ -s "$T/works" ] ||
    skip_all "strace cannot trace here"

for scenario in publish duplicate duplicate-done quarantine claim requeue-bad run \
    ${LONG:+ack release bury requeue clean test init list show stats}; do
	how=--every=3
	[ $scenario != publish ] || how=
	[ -z "${LONG:-}" ] || how=--all
	"$python" "$srcdir/tests/crash/inject.py" $how "$builddir" \
	    "$T/$scenario" $scenario >"$T/out" 2>&1
	code=$?
	is $code 0 "$scenario: $(tail -n 1 "$T/out")"
	[ $code -eq 0 ] || diag_file "$T/out"
done
done_testing
