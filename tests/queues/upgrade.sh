#!/bin/sh
# SPDX-License-Identifier: ISC
# From one handler to queues and back, with records in every state and a runner that
# continues meanwhile: nothing is handled twice or lost, and a process that is in the
# way is named.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"

cat >"$T/handler" <<'EOT'
#!/bin/sh
echo "$ALERTSPOOL_ID" >>"$1"
EOT
chmod 755 "$T/handler"
: >"$T/log"
handled() { sort "$T/log" | tr '\n' ' '; }
sorted() { printf '%s\n' "$@" | sort | tr '\n' ' '; }

# ---- a spool of one handler, with something in every state

waiting=$(record 1 open 1)
deferred=$(record 2 open 2)
leased=$(record 3 open 3)
behind=$(record 3 close 4)
old=$(record 4 open 5 - - done)
dead=$(record 5 open 6 - - dead)
printf 'no json' >"$T/i/bad"
bad=$(store "$conf" "$T/i/bad")
a claim -n 9 >"$T/claimed" || bail "claim"
a release "$waiting" >"$T/out" || bail "release"
a release --delay 6s "$deferred" >"$T/out" || bail "release"
a release "$leased" >"$T/out"
run 0 "a record that somebody has claimed" a claim -n 9 --lease 1h
a release "$waiting" >"$T/out"
is "$(main cur)" "$leased " "is in cur/"

start runner "$alertspool" -c "$conf" run --follow -- "$T/handler" "$T/log"
ok "one handler is at work" wait_for '[ "$(handled)" = "$waiting " ]'

# ---- queues are configured, and the runner goes on

queues <<EOT
[queue all]
command = $T/handler $T/log.all
[queue pager]
severity = CRITICAL
command = $T/handler $T/log.pager
EOT
run 75 "route beside the runner" a route --follow
like "$(err)" '"alertspool run", forward or claim works on this spool' "who is in the way is named"
run 78 "another runner is not begun" a run -- "$T/handler" "$T/log"
like "$(err)" 'has queues \(all, pager\), so "alertspool route" processes the spool, not run -- COMMAND' "says why"
meanwhile=$(record 6 open 7 CRITICAL)
ok "the runner goes on" wait_for '[ "$(handled)" = "$(sorted "$waiting" "$meanwhile")" ]'
# Route is a service: it is started again and again.
again() {
	while [ ! -e "$T/over" ]; do
		a route --follow >>"$T/router.log" 2>&1
		sleep 0.1
	done
}
again &
loop=$!
early=$(record 7 open 8 CRITICAL)
ok "still the runner's" wait_for '[ "$(handled)" = "$(sorted "$waiting" "$meanwhile" "$early")" ]'
stop runner
is $? 0 "it is stopped"
ok "route takes over" wait_for 'has_role WRITE'
routed=$(record 8 open 9 CRITICAL)
ok "and routes" wait_for '[ "$(q all new)$(q pager new)" = "$routed $routed " ]'
ok "what waits for its time, too" wait_for 'q all new | grep -q "$deferred"' 20
is "$(main cur)" "$leased " "leased records stay"
is "$(main new)" "$behind " "and what is behind it"
touch -c -d '1 second ago' "$spool/cur/$leased"
ok "until the lease is over" wait_for 'q all new | grep -q "$behind"' 60
is "$(main dead)" "$dead " "what was dead is dead"
run 66 "requeue of that" a requeue "$dead"
like "$(err)" 'route --to QUEUE ID' "says how it is given to a queue"
run 0 "route --to" a route --to all "$dead"
is "$(q all new)$(q all done)$(q all cur)" "$(sorted "$deferred" "$leased" "$behind" "$dead" "$routed")" \
	"nothing that was done before"
run 0 "the queue is emptied" a run all
run 0 "and the other" a run pager
is "$(sort "$T/log.all" | tr '\n' ' ')" "$(sorted "$deferred" "$behind" "$dead" "$routed")" \
	"each once; not what ended meanwhile"
is "$(cat "$T/log.pager")" "$routed" "in the other, what it wants"
is "$(sort "$T/log" "$T/log.all" | uniq -d)" "" "nothing was handled by both"
is "$(main bad)" "$bad " "bad/ is as it was"

# ---- and back

cp "$T/plain.conf" "$conf"
run 75 "a runner of the spool beside route" a run -- "$T/handler" "$T/log"
like "$(err)" '"alertspool route" works on this spool' "who is in the way is named"
last=$(record 9 open 10 CRITICAL)
ok "route, which knows the queues, goes on" wait_for '[ "$(q all new)$(q pager new)" = "$last $last " ]'
: >"$T/over"
run 78 "route is not begun any more" a route
# The router is the one that has the spool's lock; it is the loop's child.
for pid in $(cat "/proc/$loop/task/$loop/children"); do kill "$pid"; done
wait $loop
next=$(record 10 open 11 CRITICAL)
run 0 "one handler" a run -- "$T/handler" "$T/log"
is "$(handled)" "$(sorted "$waiting" "$meanwhile" "$early" "$next")" "has the new records, and none twice"
is "$(q all new)$(q pager new)" "$last $last " "what the queues have stays"
run 64 "no section, no run" a run all
run 0 "by hand it is emptied" sh -c '"$1" -c "$2" claim -q all | "$1" -c "$2" ack -q all -' - "$alertspool" "$conf"
is "$(q all new)$(q all cur)" "" "with -q"
run 0 "a dead record is requeued as before" a requeue "$dead"
run 0 "and handled" a run -- "$T/handler" "$T/log"
like "$(handled)" "$dead" "by the one handler"

# ---- a runner of a version that knew no queues ---------------------------------------

# It has no byte that shows it, so route does not see it. The locks of alerts are the
# same: each record goes one way or the other. But it can take the close of an alert
# that was opened in a queue, so it must be stopped (CHANGES).
if (preload no_role) >"$T/preload" && ! grep -q '^1\.\.0' "$T/preload"; then
	empty
	: >"$T/log"
	cat >"$T/slow" <<-'EOT2'
		#!/bin/sh
		echo "$ALERTSPOOL_ID" >>"$1"
		sleep 0.02
	EOT2
	chmod 755 "$T/slow"
	start old env LD_PRELOAD="$T/no_role.so" "$alertspool" -c "$conf" run --follow -j 4 -- \
		"$T/slow" "$T/log"
	record 20 open 20 >"$T/made"
	ok "an older runner is at work" wait_for '[ "$(wc -l <"$T/log")" -eq 1 ]'
	queues <<-EOT2
		[queue all]
		command = $T/slow $T/log.old
	EOT2
	start router "$alertspool" -c "$conf" route --follow
	ok "route does not see it" wait_for 'has_role WRITE'
	for alert in $(seq 21 60); do
		record "$alert" open "$alert" >>"$T/made"
		record "$alert" close $((alert + 1)) >>"$T/made"
	done
	ok "both of them empty the spool" wait_for '[ -z "$(main new)$(main cur)" ]' 60
	stop old
	stop router
	run 0 "the queue is emptied" a run all --superseded handle -j 4
	is "$(sort "$T/log" "$T/log.old")" "$(sort "$T/made")" "nothing is lost, nothing handled twice"
	ok "each had a part" test -s "$T/log.old" -a "$(wc -l <"$T/log")" -gt 1
else
	skip "a runner of an older version" "nothing can be preloaded here"
fi

done_testing
