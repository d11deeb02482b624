#!/bin/sh
# SPDX-License-Identifier: ISC
# SIGKILL at every system call of a commit, a quarantine and the moves: nothing is torn,
# lost or stuck, and a repeated delivery gives one record. With LONG set, every call of
# every move; otherwise all of a commit and a third of the others.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/faults.sh"

can_trace || skip_all "strace cannot trace here"

for scenario in publish claim requeue-bad run ${LONG:+quarantine ack release bury requeue}; do
	how=
	[ $scenario = publish ] || [ -n "${LONG:-}" ] || how=--every=3
	inject $scenario --kill $how
done
done_testing
