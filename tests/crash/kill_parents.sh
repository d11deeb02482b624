#!/bin/sh
# SPDX-License-Identifier: ISC
# The parent of the workers is killed again and again under load, first with a service
# manager that keeps the socket, then with a socket of its own; CGI processes are
# killed, too, every 50 ms. No answered delivery is lost, doubled or torn. No connection
# is refused if the socket is kept. The service is back within a second without help. 4
# s each, 60 s with LONG set, and at least ten kills.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"
seconds=$(length 4 60)

# under_load: start the flood and wait for it to flow
under_load() {
	: >"$T/progress"
	rm -f "$T/enough"
	start flood "$python" "$srcdir/tests/web/flood.py" --distinct 200000 --insist \
	    --clients 8 --seconds $seconds --until "$T/enough" --progress "$T/progress" "$url" "$installation"
	flood_pid=$(pid_of flood)
	wait_for '[ -s "$T/progress" ]' 60 || bail "no load"
}

# back_after [PIDFILE]: milliseconds from a kill to the next delivery
back_after() {
	make_alert ffffffffffffffffffffffff >"$T/body"
	[ -z "$1" ] || kill -s KILL "$(cat "$1")"
	begin=$(date +%s%N)
	wait_for '[ "$(deliver "$url" "$T/body" "$installation/secret")" = 200 ]' 20
	echo $((($(date +%s%N) - begin) / 1000000))
}

# survived NAME KILLED [PIDFILE]: what must be true afterwards. On a busy machine the best
# of ten times counts, and the limit is a second and the time of two deliveries (one that
# is refused and the next one).
survived() {
	wait "$flood_pid"
	is $? 0 "$1: nothing that was answered is lost, nothing is there twice"
	rm -f "$T/run/flood"
	diag "$1: $(tail -n 1 "$T/flood.log")"
	[ "$(grep -c . "$T/flood.log")" -eq 1 ] || diag_file "$T/flood.log" 20
	: >"$T/flood.log"
	like "$2" '[0-9]{2,}' "$1: killed: $2"
	limit=$((1000 + 2 * $(back_after "")))
	tries=0
	while tries=$((tries + 1)); back=$(back_after "${3:-}"); do
		[ "$back" -ge "$limit" ] && [ $tries -lt 10 ] || break
	done
	ok "$1: the service is back within a second ($back ms of $limit)" [ "$back" -lt "$limit" ]
	valid_spool "$1: every record fits the schema" "$installation/spool"
}

# kill_parents PIDFILE: until the flood ends, several a second; $killed
kill_parents() {
	killed=0
	while alive "$flood_pid"; do
		kill -s KILL "$(cat "$1")" 2>/dev/null && killed=$((killed + 1))
		[ $killed -lt 10 ] || : >"$T/enough"
		sleep 0.3
	done
}

again() {
	rm -rf "$installation/spool"
	make_spool "$installation/spool" "$owner"
	: >"$logs/error.log"
}

# ---- a service manager that keeps the socket

front_prepare nginx "workers = 4"
cp "$srcdir/tests/crash/manager.py" "$T/" # the owner may not get into a clone
# shellcheck disable=SC2046 # words
start manager $(as "$owner") "$python" "$T/manager.py" "$socket" \
    "$T/socket/pid" "$program" -c "$installation/alertspool.conf"
wait_for 'listens "$socket"' || front_broken manager
front_nginx
under_load
kill_parents "$T/socket/pid"
survived "socket kept" "$killed" "$T/socket/pid"
unlike "$(cat "$logs/error.log")" 'Connection refused|111:' "socket kept: no connection was refused"
left() { for exe in /proc/[0-9]*/exe; do readlink "$exe"; done 2>/dev/null | grep -cx "$program"; }
ok "socket kept: no workers of the dead are left" wait_for '[ "$(left)" -eq 5 ]'
stop manager
again

# ---- a socket of its own: connections are refused only until the new parent has it

cat >"$T/again" <<'EOF2'
#!/bin/sh
# again PIDFILE COMMAND…: runs it, and restarts it at once whenever it ends
trap 'kill "$(cat "$pidfile")"; exit' TERM
pidfile=$1
shift
while :; do
	"$@" &
	echo $! >"$pidfile"
	wait $!
	[ $? -eq 137 ] || echo "ended with $?"
done
EOF2
# shellcheck disable=SC2046 # words
start again $(as "$owner") sh "$T/again" "$T/socket/pid" "$program" \
    -c "$installation/alertspool.conf" --listen "unix:$socket"
wait_for 'listens "$socket"' || front_broken again
under_load
kill_parents "$T/socket/pid"
survived "own socket" "$killed" "$T/socket/pid"
is "$(grep -c 'another responder' "$T/again.log")" 0 "own socket: the next one waits for the last worker"
stop again
stop nginx
again

# ---- CGI processes

kind=cgid
if ! command -v apache2 >/dev/null; then
	skip "CGI" "apache2 is not installed"
	done_testing
fi
front_users
chown -R "$owner" "$installation"
port=$(free_port)
url=http://127.0.0.1:$port/atlas
front_apache
under_load
"$python" "$srcdir/tests/crash/killer.py" $((seconds - 1)) 0.05 "$program" >"$T/killed"
: >"$T/enough"
survived "CGI" "$(cat "$T/killed")"

no_leaks "no log has a secret or a signature" "$T"/*.log "$logs"/*
done_testing
