#!/bin/sh
# SPDX-License-Identifier: ISC
# Destinations that never answer: one that takes the request and is silent, one that
# sends a byte a second, and one that takes no connection. Each handler ends by itself,
# with 75, long before the time-out of "alertspool run"; the next attempt counts nothing
# twice. All of them wait at the same time.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
command -v logger >/dev/null || skip_all "no logger"
command -v sqlite3 >/dev/null || skip_all "no sqlite3"
. "$srcdir/tests/handlers/handlers.sh"

ALERTSPOOL_CONF=$conf
export ALERTSPOOL_CONF
PATH=$(dirname "$alertspool"):$PATH
: >"$T/waiting"
alert_body OPEN 10:30:00 >"$T/body"
cp "$(record "$T/body")" "$T/record"
link=http://127.0.0.1

# ---- handlers that wait --------------------------------------------------------------

# begin NAME COMMAND...: in the background; its exit code and its seconds are in
# $T/NAME.end, what it said in $T/NAME.said
begin() {
	begin_name=$1
	shift
	{
		read -r begun _ </proc/uptime
		"$@" <"$T/record" >"$T/$begin_name.said" 2>&1
		code=$?
		read -r over _ </proc/uptime
		echo "$code $((${over%.*} - ${begun%.*}))" >"$T/$begin_name.end"
	} &
	waiting="${waiting-} $!"
	echo "$begin_name" >>"$T/waiting"
}
# call NAME URL: begin the handler for $vendor, with this URL
call() {
	call_name=$1.$vendor
	(umask 077 && echo "$2" >"$T/$call_name.url")
	case $vendor in
	pagerduty | jsm) set -- "$handlers/$vendor" -u "$2" "$V/key" ;;
	slack) set -- "$handlers/chat" "$T/$call_name.url" ;;
	teams) set -- "$handlers/chat" -t "$T/$call_name.url" ;;
	alertmanager) set -- "$handlers/alertmanager" "$T/$call_name.url" ;;
	sync) set -- "$handlers/alertmanager" --sync "$T/$call_name.url" ;;
	webhook) set -- "$handlers/webhook" "$T/$call_name.url" "$V/key" ;;
	esac
	begin "$call_name" "$@"
}

# A listening socket whose queue is full: the kernel answers no connection.
cat >"$T/deaf.py" <<'EOT2'
import os, socket, sys, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
peers = []
for _ in range(8):
    peers.append(socket.socket())
    peers[-1].settimeout(.3)
    try:
        peers[-1].connect(listener.getsockname())
    except OSError:
        break
with open(sys.argv[1] + ".part", "w") as file:
    print(listener.getsockname()[1], file=file)
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
EOT2
start deaf "$python" "$T/deaf.py" "$T/deaf.port"
wait_for '[ -s "$T/deaf.port" ]' 20 || bail "no port that is deaf"
deaf=$(cat "$T/deaf.port")

vendors="pagerduty jsm slack teams alertmanager sync webhook"
for vendor in $vendors; do
	path=
	case $vendor in
	webhook) new_key=whsec_$(head -c 24 /dev/urandom | base64) ;;
	slack | teams)
		path=/$(make_key)
		new_key=$link$path
		;;
	*) new_key=$(make_key) ;;
	esac
	kind=$vendor
	[ $vendor != sync ] || kind=alertmanager
	V=$T/$vendor
	mkdir "$V" && : >"$V/broken" && (umask 077 && echo "$new_key" >"$V/key")
	start $vendor "$python" "$srcdir/tests/handlers/vendors.py" $kind "$V"
	wait_for '[ -s "$V/port" ]' 20 || bail "no server for $vendor"
	base=http://127.0.0.1:$(cat "$V/port")
	hows=hang
	# How they post is shared.
	case $vendor in pagerduty | webhook) hows="hang drip deaf" ;; esac
	for how in $hows; do
		if [ $how = deaf ]; then
			call deaf "$link:$deaf$path"
			continue
		fi
		as $how
		call $how "$base$path"
		ok "$vendor takes the request: $how" wait_for '[ ! -e "$V/as" ]' 20
	done
	echo "$base$path" >"$V/url"
done
begin deaf.syslog "$handlers/syslog" -s "127.0.0.1:$deaf"
start holder sh -c '{ echo "BEGIN IMMEDIATE; CREATE TABLE t(x);"; sleep 600; } | sqlite3 -batch "$1"' - \
	"$T/held.db"
wait_for '[ -e "$T/held.db-journal" ]' || bail "no database"
begin held.sqlite "$handlers/sqlite" "$T/held.db"

# In a queue: the runner's own time-out is for handlers that do not end by themselves.
printf '[queue pager]\ncommand = %s -u %s %s\n' "$handlers/pagerduty" "$(cat "$T/pagerduty/url")" \
	"$T/pagerduty/key" >>"$conf"
run 0 "into a queue" alerts route
V=$T/pagerduty
as hang
begin run.queue "$alertspool" -c "$conf" run pager

# shellcheck disable=SC2086 # words
wait $waiting

# ---- how they ended --------------------------------------------------------------------

while read -r waiter; do
	read -r code seconds <"$T/$waiter.end"
	is "$code" 75 "$waiter: exit code 75"
	[ "$code" = 75 ] || diag_file "$T/$waiter.said"
	ok "$waiter: after 9 to 30 s" test "$seconds" -ge 9 -a "$seconds" -le $((30 * ${SLOWLY:-1}))
	said=$(cat "$T/$waiter.said")
	case $waiter in
	*.sqlite) like "$said" 'held.db cannot be written now$' "$waiter: the message" ;;
	*.syslog) like "$said" '^syslog: 127.0.0.1:[0-9]+: no answer within 20 s$' "$waiter: the message" ;;
	run.*) like "$said" 'not counted.*exit 75: pagerduty: PagerDuty: no answer: curl: \(28\)' \
		"$waiter: the message" ;;
	*) like "$said" 'no answer: curl: \(28\) .*(timed out|Timeout)' "$waiter: the message" ;;
	esac
done <"$T/waiting"
is "$(jq -r 'select(.counted == false) | .what' "$spool"/queues/pager/history/*)" fail \
	"run.queue: no attempt is used"

# ---- and the next attempt ----------------------------------------------------------------

waiting=
: >"$T/waiting"
for vendor in $vendors; do
	V=$T/$vendor
	call again "$(cat "$V/url")"
done
# shellcheck disable=SC2086 # words
wait $waiting
for vendor in $vendors; do
	is "$(cut -d' ' -f1 "$T/again.$vendor.end")" 0 "again.$vendor: it is taken"
	is "$(cat "$T/$vendor/broken")" "" "$vendor: no request broke a rule"
	case $vendor in
	slack | teams) ;; # a chat does not deduplicate
	*) is "$(jq .opened "$T/$vendor/state")" 1 "$vendor: it was counted once" ;;
	esac
done
run 0 "the queue's next attempt" sh -c '"$1" -c "$2" release -q pager --deferred && "$1" -c "$2" run pager' - \
	"$alertspool" "$conf"
is "$(jq .opened "$T/pagerduty/state")" 1 "is no second incident"
is "$(ls "$T/tmp")" "" "no temporary directory stays"
no_leaks "no key was said" "$T"/*.said "$spool"/queues/*/history/*
done_testing
