#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool show: every form of a record, and IDs.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

show() { "$alertspool" -c "$conf" show "$@"; }

make_alert 65a7d3f0a1b2c3d4e5f60009 OPEN 2026-11-20T10:30:00Z >"$T/1"
make_alert 65a7d3f0a1b2c3d4e5f6000a CLOSED 2026-11-20T10:31:00Z >"$T/2"
printf 'no json \0\377\033[2J\n' >"$T/3"
one=$(store "$conf" "$T/1" alert.open)
two=$(store "$conf" "$T/2" alert.update)
bad=$(store "$conf" "$T/3" alert.open)
digest() { echo "${1##*.}"; }

# Somebody sends the signed body of an opening again, with other events.
for event in alert.close alert.cancel alert.acknowledge alert.inform; do
	is "$(store "$conf" "$T/1" "$event")" "$one" "an opening sent again as $event is a duplicate"
done

# ---- forms

run 0 "show" show "$one"
like "$(out)" "^id +$one\$" "tells the id"
like "$(out)" '^state +new$' "the state"
like "$(out)" '^value +95\.2 / RAW$' "the value as it was sent"
like "$(out)" '^event type +OUTSIDE_METRIC_THRESHOLD / host-metric$' "the type"
unlike "$(out)" '^warnings' "no warnings where there are none"
run 0 "show with a warning" show "$two"
like "$(out)" '^warnings +event-status-mismatch$' "tells it"

run 0 "--json" show --json "$one"
is "$(sed 's/,"spool":{.*/}/' "$T/out")" "$(cat "$spool/new/$one")" "the record, and its place"
run 0 "--raw" show --raw "$one"
ok "the body byte for byte" cmp "$T/out" "$T/1"
run 0 "--raw of a body that is not text" show --raw "$bad"
ok "byte for byte, too" cmp "$T/out" "$T/3"
run 0 "--path" show --path "$bad"
is "$(out)" "$spool/bad/$bad" "the file"
run 0 "show a quarantined one" show "$bad"
like "$(out)" '^error +not-' "tells why"
# The page of a project's alerts: only of what can be no other link.
# web_link HREF PROJECT: what show says of such an alert
web_link() {
	printf '{"id":"w","status":"OPEN","groupId":"%s","links":[{"rel":"self","href":"%s"}]}' \
		"$2" "$1" >"$T/w"
	show --json "$(store "$conf" "$T/w")" | jq -r .web_link
}
project=5f1e2d3c4b5a69788796a5b4
for host in cloud.mongodb.com cloud.mongodbgov.mongodb.com mongodb.com; do
	is "$(web_link "https://$host/api/atlas/v2/groups/$project/alerts/w" $project)" \
		"https://$host/v2/$project#/alerts" "web_link at $host"
done
for href in "http://cloud.mongodb.com/x" "https://mongodb.com.evil.example/x" \
    "https://evilmongodb.com/x" "https://cloud.mongodb.com:8443/x" "javascript:alert(1)" \
    "https://evil.example/?mongodb.com/" "https://x@cloud.mongodb.com/" "https://evil.example#.mongodb.com" \
    "https://evil.example\\\\.mongodb.com/"; do
	is "$(web_link "$href" $project)" null "none of $href"
done
for id in "" ${project}0 "${project%?}g" "${project%?}/" "../../../../../../../../"; do
	is "$(web_link "https://cloud.mongodb.com/api" "$id")" null "none of a project '$id'"
done

run 64 "two forms at once" show --raw --json "$one"

# ---- IDs

run 0 "the front of a name" show --path "${one%????????????????}"
is "$(out)" "$spool/new/$one" "is enough"
run 0 "12 digits of DIGEST" show --path "$(digest "$one" | cut -c1-12)"
is "$(out)" "$spool/new/$one" "are enough"
run 65 "the front of two names" show --path 20261120T103
is "$(out)" "" "is no answer"
run 66 "no such record" show 20991231T235959Z.-.open.00000000000000000000000000000000
run 65 "no ID at all" show 'x/../y'
run 66 "several, one missing" show --path "$one" 00000000deadbeef "$two"
is "$(out)" "$spool/new/$one
$spool/new/$two" "the others are shown"
run 65 "the first failure counts" show 2026 00000000deadbeef
run 0 "IDs from standard input" sh -c 'printf "%s\tx y\n\n  %s\n" "$3" "$4" | "$1" -c "$2" show --path -' - \
	"$alertspool" "$conf" "$one" "$(digest "$two")"
is "$(out)" "$spool/new/$one
$spool/new/$two" "first words of lines"
run 0 "no IDs on standard input" sh -c '"$1" -c "$2" show - </dev/null' - "$alertspool" "$conf"
run 65 "hostile IDs on standard input" sh -c 'printf "\033[2J\n" | "$1" -c "$2" show -' - "$alertspool" "$conf"
is "$(tr -d '[:print:]\n' <"$T/err")" "" "hostile IDs on standard input: the message"

# ---- history, leases, hostile text

mkdir -p "$spool/history"
printf '%s\n' '{"time":"2026-11-20T11:00:00Z","who":"root","what":"release","why":"a\u001bb"}' \
	'no json' >"$spool/history/$one"
run 0 "a history" show "$one"
like "$(out)" '^history +2026-11-20T11:00:00Z who=root what=release why=a\\u\{1b\}b$' "is shown"
like "$(out)" '^history +no json$' "unchanged if it is not JSON"
mv "$spool/new/$one" "$spool/cur/$one"
touch -d '2026-11-23T12:00:00Z' "$spool/cur/$one"
run 0 "a claimed one" show "$one"
like "$(out)" '^state +cur, leased until 2026-11-23T12:00:00Z$' "tells its lease"
mv "$spool/cur/$one" "$spool/new/$one"
later=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
touch -d "$later" "$spool/new/$one"
run 0 "one that waits" show "$one"
like "$(out)" "^state +new, not before $later\$" "tells how long"

printf '{"id":"evil","status":"OPEN","humanReadable":"a\\u001b[2J\\nb\\u009b","clusterName":"\\r\\u202e"}' >"$T/4"
evil=$(store "$conf" "$T/4" alert.open)
run 0 "hostile text" show "$evil"
is "$(LC_ALL=C grep -cP '[^\x20-\x7e]' "$T/out")" 0 "is shown harmless"
like "$(out)" '^text +a\\u\{1b\}\[2J$' "line by line"

# ---- ages, on a terminal

typed() { on_terminal 80 "NO_COLOR=1 $alertspool -c $conf show $two"; }
received() { sed -i "s/\"received_at\":\"[^\"]*\"/\"received_at\":\"$1\"/" "$spool/new/$two"; }
received "$(date -u -d '-2 hours' +%Y-%m-%dT%H:%M:%SZ)"
like "$(typed)" '^received +20[0-9-]+T[0-9:]+Z \(2h ago\)$' "how long ago"
received "$(date -u -d '+49 hours' +%Y-%m-%dT%H:%M:%SZ)"
like "$(typed)" '^received +20[0-9-]+T[0-9:]+Z \(in 2d\)$' "or how long it will take"
received then
like "$(typed)" '^received +then$' "or neither, for text that is not a time"

# ---- records that are not whole

head -c 50 "$spool/new/$two" >"$T/torn" && cat "$T/torn" >"$spool/new/$two"
run 65 "a torn record" show "$two"
like "$(err)" '^alertspool show: ' "a torn record: the message"
run 0 "its path" show --path "$two"
is "$(store "$conf" "$T/2" alert.update)" "$two" "delivered once more, it is the same record"
like "$(cat "$T/store.err")" 'a torn record was replaced' "the log tells that it was torn"
run 0 "--raw" show --raw "$two"
ok "and it is whole again" cmp "$T/out" "$T/2"
no_leaks "no secret was shown" "$T/out" "$T/err"

done_testing
