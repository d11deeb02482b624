#!/bin/sh
# SPDX-License-Identifier: ISC
# The power is cut while records are routed into queues, 4 times on each of ext4 and xfs
# (60 times with LONG set): every record that is in done/ of the spool has a copy in
# each queue that wanted it, and route continues from what it finds.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/cuts.sh"

cut_power powercut_route.py "$(length 4 60)"
done_testing
