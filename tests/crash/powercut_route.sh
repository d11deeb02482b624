#!/bin/sh
# SPDX-License-Identifier: ISC
# The power is cut while records are routed into queues, 4 times on each of ext4 and xfs
# (60 times with LONG set): no record that is done in the spool lacks its copy in a
# queue that wanted it, and route goes on with what it finds.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/cuts.sh"

cut_power powercut_route.py "$(length 4 60)"
done_testing
