#!/bin/sh
# SPDX-License-Identifier: ISC
# The tests can fail: each of a few deliberate bugs of tests/sabotage is caught by the
# test that it names. With LONG set, all of them.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

TMPDIR=$T
export TMPDIR builddir
if [ -n "${LONG:-}" ]; then
	start sabotage sh "$srcdir/tests/sabotage/run"
else
	start sabotage sh "$srcdir/tests/sabotage/run" close-unchecked directory-fsync \
	    first-header lease-before-rename truncated-mac
fi
wait "$(pid_of sabotage)"
code=$?
rm -f "$T/run/sabotage"
is $code 0 "$(tail -n 1 "$T/sabotage.log")"
[ $code -eq 0 ] || diag_file "$T/sabotage.log"
grep '^ok' "$T/sabotage.log" | sed 's/^/# /'
done_testing
