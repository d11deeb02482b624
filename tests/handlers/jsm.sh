#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/jsm with a server that has the rules of Jira Service Management's alert API
# (the same as Opsgenie's): the life of an alert, the meaning of answers.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

note_curl
jsm=$handlers/jsm
make_life
make_key >/dev/null
new_key=$(make_key)
vendor jsm
key=$V/key

handle 0 "an open" "$open" "$jsm" -u "$base/jsm/ops/integration" "$key"
is "$(out)$(err)" "" "succeeds without output"
is "$(posted_path) $(posted '.alias, .priority, .source, .entity' | tr '\n' ' ')" \
	"/jsm/ops/integration/v2/alerts $alert_key P1 alertspool shop-shard-00-01.ab1cd.mongodb.net " \
	"creates, by the id of the alert"
is "$(posted '.message, .details.Value, .tags[1]')" \
	"[CRITICAL] Web Shop: Disk partition space used data is 1.27 % on shop-shard-00-01.ab1cd.mongodb.net
1.27 %
Web Shop" "what it says"
handle 0 "an update, at Opsgenie's" "$update" "$jsm" -u "$base" "$key"
is "$(posted_path) $(state '.opened, .state[]' | tr '\n' ' ')" "/v2/alerts 1 open " "is the same alert"
handle 0 "an acknowledge" "$acknowledged" "$jsm" -u "$base/v2/alerts" "$key"
is "$(posted_path) $(state '.state[]')" \
	"/v2/alerts/$alert_key/acknowledge?identifierType=alias acknowledged" "acknowledges it"
like "$(posted .note)" '^Comment: looking$' "with the comment"
handle 0 "a close" "$closed" "$jsm" -u "$base" "$key"
handle 0 "a close again" "$closed" "$jsm" -u "$base" "$key"
is "$(state '.opened, .state[]' | tr '\n' ' ')" "1 resolved " "closes it"
before=$(requests)
handle 0 "an inform" "$informed" "$jsm" -u "$base" "$key"
is "$(requests)" "$before" "pages nobody"
printf '{"id":"a/b?c#d e","status":"OPEN"}' >"$T/body"
handle 0 "an odd id" "$(record "$T/body")" "$jsm" -u "$base" "$key"
printf '{"id":"a/b?c#d e","status":"CLOSED"}' >"$T/body"
handle 0 "its end" "$(record "$T/body" alert.close)" "$jsm" -u "$base" "$key"
is "$(state '.state["a_b_c_d_e"]')" resolved "is that of the same alert"
for pair in informational:P5 notice:P5 Warning:P3 error:P2 critical:P1 HIGH:P3; do
	alert_body OPEN 10:30:00 ",\"severity\":\"${pair%:*}\"" >"$T/body"
	handle 0 "severity ${pair%:*}" "$(record "$T/body")" "$jsm" -u "$base" "$key"
	is "$(posted .priority)" "${pair#*:}" "is ${pair#*:}"
done
alert_body OPEN 10:30:00 ",\"acknowledgementComment\":\"$(printf %040000d 0)\"" >"$T/body"
handle 0 "a long comment" "$(record "$T/body")" "$jsm" -u "$base" "$key"
handle 0 "a link" "$open" env ALERTSPOOL_LINK=https://cloud.mongodb.com/v2/x#/alerts \
	"$jsm" -u "$base" "$key"
like "$(posted .description)" '^https://cloud.mongodb.com/v2/x#/alerts$' "is in the description"

common_faults jsm "$jsm" -u "$base" "$key"
(umask 077; make_key >"$T/other.key")
handle 77 "another key" "$open" "$jsm" -u "$base" "$T/other.key"
key_faults jsm "$key" "$jsm" -u "$base" "$key"
handle 64 "a URL that keys do not go to" "$open" "$jsm" -u http://opsgenie.example "$key"
is "$(cat "$V/broken")" "" "no request broke a rule"

find "$spool" -type f ! -name lock -delete
make_life
run 0 "in a queue" alerts run -- "$jsm" -u "$base" "$key"
cat "$T/out" "$T/err" >>"$T/said"
is "$(state ".state[\"$alert_key\"]")" resolved "what ended is not raised"
nothing_said
done_testing
