#!/bin/sh
# SPDX-License-Identifier: ISC
# A long run: 10 000 requests through nginx and as many again (500 000 each with
# LONG set). Between the two, resident memory grows by less than 1 MiB a worker
# and descriptors not at all; answers, records and distinct bodies are as many.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
! grep -qa __asan_init "$responder" ||
    skip_all "what a sanitizer keeps is no leak of ours"
front_prepare nginx "workers = 4"
front_start

distinct=9000 again=1000
[ -z "${LONG:-}" ] || { distinct=450000 again=50000; }
workers() { cat "/proc/$(pid_of responder)/task"/*/children; }

# flood: the summary is in $summary
flood() {
	"$python" "$srcdir/tests/web/flood.py" --distinct $distinct --again $again \
	    "$url" "$installation" >"$T/flood" 2>&1
	flood_status=$?
	summary=$(tail -n 1 "$T/flood")
	[ "$flood_status" -eq 0 ] || diag_file "$T/flood"
	return "$flood_status"
}

# measure: "PID KIB DESCRIPTORS" of each worker
measure() {
	for pid in $(workers); do
		echo "$pid $(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status") $(
			find "/proc/$pid/fd" -mindepth 1 | wc -l)"
	done
}

ok "the first half" flood
like "$summary" "^$((distinct + again)) answers, $distinct stored, $distinct records, 0 wrong" \
    "answers, records and bodies: $summary"
measure >"$T/before"
for state in new cur done dead bad; do
	find "$installation/spool/$state" -type f -delete
done
ok "the second half" flood
like "$summary" "^$((distinct + again)) answers, $distinct stored, $distinct records, 0 wrong" \
    "answers, records and bodies: $summary"
measure >"$T/after"
diag_file "$T/before"
diag_file "$T/after"
is "$(cut -d ' ' -f 1 "$T/after")" "$(cut -d ' ' -f 1 "$T/before")" "the same workers"
is "$(cut -d ' ' -f 3 "$T/after")" "$(cut -d ' ' -f 3 "$T/before")" "as many descriptors"
is "$(paste -d ' ' "$T/before" "$T/after" | awk '$5 - $2 >= 1024')" "" \
    "no worker grew by 1 MiB"
stop responder
is $? 0 "the responder ends with 0"
done_testing
