#!/bin/sh
# SPDX-License-Identifier: ISC
# Every system call of a commit, a quarantine, the moves and run fails, one at a time,
# in the real programs (strace -e inject): there is never a 2xx without a durable
# record, no crash, nothing left behind, and the next try succeeds. With LONG set, each
# call fails with each of nine errors, and more moves are tested. Without it, a third of
# the calls, but all of the commit.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/faults.sh"

can_trace || skip_all "strace cannot trace here"

for scenario in publish duplicate duplicate-done quarantine claim requeue-bad run \
    ${LONG:+ack release bury requeue clean test init list show stats}; do
	how=--every=3
	[ $scenario != publish ] || how=
	[ -z "${LONG:-}" ] || how=--all
	inject $scenario $how
done
done_testing
