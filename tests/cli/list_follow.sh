#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool list --follow: prints the existing records, then each new record once.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

# deliver_new ID [MINUTE]: an alert; its record's id is in $id
deliver_new() {
	make_alert "$1" OPEN "2026-11-20T10:${2:-30}:00Z" >"$T/body"
	id=$(store "$conf" "$T/body" alert.open)
}
seen() { cut -f1 "$T/$1.log"; }
lines() { wc -l <"$T/$1.log"; }

# ---- existing records

for minute in 10 11 12 13 14 15 16 17 18 19 20 21; do deliver_new "a$minute" "$minute"; done
newest=$id
ls "$spool/new" | LC_ALL=C sort | tail -n 10 >"$T/newest"

start follow "$alertspool" -c "$conf" list --follow
ok "the newest ten come first" wait_for '[ "$(lines follow)" -eq 10 ]'
is "$(seen follow)" "$(cat "$T/newest")" "the oldest of them first"
start three "$alertspool" -c "$conf" list -f -n 3
ok "-n 3" wait_for '[ "$(lines three)" -eq 3 ]'
start none "$alertspool" -c "$conf" list -f -n 0 --json
start dead "$alertspool" -c "$conf" list -f -s dead
start project "$alertspool" -c "$conf" list -f --cluster other
# The watch of a process is there when its descriptor leads to it.
watching() { grep -qs '^inotify wd' "/proc/$(pid_of "$1")/fdinfo/"*; }
for name in none dead project; do
	ok "$name watches" wait_for "watching $name"
done

# ---- what comes

deliver_new late 05
ok "a new record is listed, though its alert is older" wait_for '[ "$(lines follow)" -eq 11 ]'
is "$(seen follow | tail -n 1)" "$id" "it is that one"
ok "with -n 0 it is the first" wait_for '[ "$(lines none)" -eq 1 ]'
is "$("$python" -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["id"], r["spool"]["state"])' "$T/none.log")" \
	"$id new" "as JSON"
is "$(lines dead)" 0 "not in a list of the dead"

claimed=$("$alertspool" -c "$conf" claim)
"$alertspool" -c "$conf" bury "$claimed" >/dev/null
ok "a record that dies comes into the list of the dead" wait_for '[ "$(lines dead)" -eq 1 ]'
is "$(seen dead)" "$claimed" "it is that one"
deliver_new after 25
ok "and the next one" wait_for '[ "$(lines follow)" -eq 12 ]'
is "$(seen follow | grep -c "^$claimed")" 1 \
	"a claim is no arrival: new and cur are one list"

"$alertspool" -c "$conf" requeue "$claimed" >/dev/null
ok "a record that comes back is listed" wait_for '[ "$(lines follow)" -eq 13 ]'
is "$(seen follow | tail -n 1)" "$claimed" "it is that one"

# A duplicate makes no record, a dot-name is none.
deliver_new after 25
touch "$spool/new/.partial" "$spool/new/README"
deliver_new last 26
ok "once more" wait_for '[ "$(lines follow)" -eq 14 ]'
is "$(seen follow | tail -n 1)" "$id" "repeats and other files are not listed"
is "$(lines three)" 7 "the other list has the same"
is "$(lines project)" 0 "one that asks for another cluster has none"
rm "$spool/new/.partial" "$spool/new/README"

# A handler may be faster than we: the record is shown where it is.
kill -STOP "$(pid_of follow)"
deliver_new quick 27
"$alertspool" -c "$conf" ack "$id" >/dev/null
kill -CONT "$(pid_of follow)"
ok "a record that has been moved on" wait_for '[ "$(lines follow)" -eq 15 ]'
is "$(tail -n 1 "$T/follow.log" | cut -f1,3)" "$(printf '%s\tdone' "$id")" "is shown with its state"

# What cannot be read is reported, and the list goes on.
printf 'torn' >"$spool/.torn"
mv "$spool/.torn" "$spool/new/20261120T102800Z.torn.open.0123456789abcdef0123456789abcdef"
ok "a record that is not whole" wait_for 'grep -q "^20261120T102800Z.torn" "$T/follow.log"'
like "$(cat "$T/follow.log")" '^alertspool list: .*a record is exactly one line' "is reported and listed"
stop follow
is "$?" 143 "it ends at SIGTERM"

# ---- more than the kernel keeps

before=$(lines three)
kill -STOP "$(pid_of three)"
events=$(cat /proc/sys/fs/inotify/max_queued_events)
if [ "$events" -le 20000 ]; then
	"$tools/seed" "$spool" $((events + 500)) 100 || bail "seed"
	kill -CONT "$(pid_of three)"
	ok "more records than the kernel keeps events" wait_for \
		'[ "$(lines three)" -ge $((before + events + 500)) ]' 60
	ls "$spool/new" | LC_ALL=C sort >"$T/there"
	seen three | LC_ALL=C sort -u >"$T/listed"
	is "$(LC_ALL=C comm -23 "$T/there" "$T/listed" | grep -v '^2026112' | wc -l)" 0 "none is missing"
else
	kill -CONT "$(pid_of three)"
	skip "more records than the kernel keeps events" "it keeps $events"
fi
stop three

# ---- a terminal, a reader that goes, a spool that goes

TERM=xterm NO_COLOR=1 start terminal script -qec "stty cols 100; $alertspool -c $conf list -f -s bad" /dev/null
ok "on a terminal: the header comes at once" wait_for 'grep -q SUMMARY "$T/terminal.log"'
printf '{broken' >"$T/body"
bad=$(store "$conf" "$T/body" alert.open)
ok "and a row when a record comes" wait_for 'grep -q bad "$T/terminal.log"'
like "$(tr -d '\r' <"$T/terminal.log" | tail -n 1)" "^$(echo "${bad##*.}" | cut -c 1-12)  [0-9a-z-]+ +bad +unknown " \
	"in columns"
ok "no line is too wide" sh -c '[ "$(tr -d "\r" <"$1" | wc -L)" -le 100 ]' - "$T/terminal.log"
stop terminal

ok "a reader that goes ends it, though nothing comes" timeout 20 sh -c \
	'"$1" -c "$2" list -f -s bad | head -n 1 >/dev/null' - "$alertspool" "$conf"

mv "$spool" "$spool.moved"
ok "a spool that is moved away ends it" wait_for '! alive "$(pid_of none)"'
stop none
is "$?" 69 "with 69"
like "$(cat "$T/none.log")" '^alertspool list: the spool, or a part of it, was removed or moved away$' "and is reported"
mv "$spool.moved" "$spool"
stop dead
stop project

done_testing
