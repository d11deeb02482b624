#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/alertmanager with a real Alertmanager: what it shows during the life of an
# alert. It is restarted in between, and loses the alert without --sync.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
command -v prometheus-alertmanager >/dev/null || skip_all "no prometheus-alertmanager"
. "$srcdir/tests/handlers/handlers.sh"

note_curl
PATH=$(dirname "$alertspool"):$PATH
handler=$handlers/alertmanager
make_life
cat >"$T/am.yml" <<-EOT2
	route:
	  receiver: nobody
	receivers:
	- name: nobody
EOT2
port=$(free_port)
base=http://127.0.0.1:$port
start_alertmanager() {
	rm -rf "$T/am"
	start alertmanager prometheus-alertmanager --config.file="$T/am.yml" \
		--storage.path="$T/am" --web.listen-address="127.0.0.1:$port" \
		--cluster.listen-address= --log.level=warn
	wait_for 'curl -f -o "$T/ready" "$base/-/ready" 2>/dev/null' 60 || bail "no Alertmanager"
}
start_alertmanager
(umask 077; echo "$base" >"$T/url")
# shown FILTER: of the alerts that are active there
shown() { curl "$base/api/v2/alerts" | jq -r "sort_by(.labels.alert_id) | $1"; }

# ---- a record at a time

handle 0 "an open" "$open" "$handler" "$T/url"
is "$(out)$(err)" "" "succeeds without output"
is "$(shown '.[] | (.labels | to_entries | map("\(.key)=\(.value)") | join(" ")), .startsAt')" \
	"alert_id=$alert_key alertname=OUTSIDE_METRIC_THRESHOLD cluster=shop project=5f1e2d3c4b5a69788796a5b4
2026-11-20T10:30:00.000Z" "is there, by what never changes"
is "$(shown '.[].annotations | .severity, .value, .project_name, .host')" "CRITICAL
1.27 %
Web Shop
shop-shard-00-01.ab1cd.mongodb.net" "and says the rest"
handle 0 "an update" "$update" "$handler" "$T/url"
handle 0 "an acknowledge" "$acknowledged" "$handler" "$base"
is "$(shown length) $(shown '.[].annotations.comment')" "1 looking" "is the same one"
handle 0 "an inform" "$informed" "$handler" "$T/url"
is "$(shown length)" 1 "is left out"
handle 0 "a close" "$closed" "$handler" "$T/url"
ok "it is gone" wait_for '[ "$(shown length)" = 0 ]'
handle 0 "a close of an alert that it has forgotten" "$closed" "$handler" "$T/url"
is "$(shown length)" 0 "raises nothing"
printf '{"id":"e","status":"CLOSED","eventTypeName":"HOST_DOWN","created":"2026-11-20T10:30:00Z",%s}' \
	'"updated":"2126-11-20T10:30:00Z","resolved":"2026-11-20T10:00:00Z"' >"$T/body"
handle 0 "an end before its beginning" "$(record "$T/body" alert.close)" "$handler" "$T/url"
handle 0 "a link" "$open" env ALERTSPOOL_LINK=https://cloud.mongodb.com/v2/x#/alerts "$handler" "$T/url"
is "$(shown '.[].generatorURL')" "https://cloud.mongodb.com/v2/x#/alerts" "is the generator's URL"
for text in '' '\u0000\n' '{{ .Labels }} $value' '\" \\\\ <b>' '\ud83d\ude00\u202e'; do
	printf '{"id":"h%s","status":"OPEN","eventTypeName":"%s","groupId":"%s","clusterName":"%s",%s}' \
		"$text" "$text" "$text" "$text" "\"severity\":\"$text\"" >"$T/body"
	handle 0 "a hostile alert: $text" "$(record "$T/body")" "$handler" "$T/url"
done

# ---- what is wrong

key_file=$T/url
for mode in 604 644; do
	chmod $mode "$T/url"
	handle 78 "a URL that others can read" "$open" "$handler" "$T/url"
done
chmod 640 "$T/url"
handle 65 "nothing" /dev/null "$handler" "$T/url"
handle 64 "no URL" "$open" "$handler"
(umask 077; echo "$base/no/such/path" >"$T/wrong")
handle 77 "a wrong path" "$open" "$handler" "$T/wrong"
like "$(err)" 'without /api' "and how to fix it"

# ---- each minute, and a restart

# A day ago is too long for --since 1h: what is open is posted whatever its age.
if alerts alerts --json >"$T/out" 2>&1; then
	find "$spool" -type f ! -name lock -delete
	stop alertmanager
	start_alertmanager
	ALERTSPOOL_CONF=$conf
	export ALERTSPOOL_CONF
	make_life >/dev/null
	rm "$closed"
	printf '{"id":"66f0a1b2c3d4e5f607180009","status":"OPEN","eventTypeName":"HOST_DOWN",%s}' \
		"\"created\":\"$(date -u -d '10 minutes ago' +%FT%TZ)\",\"updated\":\"$(date -u -d '10 minutes ago' +%FT%TZ)\"" >"$T/body"
	store "$conf" "$T/body" >/dev/null
	handle 0 "--sync" /dev/null "$handler" --sync "$T/url"
	is "$(shown '.[].labels.alert_id' | tr '\n' ' ')" \
		"$alert_key 66f0a1b2c3d4e5f607180009 " "posts the open alerts"
	is "$(shown '.[0].labels | to_entries | map("\(.key)=\(.value)") | join(" ")')" \
		"alert_id=$alert_key alertname=OUTSIDE_METRIC_THRESHOLD cluster=shop project=5f1e2d3c4b5a69788796a5b4" \
		"by the labels of the handler"
	is "$(shown '.[0].annotations.value')" "1.27 %" "and its annotations"
	ok "for five minutes" test "$(shown '.[0].endsAt | sub("\\.[0-9]*"; "") | fromdate - now
		| . > 240 and . <= 300')" = true
	handle 0 "the handler beside it" "$open" "$handler" "$T/url"
	is "$(shown length)" 2 "adds none"
	stop alertmanager
	handle 75 "Alertmanager is away" /dev/null "$handler" --sync "$T/url"
	start_alertmanager
	is "$(shown length)" 0 "after a restart it has forgotten them"
	handle 0 "--sync" /dev/null "$handler" --sync "$T/url"
	is "$(shown length)" 2 "tells it again"
	printf '{"id":"66f0a1b2c3d4e5f607180009","status":"CLOSED","eventTypeName":"HOST_DOWN",%s}' \
		"\"created\":\"$(date -u -d '10 minutes ago' +%FT%TZ)\",\"updated\":\"$(date -u +%FT%TZ)\",\"resolved\":\"$(date -u +%FT%TZ)\"" >"$T/body"
	store "$conf" "$T/body" alert.close >/dev/null
	handle 0 "--sync, one has ended" /dev/null "$handler" --sync "$T/url"
	ok "it is gone" wait_for '[ "$(shown ".[].labels.alert_id")" = "$alert_key" ]'
	ALERTSPOOL_CONF=/none handle 66 "no settings" /dev/null "$handler" --sync "$T/url"
	unset ALERTSPOOL_CONF
else
	skip "--sync" "this alertspool has no command alerts"
fi
nothing_said
done_testing
