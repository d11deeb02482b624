#!/bin/sh
# SPDX-License-Identifier: ISC
# "alertspool atlas severity": its output is a valid severity_file, and the unit that
# writes this file replaces it completely or not at all.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

P=".projects[\"$project\"]"
world "$P.configs += [
	{id: \"64f0c0ffee64f0c0ffee0002\", severityOverride: \"ERROR\", eventTypeName: \"X; y\n[spool]\"},
	{id: \"64f0c0ffee64f0c0ffee0005\", severityOverride: \"INFO\"},
	{id: \"64f0c0ffee64f0c0ffee0006\", eventTypeName: \"HOST_DOWN\"}]
	| .page = 2 | .count = \"low\" | $P.configs += [$P.configs[0]]"
wanted="; made by alertspool atlas severity
64f0c0ffee64f0c0ffee0001 = CRITICAL ; OUTSIDE_METRIC_THRESHOLD
64f0c0ffee64f0c0ffee0002 = ERROR ; X??y??spool?
64f0c0ffee64f0c0ffee0005 = INFO
64f0c0ffee64f0c0ffee0009 = CRITICAL ; GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRING"

run 0 "five severities on three pages, one twice" atlas severity
is "$(out)" "$wanted" "are printed once each"

# A second section with the same project, another source, and one project more.
more=666666666666666666666666
world ".projects[\"$more\"] = ($P | .name = \"More\" | .configs = [
	{id: \"64f0c0ffee64f0c0ffee0007\", severityOverride: \"warning\"}])"
cat >>"$conf" <<EOT
[atlas more]
project = $project
project = $more
url = https://127.0.0.1:$port
ca_file = $T/api.crt
key_file = account.key
EOT
run 0 "two sections with a project in common" atlas severity
is "$(out)" "$wanted
64f0c0ffee64f0c0ffee0007 = WARNING" "each severity once"
run 0 "one section" atlas severity more
is "$(grep -c ' = ' "$T/out")" 5 "has those of its own projects"
orders "[{\"path\": \"$more\", \"do\": \"cut\", \"times\": 0}]"
run 75 "the last project cannot be read" atlas severity
is "$(out)" "" "nothing is printed"
orders '[]'

# ---- as a severity_file ---------------------------------------------------------------

sed -i "s,^\[responder\],&\nseverity_file = $T/severity.conf," "$conf"
atlas severity shop >"$T/severity.new" 2>"$T/err" || : >"$T/severity.conf"
run 0 "with an empty one" atlas severity shop
cp "$T/out" "$T/severity.conf"
run 0 "the responder takes it" "$responder" -c "$conf" -t
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c | sed 's/5d1b6f8e8c2e4e2d3c4a0002/64f0c0ffee64f0c0ffee0002/' >"$T/body"
id=$(store "$conf" "$T/body")
is "$(jq -r '.alert | .severity, .severity_source' "$spool/new/$id")" "ERROR
config-id" "an alert of that configuration has its severity"

# ---- the unit -----------------------------------------------------------------------------

# unit_line KEY N: the Nth command of the unit, with our program, as systemd hands it to sh
unit=$srcdir/systemd/alertspool-atlas-severity.service
unit_line() {
	sed -n "s,^$1=+*/bin/sh -c '\(.*\)'\$,\1,p" "$unit" | sed -n "$2p" |
	    sed -e 's,\$\$,$,g' -e "s,/usr/bin/alertspool,$alertspool -c $conf," \
	    -e "s,systemctl try-reload-or-restart alertspool.service,echo reload >>$T/reloads,"
}
STATE_DIRECTORY=$T/state
export STATE_DIRECTORY
mkdir "$STATE_DIRECTORY"
once() {
	sh -c "$(unit_line ExecStart 1)" && sh -c "$(unit_line ExecStart 2)" &&
	    sh -c "$(unit_line ExecStartPost 1)"
}
: >"$T/reloads"
ok "the unit's commands" once
is "$(cat "$STATE_DIRECTORY/severity.conf")" "$("$alertspool" -c "$conf" atlas severity)" "write the file"
is "$(wc -l <"$T/reloads")" 1 "and reload the responder"
ok "once more" once
is "$(wc -l <"$T/reloads")" 1 "nothing changed: no reload"
inode=$(stat -c %i "$STATE_DIRECTORY/severity.conf")
world "$P.configs[0].severityOverride = \"INFO\""
ok "after a change" once
is "$(wc -l <"$T/reloads")" 2 "a reload"
isnt=$(stat -c %i "$STATE_DIRECTORY/severity.conf")
ok "the file was replaced, not written into" [ "$inode" != "$isnt" ]
cp "$STATE_DIRECTORY/severity.conf" "$T/kept"
orders '[{"path": "alertConfigs", "do": "cut", "times": 0}]'
ok "a list that cannot be read is a failure" sh -c "! ( $(unit_line ExecStart 1) ) 2>/dev/null"
is "$(cat "$STATE_DIRECTORY/severity.conf")" "$(cat "$T/kept")" "and the file stays"
tokens_are_secret
done_testing
