#!/bin/sh
# SPDX-License-Identifier: ISC
# JSON as RFC 8259 has it and has it not, and text as nobody should write it, signed
# and delivered: torture.txt, naughty.txt, and what torture.py makes of them. Then
# the command line shows all of it, in pipes and on a terminal.
#
# LONG=yes puts each naughty string into each field alone, not into a third of them,
# and spells it in three ways, not one.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/web/cases.sh"
front_prepare nginx "workers = 4
max_body = 4M"
front_responder

torture() {
	"$python" "$srcdir/tests/web/torture.py" "$@" >"$T/results" 2>"$T/torture.log"
	is $? 0 "torture.py $1"
	diag_file "$T/torture.log"
	replay "$T/results"
}

torture deliver "$installation" "$socket" "$srcdir/tests/web" "$T/ids"
stop responder
is "$("$python" -c 'import sys
print(sorted({f"{c:02x}" for c in sys.stdin.buffer.read()} - {f"{c:02x}" for c in
    [10, *range(32, 127)]}))' <"$T/responder.log")" "[]" "the log is printable ASCII"
torture cli "$installation" "$alertspool"

a="$alertspool -c $installation/alertspool.conf"
on_terminal 80 "export NO_COLOR=1; $a show --json - <$T/ids" >"$T/json"
on_terminal 80 "export NO_COLOR=1; $a list --state all; $a show - <$T/ids" >"$T/people"
torture terminal "$installation" "$T/ids" "$T/json" "$T/people"
valid_spool "every record fits the schema" "$installation/spool"
done_testing
