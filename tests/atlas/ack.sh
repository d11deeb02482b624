#!/bin/sh
# SPDX-License-Identifier: ISC
# "alertspool atlas ack" and "unack": which alert, which project and key, until when.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

P=".projects[\"$project\"]"
one=66f0a1b2c3d4e5f600000000 two=66f0a1b2c3d4e5f600000001 three=66f0a1b2c3d4e5f600000002
settings "key_file = manager.key"
run 0 "three alerts" atlas reconcile

# there ID KEY: what the API has of the alert
there() { jq -r --arg id "$1" "$P.alerts[] | select(.id == \$id) | .$2 // \"-\"" "$A/world.json"; }
# around NAME SECONDS: the time that was printed last is this far ahead, to the minute
around() {
	around_at=$(cut -f 2 "$T/out")
	around_is=$(($(date -d "$around_at" +%s) - $(date +%s)))
	ok "$1: $around_at" [ $((around_is - $2)) -ge -60 -a $((around_is - $2)) -le 60 ]
}

run 0 "ack" atlas ack $one
is "$(cut -f 1 "$T/out")" $one "prints the alert"
around "and until when: four hours" 14400
is "$(there $one acknowledgingUsername)" public-manager "as the key"
run 0 "--until 2d12h" atlas ack $one --until 2d12h --comment 'disk ordered, ü'
around "an age lies ahead" 216000
is "$(there $one acknowledgementComment)" 'disk ordered, ü' "with a comment"
run 0 "--until forever" atlas ack $one --until forever
like "$(out)" "^$one	$(($(date -u +%Y) + 100))-$(date -u +%m)" "is a hundred years"
run 0 "--until a time of day" atlas ack $one --until 00:00
ok "is the next one" [ "$(date -d "$(cut -f 2 "$T/out")" +%s)" -gt "$(date +%s)" ]
like "$(out)" 'T00:00:00Z$' "at that time"
run 0 "--until a date" atlas ack $one --until 2099-01-02T03:04:05Z
is "$(there $one acknowledgedUntil)" 2099-01-02T03:04:05Z "is that date"
for wrong in yesterday 2020-01-01 0 0s soon ''; do
	run 64 "--until '$wrong'" atlas ack $one --until "$wrong"
done
long=$(printf '%0200d' 0)
run 0 "a comment of 200 characters" atlas ack $one --comment "${long%0}ü"
run 64 "and one of 201" atlas ack $one --comment "${long}x"
run 64 "one that is no UTF-8" atlas ack $one --comment "$(printf '\377')"

run 0 "unack" atlas unack $one
is "$(out)" "$one	" "prints the alert"
is "$(there $one acknowledgedUntil)" - "and it is taken back"

# ---- which alert --------------------------------------------------------------------------

run 0 "the front of an id, and a record's ID" atlas ack 66f0a1b2c3d4e5f600000001 \
	"$("$alertspool" -c "$conf" list --state done --alert $three --json | jq -r .id)"
is "$(cut -f 1 "$T/out" | tr '\n' ' ')" "$two $three " "both are found"
run 66 "one that nobody knows, and one" atlas ack 123456 $one
is "$(cut -f 1 "$T/out")" $one "the other one is acknowledged all the same"
run 65 "an ambiguous front" atlas ack 66f0
is "$("$alertspool" -c "$conf" end $three | wc -l)" 1 "one that has ended here"
run 66 "is refused" atlas ack $three
like "$(err)" 'is not open \(cancelled\); with --force' "and says how to do it all the same"
run 0 "with --force it is not" atlas ack $three --force
run 0 "nor for unack" atlas unack --force $three

make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
store "$conf" "$T/body" >"$T/id"
run 78 "a project that no section has" atlas ack 5d1b6f8e8c2e4e2d3c4a5b6c
like "$(err)" 'no section .* has the project 5d1b6f8e8c2e4e2d3c4a0001.*add "project = 5d1b' "and what to add"
sed 's/5d1b6f8e8c2e4e2d3c4a0001/x/; s/5d1b6f8e8c2e4e2d3c4a5b6c/some-id/' "$T/body" >"$T/odd"
store "$conf" "$T/odd" >"$T/id"
: >"$A/requests"
run 65 "ids that are none" atlas ack some-id
is "$(asked .)" 0 "nothing was asked"

settings "key_file = reader.key"
run 77 "a key that may only read" atlas ack $one
like "$(err)" 'to acknowledge: Project Alerts Manager' "which role it needs"
orders '[{"do": "status", "status": 400, "body": {"errorCode": "X", "detail": "No."}}]'
settings "key_file = account.key"
orders '[{"path": "/alerts/", "do": "status", "status": 400, "body": {"errorCode": "X", "detail": "No."}}]'
run 65 "what the API refuses" atlas ack $one
like "$(err)" '400, .*X: No\.' "in its words"
run 64 "no alert" atlas ack
tokens_are_secret
done_testing
