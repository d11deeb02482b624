#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/syslog: the journal's fields, at a stand-in for systemd's socket; RFC 5424
# over TCP and UDP, at a server that parses it; hostile alerts.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
command -v logger >/dev/null || skip_all "no logger"
. "$srcdir/tests/handlers/handlers.sh"

syslog=$handlers/syslog
make_life

# ---- RFC 5424

for transport in tcp udp; do
	: >"$T/$transport.messages"
	start "$transport" "$python" "$srcdir/tests/handlers/syslog_server.py" "$transport" \
		"$T/$transport.port" "$T/$transport.messages"
	wait_for '[ -s "$T/$transport.port" ]' || bail "no server"
done
tcp() { "$syslog" -s "127.0.0.1:$(cat "$T/tcp.port")"; }
udp() { "$syslog" -u -s "127.0.0.1:$(cat "$T/udp.port")"; }
# last TRANSPORT FILTER [N]: of the N-th message, once it is there
last() {
	last_of=$T/$1.messages last_n=${3:-1}
	wait_for '[ "$(wc -l <"$last_of")" -ge "$last_n" ]'
	tail -n 1 "$T/$1.messages" | jq -r "$2"
}
for transport in tcp udp; do
	handle 0 "$transport: an open" "$open" "$transport"
	is "$(out)$(err)" "" "succeeds without output"
	is "$(last $transport '.severity, .app, .message, .data.id, .data.alert, .data.value, .data.event')" \
		"2
alertspool-alert
[CRITICAL] Web Shop: Disk partition space used data is 1.27 % on shop-shard-00-01.ab1cd.mongodb.net
${open##*/}
$alert_key
1.27 %
open" "what it says"
done
handle 0 "a close" "$closed" tcp
is "$(last tcp '.severity, .data.state' 2)" "5
closed" "is a notice"
n=2
for text in 'x\"] [evil@1 a=\"b\"] \\ y' 'a\nb\r\nc' '\u001b[2J\u202e' '<13>1 - - - - - -'; do
	n=$((n + 1))
	printf '{"id":"h","status":"OPEN","projectName":"%s","severity":"%s","clusterName":"%s"}' \
		"$text" "$text" "$text" >"$T/body"
	handle 0 "hostile text" "$(record "$T/body")" tcp
	is "$(last tcp '.error, (.data | keys | join(" "))' $n)" \
		"null
alert cluster event id project severity source state" "is one message with its own fields"
	ok "and no control or invisible character" sh -c \
		'tail -n 1 "$1" | jq -j "[.. | strings] | join(\"\n\")" >"$2" && "$3" "$4" --lines "$2"' - \
		"$T/tcp.messages" "$T/strings" "$python" "$srcdir/tests/handlers/visible.py"
done
alert_body OPEN 10:30:00 ",\"acknowledgementComment\":\"$(printf %040000d 0)\"" >"$T/body"
handle 0 "a long text" "$(record "$T/body")" tcp
stop tcp
handle 75 "nobody there" "$open" tcp
handle 64 "an option as server" "$open" "$syslog" -s -x
handle 64 "no port" "$open" "$syslog" -s host:x
handle 65 "nothing" /dev/null tcp

# ---- the journal

# A directory of its own in the place of systemd's: needs root and a namespace.
if am_root && unshare -m true 2>/dev/null; then
	cat >"$T/journal" <<-EOT2
		#!/bin/sh
		# journal COMMAND...: run it beside a journal
		mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal || exit 99
		"$python" "$srcdir/tests/handlers/syslog_server.py" journal /run/ready "$T/journal.messages" &
		until [ -s /run/ready ]; do sleep 0.05; done
		"\$@"
		code=\$?
		kill \$!
		wait
		exit \$code
	EOT2
	chmod 755 "$T/journal"
	handle 0 "the journal" "$open" unshare -m --propagation private "$T/journal" "$syslog"
	is "$(tail -n 1 "$T/journal.messages" | jq -r '.MESSAGE, .PRIORITY, .SYSLOG_IDENTIFIER,
		.ALERTSPOOL_ID, .ALERTSPOOL_ALERT, .ALERTSPOOL_VALUE')" \
		"[CRITICAL] Web Shop: Disk partition space used data is 1.27 % on shop-shard-00-01.ab1cd.mongodb.net
2
alertspool-alert
${open##*/}
$alert_key
1.27 %" "has the fields"
	printf '{"id":"h","status":"OPEN","projectName":"%s","severity":"%s"}' \
		'x\nPRIORITY=0\n_UID=0' 'y\nMESSAGE=z' >"$T/body"
	handle 0 "newlines" "$(record "$T/body")" unshare -m --propagation private "$T/journal" "$syslog"
	is "$(tail -n 1 "$T/journal.messages" | jq -r '.PRIORITY, .ALERTSPOOL_PROJECT, ._UID')" "4
x PRIORITY=0 _UID=0
null" "make no field"
	handle 75 "no journal" "$open" unshare -m --propagation private \
		sh -c 'mount -t tmpfs tmpfs /run && "$1"' - "$syslog"
else
	skip "the journal" "needs root and a mount namespace"
fi
done_testing
