#!/bin/sh
# SPDX-License-Identifier: ISC
# Permissions: root becomes the owner of the spool, and the group may read.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
am_root || skip_all "not root"

ok "init" "$alertspool" init "$T/i" --owner nobody:daemon
conf=$T/i/alertspool.conf

# in_group COMMAND…: somebody else of the group
in_group() { setpriv --reuid games --regid daemon --clear-groups -- "$@"; }
stranger() { setpriv --reuid games --regid games --clear-groups -- "$@"; }

run 0 "root may list" "$alertspool" -c "$conf" list
run 0 "the owner may list" setpriv --reuid nobody --regid daemon --clear-groups "$alertspool" -c "$conf" list
run 0 "the group may list" in_group "$alertspool" -c "$conf" list
run 77 "a stranger may not" stranger "$alertspool" -c "$conf" list --state all
like "$(err)" "^alertspool list: .*; run: sudo [^ ]*alertspool -c $conf list --state all\$" "and the command to run"
run 77 "with settings from the environment" stranger env ALERTSPOOL_CONF="$conf" "$alertspool" show "it's"
like "$(err)" "run: sudo [^ ]*alertspool -c $conf show 'it'\\\\''s'\$" "the line names them, quoted"

chmod 755 "$T/i" && chmod 644 "$conf"
run 77 "a stranger who can read the settings" stranger "$alertspool" -c "$conf" list
like "$(err)" "run: sudo -u nobody [^ ]*alertspool -c $conf list\$" "the message names the owner"

chown -R 54321 "$T/i/spool"
run 77 "a spool of somebody without a name" stranger "$alertspool" -c "$conf" list
like "$(err)" "run: sudo -u '#54321' [^ ]*alertspool -c $conf list\$" "the message has the number"
chown -R nobody "$T/i/spool"

# root gives up everything: seen in /proc while it waits for standard input
mkfifo "$T/fifo"
start waiting sh -c 'exec "$1" -c "$2" show - <"$3"' - "$alertspool" "$conf" "$T/fifo"
exec 3>"$T/fifo"
status=/proc/$(pid_of waiting)/status
nobody=$(id -u nobody)
wait_for 'grep -q "^Uid:.*$nobody" "$status"'
group=$(stat -c %g "$T/i/spool")
is "$(sed -n 's/^Uid:[[:space:]]*//p' "$status" | tr '\t' ' ')" "$nobody $nobody $nobody $nobody" "every user id is the owner's"
is "$(sed -n 's/^Gid:[[:space:]]*//p' "$status" | tr '\t' ' ')" "$group $group $group $group" "every group id, too"
is "$(sed -n 's/^Groups:[[:space:]]*//p' "$status" | tr -d ' ')" "$(id -G nobody | tr -d ' ')" \
	"and all groups are those it has by itself"
is "$(sed -n 's/^CapEff:[[:space:]]*//p' "$status" | tr -d 0)" "" "no capability is left"
exec 3>&-
stop waiting

mkdir -m 700 "$T/closed"
mv "$T/i/spool" "$T/closed/spool"
sed -i "s,^directory = .*,directory = $T/closed/spool," "$conf"
run 77 "a spool that its owner cannot reach" "$alertspool" -c "$conf" list
like "$(err)" 'root became the owner' "says why"

mv "$T/closed/spool" "$T/i/spool"
spool=$T/i/spool
sed -i "s,^directory = .*,directory = $spool," "$conf"

# ---- what the owner may leave there

# A reader of a lock file could hold the lock, and all reception with it.
is "$(stat -c %a "$spool/lock")" 600 "the lock file is the owner's alone"
run 1 "nobody else of the group can open it" in_group cat "$spool/lock"

rm -f "$spool/metrics" && mkfifo "$spool/metrics" && chown nobody "$spool/metrics"
run 0 "a FIFO in place of the counters" timeout 20 "$alertspool" -c "$conf" stats
rm "$spool/metrics"
odd=20200101T000000Z.odd.open.0123456789abcdef0123456789abcdef
mkdir -p "$spool/history" && mkfifo "$spool/history/$odd"
chown -R nobody:daemon "$spool/history"
touch -d '-40 hours' "$spool/history/$odd"
timeout 20 "$alertspool" -c "$conf" clean >"$T/out" 2>"$T/err"
ok "a FIFO in place of a history: clean does not wait for it" test $? -ne 124
rm -f "$spool/history/$odd"

# ---- secrets: no core dump, and nobody but root reads the memory of who has them

rm "$T/fifo" && mkfifo "$T/fifo"
start waiting setpriv --reuid nobody --regid daemon --clear-groups sh -c \
    'ulimit -S -c unlimited; exec "$1" -c "$2" verify - <"$3"' - "$alertspool" "$conf" "$T/fifo"
exec 3>"$T/fifo"
process=/proc/$(pid_of waiting)
wait_for '[ "$(stat -c %U "$process/mem")" = root ]'
is "$(stat -c %U "$process/mem")" root "a command with secrets: its memory is root's to read"
is "$(awk '/^Max core file size/ { print $5 }' "$process/limits")" 0 "and it leaves no core"
exec 3>&-
stop waiting

make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST CONTENT_LENGTH="$(wc -c <"$T/body")" \
	HTTP_X_MMS_SIGNATURE="$(sign "$T/body" "$T/i/secret")" \
	QUERY_STRING="token=$(cat "$T/i/token")" \
	setpriv --reuid nobody --regid daemon --clear-groups "$responder" -c "$conf" \
	<"$T/body" >"$T/answer" 2>&1
# shellcheck disable=SC2016 # the inner shell expands it
run 0 "a handler" sh -c 'ulimit -S -c 4321; exec "$1" -c "$2" run -- sh -c "ulimit -S -c"' - \
    "$alertspool" "$conf"
like "$(cat "$T/out" "$T/err")" '4321$' "has the limit that run was started with"

done_testing
