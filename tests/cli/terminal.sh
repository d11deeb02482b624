#!/bin/sh
# SPDX-License-Identifier: ISC
# On a terminal, only printable characters appear, in lines that fit: for text in every
# field and header of an alert, and for everything that a command prints.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation

# Escape sequences in 7 and 8 bits, a title, line ends, deletion, bidirectional
# overrides and isolates, what has no width, tags, and a NUL; then as JSON.
cat >"$T/make.py" <<'EOT'
import json, sys
evil = ('\x1b[2J\x1b]0;title\x07\x9b31m\x9d0;x\x9c\r\n\t\b\x7f\x00\x85'
        '\u202e\u202d\u2066\u2069\u200f\u061c\u200b\u2028\u2029\ufeff\U000e0041end')
text = ('id groupId orgId alertConfigId eventTypeName status created updated lastNotified resolved '
        'acknowledgedUntil acknowledgementComment acknowledgingUsername clusterName clusterId '
        'parentClusterId hostId userAlias replicaSetName metricName instanceName '
        'processorName processorState processorErrorMsg humanReadable typeName '
        'sourceTypeName projectName orgName severity').split()
alert = {name: evil for name in text}
alert.update(hostnameAndPort=evil + ':27017', nonRunningHostIds=[evil, evil], tags=[evil],
             currentValue={'number': 1.5, 'units': evil}, links=[{'rel': 'self', 'href': evil}])
alert['x' + evil.replace('\x00', '')] = evil
if sys.argv[1] == 'readable':
    alert.update(humanReadable=f'Project: {evil}\n\nOrganization: {evil}\n\n{"-" * 40}\n\n'
                               f'OPEN\n{evil} is down\n{evil}\nType: {evil}\n')
if sys.argv[1] == 'times':
    alert.update(id='a', status='OPEN', created='2026-11-20T10:00:00Z', updated='2026-11-20T10:00:00Z',
                 eventTypeName='HOST_DOWN')
sys.stdout.buffer.write(json.dumps(alert, ensure_ascii=False).encode())
EOT
# What is not printable, or reorders or hides: any of these is a failure.
cat >"$T/harmless.py" <<'EOT'
import sys, unicodedata
text = sys.stdin.buffer.read().replace(b'\r\n', b'\n').decode()
bad = sorted({f'U+{ord(c):04X}' for c in text
              if c != '\n' and unicodedata.category(c) in ('Cc', 'Cf', 'Zl', 'Zp', 'Cs', 'Co')})
print(*bad)
EOT
# hostile_store FILE: with headers that are hostile, too
hostile_store() {
	env -i GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 REQUEST_METHOD=POST \
		REMOTE_ADDR="$(printf '192.0.2.1\033[2J')" \
		CONTENT_TYPE="$(printf 'application/json\033[2J\302\233\342\200\256')" \
		CONTENT_LENGTH="$(wc -c <"$1")" \
		HTTP_USER_AGENT="$(printf 'x\033]0;t\007\342\200\256\302\233')" \
		HTTP_X_MMS_REQUEST_ID="$(printf 'x\033[31m\342\200\256\n')" \
		HTTP_X_MMS_EVENT="$(printf 'alert.\033[2J\342\200\256')" \
		HTTP_X_MMS_SIGNATURE="$(sign "$1" "$T/i/secret")" \
		"$responder" -c "$conf" <"$1" 2>>"$T/log" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p'
}
ids=
for kind in all readable times; do
	"$python" "$T/make.py" "$kind" >"$T/body"
	id=$(hostile_store "$T/body")
	ok "an alert, hostile in every field ($kind), is stored" test -e "$spool/new/$id"
	ids="$ids $id"
done
# In bad/ as well, and as the reason of a move.
printf '{"id":"\033[2J\302\233\342\200\256"' >"$T/body"
bad=$(hostile_store "$T/body")
ok "a body that is not JSON is, too" test -e "$spool/bad/$bad"
ok "a hostile reason" "$alertspool" -c "$conf" bury --reason "$(printf '\033[2J\302\233\342\200\256\n')" "$id"
is "$("$python" "$T/harmless.py" <"$T/log")" "" "the log is harmless"

# harmless WIDTH NAME COMMAND: on a terminal of that width, colours forbidden
harmless() {
	on_terminal "$1" "export NO_COLOR=1; $3" >"$T/typed"
	is "$("$python" "$T/harmless.py" <"$T/typed")" "" "$1 columns: $2"
	ok "says something" test -s "$T/typed"
}
a="$alertspool -c $conf"
for width in 40 120; do
	harmless "$width" "list" "$a list --state all"
	ok "no line is wider" test "$(widest <"$T/typed")" -le "$width"
	harmless "$width" "list --json" "$a list --state all --json"
	harmless "$width" "show" "$a show $ids $bad"
	harmless "$width" "show --json" "$a show --json $ids $bad"
	harmless "$width" "stats" "$a stats"
	ok "no table is wider" test "$(grep -v '^Counted' "$T/typed" | widest)" -le "$width"
	harmless "$width" "stats --json" "$a stats --json"
	harmless "$width" "stats --prometheus" "$a stats --prometheus"
	harmless "$width" "verify" "$a verify $ids $bad"
	ok "no line is wider" test "$(widest <"$T/typed")" -le "$width"
	harmless "$width" "requeue of a body that is not an alert" "$a requeue $bad"
	harmless "$width" "an invalid ID" "$a show \"\$(printf 'x\\033[2J\\302\\233')\""
	harmless "$width" "list --alert" "$a list --state all --alert \"\$(printf 'x\\033[2J')\"; echo x"
done
"$alertspool" -c "$conf" show --json "$id" >"$T/pipe.json"
on_terminal 80 "$a show --json $id" >"$T/typed"
ok "JSON on a terminal means what it means in a pipe" "$python" -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a != b)' "$T/typed" "$T/pipe.json"

# A handler that prints its variables, so that they get into the reasons of failures. The
# progress line may only move the cursor to the beginning of the line and clear it.
cat >"$T/handler" <<'EOT'
#!/bin/sh
printf '%s\n' "$ALERTSPOOL_ALERT_ID" "$ALERTSPOOL_PROJECT" "$ALERTSPOOL_EVENT_TYPE"
printf '%s' "$ALERTSPOOL_SEVERITY" "$ALERTSPOOL_STATE" "$ALERTSPOOL_PROJECT" >&2
sleep 0.2
exit 65
EOT
chmod 755 "$T/handler"
on_terminal 40 "export NO_COLOR=1; $a run -- $T/handler" |
	sed "s/$(printf '\033')\[K//g" >"$T/typed"
is "$("$python" "$T/harmless.py" <"$T/typed")" "" "40 columns: run"
ok "with its progress line" grep -q ' done, ' "$T/typed"
harmless 40 "show, with that in the history" "$a show $ids"
harmless 40 "list of the dead" "$a list --state dead"
ok "no line is wider" test "$(widest <"$T/typed")" -le 40

done_testing
