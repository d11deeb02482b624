#!/bin/sh
# SPDX-License-Identifier: ISC
# The models of the protocols: every interleaving is correct, and each variant that
# leaves out a step is found to be wrong.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

for protocol in protocol queues rest; do
	"$python" -B "$srcdir/tests/model/$protocol.py" --all >"$T/lines" 2>"$T/err"
	while read -r line; do
		case $line in
		ok\ *) pass "$protocol ${line#ok }" ;;
		*) fail "$protocol ${line#not ok }" ;;
		esac
	done <"$T/lines"
	is "$(cat "$T/err")" "" "$protocol was explored to its end"
	like "$(wc -l <"$T/lines")" '^[1-9][0-9]$' "$protocol has variants"
done
done_testing
