#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/pagerduty with a server that has the rules of PagerDuty's Events API v2: the
# life of an alert, the text of an incident, the meaning of answers.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

note_curl
make_key >/dev/null
make_life
vendor pagerduty
pagerduty=$handlers/pagerduty
key=$V/key

# ---- the life of an alert

handle 0 "an open" "$open" "$pagerduty" -u "$base" "$key"
is "$(out)$(err)" "" "succeeds without output"
is "$(posted '.routing_key, .event_action, .dedup_key, .client' | tr '\n' ' ')" \
	"$new_key trigger $alert_key alertspool " "triggers, by the id of the alert"
is "$(posted '.payload | .summary, .source, .severity, .timestamp, .component, .group, .class')" \
	"[CRITICAL] Web Shop: Disk partition space used data is 1.27 % on shop-shard-00-01.ab1cd.mongodb.net
shop-shard-00-01.ab1cd.mongodb.net
critical
2026-11-20T10:30:00Z
shop
Web Shop
OUTSIDE_METRIC_THRESHOLD" "what the incident says"
is "$(posted '.payload.custom_details | .Value, .Source, .Record')" "1.27 %
default
${open##*/}" "the value as a person writes it"
handle 0 "it again" "$open" "$pagerduty" -u "$base" "$key"
handle 0 "an update" "$update" "$pagerduty" -u "$base" "$key"
is "$(state '.opened, .state[]' | tr '\n' ' ')" "1 open " "is the same incident"
handle 0 "an acknowledge" "$acknowledged" "$pagerduty" -u "$base" "$key"
is "$(state '.state[]')" acknowledged "acknowledges it"
handle 0 "a close" "$closed" "$pagerduty" -u "$base" "$key"
is "$(posted '.event_action, .payload.severity' | tr '\n' ' ')" "resolve critical " \
	"resolves, with the payload"
handle 0 "a close again" "$closed" "$pagerduty" -u "$base" "$key"
is "$(state '.opened, .state[]' | tr '\n' ' ')" "1 resolved " "nothing is open"
handle 0 "an inform" "$informed" "$pagerduty" -u "$base" "$key"
is "$(posted_path) $(state '.changes, .opened' | tr '\n' ' ')" "/v2/change/enqueue 1 1 " \
	"is a change event and pages nobody"
rm "$V/state"
printf '{"id":"66f0a1b2c3d4e5f607180003","status":"CLOSED","updated":"2026-11-20T10:30:00Z"}' >"$T/body"
handle 0 "a close without open" "$(record "$T/body" alert.close)" "$pagerduty" -u "$base" "$key"
is "$(state '.opened')" 1 "opens nothing"

# ---- what deduplicates

printf '{"status":"OPEN","eventTypeName":"HOST_DOWN"}' >"$T/body"
least=$(record "$T/body")
handle 0 "an alert without id" "$least" "$pagerduty" -u "$base" "$key"
is "$(posted .dedup_key)" "${least##*/}" "has its record's name"
is "$(posted '.payload.summary, .payload.severity')" "[ALERT] no project: HOST_DOWN
error" "and says what it can"
make_secret "$T/i/pay.secret"
printf '[source payments]\nsecret_file = %s\n' "$T/i/pay.secret" >>"$conf"
alert_body OPEN 10:30:00 >"$T/body"
handle 0 "the alert by another source" "$(record "$T/body" alert.open "$T/i/pay.secret" payments)" \
	"$pagerduty" -u "$base" "$key"
is "$(posted .dedup_key)" "$alert_key+payments" "is another one"

# Severities in lower case, as templates send them, and empty names.
for pair in informational:info INFO:info notice:info warning:warning Error:error \
    critical:critical HIGH:error; do
	alert_body OPEN 10:30:00 ",\"severity\":\"${pair%:*}\"" >"$T/body"
	handle 0 "severity ${pair%:*}" "$(record "$T/body")" "$pagerduty" -u "$base" "$key"
	is "$(posted .payload.severity)" "${pair#*:}" "is ${pair#*:}"
done
printf '{"id":"66f0a1b2c3d4e5f607180f01","groupId":"","orgId":"","clusterName":"",%s}' \
	'"replicaSetName":"","eventTypeName":"HOST_DOWN","status":"OPEN","severity":""' >"$T/body"
handle 0 "empty names" "$(record "$T/body")" "$pagerduty" -u "$base" "$key"
is "$(posted .payload.summary)" "[ALERT] no project: HOST_DOWN" "count as none"

# ---- what answers mean

common_faults pagerduty "$pagerduty" -u "$base" "$key"
cp -p "$key" "$T/other.key"
printf '%032d\n' 7 >"$T/other.key"
handle 77 "400 for the routing key is no fault of the message" "$open" \
	"$pagerduty" -u "$base" "$T/other.key"
like "$(err)" "other.key.*copy the integration key" "and how to fix it"
key_faults pagerduty "$key" "$pagerduty" -u "$base" "$key"
handle 64 "no key" "$open" "$pagerduty"
handle 64 "a URL that keys do not go to" "$open" "$pagerduty" -u http://pagerduty.example "$key"
is "$(cat "$V/broken")" "" "no request broke a rule"

# ---- in a queue

find "$spool" -type f ! -name lock -delete
make_life
as "*503 30"
run 75 "a destination that is down" alerts run --backoff 1ms -m 99 -- "$pagerduty" -u "$base" "$key"
cat "$T/out" "$T/err" >>"$T/said"
rm "$V/as"
ok "is up again: all is handled" wait_for \
	'alerts run --backoff 1ms -m 99 -- "$pagerduty" -u "$base" "$key" 2>>"$T/said"' 30
is "$(ls "$spool/done" | wc -l)" 5 "nothing was lost"
is "$(state ".state[\"$alert_key\"]")" resolved "and what ended is not raised"
stop pagerduty
alert_body OPEN 12:00:00 >"$T/body"
handle 75 "nobody there" "$(record "$T/body")" "$pagerduty" -u "$base" "$key"
nothing_said
done_testing
