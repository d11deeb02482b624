#!/bin/sh
# SPDX-License-Identifier: ISC
# Reads and writes of one byte, or of half of what was asked for, in complete runs of
# the responder (CGI and FastCGI) and of the command line: the results are the same.
# Then each close(2) in turn reports an error, as on a disk that fails late: 503 with
# nothing left behind, or the same result.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
preload short
installation "" "workers = 2"
secret=$T/i/secret

# cgi WORD=VALUE BODY: a delivery by CGI, with that in the environment; its status
cgi() {
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST REMOTE_ADDR=127.0.0.1 \
	    "CONTENT_LENGTH=$(wc -c <"$2")" HTTP_X_MMS_EVENT=alert.open \
	    "HTTP_X_MMS_SIGNATURE=$(sign "$2" "$secret")" \
	    "$1" LD_PRELOAD="$T/short.so" "$responder" -c "$conf" \
	    <"$2" >"$T/answer" 2>"$T/log"
	sed -n 's/^Status: \([0-9]*\).*/\1/p' "$T/answer"
}

# c WORD…: the command line, with $how in the environment
c() { env "$how" LD_PRELOAD="$T/short.so" "$alertspool" -c "$conf" "$@"; }

empty() { find "$spool" -type f ! -name lock -delete; }

# as_ever NAME WORD…: the command prints the same as without short reads and writes
as_ever() {
	name=$1
	shift
	"$alertspool" -c "$conf" "$@" >"$T/wanted" 2>&1 <"$T/alert"
	wanted=$?
	c "$@" >"$T/got" 2>&1 <"$T/alert"
	is "$? $(cat "$T/got")" "$wanted $(cat "$T/wanted")" "$name"
}

make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/alert"
printf '%*s' 5000 '' >>"$T/alert"
echo "no JSON object" >"$T/quarantine"

for at_once in 1 half; do
	how=AT_ONCE=$at_once
	empty

	# ---- the responder

	is "$(cgi "$how" "$T/alert")" 200 "$how: CGI, stored"
	like "$(cat "$T/log")" '^time=[^ ]* level=info event=request status=200 .* ms=[0-9.]+$' \
	    "$how: the line in the log is whole"
	is "$(cgi "$how" "$T/alert")" 200 "$how: CGI, again"
	like "$(cat "$T/answer")" '"status":"duplicate"' "$how: is a duplicate"
	is "$(cgi "$how" "$T/quarantine")" 202 "$how: CGI, quarantined"
	id=$(ls "$spool/new")
	like "$(c stats --prometheus)" 'requests_total.outcome="stored". 1$' "$how: counted"
	start "fcgi-$at_once" env "$how" LD_PRELOAD="$T/short.so" "$responder" -c "$conf" \
	    --listen "unix:$T/socket-$at_once"
	wait_for 'listens "$T/socket-$at_once"' || bail "no responder"
	for i in 1 2; do
		like "$("$python" "$srcdir/tests/web/peer.py" "$T/socket-$at_once" "$T/i" good)" \
		    '^200 ' "$how: FastCGI, stored"
	done
	kill -HUP "$(pid_of "fcgi-$at_once")"
	ok "$how: FastCGI, settings are read again" wait_for \
	    'grep -q "event=reload .*replacing" "$T/fcgi-$at_once.log"'
	like "$("$python" "$srcdir/tests/web/peer.py" "$T/socket-$at_once" "$T/i" good)" \
	    '^200 ' "$how: FastCGI, and then"
	stop "fcgi-$at_once"
	is $? 0 "$how: FastCGI ends well"
	is "$(spool_count "$spool" new/) $(spool_count "$spool" bad/)" "4 1" "$how: what was answered"
	valid_spool "$how: every record fits the schema" "$spool"

	# ---- the command line

	as_ever "$how: list" list --json
	as_ever "$how: show" show "$id"
	as_ever "$how: show --raw" show --raw "$id"
	as_ever "$how: verify" verify "$id"
	as_ever "$how: verify --signature" verify --signature "$(sign "$T/alert" "$secret")"
	as_ever "$how: sign" sign
	run 0 "$how: check" c check
	run 0 "$how: claim" c claim -n 9
	LC_ALL=C sort "$T/out" >"$T/claimed"
	is "$(cat "$T/claimed")" "$(LC_ALL=C ls "$spool/cur")" "$how: claimed"
	run 0 "$how: release" c release --reason "not now" - <"$T/claimed"
	is "$(spool_count "$spool" new/)" 4 "$how: released"
	run 0 "$how: run" c run -- sh -c 'wc -c; echo "two words"'
	is "$(out | grep -c '^[^ ]*: two words$')" 4 "$how: what handlers print is whole"
	like "$(out)" "^$id: $(($(wc -c <"$spool/done/$id")))\$" "$how: handlers read all of it"
	is "$(grep -c '"what":"ack","why":"two words"' "$spool/history/$id")" 1 "$how: and the history is"
	run 0 "$how: requeue" c requeue "$id"
	run 0 "$how: bury" c bury "$id"
	run 65 "$how: a body that was not an alert is still not one" c requeue "$(ls "$spool/bad")"
	run 0 "$how: clean" c clean
	run 0 "$how: init" c init "$T/new-$at_once" --owner "$(id -un)"
	run 0 "$how: what init made" "$responder" -t -c "$T/new-$at_once/alertspool.conf"
done

# ---- closes that report an error

# until_none NAME COMMAND…: fail the first close, the second and so on, until
# there is none; $wrong has what the command says of each, $n how many there were
until_none() {
	n=0
	wrong=
	while n=$((n + 1)); how=CLOSE_FAILS=$n; said=$("$@"); grep -q 'short: close' "$T/log"; do
		[ -z "$said" ] || wrong="$wrong close $n: $said"
	done
	n=$((n - 1))
}

delivery() {
	empty
	status=$(cgi "$how" "$T/alert")
	records=$(spool_files "$spool" | tr '\n' ' ')
	case $status,$records in
	200,new/2*) ;;
	503,) grep -q 'level=error event=request' "$T/log" || echo "nothing is logged" ;;
	*) echo "answered '$status', $records" ;;
	esac
	if grep -q 'short: close' "$T/log"; then
		cp "$T/log" "$T/log.kept"
		again=$(cgi X=Y "$T/alert")
		[ "$again $(spool_count "$spool")" = "200 1" ] || echo "then $again"
		mv "$T/log.kept" "$T/log"
	fi
}
until_none delivery
is "$wrong" "" "a delivery: $n closes fail in turn"
like "$n" '^[0-9]{2,}$' "a delivery: there were some"

handling() {
	empty
	cgi X=Y "$T/alert" >/dev/null
	c run -- true >"$T/out" 2>"$T/log"
	code=$?
	[ "$code" -ne 0 ] || [ "$(spool_count "$spool" done/)" -eq 1 ] || echo "0, but it is not done"
	[ "$(spool_count "$spool")" -eq 1 ] || echo "exit $code, $(spool_files "$spool")"
	touch -d '-1 day' "$spool"/*/2*
	"$alertspool" -c "$conf" run -- true >"$T/out" 2>&1
	[ "$(spool_count "$spool" done/)" -eq 1 ] || echo "then $(cat "$T/out")"
}
until_none handling
is "$wrong" "" "run: $n closes fail in turn"
like "$n" '^[0-9]{2,}$' "run: there were some"

no_leaks "no log has a secret" "$T"/*.log "$T/log" "$T/answer"
done_testing
