#!/bin/sh
# SPDX-License-Identifier: ISC
# "alertspool atlas reconcile": what becomes a record and what does not, the first run,
# repeated runs that must add nothing, and a list of alerts that breaks off.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

P=".projects[\"$project\"]"
now() { date -u -d "${1:-now}" +%FT%TZ; }
alert() { printf '66f0a1b2c3d4e5f6%08x' "$1"; }
reconcile() { run "$1" "$2" atlas reconcile; }
written() { wc -l <"$T/out"; }
kinds() { cut -f 1 "$T/out" | cut -d . -f 3 | sort | uniq -c | awk '{ print $2 "=" $1 }' | tr '\n' ' '; }
newest() { "$alertspool" -c "$conf" alerts --json "$1" | tail -n 1; }
# add STATUS N [FILTER]: one more alert with this number
add() {
	"$python" -c "import sys, json; sys.path.insert(0, sys.argv[1]); import world
print(json.dumps(world.make_alert(int(sys.argv[3]), sys.argv[2])))" "$srcdir/tests/atlas" "$1" "$2" |
		jq "${3:-.}" >"$T/alert"
	world --slurpfile alert "$T/alert" "$P.alerts += \$alert"
}
# set N FILTER: change an alert there
set_alert() { world --arg id "$(alert "$1")" "($P.alerts[] | select(.id == \$id)) |= ($2)"; }
# delivered N [EVENT]: the API's alert is delivered by webhook
delivered() {
	jq --arg id "$(alert "$1")" "$P.alerts[] | select(.id == \$id) | . + {projectName: \"Web Shop\",
		humanReadable: \"x\"}" "$A/world.json" >"$T/body"
	store "$conf" "$T/body" "${2:-alert.open}"
}

# ---- the first run -----------------------------------------------------------------------

"$python" "$srcdir/tests/atlas/world.py" OPEN=50 TRACKING=3 CLOSED=5 CANCELLED=2 >"$A/world.json"
world '.page = 7 | .count = "low"'
reconcile 0 "50 open alerts, and a spool that knows none"
is "$(written) $(kinds)" "50 open=50 " "makes 50 records"
is "$(spool_count "$spool" new/) $(spool_count "$spool" done/)" "0 50" "that nobody will handle"
is "$(cut -f 2 "$T/out" | sort -u)" "done" "and its line says done"
is "$("$alertspool" -c "$conf" run -- /bin/false 2>&1; spool_count "$spool" done/)" 50 "run has nothing to do"
valid_spool "records of the API fit the schema" "$spool"
like "$("$alertspool" -c "$conf" show "$(head -n 1 "$T/out" | cut -f 1)")" 'known' "the history tells why"
is "$(jq -r '.delivery | "\(.method) \(.signature) \(.signature_verdict) \(.token_verdict)"' "$spool"/done/* | sort -u)" \
	"api null not-required not-required" "how it came is in the record"
is "$(jq -r '.alert | "\(.transition) \(.transition_source) \(.project.name)"' "$spool"/done/* | sort -u)" \
	"open body Web Shop" "and what it is"
is "$(jq -c .warnings "$spool"/done/* | sort -u)" "[]" "no warning is new"
like "$(jq -r .alert.summary "$spool"/done/* | head -n 1)" '^Disk partition space used data is 95.2 % on shop-shard-00-.. \(above 90\)$' \
	"the summary has metric, value, limit and place"
is "$(jq -r .raw "$spool"/done/* | jq -r .projectName | sort -u)" "Web Shop" "the body is the API's, with the project's name"
run 0 "verify finds all of them right" sh -c "ls '$spool/done' | '$alertspool' -c '$conf' verify -"
like "$(out)" 'not-required.*right.*right' "and not signed"
is "$(states | cut -d ' ' -f 2 | uniq -c | xargs)" "50 open" "alerts shows the open alerts there"
reconcile 0 "a second run"
is "$(written)" 0 "writes nothing"

# ---- what is new ----------------------------------------------------------------------------

add OPEN 100
add OPEN 101 '.alertConfigId = "64f0c0ffee64f0c0ffee0002"'
add OPEN 102 '.alertConfigId = "64f0c0ffee64f0c0ffee0003"'
add OPEN 103 '.alertConfigId = "64f0c0ffee64f0c0ffee0004"'
add OPEN 104 ".lastNotified = \"$(now)\""
add OPEN 105 ".created = \"$(now)\" | del(.lastNotified)"
world "$P.configs += [
	{id: \"64f0c0ffee64f0c0ffee0002\", enabled: true, eventTypeName: \"MAILED\", notifications: [{typeName: \"EMAIL\"}]},
	{id: \"64f0c0ffee64f0c0ffee0003\", enabled: false, eventTypeName: \"OFF\", notifications: [{typeName: \"WEBHOOK\"}]}]"
run 0 "--dry-run" atlas reconcile --dry-run
is "$(written) $(spool_count "$spool")" "1 51" "prints what would be written, and writes nothing"
cp "$T/out" "$T/dry"
reconcile 0 "one that was never delivered, among others"
is "$(cat "$T/out")" "$(cat "$T/dry")" "is what was written"
is "$(written) $(kinds) $(cut -f 2 "$T/out")" "1 open=1  new" "a record in new/"
like "$(err)" "3 open alerts notify no webhook.*$(alert 101) MAILED .*$(alert 102) OFF .*$(alert 103) of a configuration that is gone" \
	"those that notify no webhook are counted and named"
id_100=$(cut -f 1 "$T/out")
is "$(delivered 100 | grep -c .)" 1 "its delivery comes late"
is "$(delivered 104 | grep -c .)" 1 "that of the one that was left alone, too"
reconcile 0 "after them"
is "$(written)" 0 "nothing is written"
run 0 "the record of ours and the late delivery are handled in order" \
	"$alertspool" -c "$conf" run -- /bin/true
run 0 "take = all" sh -c "sed -i 's/^key_file.*/&\ntake = all/' '$conf' && '$alertspool' -c '$conf' atlas reconcile"
is "$(kinds)" "open=3 " "takes those of every configuration"
sed -i '/^take/d' "$conf"
# It would not be fresh for ever.
world "$P.alerts |= map(select(.id != \"$(alert 105)\"))"

# ---- acknowledged, and taken back -------------------------------------------------------------

set_alert 0 ".acknowledgedUntil = \"$(now '3 hours')\" | .acknowledgingUsername = \"a\" | .updated = \"$(now '5 minutes ago')\""
set_alert 1 ".acknowledgedUntil = \"$(now '3 hours ago')\" | .updated = \"$(now '5 minutes ago')\""
set_alert 2 ".acknowledgedUntil = \"$(now '3 hours')\" | .lastNotified = \"$(now)\""
reconcile 0 "one that was acknowledged there"
is "$(kinds) $(cut -f 1 "$T/out" | cut -d . -f 2)" "acknowledge=1  $(alert 0)" "is acknowledged here; not until a time past, nor if told just now"
is "$(states | grep -c acknowledged)" 1 "and shown so"
set_alert 2 "del(.acknowledgedUntil)"
reconcile 0 "again"
is "$(written)" 0 "nothing is written"
set_alert 0 ".acknowledgedUntil = \"$(now '5 hours')\" | .updated = \"$(now '4 minutes ago')\""
reconcile 0 "until another time"
is "$(kinds)" "acknowledge=1 " "an acknowledgement there becomes a record"
set_alert 0 "del(.acknowledgedUntil) | .updated = \"$(now '3 minutes ago')\""
reconcile 0 "taken back"
is "$(kinds)" "update=1 " "is an update"
is "$(states | grep -c acknowledged)" 0 "and it is open again"
reconcile 0 "again"
is "$(written)" 0 "nothing is written"
set_alert 0 ".updated = \"$(now '1 minute ago')\""
reconcile 0 "an alert whose updated moves by itself"
is "$(written)" 0 "is no news"

# ---- ended ---------------------------------------------------------------------------------------

set_alert 3 ".status = \"CLOSED\" | .resolved = \"$(now '10 minutes ago')\" | .updated = .resolved"
set_alert 4 ".status = \"CANCELLED\" | .updated = \"$(now '10 minutes ago')\""
set_alert 5 ".status = \"CLOSED\" | .resolved = \"$(now)\" | .updated = .resolved"
set_alert 6 ".status = \"TRACKING\""
reconcile 0 "one closed, one cancelled, one closed just now, one tracked again"
is "$(kinds)" "cancel=1 close=1 " "the first two have ended"
is "$(newest "$(alert 5)" | jq -r .event) $(states | grep -c "$(alert 5) open") $(states | grep -c "$(alert 6) open")" \
	"open 1 1" "the others are left alone"
reconcile 0 "again"
is "$(written)" 0 "nothing is written"
set_alert 5 ".resolved = \"$(now '10 minutes ago')\""
reconcile 0 "two minutes later"
is "$(kinds)" "close=1 " "that one, too"
run 0 "one that an operator ended" "$alertspool" -c "$conf" end "$(alert 7)"
set_alert 7 ".updated = \"$(now '1 minute ago')\""
reconcile 0 "and is open there"
is "$(written)" 0 "is not opened again"
set_alert 6 ".status = \"OPEN\""

world "$P.alerts |= map(select(.id != \"$(alert 8)\" and .id != \"$(alert 9)\"))"
reconcile 0 "two that are gone"
is "$(written)" 0 "are ended by nobody"
is "$(grep -c 'does not know it any more' "$T/err")" 2 "each is reported"
like "$(err)" "alertspool end $(alert 8)" "with the line to type"
reconcile 0 "again"
is "$(err | grep -c 'any more')" 0 "but once a day"
jq --arg at "$(now '25 hours ago')" '.projects[].asked[].told = $at' "$spool/atlas/shop.json" >"$T/state" &&
	cat "$T/state" >"$spool/atlas/shop.json"
reconcile 0 "the next day"
is "$(err | grep -c 'any more')" 2 "it is said again"

# ---- lists that break off ------------------------------------------------------------------------

add OPEN 110
set_alert 10 ".status = \"CLOSED\" | .resolved = \"$(now '10 minutes ago')\" | .updated = .resolved"
for order in '"do": "cut"' '"do": "cut-chunk"' '"do": "drop"' '"do": "status", "status": 500' \
	'"do": "status", "status": 200, "body": "<html>"' '"do": "status", "status": 200, "body": {"results": 1}' \
	'"do": "status", "status": 429, "headers": {"Retry-After": "500"}'; do
	for list in OPEN.*pageNum=2 TRACKING; do
		orders "[{\"path\": \"status=${list%.*}\", \"times\": 0, $order}]"
		[ "$list" = TRACKING ] || orders "[{\"path\": \"status=OPEN&itemsPerPage=500&pageNum=2\", \"times\": 0, $order}]"
		: >"$A/requests"
		run 75 "the list ${list%.*}: $order" atlas reconcile
		is "$(asked "/alerts/") $(grep -c close "$T/out")" "0 0" "nothing is asked for, and nothing ends"
	done
done
before=$(jq -r '.projects[].succeeded' "$spool/atlas/shop.json")
orders '[{"path": "/alerts/", "times": 0, "do": "drop"}]'
sleep 1
reconcile 75 "no answer for one that may have ended"
is "$(jq -r '.projects[].succeeded' "$spool/atlas/shop.json")" "$before" "is no success"
orders '[]'
reconcile 0 "whole lists again"
is "$(kinds)" "close=1 " "what ended has ended; what was in the broken list is known"
orders "[{\"path\": \"status=OPEN&itemsPerPage=500&pageNum=1\", \"do\": \"change\", \"alerts\": [\"$(alert 11)\"],
	\"to\": {\"status\": \"CLOSED\", \"resolved\": \"$(now '10 minutes ago')\", \"updated\": \"$(now '10 minutes ago')\"}}]"
add OPEN 105 ".created = \"$(now)\" | del(.lastNotified)"
reconcile 0 "pages that shift while they are read"
orders '[]'
reconcile 0 "and once more"
jq -r "$P.alerts[] | select(.status == \"OPEN\") | .id" "$A/world.json" | sort >"$T/there"
states | cut -d ' ' -f 1 | sort >"$T/here"
is "$(comm -13 "$T/there" "$T/here" | tr '\n' ' ')" "$(alert 8) $(alert 9) " "open here and not there: the two that are gone"
is "$(comm -23 "$T/there" "$T/here" | tr '\n' ' ')" "$(alert 7) $(alert 105) " \
	"open there and not here: the one an operator ended, and one of this minute"
world "$P.alerts |= map(select(.id != \"$(alert 105)\"))"

# ---- what is refused --------------------------------------------------------------------------------

world "$P.integration.bodyTemplate = \"{\\\"alert\\\": \\\"\${id}\\\"}\""
add OPEN 120
reconcile 78 "a template without id"
is "$(written)" 0 "the project is refused"
like "$(err)" 'template for bodies has no "id".*add "id"' "and told why"
world "$P.integration.bodyTemplate = \"{\\\"id\\\": \\\"\${id}\\\", \\\"status\\\": \\\"\${status}\\\"}\""
reconcile 0 "one with it"
is "$(kinds)" "open=1 " "is not"
world "$P.integration.bodyTemplate = null"

echo "{" >"$T/damaged"
damaged=$("$alertspool" -c "$conf" alerts --json "$(alert 13)" | jq -r .id | tail -n 1)
damaged=$(find "$spool/new" "$spool/done" -name "$damaged")
cp -p "$damaged" "$T/kept"
cat "$T/damaged" >"$damaged"
set_alert 13 ".acknowledgedUntil = \"$(now '3 hours')\" | .updated = \"$(now '4 minutes ago')\""
reconcile 0 "an alert whose newest record is damaged"
is "$(written)" 0 "is left out"
like "$(err)" "alert $(alert 13) is left out: its newest record .* is damaged" "and said so"
cat "$T/kept" >"$damaged"
reconcile 0 "when it is whole again"
is "$(kinds)" "acknowledge=1 " "an acknowledgement there becomes a record"

# ---- two at once, and alerts that somebody works on ----------------------------------------------------

add OPEN 130
set_alert 12 ".acknowledgedUntil = \"$(now '3 hours')\" | .updated = \"$(now '4 minutes ago')\""
start holder "$tools/holder" "$spool" "$("$alertspool" -c "$conf" alerts --json "$(alert 12)" | jq -r .id | tail -n 1)"
wait_for '[ -s "$T/holder.log" ]' || bail "no lock"
reconcile 75 "an alert that another process works on"
is "$(kinds)" "open=1 " "is left to it; the others are written"
like "$(err)" '1 alerts were left to other processes' "and said"
stop holder
reconcile 0 "when it is done"
is "$(kinds)" "acknowledge=1 " "that one, too"

orders '[{"path": "status=OPEN", "do": "slow", "times": 1}]'
: >"$A/requests"
start first "$alertspool" -c "$conf" atlas reconcile
wait_for '[ "$(asked "status=OPEN.* 200")" -gt 0 ]' || bail "nothing was asked"
reconcile 75 "a second one at the same time"
like "$(err)" 'another .alertspool atlas reconcile. is running' "the message names the other reconcile"
stop first KILL
orders '[]'
reconcile 0 "after the first was killed"

# ---- the state ---------------------------------------------------------------------------------------------

is "$(stat -c '%a %A' "$spool/atlas" | cut -c 1-4) $(stat -c %a "$spool/atlas/shop.json")" "2750 640" "modes"
add OPEN 140
echo '{"projects":' >"$spool/atlas/shop.json"
reconcile 0 "a state that is damaged"
is "$(kinds) $(cut -f 2 "$T/out")" "open=1  new" "is not a first run: missing alerts are handled"
like "$(cat "$spool/atlas/shop.json")" '"succeeded":"20' "and it is written again"
rm "$spool/atlas/shop.json"
add OPEN 141
run 0 "--handle in a first run" atlas reconcile --handle
is "$(cut -f 2 "$T/out")" new "has the open alerts handled"

# ---- sources and sections ---------------------------------------------------------------------------------------

make_secret "$T/i/payments.secret"
more=666666666666666666666666
sed -i "s,^\[atlas shop,[source payments]\nsecret_file = $T/i/payments.secret\n&," "$conf"
cat >>"$conf" <<EOT
[atlas payments]
project = $more
source = payments
url = https://127.0.0.1:$port
ca_file = $T/api.crt
key_file = account.key
EOT
world ".projects[\"$more\"] = ($P | .name = \"Payments\" | .alerts = [.alerts[0] | .groupId = \"$more\"
	| .id = \"777777777777777777777777\"])"
run 0 "two sections" atlas reconcile
is "$(jq -r '"\(.source) \(.alert.project.name)"' "$spool"/done/*777777777777777777777777+payments*)" \
	"payments Payments" "each makes records of its own source"
world ".projects[\"$more\"].alerts[0] |= (.status = \"CLOSED\" | .resolved = \"$(now '10 minutes ago')\" | .updated = .resolved)"
run 0 "one that ended before it was opened here" atlas reconcile payments
is "$(written)" 0 "is left alone"
like "$(err)" 'ended before .*alertspool end 777777777777777777777777.payments' "and the command to type"
world ".projects[\"$more\"].alerts[0].updated = \"$(now)\""
run 0 "one section" atlas reconcile payments
is "$(kinds)" "close=1 " "ends its own"
orders "[{\"path\": \"$project\", \"do\": \"status\", \"status\": 403, \"times\": 0, \"body\": {}}]"
run 77 "a project that is refused, and one" atlas reconcile
ok "the other one was asked" [ "$(asked "$more.* 200")" -gt 0 ]
orders '[]'
valid_spool "all records fit the schema" "$spool"

# ---- who may ------------------------------------------------------------------------------------------

if am_root; then
	make_installation "$T/his" nobody
	chmod 755 "$T/his"
	sed "s,^directory.*,directory = $T/his/spool," "$conf" >"$T/his/alertspool.conf"
	cp "$T/i/reader.key" "$T/his/reader.key"
	holds_secret "$T/his/reader.key"
	sed -i "s,^key_file.*,key_file = $T/his/reader.key," "$T/his/alertspool.conf"
	chown root:nogroup "$T/his/reader.key"
	chmod 640 "$T/his/reader.key"
	run 0 "as root, for a spool owned by nobody" "$alertspool" -c "$T/his/alertspool.conf" atlas reconcile shop
	is "$(find "$T/his/spool/done" "$T/his/spool/atlas" ! -user nobody)" "" "everything made is owned by nobody"
	ok "there was something" [ "$(written)" -gt 10 ]
	run 77 "as somebody else" become daemon "$alertspool" -c "$T/his/alertspool.conf" atlas reconcile
else
	skip "as root" "not root"
fi
"$alertspool" -c "$conf" list --state done --state new --json >"$T/said" 2>&1
tokens_are_secret
done_testing
