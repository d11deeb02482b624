#!/bin/sh
# SPDX-License-Identifier: ISC
# Every system call and every allocation of "alertspool atlas reconcile" fails once, and
# reconcile is killed at each of them: no record is invented, lost or made twice.
# Without LONG, only every Nth.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

grep -q '^#define HAVE_CURL 1' "$builddir/config.h" 2>/dev/null || skip_all "built without libcurl"
preload no_memory
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# each NAME OPTION…
each() {
	each_name=$1
	shift
	"$python" "$srcdir/tests/atlas/inject.py" "$@" "$builddir" "$T/$each_name" >"$T/out" 2>&1
	code=$?
	is $code 0 "$each_name: $(tail -n 1 "$T/out")"
	[ $code -eq 0 ] || diag_file "$T/out"
}

each memory --every="$(length 101 1)" --memory="$T/no_memory.so"
if strace -qq -o "$T/works" true 2>/dev/null && [ -s "$T/works" ]; then
	each calls --every="$(length 13 1)"
	each kill --every="$(length 17 1)" --kill
else
	skip "calls and kills" "strace cannot trace here"
fi
done_testing
