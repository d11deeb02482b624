#!/bin/sh
# SPDX-License-Identifier: ISC
# The power is cut at random moments under load, 10 times on each of ext4 and xfs
# (100 times with LONG set): what was answered is there, whole, once, and the
# responder goes on with what it finds.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/apart.sh"
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/crash/cuts.sh"

cut_power powercut.py "$(length 10 100)"
done_testing
