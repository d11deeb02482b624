#!/bin/sh
# SPDX-License-Identifier: ISC
# A long run: 8 000 requests through nginx (1 000 000 with LONG set), a tenth of them
# repeated, in rounds; the spool is emptied between them. Each round has as many answers
# and records as distinct bodies. After the first round, resident memory grows by less
# than 1 MiB a worker, and the number of descriptors does not grow.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
! grep -qa __asan_init "$responder" ||
    skip_all "what a sanitizer keeps is no leak of ours"
front_prepare nginx "workers = 4"
front_start

rounds=$(length 2 10) distinct=$(length 3600 90000) again=$(length 400 10000)

# Empty the spool, and the logs, which would need most of the space.
empty() {
	remove_records
	: >"$logs/access.log"
	: >"$T/responder.log"
}

# measure: "PID KIB DESCRIPTORS" of each worker
measure() {
	for pid in $(workers); do
		echo "$pid $(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status") $(
			find "/proc/$pid/fd" -mindepth 1 | wc -l)"
	done
}

for round in $(seq $rounds); do
	ok "round $round" flood --first $((round * distinct)) --distinct $distinct --again $again
	like "$summary" \
	    "^$((distinct + again)) answers, $distinct stored, $distinct records, 0 wrong" \
	    "answers, records and bodies: $summary"
	measure >"$T/after"
	[ -f "$T/before" ] || cp "$T/after" "$T/before"
	empty
done
diag_file "$T/before"
diag_file "$T/after"
is "$(cut -d ' ' -f 1 "$T/after")" "$(cut -d ' ' -f 1 "$T/before")" "the same workers"
is "$(cut -d ' ' -f 3 "$T/after")" "$(cut -d ' ' -f 3 "$T/before")" "as many descriptors"
is "$(paste -d ' ' "$T/before" "$T/after" | awk '$5 - $2 >= 1024')" "" \
    "no worker grew by 1 MiB"
stop responder
is $? 0 "the responder ends with 0"
done_testing
