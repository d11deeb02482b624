#!/bin/sh
# SPDX-License-Identifier: ISC
# SIGKILL at every system call of a commit, a quarantine and the moves: nothing is torn,
# lost or stuck, and a repeated delivery gives one record. With LONG set, every call of
# every move; otherwise all of a commit and a third of the others.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

! grep -qa __asan_init "$responder" ||
    skip_all "a sanitizer ends the process when a call of its own fails"
command -v strace >/dev/null || skip_all "strace is not installed"
strace -qq -o "$T/works" true 2>/dev/null && [ -s "$T/works" ] ||
    skip_all "strace cannot trace here"

for scenario in publish claim requeue-bad run ${LONG:+quarantine ack release bury requeue}; do
	how=
	[ $scenario = publish ] || [ -n "${LONG:-}" ] || how=--every=3
	"$python" "$srcdir/tests/crash/inject.py" --kill $how "$builddir" \
	    "$T/$scenario" $scenario >"$T/out" 2>&1
	code=$?
	is $code 0 "$scenario: $(tail -n 1 "$T/out")"
	[ $code -eq 0 ] || diag_file "$T/out"
done
done_testing
