#!/bin/sh
# SPDX-License-Identifier: ISC
# Whole lives of alerts through queues into all eight handlers: records that are late,
# repeated or requeued, and an outage of all destinations in which deliveries continue.
# At the end each destination shows exactly the alerts that are open.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
for program in logger sqlite3; do
	command -v $program >/dev/null || skip_all "no $program"
done
. "$srcdir/tests/handlers/handlers.sh"

ALERTSPOOL_CONF=$conf
export ALERTSPOOL_CONF
PATH=$(dirname "$alertspool"):$PATH

# ---- eight destinations ---------------------------------------------------------

queues="mail chat pagerduty alertmanager jsm webhook syslog sqlite"
mkdir "$T/bin" "$T/mails" "$T/database"
# A sendmail that keeps the mail, unless the file "code" says that it fails.
cat >"$T/bin/sendmail" <<EOT2
#!/bin/sh
[ ! -e "$T/code" ] || exit "\$(cat "$T/code")"
sed -n 's/^X-Alertspool-Record: //p' >>"$T/mails/log"
EOT2
chmod 755 "$T/bin/sendmail"
PATH=$T/bin:$PATH
start_syslog() {
	start syslog "$python" "$srcdir/tests/handlers/syslog_server.py" tcp "$T/syslog.port" \
		"$T/messages"
	wait_for '[ -s "$T/syslog.port" ] && listens "$(cat "$T/syslog.port")"' 20 ||
		bail "no syslog server"
}
start_syslog
for name in pagerduty jsm alertmanager webhook slack; do
	case $name in
	webhook) new_key=whsec_$(head -c 24 /dev/urandom | base64) ;;
	slack) new_key=http://chat.example/$(make_key) ;;
	*) new_key=$(make_key) ;;
	esac
	vendor $name
	url=$base/
	[ $name != slack ] || url=$base/${new_key##*/}
	(umask 077 && echo "${url%/}" >"$V/url")
done
cat >>"$conf" <<EOT2
[queue mail]
command = $handlers/mail -f alertspool@example.org dba@example.org
[queue chat]
command = $handlers/chat $T/slack/url
[queue pagerduty]
command = $handlers/pagerduty -u $(cat "$T/pagerduty/url") $T/pagerduty/key
[queue alertmanager]
command = $handlers/alertmanager $T/alertmanager/url
[queue jsm]
command = $handlers/jsm -u $(cat "$T/jsm/url") $T/jsm/key
[queue webhook]
command = $handlers/webhook $T/webhook/url $T/webhook/key
[queue syslog]
command = $handlers/syslog -s 127.0.0.1:$(cat "$T/syslog.port")
[queue sqlite]
command = $handlers/sqlite $T/database/alerts.db
superseded = handle
EOT2

outage() {
	echo '*503 30 not now' >"$T/pagerduty/as"
	echo '*429 60 slow down' >"$T/jsm/as"
	echo '*500' >"$T/slack/as"
	# These take the request, and the answer is lost.
	echo '*drop' | tee "$T/alertmanager/as" >"$T/webhook/as"
	echo 75 >"$T/code"
	stop syslog
	mv "$T/database" "$T/database.away"
}
back_again() {
	rm "$T"/*/as "$T/code"
	start_syslog
	mv "$T/database.away" "$T/database"
	for queue in $queues; do alerts release -q $queue --deferred >>"$T/said"; done
}

# process CODE NAME: route, and every queue, which ends with this exit code
process() {
	process_code=$1 process_name=$2
	run 0 "$process_name: route" alerts route
	process_pids=
	for queue in $queues; do
		(alerts run $queue >"$T/$queue.said" 2>&1; echo $? >"$T/$queue.code") &
		process_pids="$process_pids $!"
	done
	# shellcheck disable=SC2086 # words
	wait $process_pids
	for queue in $queues; do
		is "$(cat "$T/$queue.code")" "$process_code" "$process_name: run $queue"
		cat "$T/$queue.said" >>"$T/said"
	done
}

# ---- alerts ----------------------------------------------------------------------

begin=$(($(date +%s) - 1800))
# body ALERT EVENT MINUTE: on standard output
body() {
	event_time=$(date -u -d "@$((begin + $3 * 60))" +%FT%TZ)
	event_status=OPEN event_more=
	case $2 in
	acknowledge) event_more=",\"acknowledgedUntil\":\"2126-11-20T10:50:00Z\"" ;;
	close) event_status=CLOSED ;;
	cancel) event_status=CANCELLED ;;
	inform) event_status=INFORMATIONAL ;;
	esac
	[ $event_status = OPEN ] || event_more=",\"resolved\":\"$event_time\""
	printf '{"id":"%024x","status":"%s","eventTypeName":"HOST_DOWN","severity":"CRITICAL",' \
		"$1" "$event_status"
	printf '"groupId":"5f1e2d3c4b5a69788796a5b4","created":"%s","updated":"%s"%s}' \
		"$(date -u -d "@$begin" +%FT%TZ)" "$event_time" "$event_more"
}
# deliver ALERT EVENT MINUTE...: into the spool; their names are in $T/delivered
deliver() {
	while [ $# -gt 0 ]; do
		printf 'new\tdefault\talert.%s\t%s\t%s\n' "$2" $((begin + $3 * 60)) "$(body "$@")"
		shift 3
	done | "$tools/seed" "$spool" - >>"$T/delivered" || bail "seed"
}

# ---- what each destination shows --------------------------------------------------

# ids: the name of each alert that "event" made, of lines that have its id
ids() { sed -n 's/.*00000000000000000000\([0-9a-f]\{4\}\).*/\1/p' | sort | tr '\n' ' '; }
# last: of records in the order of their arrival, the alerts whose last one is no end
last() {
	awk -F. '{ last[$2] = $3 } END { for (alert in last)
		if (last[alert] !~ /close|cancel|inform/) print alert }' | ids
}
raised() {
	case $1 in
	pagerduty | jsm | alertmanager)
		jq -r '.state | to_entries[] | select(.value != "resolved") | .key' "$T/$1/state" | ids ;;
	# A chat has the beginning of the digest.
	chat)
		{ ls "$spool/done"; jq -r '.state | keys_unsorted[]' "$T/slack/state"; } |
			awk -F. 'NF == 4 { name[substr($4, 1, 12)] = $0; next } { print name[$0] }' |
			last ;;
	webhook) jq -r '.state | keys_unsorted[]' "$T/webhook/state" | last ;;
	mail) last <"$T/mails/log" ;;
	syslog) jq -r .data.id "$T/messages" | last ;;
	sqlite) sqlite3 "$T/database/alerts.db" 'SELECT alert_id FROM alerts_now' | ids ;;
	esac
}
shows() { # WANTED NAME
	for queue in $queues; do is "$(raised $queue)" "$1" "$2: $queue"; done
}

# ---- before the outage -------------------------------------------------------------

deliver 1 open 1 2 open 1 6 inform 1
process 0 "before"
shows "0001 0002 " "what is open is raised"

# ---- the outage: deliveries continue ------------------------------------------------

outage
deliver 1 acknowledge 2 5 open 2
process 75 "it begins"
# 4 ends before its open comes in; 7 opens again after its end; 8 is acknowledged.
deliver 1 close 4 4 close 4 5 update 3 5 cancel 4 7 open 1 7 close 2 7 open 3 \
	8 open 2 8 acknowledge 3
body 2 open 1 >"$T/body"
repeated=$(record "$T/body")
ok "a repeated delivery makes no record" test ! -e "$repeated"
run 0 "it lasts: route" alerts route
is "$(find "$spool/queues" -path '*/dead/*')" "" "nothing is dead"

# ---- and after it ---------------------------------------------------------------------

back_again
process 0 "it is over"
shows "0002 0007 0008 " "after the outage"
# Late: the open of an alert that has ended, and an update.
deliver 4 open 1 1 update 2 5 acknowledge 2 2 update 5
# Repeated, by hand: an open that was handled.
first=$(head -n 1 "$T/delivered")
for queue in $queues; do
	ok "$queue: an open again" alerts route --to $queue "$first"
done
process 0 "late and repeated"
shows "0002 0007 0008 " "late and repeated records raise nothing that ended"
run 0 "alertmanager --sync" "$handlers/alertmanager" --sync "$T/alertmanager/url"
is "$(raised alertmanager)" "0002 0007 0008 " "--sync: exactly what is open"

is "$(jq .opened "$T/pagerduty/state") $(jq .opened "$T/jsm/state")" "4 4" \
	"each incident was opened once"
is "$(sort "$T/mails/log" | uniq -d)" "" "no record was mailed twice"
is "$(sqlite3 "$T/database/alerts.db" 'SELECT count(*) FROM alerts')" \
	"$(find "$spool/done" -type f | wc -l)" "each record is a row"
is "$(find "$spool/queues" -path '*/new/*' -o -path '*/cur/*' -o -path '*/dead/*')" "" \
	"nothing waits or is dead"
is "$(cat "$T"/*/broken)" "" "no request broke a rule"
no_leaks "no key was said" "$T/said" "$spool"/queues/*/history/*
done_testing
