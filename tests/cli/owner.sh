#!/bin/sh
# SPDX-License-Identifier: ISC
# Who may do what: root becomes the owner of the spool, the group reads.

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
like "$(err)" "^alertspool list: .*; run: sudo [^ ]*alertspool -c $conf list --state all\$" "and is told what to run"
run 77 "with settings from the environment" stranger env ALERTSPOOL_CONF="$conf" "$alertspool" show "it's"
like "$(err)" "run: sudo [^ ]*alertspool -c $conf show 'it'\\\\''s'\$" "the line names them, quoted"

chmod 755 "$T/i" && chmod 644 "$conf"
run 77 "a stranger who can read the settings" stranger "$alertspool" -c "$conf" list
like "$(err)" "run: sudo -u nobody [^ ]*alertspool -c $conf list\$" "is told the owner"

chown -R 54321 "$T/i/spool"
run 77 "a spool of somebody without a name" stranger "$alertspool" -c "$conf" list
like "$(err)" "run: sudo -u '#54321' [^ ]*alertspool -c $conf list\$" "is told the number"
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

done_testing
