#!/bin/sh
# SPDX-License-Identifier: ISC
# The responder as a service: on a port, on an inherited socket, and as the spool's
# owner; file modes for every umask; reloads, signals, and the death of the parent.
# tests/web/start.sh has what it refuses.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

front_prepare nginx "workers = 3
request_timeout = 4s"
spool=$installation/spool
conf=$installation/alertspool.conf

peer() { "$python" "$srcdir/tests/web/peer.py" "$@" 2>&1; }
status() { peer "$socket" "$installation" good "$@" | cut -d ' ' -f 1; }

# ---- where requests come from

port=$(free_port)
# shellcheck disable=SC2046 # words before a command
start tcp $(as "$owner") "$program" -c "$conf" --listen "127.0.0.1:$port"
wait_for 'listens "$port"' || front_broken tcp
like "$(peer "$port" "$installation" good)" '^200 ' "--listen on a port: stored"
# Accepted TCP sockets inherit the time-out of accept(2), 2 s, if nobody takes care.
is "$(peer "$port" "$installation" pause 2.5)" 200 \
    "a pause of less than request_timeout is none of its business"
stop tcp INT
is $? 0 "SIGINT: exit 0"

# ASan's leak checker does not work in the sandbox.
give() { # NUMBER-OF-WORKERS
	# shellcheck disable=SC2046
	start given $(as "$owner") env ASAN_OPTIONS=detect_leaks=0 "$python" \
	    "$srcdir/tests/web/given.py" "$given" "$program" -c "$conf" --workers "$1"
	wait_for 'listens "$given"' || front_broken given
}
for n in 1 2; do
	given=$T/socket/given-$n
	give $n
	like "$(peer "$given" "$installation" good)" '^200 ' \
	    "descriptor 0, --workers $n: stored"
	[ $n -ne 1 ] || is "$(children_of given)" "" \
	    "--workers 1 serves by itself"
	like "$(peer "$given" "$installation" int "$(pid_of given)")" '^200' \
	    "SIGINT, --workers $n: the request in hand is finished"
	ok "and it ends" wait_for '! alive "$(pid_of given)"'
	stop given
	is $? 0 "with 0"
done
# A child that this process did not start, as process 1 of a container gets them.
cat >"$T/child.py" <<'PY'
import os, sys, time
if os.fork() == 0:
    time.sleep(2)
    os._exit(7)
os.execv(sys.argv[1], sys.argv[1:])
PY
for n in 1 2; do
	# shellcheck disable=SC2046
	start strange $(as "$owner") "$python" "$T/child.py" "$program" -c "$conf" \
	    --listen "unix:$T/socket/strange" --workers $n
	wait_for 'listens "$T/socket/strange"' || front_broken strange
	stranger=$(for pid in $(children_of strange); do
		grep -qa child.py "/proc/$pid/cmdline" && echo "$pid"
	done)
	ok "--workers $n: a strange child is waited for" wait_for '[ ! -e "/proc/$stranger" ]'
	is "$(grep -c event=worker-died "$T/strange.log")" 0 "and is no worker"
	stop strange
done
given=$T/socket/given-hup
give 1
peer "$given" "$installation" good >/dev/null
stop given HUP
is $? 0 "SIGHUP, --workers 1: exit 0"

# ---- modes and the owner, whatever the umask

# shellcheck disable=SC2046
start responder $(as "$owner") sh -c 'umask 0777; exec "$@"' - "$program" -c "$conf" \
    --listen "unix:$socket"
wait_for 'listens "$socket"' || front_broken responder
is "$(status)" 200 "umask 0777: stored"
is "$(stat -c '%a %U' "$spool"/new/* "$spool/metrics" | sort -u)" "640 $owner" \
    "files are 0640 and the owner's"
is "$(stat -c %a "$spool" "$spool/new" "$spool/bad" | sort -u)" 2750 "directories are 02750"
is "$(stat -c '%a %G' "$socket")" "660 $server_group" "the socket is 0660, its group the directory's"
is "$(status "ALERTSPOOL_CONF=$T/none")" 200 "a parameter names no settings"

if am_root; then
	stop responder
	start responder "$program" -c "$conf" --listen "unix:$socket"
	wait_for 'listens "$socket"' || front_broken responder
	is "$(status)" 200 "started as root: stored"
	is "$(awk '/^Uid:/ { print $2, $3, $4 }' "/proc/$(pid_of responder)/status")" \
	    "$(id -u "$owner") $(id -u "$owner") $(id -u "$owner")" \
	    "it became the spool's owner"
	is "$(stat -c '%a %U' "$spool"/new/* "$socket" | sort -u)" "640 $owner
660 $owner" "and so are its files"
else
	skip "started as root" "not root"
fi

# ---- reloads

before=$(workers)
sed 's/^workers.*/workers = many/' "$conf" >"$conf.bad"
cp "$conf" "$conf.good"
cat "$conf.bad" >"$conf"
kill -HUP "$(pid_of responder)"
ok "SIGHUP with wrong settings: told, with file and line" wait_for \
    'grep -q "level=error event=reload .*alertspool.conf:[0-9]*: .*stay in force" "$T/responder.log"'
is "$(workers)" "$before" "the workers stay"
is "$(status)" 200 "and serve"
sed 's/^workers.*/workers = 5/' "$conf.good" >"$conf"
make_secret "$installation/secret.new" "$owner"
cat "$installation/secret.new" >"$installation/secret"
is "$(status)" 403 "a secret is not read again without SIGHUP"
kill -HUP "$(pid_of responder)"
ok "SIGHUP with good ones: a new secret holds" wait_for '[ "$(status)" = 200 ]'
none_of_before() { for pid in $before; do case " $(workers) " in *" $pid "*) return 1 ;; esac; done; }
ok "and another number of workers, all of them new" wait_for \
    '[ "$(workers | wc -w)" -eq 5 ] && none_of_before'
cat "$conf.good" >"$conf"
kill -HUP "$(pid_of responder)"
ok "fewer workers" wait_for '[ "$(workers | wc -w)" -eq 3 ]'

# ---- deaths

kill -KILL "$(workers | cut -d ' ' -f 1)"
ok "a killed worker is logged" wait_for \
    'grep -q "level=warning event=worker-died pid=[0-9]* signal=9" "$T/responder.log"'
ok "and replaced" wait_for '[ "$(workers | wc -w)" -eq 3 ]'
deaths() { grep -c event=worker-died "$T/responder.log"; }
before=$(deaths)
# A worker that is killed at once is restarted later each time, after up to half a second.
until_then=$(($(date +%s) + 3))
while [ "$(date +%s)" -le "$until_then" ]; do
	for pid in $(workers); do kill -KILL "$pid" 2>/dev/null; done
done
ok "workers that die at once are held back" [ $(($(deaths) - before)) -lt 60 ]
diag "$(($(deaths) - before)) deaths of 3 workers in 4 s"
ok "and come back" wait_for '[ "$(workers | wc -w)" -eq 3 ]'
is "$(status)" 200 "and serve"

# ---- another spool in its place, and no request meanwhile

before=$(workers)
mv "$spool" "$spool.aside"
make_spool "$spool" "$owner"
ok "idle workers notice another spool" wait_for \
    '[ "$(workers | wc -w)" -eq 3 ] && none_of_before'
is "$(status)" 200 "so that the first alert is stored"
rm -rf "$spool.aside"

left=$(workers)
is "$(peer "$socket" "$installation" kill "$(pid_of responder)")" 200 \
    "the parent is killed: the request in hand is finished"
none_left() { for pid in $left; do ! alive "$pid" || return 1; done; }
ok "and its workers end" wait_for none_left

is "$(spool_files "$spool" | grep -c '/\.')" 0 "no stray files"
valid_spool "every record fits the schema" "$spool"
no_leaks "no log has a secret or a signature" "$T"/*.log
done_testing
