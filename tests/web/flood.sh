#!/bin/sh
# SPDX-License-Identifier: ISC
# Many clients at once, through nginx to 8 workers: every alert gives one record and
# every answer is right, also with a reload, a killed worker and a consumer meanwhile.
# LONG=yes: two and a half times as many.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
front_prepare nginx "workers = 8"
cp "$tools/mover" "$T/mover" || bail "build tests/tools/mover first"
front_start

# in_the_middle COUNT COMMAND…: as soon as there are that many answers
in_the_middle() {
	middle=$1
	shift
	wait_for '[ "$(wc -c <"$T/progress")" -ge "$middle" ]' 60 || return 1
	"$@"
}

# ---- many alerts

ok "there are 8 workers" all_workers 8
before=$(workers)
many=$(length 2000 5000)
again=$((many / 10))
ok "$many alerts and $again of them again" flood --distinct $many --again $again
diag "$summary"
like "$summary" "^$((many + again)) answers, $many stored, $many records, 0 wrong" \
    "$many records"
is "$(workers)" "$before" "no worker died"
valid_spool "every record fits the schema" "$installation/spool"

# ---- with disturbances: nothing is lost

remove_records
: >"$T/progress"
start flood "$python" "$srcdir/tests/web/flood.py" --distinct $many --again $again --insist \
    --progress "$T/progress" "$url" "$installation"
flood_pid=$(pid_of flood)
ok "SIGHUP in the middle" in_the_middle $((many / 10)) kill -HUP "$(pid_of responder)"
kill_a_worker() { kill -KILL "$(workers | cut -d ' ' -f 1)"; }
ok "a worker is killed" in_the_middle $((many * 3 / 10)) kill_a_worker
ok "another one is killed" in_the_middle $((many * 4 / 10)) kill_a_worker
ok "SIGHUP again" in_the_middle $((many / 2)) kill -HUP "$(pid_of responder)"
wrong_settings() {
	conf=$installation/alertspool.conf
	cp "$conf" "$T/good.conf"
	echo nonsense >>"$conf"
	kill -HUP "$(pid_of responder)"
	wait_for 'grep -q "event=reload .*stay in force" "$T/responder.log"'
	wrong_told=$?
	cat "$T/good.conf" >"$conf"
	return "$wrong_told"
}
ok "SIGHUP with wrong settings" in_the_middle $((many * 6 / 10)) wrong_settings
wait "$flood_pid"
is $? 0 "$many alerts, reloads and killed workers: nothing lost, nothing twice"
rm -f "$T/run/flood"
diag_file "$T/flood.log"
strays=$(spool_files "$installation/spool" | grep -c '/\.')
ok "at most a dot-name is left by each killed worker" [ "$strays" -le 2 ]
ok "8 workers again" all_workers 8

# ---- the same delivery, while a consumer moves records

remove_records
# shellcheck disable=SC2046
start mover $(as "$owner") "$T/mover" "$installation/spool"
same=$(length 150 500)
ok "16 clients post the same at once, $same times, while records are moved" \
    flood --clients 16 --distinct $same --together
diag "$summary"
like "$summary" "^$((same * 16)) answers, $same stored, $same records, 0 wrong" \
    "one record each, in one state"
moved() { [ "$(spool_count "$installation/spool" done/)" -eq "$same" ]; }
ok "all of them came to done/" wait_for moved 20
stop mover
is $? 0 "the consumer never failed"
like "$(cat "$T/mover.log")" "^$((same * 2)) moves" "each record was moved twice"

# ---- the end

stop responder TERM 10
is $? 0 "SIGTERM: the responder ends with 0"
is "$(spool_files "$installation/spool" | grep -c '/\.')" 0 "no stray files"
unlike "$(grep -v 'signal=9\|signal 9\|event=reload' "$T/responder.log")" 'level=error' \
    "the responder logged no error except for the killed workers and wrong settings"
no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
