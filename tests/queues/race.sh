#!/bin/sh
# SPDX-License-Identifier: ISC
# Four queues with real processes: handlers that fail at random, a destination that is
# down for the first half, routers and runners that are killed. Each queue handles
# exactly the records that it wants, in order within each alert. None is dead or left
# over.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/queues/queues.sh"

alerts=$(length 60 2000)
seconds=$(length 5 60)
seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
diag "seed $seed"
"$python" "$srcdir/tests/queues/alerts.py" "$alerts" "$seed" >"$T/lines" 2>"$T/wants" || bail "alerts"

# Copies of the programs, so that only they are killed.
mkdir "$T/own"
cp "$alertspool" "$alertspool-network" "$tools/run_handler" "$T/own/"
seeder=$builddir/tests/tools/seed
alertspool=$T/own/alertspool

# The pager's destination is down at first.
cat >"$T/own/pager" <<EOF2
#!/bin/sh
[ ! -e "$T/down" ] || { echo "down \$ALERTSPOOL_ID" >>"$T/downs"; exit 75; }
exec "$T/own/run_handler" "\$@"
EOF2
chmod 755 "$T/own/pager"
for queue in all pager shop; do mkdir "$T/log.$queue"; done
archive=
if grep -q '^#define HAVE_NATS 1' "$builddir/config.h" && command -v nats-server >/dev/null; then
	. "$srcdir/tests/forward/nats.sh"
	port=$(free_port)
	start_nats nats "$port"
	archive="[queue archive]
forward = nats://127.0.0.1:$port
create_stream = 1"
fi
options='jobs = 4
lease = 1s
backoff = 20ms
max_attempts = 1000
superseded = handle'
queues <<EOF2
[queue all]
command = $T/own/run_handler $T/log.all 20 0 10
$options
[queue pager]
severity = CRITICAL
command = $T/own/pager $T/log.pager 20 0 10
$options
[queue shop]
project = shop-*
command = $T/own/run_handler $T/log.shop 20 0 10
$options
$archive
EOF2

# again NAME WORD…: started again whenever it ends, until $T/over is there
again() {
	again_name=$1
	shift
	while [ ! -e "$T/over" ]; do
		"$alertspool" -c "$conf" "$@" >>"$T/$again_name.out" 2>&1
		sleep 0.05
	done
}
: >"$T/down"
begin=$(date +%s)
for i in 1 2; do
	again router route --follow 2>/dev/null &
	loops="${loops:-} $!"
	for queue in all pager shop ${archive:+archive}; do
		again "$queue" run --follow "$queue" 2>/dev/null &
		loops="$loops $!"
	done
done
start killer "$python" "$srcdir/tests/crash/killer.py" "$seconds" "$(length 0.1 0.05)" \
	"$T/own/alertspool" "$T/own/alertspool-network" "$T/own/run_handler"
killer=$(pid_of killer)

# The alerts come in while that goes on; half way the pager's destination is back.
parts=20
split -n "l/$parts" -d "$T/lines" "$T/part."
part=0
for file in "$T"/part.*; do
	part=$((part + 1))
	"$seeder" "$spool" - <"$file" >>"$T/names" || bail "seed"
	[ $part -ne $((parts / 2)) ] || rm "$T/down"
	sleep "$(echo "$seconds $parts" | awk '{ print $1 / $2 }')"
done
wait_for '! alive "$killer"' 120
diag "killed: $(cat "$T/killer.log")"
[ "$(stop killer; cat "$T/killer.log")" != none ] || fail "nobody was killed"

# Records that wait for their next try become due now.
nothing_left() {
	for left_in in "$spool" "$spool"/queues/*; do
		[ -z "$(find "$left_in/new" "$left_in/cur" -name '2*')" ] || return 1
	done
}
for queue in all pager shop; do a release -q $queue --deferred >/dev/null 2>&1; done
ok "all is emptied" wait_for nothing_left "$(length 60 600)"
: >"$T/over"
# The loops start these programs again and again; when the loops end, they end.
for pid in $("$python" - "$T/own/alertspool" "$T/own/alertspool-network" <<'PY'
import glob, os, sys
for exe in glob.glob("/proc/[0-9]*/exe"):
    try:
        if os.readlink(exe) in map(os.path.realpath, sys.argv[1:]):
            print(exe.split("/")[2])
    except OSError:
        pass
PY
); do kill "$pid" 2>/dev/null; done
# shellcheck disable=SC2086 # a list
wait $loops
diag "$(wc -l <"$T/names") records in $(($(date +%s) - begin)) s"

is "$(wc -l <"$T/names") $(sort -u "$T/names" | wc -l)" "$((alerts * 3)) $((alerts * 3))" "all alerts came in"
is "$(ls "$spool/done" | wc -l)" "$((alerts * 3))" "all are routed"
ok "the destination was down" test -s "$T/downs"
paste -d ' ' "$T/names" "$T/wants" >"$T/wanted"
for queue in all pager shop; do
	awk -v queue=$queue '{ for (i = 2; i <= NF; i++) if ($i == queue) print $1 }' "$T/wanted" |
		sort >"$T/wanted.$queue"
	log=$T/log.$queue/log
	awk '$1 == "end" && $3 == 0 { print $2 }' "$log" | sort -u >"$T/handled"
	is "$(comm -3 "$T/wanted.$queue" "$T/handled")" "" "$queue has handled what it wants, and nothing else"
	is "$(ls "$spool/queues/$queue/done" | sort | comm -3 "$T/wanted.$queue" -)" "" "$queue: all that is done"
	is "$(q $queue dead)$(q $queue bad)" "" "$queue: nothing is dead"
	is "$(grep -c '^overlap' "$log")" 0 "$queue: no alert in two handlers at once"
	is "$(awk '$1 == "start" {
		split($2, part, ".")
		if ($2 < last[part[2]]) print "after", last[part[2]], $2
		last[part[2]] = $2
	}' "$log")" "" "$queue: no record before an earlier one of its alert"
	ok "$queue: handlers failed" grep -q '^end [^ ]* [1-9]' "$log"
done
if [ -n "$archive" ]; then
	in_stream "archive: all is in the stream, once and in order" "$port" "$spool/queues/archive"
	is "$(ls "$spool/queues/archive/done" | wc -l)" "$((alerts * 3))" "archive: all that is done"
else
	skip "archive" "no nats-server here"
fi
valid_spool "every record is whole" "$spool/queues/all"

done_testing
