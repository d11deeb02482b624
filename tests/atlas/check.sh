#!/bin/sh
# SPDX-License-Identifier: ISC
# "alertspool atlas check" names each of twelve planted faults, and reports nothing
# else. "alertspool check" reports faults of the sections [atlas NAME].

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

P=".projects[\"$project\"]"
settings "key_file = account.key"
cp "$A/world.json" "$T/right.json"

# findings: what is not as it should be, LEVEL TEXT
findings() {
	atlas check --json >"$T/findings" 2>"$T/err"
	findings_code=$?
	jq -r 'select(.level != "ok") | "\(.level) \(.what // .text // .found)"' "$T/findings"
}
# plant NAME CODE LEVEL REGEX FILTER: the world with this fault has this finding alone
plant() {
	cp "$T/right.json" "$A/world.json"
	world "$5"
	findings >"$T/got"
	is "$findings_code" "$2" "$1: exit code"
	is "$(wc -l <"$T/got")" 1 "$1: one finding"
	like "$(cat "$T/got")" "^$3 .*$4" "$1: is named"
}

run 0 "a project that is right" atlas check
is "$(findings)" "" "has no finding"
like "$(atlas check)" 'informational alerts and those of the organization \(billing, users\)' \
	"a question without an answer is reported"

plant "no integration" 78 error 'no webhook integration' "$P.integration = null"
plant "no secret" 78 error 'has no secret' "$P.integration.secret = null"
plant "a template without id" 78 error 'template for bodies has no .id' \
	"$P.integration.bodyTemplate = \"{\\\"alert\\\":\\\"\${id}\\\"}\""
plant "a configuration without a webhook" 0 warning \
	'CPU_HIGH .*64f0c0ffee64f0c0ffee0003. notifies no webhook' \
	"$P.configs += [{id: \"64f0c0ffee64f0c0ffee0003\", enabled: true, eventTypeName: \"CPU_HIGH\",
	severityOverride: \"INFO\", notifications: [{typeName: \"EMAIL\", intervalMin: 5}]}]"
plant "a URL of its own" 0 warning 'own URL' \
	"$P.configs[0].notifications[0].webhookUrl = \"https://*****\""
plant "a template of its own" 0 warning 'own template' \
	"$P.configs[0].notifications[0].webhookBodyTemplate = \"{\\\"id\\\": \\\"\${id}\\\"}\""
plant "no severity" 0 warning 'DISK_PARTITION_SPACE_USED_DATA \(above 90\) .* no severity' \
	"del($P.configs[0].severityOverride)"
plant "an interval of years" 0 warning 'after 63333330 minutes' \
	"$P.configs[0].notifications[0].intervalMin = 63333330"
plant "nothing warns of secrets that expire" 0 warning 'before the secret of the service account' \
	"del($P.configs[1])"
plant "the access list" 78 error '403, .*access list' ".access = false"
plant "no such project" 78 error '404, not there' "del($P)"
cp "$T/right.json" "$A/world.json"
stop api
make_key norole public-norole digest none
start_api "$T/api.pem"
settings "key_file = norole.key"
is "$(findings | grep -c 'error .*its role is too small')" 1 "a role that is too small: is named"
is "$findings_code" 78 "a role that is too small: exit code"

# ---- no fault -----------------------------------------------------------------------

settings "key_file = account.key"
world "$P.configs[0].enabled = false | $P.configs[0].notifications = [] |
	del($P.configs[0].severityOverride)"
is "$(findings)" "" "a disabled one is not a fault"
cp "$T/right.json" "$A/world.json"
world "del($P.configs[0].severityOverride)"
printf '[severity]\nOUTSIDE_METRIC_THRESHOLD = ERROR\n' >>"$conf"
is "$(findings)" "" "and not a configuration that [severity] has a line for"
settings "key_file = reader.key"
sed -i '/^\[severity/,$d' "$conf"
cp "$T/right.json" "$A/world.json"
world "del($P.configs[1])"
is "$(findings)" "" "nor that nothing warns where an API key has no secret that expires"
cp "$T/right.json" "$A/world.json"
world ".page = 1 | .count = \"low\" | $P.configs += [$P.configs[0]]"
is "$(findings)" "" "nor pages that shift"
run 0 "quiet" atlas check --quiet
is "$(out)" "" "prints errors only"

# ---- sections ------------------------------------------------------------------------

run 64 "a section that is not there" atlas check nobody
like "$(err)" 'there are: shop' "and which there are"
sed -i '/^\[atlas/,$d' "$conf"
run 78 "no section" atlas check
like "$(err)" 'no section \[atlas NAME\]' "no section: the message"
settings "key_file = nowhere.key"
run 78 "a key that is not there" atlas check
like "$(out)" 'error +atlas: \[atlas shop\]: .*nowhere.key' "is a finding"

# ---- alertspool check -------------------------------------------------------------------

check() { "$alertspool" -c "$conf" check --json >"$T/check.out"; check_code=$?; jq -r 'select(.check == "atlas" or (.text // .what // .found // "" | test("atlas"))) | "\(.level) \(.where) \(.found // .what // .text)"' "$T/check.out"; }
settings "key_file = reader.key"
like "$(check)" "warning .*$project .*never succeeded" "check: reconcile never succeeded"
run 0 "reconcile" atlas reconcile
like "$(check)" "ok .*$project .*succeeded [0-9]*s ago" "check: it did"
run 0 "silence, where reconcile found nothing missing" atlas reconcile
"$alertspool" -c "$conf" check --max-silence 1h >"$T/out"
like "$(out)" '^ok +silence: default: .*reconcile found nothing missing' "is none"
jq --arg at "$(date -u -d '2 hours ago' +%FT%TZ)" '.projects[].succeeded = $at' \
	"$spool/atlas/shop.json" >"$T/state" && cat "$T/state" >"$spool/atlas/shop.json"
"$alertspool" -c "$conf" check --max-silence 1h >"$T/out"
like "$(out)" '^error +silence: default: never had a delivery' "but not two hours later"
jq --arg at "$(date -u -d '25 hours ago' +%FT%TZ)" '.projects[].succeeded = $at' \
	"$spool/atlas/shop.json" >"$T/state" && cat "$T/state" >"$spool/atlas/shop.json"
like "$(check)" "error .*$project .*not succeeded for 25h|error .*$project .*not succeeded for 1d" \
	"check: not for a day"
world "$P.alerts += [$P.alerts[0] | .id = \"66f0a1b2c3d4e5f6000000aa\"]"
run 0 "one that was missing" atlas reconcile
like "$(check)" "warning .*$project .*filled in 1 records within a week" "check: what was filled in"
is "$("$alertspool" -c "$conf" check --json | jq -r 'select(.check == "strays")')" "" \
	"check: atlas/ is no stray"
: >"$spool/atlas/other"
like "$("$alertspool" -c "$conf" check)" 'strays: .*spool/atlas: .*other' "check: what else is in it is"
rm "$spool/atlas/other"
chmod 644 "$T/i/reader.key"
like "$(check)" 'error .*reader.key .*others can read' "check: a key that others can read"
chmod 600 "$T/i/reader.key"
settings "key_file = reader.key" "keyfile = x"
"$alertspool" -c "$conf" check >"$T/out"
like "$(out)" "error +settings: .*unknown key 'keyfile' in \[atlas shop\]" "check: a mistake in the section"
run 78 "which atlas refuses, too" atlas check
run 0 "list does not mind" "$alertspool" -c "$conf" list
tokens_are_secret
done_testing
