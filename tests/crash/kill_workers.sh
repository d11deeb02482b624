#!/bin/sh
# SPDX-License-Identifier: ISC
# A worker is killed every 50 ms for 5 s (60 s with LONG set) under load: no connection
# is refused, no answered delivery is lost, nothing is torn, and the service is back
# within a second without help.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
front_prepare nginx "workers = 8"
front_start
seconds=$(length 5 60)

supervisor=$(pid_of responder)

: >"$T/progress"
start flood "$python" "$srcdir/tests/web/flood.py" --distinct 200000 --insist \
    --clients 8 --seconds $seconds --until "$T/enough" --progress "$T/progress" "$url" "$installation"
flood_pid=$(pid_of flood)
wait_for '[ -s "$T/progress" ]' 60 || bail "no load"
killed=0
while alive "$flood_pid"; do
	# shellcheck disable=SC2046 # a list
	set -- $(workers)
	[ $# -eq 0 ] || kill -s KILL "$1" 2>/dev/null && killed=$((killed + 1))
	[ $killed -lt 20 ] || : >"$T/enough"
	sleep 0.05
done
wait "$flood_pid"
is $? 0 "nothing that was answered is lost, nothing is there twice"
rm -f "$T/run/flood"
diag "$(tail -n 1 "$T/flood.log")"
diag_file "$T/flood.log" 20
like "$killed" '^[0-9]{2,}$' "workers were killed: $killed"
ok "the supervisor lives" alive "$supervisor"
unlike "$(cat "$logs/error.log")" 'Connection refused|111:' "no connection was refused"

make_alert ffffffffffffffffffffffff >"$T/body"
begin=$(date +%s%N)
served() { [ "$(deliver "$url" "$T/body" "$installation/secret")" = 200 ]; }
ok "the service is back within a second" wait_for served 1
diag "after $((($(date +%s%N) - begin) / 1000000)) ms"
valid_spool "every record fits the schema" "$installation/spool"
done_testing
