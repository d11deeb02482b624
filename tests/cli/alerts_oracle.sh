#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool alerts and clean, compared with a simple model of the same deliveries:
# alerts with random lives, with records in all states.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

count=$(length 400 5000)
seed=$(length 20261130 "$(date +%s)")
rounds=$(length 4 12)
diag "$count alerts, seed $seed"

installation "" "" "[source payments]
authentication = none"

lives() { "$python" "$srcdir/tests/cli/lives.py" "$@"; }
alerts() { "$alertspool" -c "$conf" alerts "$@"; }
as_spool() { chown -R --reference="$spool" "$spool/new" "$spool/cur" "$spool/done" "$spool/dead"; }

lives make "$count" "$seed" >"$T/lines"
"$tools/seed" "$spool" - <"$T/lines" >"$T/names" || bail "seed"
is "$(wc -l <"$T/names")" "$(wc -l <"$T/lines")" "every delivery was read"
older=$(lives older "$spool")
ok "some records are like those of an older version: $older" [ "$older" -gt 0 ]
as_spool

# sorted FILE: alerts by their id
sorted() {
	"$python" -c 'import json, sys
for a in sorted(map(json.loads, sys.stdin), key=lambda a: a["alert"]):
    print(json.dumps(a))' <"$1"
}

lives fold "$spool" >"$T/wanted"
run 0 "alerts --all --json" alerts --all --json
cp "$T/out" "$T/all"
sorted "$T/all" >"$T/got"
ok "is what the fold says, field for field" diff "$T/wanted" "$T/got"
ok "in order" lives order "$T/all"
for state in open acknowledged closed cancelled informational unknown; do
	some=$(grep -c "\"state\": \"$state\"" "$T/wanted")
	ok "there are alerts that are $state: $some" [ "$some" -gt 0 ]
	alerts -s "$state" --json >"$T/state"
	is "$(sorted "$T/state")" "$(grep "\"state\": \"$state\"" "$T/wanted")" "--state $state"
done
alerts --json >"$T/default"
is "$(sorted "$T/default")" "$(grep -E '"state": "(open|acknowledged)"' "$T/wanted")" \
	"without options, what is open or acknowledged"
ok "some are silent" grep -q '"silent": true' "$T/wanted"

# ---- clean, again and again

# shown: open or acknowledged alerts, without the number of records
shown() { alerts --json | sed 's/"deliveries":[0-9]*//' | sort; }
# ended: alerts that are neither
ended() { alerts -s closed,cancelled --json | sed 's/^{"alert":"\([^"]*\)".*/\1/' | sort; }

run 0 "expired leases are returned" "$alertspool" -c "$conf" clean
shown >"$T/shown"
ended >"$T/ended"
i=0
while [ "$i" -lt "$rounds" ]; do
	i=$((i + 1))
	lives age "$spool" 10 "$((seed + i))"
	case $((i % 4)) in
	0) done=5 dead=40 ;;
	1) done=30 dead=10 ;;
	2) done=0 dead=20 ;;
	3) done=10 dead=0 ;;
	esac
	sed "/min_free/a retain_done = ${done}d\nretain_dead = ${dead}d" "$conf" |
		sed 's/= 0d/= 0/' >"$T/i/clean.conf"
	lives keep "$spool" "$done" "$dead" >"$T/keep"
	run 0 "clean --dry-run, $done and $dead days" \
		"$alertspool" -c "$T/i/clean.conf" clean --dry-run
	sort "$T/out" >"$T/would"
	run 0 "clean, $done and $dead days" "$alertspool" -c "$T/i/clean.conf" clean
	is "$(sort "$T/out")" "$(cat "$T/would")" "does what --dry-run says"
	(cd "$spool" && find new cur done dead -type f | sort) >"$T/left"
	ok "leaves what must stay and nothing else" diff "$T/keep" "$T/left"
	shown >"$T/now"
	ok "open and acknowledged alerts stay so" diff "$T/shown" "$T/now"
	ended >"$T/now"
	is "$(comm -13 "$T/ended" "$T/now")" "" "nothing else has ended"
	cp "$T/now" "$T/ended"
done
ok "much was thrown away" [ "$(wc -l <"$T/left")" -lt "$(($(wc -l <"$T/names") * 3 / 4))" ]

# ---- the clock moves on, and acknowledgements run out

if grep -qa __asan_init "$responder"; then
	skip "the clock moves on" "a preloaded library comes before ASan"
else
	preload clock
	CLOCK_AHEAD=$T/ahead
	export CLOCK_AHEAD
	# ids STATES: of alerts, by the clock that is ahead
	ids() {
		env LD_PRELOAD="$T/clock.so" "$alertspool" -c "$conf" alerts -s "$1" | cut -f2 | sort
	}
	printf '%-16s' 0 >"$T/ahead"
	ids open,acknowledged >"$T/shown"
	for days in 10 40 100; do
		printf '%-16s' $((days * 86400)) >"$T/ahead"
		run 0 "clean, $days days ahead" env LD_PRELOAD="$T/clock.so" "$alertspool" -c "$conf" clean
		ids open,acknowledged >"$T/now"
		ok "open and acknowledged alerts stay so" diff "$T/shown" "$T/now"
	done
	is "$(ids acknowledged)" "" "what was acknowledged is open by now"
	is "$(ids closed,cancelled | comm -12 - "$T/shown")" "" "and nothing of it has ended"
fi

done_testing
