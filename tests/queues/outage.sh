#!/bin/sh
# SPDX-License-Identifier: ISC
# Days in seconds, with a driven clock: a destination that is down for three hours
# (three days with LONG set), for every exit code of its handler; a clock that jumps by
# a year; a runner that is stopped for a week; records that are always refused beside
# healthy ones.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"
preload driven

# The moment is that of the driven clock. "down": what it answers from when to when.
cat >"$T/handler" <<'EOT'
#!/bin/sh
read -r moment _ <"$1/clock"
answer=0
if [ -e "$1/poisoned" ]; then
	while read -r id code; do [ "$id" != "$ALERTSPOOL_ID" ] || answer=$code; done <"$1/poisoned"
else
	read -r code from to <"$1/down"
	[ "$moment" -lt "$from" ] || [ "$moment" -ge "$to" ] || answer=$code
fi
echo "$moment $ALERTSPOOL_ID $answer" >>"$1/log"
[ "$answer" != hang ] || exec sleep 1000
exit "$answer"
EOT
chmod 755 "$T/handler"
queues <<EOT
[queue pager]
command = $T/handler $T
EOT

hours=$(length 3 72)
alerts=$(length 60 1000)
cases="75 1 65 hang year week give-up poison-5-1 poison-20-1"
[ -z "${LONG:-}" ] || cases="75 77 1 65 127 hang year week give-up poison-1-1 poison-5-1
	poison-20-1 poison-5-75"
for case in ${CASES:-$cases}; do
	empty
	a route
	rm -rf "$T/staging" "$T/log" "$T/poisoned" "$T/down" "$T/runner.log"
	: >"$T/log"
	case_hours=$hours case_alerts=$alerts
	case $case in
	poison*) case_hours=$(length 3 24) ;;
	give-up) case_alerts=$(length 2 20) ;;
	esac
	"$python" "$srcdir/tests/queues/outage.py" "$case" "$T" "$spool" "$conf" "$alertspool" \
		"$builddir/tests/tools/seed" "$case_hours" "$case_alerts" >"$T/said" 2>&1
	is $? 0 "$(tail -n 1 "$T/said")"
	[ "$(wc -l <"$T/said")" -eq 1 ] || diag_file "$T/said"
done

done_testing
