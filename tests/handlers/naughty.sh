#!/bin/sh
# SPDX-License-Identifier: ISC
# Hostile text (tests/web/naughty.txt) in every field of an alert, through every
# handler: nothing is executed, mentions somebody, or becomes a link or markup. Nothing
# invisible is sent, and every message has a limited size.
#
# Each handler gets a part of the texts, its neighbours other parts: chats, which read
# markup, a third, the others a sixth. With LONG=yes each gets all of them, and each text
# is also alone in each field.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
command -v sqlite3 >/dev/null || skip_all "no sqlite3"
. "$srcdir/tests/handlers/handlers.sh"

PATH=$(dirname "$alertspool"):$PATH
export PATH
naughty=$srcdir/tests/handlers/naughty.py
mkdir "$T/bodies" "$T/here" "$T/mails" "$T/bin"
ok "the bodies" "$python" "$naughty" bodies "$T/bodies" "$srcdir/tests/web/naughty.txt"
[ -z "${LONG:-}" ] || ok "one field each" \
	"$python" "$naughty" bodies "$T/bodies" "$srcdir/tests/web/naughty.txt" --alone
for body in "$T"/bodies/*; do
	record "$body"
done >"$T/records"
sort -u "$T/records" -o "$T/records"
ok "there are records of all" test "$(wc -l <"$T/records")" -ge 88
part=0

# all NAME HANDLER...: with each record, in a directory where nothing may turn up
all() {
	all_name=$1
	shift
	part=$((part + 1))
	parts=6
	case $all_name in slack | teams) parts=3 ;; esac
	awk -v n="$((part % parts))" -v parts="$parts" -v all="${LONG:-}" \
		'all != "" || NR % parts == n' "$T/records" >"$T/some"
	count=$(wc -l <"$T/some")
	(cd "$T/here" && xargs -P 4 -I FILE sh -c 'exec "$@" <FILE' - "$@" <"$T/some") \
		>"$T/$all_name.said" 2>&1
	is "$? $(sort -u "$T/$all_name.said" | head -n 5)" "0 " "$all_name takes all, without a word"
}
# sent NAME WHAT LARGEST
sent() {
	is "$("$python" "$naughty" judge "$2" "$V/requests" "$V/broken" "$3" | head -n 5)" "" \
		"$1: what it sends is harmless"
}

new_key=$(make_key)
vendor pagerduty
all pagerduty "$handlers/pagerduty" -u "$base" "$V/key"
sent pagerduty pager 65536
is "$(requests)" "$count" "each record is a request"
new_key=$(make_key)
vendor jsm
all jsm "$handlers/jsm" -u "$base" "$V/key"
sent jsm pager 65536
new_key=none
vendor alertmanager
all alertmanager "$handlers/alertmanager" "$base"
sent alertmanager pager 16384
for shape in slack teams; do
	new_key=http://127.0.0.1/services/$(make_key)
	vendor "$shape"
	(umask 077; echo "$base/${new_key#http://127.0.0.1/}" >"$T/$shape.url")
	if [ "$shape" = slack ]; then
		all slack "$handlers/chat" "$T/slack.url"
	else
		all teams "$handlers/chat" -t "$T/teams.url"
	fi
	sent "$shape" chat 28672
done
new_key=whsec_$(head -c 24 /dev/urandom | base64)
vendor webhook
(umask 077; echo "$base/" >"$T/webhook.url")
all webhook "$handlers/webhook" "$T/webhook.url" "$V/key"
is "$(cat "$V/broken") $(jq -r .body "$V/requests" | grep . | sort | sha256sum)" \
	" $(xargs cat <"$T/some" | sort | sha256sum)" "webhook: every record unchanged and signed"
start syslog "$python" "$srcdir/tests/handlers/syslog_server.py" tcp "$T/syslog.port" "$T/messages"
wait_for '[ -s "$T/syslog.port" ]' || bail "no syslog server"
all syslog "$handlers/syslog" -s "127.0.0.1:$(cat "$T/syslog.port")"
ok "syslog: all arrive" wait_for '[ "$(wc -l <"$T/messages")" -eq "$count" ]'
is "$(jq -r '.error // empty' "$T/messages")" "" "syslog: as RFC 5424 has it"
jq -j '[.. | strings] | join("\n") + "\n"' "$T/messages" >"$T/lines"
ok "syslog: nothing that is not seen" "$python" "$srcdir/tests/handlers/visible.py" --lines "$T/lines"

cat >"$T/bin/sendmail" <<EOT2
#!/bin/sh
cat >"$T/mails/\$\$"
EOT2
chmod 755 "$T/bin/sendmail"
PATH=$T/bin:$PATH
all mail "$handlers/mail" dba@example.org
is "$(ls "$T/mails" | wc -l)" "$count" "mail: each record is one"
cat "$T/mails"/* >"$T/lines"
ok "mail: nothing that is not seen" "$python" "$srcdir/tests/handlers/visible.py" --lines "$T/lines"
is "$("$python" - "$T/mails" <<'EOT2'
import email.policy, os, sys
NAMES = {"From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version",
         "X-Alertspool-Alert", "X-Alertspool-Record", "X-Alertspool-Severity",
         "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding"}
for entry in os.scandir(sys.argv[1]):
    raw = open(entry.path, "rb").read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if max(map(len, raw.split(b"\n"))) > 998 or message.defects or set(message) - NAMES:
        print(entry.name, message.defects, set(message) - NAMES)
EOT2
)" "" "mail: headers as in any other, lines of 998 bytes"
all sqlite "$handlers/sqlite" "$T/all.db"
is "$(sqlite3 "$T/all.db" 'SELECT count(*) FROM alerts; PRAGMA integrity_check')" "$count
ok" "sqlite: each record is a row"
is "$(find "$T/here" "$T/tmp" -mindepth 1)" "" "nothing was executed or left"
no_leaks "no key was said" "$T"/*.said
done_testing
