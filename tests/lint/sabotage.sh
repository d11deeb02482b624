#!/bin/sh
# SPDX-License-Identifier: ISC
# Each deliberate bug of tests/sabotage applies to the sources and names an existing
# test. crash/sabotage checks that this test catches it.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

for bug in tests/sabotage/bugs/*; do
	patch -s -p1 -F0 --dry-run <"$bug" >"$T/said" 2>&1 ||
		{ echo "${bug##*/} does not apply"; sed 's/^/	/' "$T/said"; }
	test=$(sed -n 's/^Caught by: \([^ ]*\) .*/\1/p' "$bug")
	[ -f "${test%.sh}.sh" ] || [ -f "$test.c" ] || echo "${bug##*/} names no test: $test"
done >"$T/wrong"
is "$(cat "$T/wrong")" "" "each deliberate bug applies, and names a test"
is "$(find tests/sabotage/bugs -type f | awk 'END { print (NR >= 20) }')" 1 \
    "there are at least 20"
done_testing
