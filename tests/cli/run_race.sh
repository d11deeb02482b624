#!/bin/sh
# SPDX-License-Identifier: ISC
# Several "alertspool run" at once, with handlers that fail at random, and with runners
# that are killed. There are never two handlers of one alert at a time, no record comes
# before an earlier one of its alert, and none is lost.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

count() { find "$spool/$1" -type f ! -name '.*' | wc -l; }

# fill RECORDS ALERTS: an empty spool with these; an empty log of handlers
fill() {
	fill_spool "$@"
	rm -rf "$T/log"
	mkdir "$T/log"
	seeded=$1
}

# runner OPTION…: with a handler that fails in a quarter of all cases. By exec, so that
# the process id of the subshell is that of the runner.
runner() {
	exec "$alertspool" -c "$conf" run --jobs 4 --backoff 20ms --max-attempts 3 \
		"$@" -- "$tools/run_handler" "$T/log" 22 3 10
}

# until_empty NAME OPTION…: runners one after another until one exits with 0
until_empty() {
	until_name=$1
	shift
	until_rounds=0
	while (runner "$@") >>"$T/$until_name.out" 2>>"$T/$until_name.err"; until_code=$?
	      [ $until_code -ne 0 ]; do
		[ $until_code -eq 75 ] || return 1
		until_rounds=$((until_rounds + 1))
		[ $until_rounds -lt 1000 ] || return 1
		sleep 0.05
	done
}

# check NAME [KILLED]: what is true of every log
check() {
	is "$(grep -c '^overlap' "$T/log/log")" 0 "$1: no alert in two handlers at once"
	is "$(awk '$1 == "start" {
		split($2, part, ".")
		if ($2 < last[part[2]]) print "after", last[part[2]], $2
		last[part[2]] = $2
	}' "$T/log/log")" "" "$1: no record before an earlier one of its alert"
	is "$(count new) $(count cur)" "0 0" "$1: nothing is left"
	is "$(($(count done) + $(count dead)))" "$seeded" "$1: every record ended"
	awk '$1 == "start" { print $2 }' "$T/log/log" | sort -u >"$T/tried"
	# A handler may be killed before its first line. After three times its record is
	# dead, without a line in the log.
	(cd "$spool/dead" && ls) | comm -23 - "$T/tried" >"$T/untried"
	[ -z "${2:-}" ] || while read -r id; do
		[ "$(grep -c '"what":"attempt"' "$spool/history/$id")" -lt 3 ] || echo "$id"
	done <"$T/untried" >>"$T/tried"
	is "$(wc -l <"$T/tried")" "$seeded" "$1: every record was tried"
	# done: a handler said so. dead: one refused it, or the attempts were used up
	(cd "$spool/done" && ls) >"$T/done"
	awk '$1 == "end" && $3 == 0 { print $2 }' "$T/log/log" | sort -u >"$T/said"
	is "$(sort "$T/done" | comm -23 - "$T/said" | wc -l)" 0 \
		"$1: what is done was done by a handler"
	awk '$1 == "end" && $3 == 65 { print $2 }' "$T/log/log" | sort -u >"$T/refused"
	attempts=$(cat "$spool"/history/* | grep -c '"what":"attempt"')
	starts=$(grep -c '^start' "$T/log/log")
}

# ---- two runners, four jobs each

fill "$(length 300 2000)" "$(length 30 200)"
begin=$(date +%s)
until_empty one & first=$!
until_empty two & second=$!
wait "$first"; first_code=$?
wait "$second"; second_code=$?
is "$first_code $second_code" "0 0" "both runners end well"
diag "$seeded records in $(($(date +%s) - begin)) s"
check "two runners"
is "$attempts" "$starts" "every start was noted"
is "$(grep -c '^end' "$T/log/log")" "$starts" "every handler came to its end"
is "$(sort "$T/done" | comm -13 - "$T/said" | wc -l)" 0 "what a handler did is done"
# A failure uses an attempt only if another alert succeeded at about the same time.
(cd "$spool/dead" && ls) | while read -r id; do
	jq -rs --arg id "$id" '[$id, (map(select(.what == "fail" and .counted != false)) | length),
		(last.why | sub(":.*"; ""))] | @tsv' "$spool/history/$id"
done >"$T/dead"
is "$(awk -F '\t' '!($2 == 3 && $3 == "gave up after 3 attempts") && $3 != "exit 65"' "$T/dead")" "" \
	"dead records were refused, or used three attempts"
is "$(awk -F '\t' '$3 == "exit 65" { print $1 }' "$T/dead" | sort |
	comm -23 - "$T/refused")" "" "and its handler had said so"
is "$(cat "$T/one.out" "$T/two.out" | grep -cE '^20[^ ]+\.[0-9a-f]{32}: code [0-9]+$')" "$starts" \
	"each output came through with its id"
is "$("$alertspool" -c "$conf" stats --prometheus |
	awk '/^alertspool_attempts_total/ { n += $2 } END { print n }')" "$starts" \
	"the counters counted every attempt"

# ---- runners that are killed, now and then

# one_died: a handler was begun again that had not come to its end
one_died() {
	awk '$1 == "start" { if (runs[$2]) died = 1; runs[$2] = 1 }
		$1 == "end" { runs[$2] = 0 }
		END { exit !died }' "$T/log/log" 2>/dev/null
}

# works PID: this runner has handlers
works() { [ -n "$(cat "/proc/$1/task/$1/children" 2>/dev/null)" ]; }

# killed NAME ROUNDS: starts a runner and kills it soon after its first handler began, at
# least ROUNDS times, and until a handler died with its runner
killed() {
	round=0
	while [ $round -lt "$2" ] || { [ $round -lt 40 ] && ! one_died; }; do
		round=$((round + 1))
		runner --lease 1s >>"$T/$1.out" 2>>"$T/$1.err" &
		killed_pid=$!
		wait_for 'works "$killed_pid" || ! alive "$killed_pid"' 60
		sleep "0.$((round * 37 % 40 + 10))"
		kill -KILL "$killed_pid" 2>/dev/null
		wait "$killed_pid" 2>/dev/null
	done
	until_empty "$1" --lease 1s
}

fill "$(length 450 1500)" "$(length 45 150)"
begin=$(date +%s)
killed three "$(length 4 8)" & first=$!
killed four "$(length 4 8)" & second=$!
wait "$first"; first_code=$?
wait "$second"; second_code=$?
is "$first_code $second_code" "0 0" "after the killing, both runners end well"
diag "$seeded records in $(($(date +%s) - begin)) s"
check "killed"
# A runner may be killed between the note and the start, so there may be more notes.
ok "every start was noted" test "$attempts" -ge "$starts"
died=$((starts - $(grep -c '^end' "$T/log/log")))
ok "handlers died with their runners ($died)" test "$died" -gt 0

# ---- runners and handlers that are killed, 20 a second

# Copies of the programs, so that only they are killed.
mkdir "$T/own"
cp "$alertspool" "$tools/run_handler" "$T/own/"
alertspool=$T/own/alertspool
tools=$T/own
seconds=$(length 3 60)
seeder=$builddir/tests/tools/seed
find "$spool" -type f ! -name lock -delete
rm -rf "$T/log"
mkdir "$T/log"
seeded=$((seconds * 150))
"$seeder" "$spool" $seeded $((seeded / 10)) || bail "seed"
start killer "$python" "$srcdir/tests/crash/killer.py" $seconds 0.05 \
	"$T/own/alertspool" "$T/own/run_handler"
killer=$(pid_of killer)
restart() {
	while alive "$killer"; do
		(runner --lease 1s) >>"$T/$1.out" 2>>"$T/$1.err" || sleep 0.02
	done
	until_empty "$1" --lease 1s
}
restart five 2>/dev/null & first=$!
restart six 2>/dev/null & second=$!
wait "$first"; first_code=$?
wait "$second"; second_code=$?
is "$first_code $second_code" "0 0" "after $(cat "$T/killer.log") were killed, both runners end well"
check "killed at random" killed
ok "every start was noted" test "$attempts" -ge "$starts"

done_testing
