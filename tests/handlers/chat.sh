#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/chat: what a chat's webhook gets, what its answers mean, hostile
# alerts, and a URL that nobody else sees.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

for program in curl jq; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
make_installation "$T/i" "" "" "[severity]
OUTSIDE_METRIC_THRESHOLD = CRITICAL"
conf=$T/i/alertspool.conf
spool=$T/i/spool
chat=$srcdir/handlers/chat

note_curl
canary=T0KEN$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
canary "$canary"

# webhook STATUS [BODY]: a chat that answers so from now on
webhook() {
	echo "$1 ${2-ok}" >"$T/as"
	if [ -f "$T/run/webhook" ]; then
		rm -f "$T/requests"/*
	else
		rm -rf "$T/requests" "$T/port"
		mkdir "$T/requests"
		start webhook "$python" "$srcdir/tests/cli/front.py" "$T/port" "$T/requests" \
			--as "$T/as"
		wait_for '[ -s "$T/port" ]' || bail "no webhook"
	fi
	(umask 077 && echo "http://127.0.0.1:$(cat "$T/port")/services/T0/B0/$canary" >"$T/url")
}
posted() { jq -r "$1" "$T/requests/1.body"; }

# ---- what is posted

id=$(store "$conf" "$srcdir/tests/data/host-metric-raw/body")
webhook 200
run 0 "a record" "$chat" "$T/url" <"$spool/new/$id"
is "$(out)$(err)" "" "is posted without a word"
is "$(head -n 1 "$T/requests/1.head")" "POST /services/T0/B0/$canary HTTP/1.1" "to the URL"
is "$(grep -i '^content-type' "$T/requests/1.head" | tr -d '\r')" \
	"Content-Type: application/json" "as JSON"
headline='[CRITICAL] Web Shop: Disk space % used on Data Partition has gone above 90'
is "$(posted .text)" "$headline" "its text"
is "$(posted '.attachments[0] | .fallback, .color')" "$headline
#e01e5a" "in the colour of its severity"
is "$(posted '.attachments[0].fields[] | "\(.title)=\(.value)"')" "Cluster=shop
Host=shop-shard-00-01.ab1cd.mongodb.net
Replica set=atlas-k3x9-shard-0
Metric=DISK_PARTITION_SPACE_USED_DATA
Value=95.2 RAW
Updated=2026-11-20T10:30:00Z
Record=$(echo "${id##*.}" | cut -c1-12)" "its fields"
sed 's/"OPEN"/"CLOSED"/' "$srcdir/tests/data/host-metric-raw/body" >"$T/closed"
closed=$(store "$conf" "$T/closed" alert.close)
webhook 204 ''
run 0 "its end, and an answer without a body" "$chat" "$T/url" <"$spool/new/$closed"
is "$(posted '.text, .attachments[0].color')" "$headline (closed)
#2eb67d" "is told and green"
webhook 202 ''
run 0 "Teams" "$chat" -t "$T/url" <"$spool/new/$id"
is "$(posted '.type, (.attachments[0] | .contentType, .content.type, .content.version,
	.content.body[0].text, .content.body[0].color, .content.body[1].facts[0].value)')" \
	"message
application/vnd.microsoft.card.adaptive
AdaptiveCard
1.4
$headline
attention
shop" "gets an adaptive card"

# ---- hostile alerts

bad='<!channel> @all @here <https://evil.example|x> [x](https://evil.example) & \u001b[2J\u202e\\n\"'
printf '{"id":"1","status":"OPEN","projectName":"%s","clusterName":"%s","humanReadable":"%s"}' \
	"$bad" "$bad" "$bad" >"$T/hostile"
hostile=$(store "$conf" "$T/hostile")
for shape in "" -t; do
	webhook 200
	# shellcheck disable=SC2086 # an option or none
	run 0 "a hostile alert ${shape:-}" "$chat" $shape "$T/url" <"$spool/new/$hostile"
	ok "is JSON" jq -e . "$T/requests/1.body"
	is "$(jq -r '.. | strings' "$T/requests/1.body" | LC_ALL=C grep -cE \
		"$(printf '@(all|here)|\\]\\(|\033|\342\200\256')")" 0 "mentions nobody, steers nothing"
done
webhook 200
"$chat" "$T/url" <"$spool/new/$hostile"
is "$(jq -r '.. | strings' "$T/requests/1.body" | grep -c '[<>]')" 0 "nor for Slack"
printf '{"status":"OPEN"}' >"$T/least"
least=$(store "$conf" "$T/least")
run 0 "an alert without anything" "$chat" "$T/url" <"$spool/new/$least"

# ---- what answers mean

# means CODE STATUS BODY
means() {
	webhook "$2" "$3"
	run "$1" "$2 is $1" "$chat" "$T/url" <"$spool/new/$id"
	[ "$1" -eq 0 ] || like "$(err)" "$2 $3" "and told"
}
means 65 400 invalid_payload
means 65 413 too_large
means 65 422 unprocessable
means 77 401 unauthorized
means 77 403 action_prohibited
means 77 404 no_service
means 77 410 channel_is_archived
means 77 302 elsewhere
means 75 429 rate_limited
means 75 500 oops
means 75 503 later
webhook 200 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429'
run 75 "200 that is none" "$chat" -t "$T/url" <"$spool/new/$id"
webhook 404 "no such path: /services/T0/B0/$canary"
run 77 "an answer that repeats the URL" "$chat" "$T/url" <"$spool/new/$id"
like "$(err)" 'it repeats the URL' "is not shown"
cat "$T/out" "$T/err" >>"$T/said"
stop webhook
run 75 "nobody there" "$chat" "$T/url" <"$spool/new/$id"
cat "$T/out" "$T/err" >>"$T/said"

# ---- what is wrong

run 64 "no file" "$chat"
run 64 "two files" "$chat" "$T/url" "$T/url"
run 78 "no such file" "$chat" "$T/no-such" <"$spool/new/$id"
for mode in 640 604 644 620; do
	chmod "$mode" "$T/url"
	run 78 "a file with mode $mode" "$chat" "$T/url" <"$spool/new/$id"
done
chmod 600 "$T/url"
for wrong in '' 'no url' 'file:///etc/passwd' 'http://127.0.0.1/"' 'http://127.0.0.1/ x' \
	'http://127.0.0.1/\'; do
	printf '%s\n' "$wrong" >"$T/url"
	run 78 "refused: $wrong" "$chat" "$T/url" <"$spool/new/$id"
done
webhook 200
run 65 "no record" "$chat" "$T/url" </dev/null
printf '{"torn' >"$T/torn"
run 65 "a torn one" "$chat" "$T/url" <"$T/torn"
is "$(ls "$T/requests")" "" "nothing was posted"

# ---- in a queue, where the URL stays hidden

find "$spool" -type f ! -name lock -delete
id=$(store "$conf" "$srcdir/tests/data/host-metric-raw/body")
webhook 503 "maintenance"
alerts() { "$alertspool" -c "$conf" "$@"; }
run 75 "a chat that is down" alerts run --backoff 1ms -m 9 -- "$chat" "$T/url"
cat "$T/out" "$T/err" >>"$T/said"
like "$(cat "$spool/history/$id")" '"why":"exit 75: chat: not now: 503 maintenance' "which is noted"
webhook 200
ok "is up again" wait_for 'alerts run --backoff 1ms -- "$chat" "$T/url" 2>>"$T/said"'
is "$(cd "$spool/done" && ls)" "$id" "it is done"
ok "arguments and environments were seen" grep -q max-time "$T/seen"
no_leaks "the URL is in none of them, and in no output" "$T/seen" "$T/said" "$T/store.err" \
	"$spool/history/$id"
done_testing
