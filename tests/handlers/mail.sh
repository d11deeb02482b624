#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/mail: another parser reads the message that sendmail gets; hostile alerts;
# what each exit code does to a record in a queue.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

mail=$srcdir/handlers/mail

# A sendmail that keeps what it gets, and ends as $T/code says.
mkdir "$T/bin"
cat >"$T/bin/sendmail" <<EOT
#!/bin/sh
printf '%s\n' "\$@" >"$T/arguments"
cat >"$T/message"
exit "\$(cat "$T/code")"
EOT
chmod 755 "$T/bin/sendmail"
echo 0 >"$T/code"
PATH=$T/bin:$PATH
export PATH

# What a mail reader makes of the message: headers in the order of their names,
# then defects, then the body.
cat >"$T/read.py" <<'EOT'
import email.policy, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
for name, value in sorted(message.items()):
    print(f'{name}: {value}'.encode('unicode_escape').decode())
for part in [message] + [message[name] for name in message.keys()]:
    for defect in part.defects:
        print('defect', repr(defect))
print()
print(message.get_content())
EOT
# mailed RECORD [OPTION...]: mail it to one address and read it: $T/read
mailed() {
	record=$1
	shift
	rm -f "$T/message"
	"$mail" "$@" dba@example.org <"$record" || return
	"$python" "$T/read.py" "$T/message" >"$T/read"
}
header() { sed -n "/^\$/q; s/^$1: //p" "$T/read"; }

# ---- one mail

id=$(store "$conf" "$srcdir/tests/data/host-metric-raw/body")
run 0 "a record" mailed "$spool/new/$id" -f alertspool@example.org
is "$(out)$(err)" "" "is mailed without output"
is "$(tr '\n' ' ' <"$T/arguments")" "-i -f alertspool@example.org -- dba@example.org " \
	"sendmail's arguments"
is "$(sed '/^$/q' "$T/read")" "Auto-Submitted: auto-generated
Content-Transfer-Encoding: 8bit
Content-Type: text/plain; charset=\"UTF-8\"
From: alertspool@example.org
In-Reply-To: <alert.66f0a1b2c3d4e5f607180001@alertspool.invalid>
MIME-Version: 1.0
Message-ID: <$id@alertspool.invalid>
References: <alert.66f0a1b2c3d4e5f607180001@alertspool.invalid>
Subject: [CRITICAL] Web Shop: Disk space % used on Data Partition has gone above 90
To: dba@example.org
X-Alertspool-Alert: 66f0a1b2c3d4e5f607180001
X-Alertspool-Record: $id
X-Alertspool-Severity: CRITICAL" "its headers, without a defect"
for line in 'Severity: *CRITICAL' 'Cluster: *shop' 'Host: *shop-shard-00-01.ab1cd.mongodb.net' \
	'Value: *95.2 %' 'Replica Set: atlas-k3x9-shard-0' "$id"; do
	like "$(sed '1,/^$/d' "$T/read")" "^$line\$" "its text has $line"
done
ok "no line is longer than 998 bytes" \
	"$python" -c 'import sys; sys.exit(max(map(len, open(sys.argv[1], "rb"))) > 999)' "$T/message"

# One alert is one thread; its later mails say what happened.
sed 's/"OPEN"/"CLOSED"/; s/"updated":"[^"]*"/"updated":"2026-11-20T11:00:00Z"/' \
	"$srcdir/tests/data/host-metric-raw/body" >"$T/closed"
closed=$(store "$conf" "$T/closed" alert.close)
run 0 "its end" mailed "$spool/new/$closed"
like "$(header Subject)" ' has gone above 90 \(closed\)$' "a closed alert: the subject"
is "$(header References) $(header From)" "<alert.66f0a1b2c3d4e5f607180001@alertspool.invalid> " \
	"in the same thread; without -f there is no From"
run 0 "two addresses" "$mail" a@example.org b@example.org <"$spool/new/$id"
"$python" "$T/read.py" "$T/message" >"$T/read"
is "$(header To)" "a@example.org, b@example.org" "both are in the header"

# ---- hostile alerts

# hostile TEXT: that text, JSON, in every field that a mail shows
hostile() {
	printf '{"id":"%s","status":"%s","eventTypeName":"%s","severity":"%s","groupId":"%s",' \
		"$1" OPEN "$1" "${2:-$1}" "$1"
	printf '"projectName":"%s","orgName":"%s","clusterName":"%s","replicaSetName":"%s",' \
		"$1" "$1" "$1" "$1"
	printf '"userAlias":"%s","metricName":"%s","currentValue":{"number":1,"units":"%s"},' \
		"$1" "$1" "$1"
	printf '"acknowledgingUsername":"%s","acknowledgementComment":"%s",' "$1" "$1"
	printf '"processorName":"%s","humanReadable":"%s\\n%s",' "$1" "$1" "$1"
	printf '"created":"2026-11-20T10:30:00Z","updated":"2026-11-20T10:30:00Z"}'
}
number=0
for text in 'x\r\nBcc: thief@example.com\r\n\r\nbody' 'x\nBcc: thief@example.com' \
	'x\rBcc: thief@example.com' '=?UTF-8?Q?x=0ABcc:_thief@example.com?=' \
	'\u001b]0;x\u0007\u202e\u0000\u0085Bcc: thief@example.com' \
	'x\u2028Bcc: thief@example.com' '.' '.\r\n.\r\nMAIL FROM:<thief@example.com>' \
	'\u00e4\ud83d\ude00\u4e2d\u00e4\ud83d\ude00\u4e2d\u00e4\ud83d\ude00\u4e2d\u00e4\ud83d\ude00'; do
	number=$((number + 1))
	hostile "$text" >"$T/hostile"
	case $number in 5 | 9) hostile "$text" CRITICAL >"$T/hostile" ;; esac
	id=$(store "$conf" "$T/hostile")
	run 0 "hostile alert $number" mailed "$spool/new/$id"
	is "$(sed '/^$/q; s/:.*//' "$T/read" | tr '\n' ' ')" "Auto-Submitted \
Content-Transfer-Encoding Content-Type In-Reply-To MIME-Version Message-ID References \
Subject To X-Alertspool-Alert X-Alertspool-Record X-Alertspool-Severity  " \
		"$number: has the headers of any other, without a defect"
	ok "$number: nothing that is not seen, no long line" sh -c \
		'"$1" "$2" --lines "$3" && "$1" -c "$4" "$3"' - "$python" \
		"$srcdir/tests/handlers/visible.py" "$T/message" \
		'import sys; sys.exit(max(map(len, open(sys.argv[1], "rb"))) > 999)'
	is "$(LC_ALL=C tr -d '\n\040-\176\200-\377' <"$T/message" | wc -c) \
$(sed '/^$/q' "$T/message" | LC_ALL=C tr -d '\n\040-\176' | wc -c) \
$(grep -c "$(printf '\342\200[\250-\256]')" "$T/message")" "0 0 0" \
		"$number: and no control character"
done
is "$(header Subject)" "$(printf '[CRITICAL] %s: %s' \
	'\xe4\U0001f600\u4e2d\xe4\U0001f600\u4e2d\xe4\U0001f600\u4e2d\xe4\U0001f600' \
	'\xe4\U0001f600\u4e2d\xe4\U0001f600\u4e2d\xe4\U0001f600\u4e2d\xe4\U0001f600')" \
	"a subject that is not ASCII arrives"
ok "in lines of at most 76" test "$(sed '/^$/q' "$T/message" |
	grep '=?' | awk '{ print length }' | sort -n | tail -n 1)" -le 76

# Limits are of bytes: characters of three and four in every field, and a severity
# that goes on for ever.
for text in '\u6f22' '\ud83d\ude00' 's'; do
	long=$(head -c 900 /dev/zero | sed "s/\\x00/$(printf %s "$text" | sed 's/\\/\\\\/g')/g")
	hostile "$long" >"$T/hostile"
	id=$(store "$conf" "$T/hostile")
	run 0 "900 of $text in every field" mailed "$spool/new/$id"
	ok "$text: no line is longer than 998 bytes" "$python" -c \
		'import sys; sys.exit(max(map(len, open(sys.argv[1], "rb"))) > 999)' "$T/message"
	ok "$text: a subject of at most 998 bytes" test \
		"$(sed '/^$/q' "$T/message" | wc -c)" -le 4000
done
alert_body OPEN 10:30:00 ',"severity":"a\u001b[31mb\u0007\u202ec\nState: fine"' >"$T/body"
run 0 "a severity that steers" mailed "$(record "$T/body")"
like "$(header Subject)" '^\[a.*State: fine\] Web Shop: ' "is one harmless line"
ok "in the text, too" "$python" "$srcdir/tests/handlers/visible.py" --lines "$T/message"
alert_body OPEN 10:30:00 ',"severity":"warning"' >"$T/body"
run 0 "a severity in lower case" mailed "$(record "$T/body")"
like "$(header Subject)" '^\[WARNING\] ' "is a severity"
like "$(sed '1,/^$/d' "$T/read")" '^Value: *1.27 %$' "and the value is as a person writes it"
printf '{"id":"1","groupId":"","orgId":"","eventTypeName":"HOST_DOWN","status":"OPEN",%s}' \
	'"severity":"informational"' >"$T/body"
run 0 "empty names" mailed "$(record "$T/body")"
is "$(header Subject)" "[INFORMATIONAL] no project: HOST_DOWN" "count as none"
run 0 "a link" env ALERTSPOOL_LINK="https://cloud.mongodb.com/v2/5d1b6f8e8c2e4e2d3c4a0001#/alerts" \
	"$mail" dba@example.org <"$(record "$T/body" alert.update)"
like "$(cat "$T/message")" '^Alerts: *https://cloud.mongodb.com/v2/5d1b6f8e8c2e4e2d3c4a0001#/alerts$' \
	"is shown"

printf '{"status":"OPEN","humanReadable":"%s"}' \
	"$(head -c 100000 /dev/zero | tr '\0' 'x')" >"$T/long"
id=$(store "$conf" "$T/long")
run 0 "an alert without id, project and time, and a text of 100 KB" mailed "$spool/new/$id"
ok "is cut into lines" "$python" -c \
	'import sys; sys.exit(max(map(len, open(sys.argv[1], "rb"))) > 999)' "$T/message"
is "$(header References)" "" "and belongs to no thread"

# ---- what is wrong, and what becomes of it in a queue

run 64 "no address" "$mail"
run 64 "an option of sendmail's as address" "$mail" -- -oQ/tmp
run 64 "a line break in an address" "$mail" "x@example.org
y@example.org"
run 64 "a wrong sender" "$mail" -f '-X' x@example.org
rm "$T/message"
run 65 "no record" "$mail" x@example.org </dev/null
echo '{"record_version":1,' >"$T/torn"
run 65 "a torn one" "$mail" x@example.org <"$T/torn"
echo '{"record_version":2,"alert":{}}' >"$T/other"
run 65 "one of another version" "$mail" x@example.org <"$T/other"
ok "nothing was mailed" test ! -e "$T/message"

find "$spool" -type f ! -name lock -delete
id=$(store "$conf" "$srcdir/tests/data/host-metric-raw/body")
echo 75 >"$T/code"
run 75 "sendmail cannot now" alerts run --backoff 1ms -m 9 -- "$mail" dba@example.org
like "$(cat "$spool/history/$id")" '"why":"exit 75: mail: sendmail failed with exit code 75"' "which is noted"
echo 65 >"$T/code"
run 0 "made due" alerts release --deferred
run 75 "sendmail refuses the message" alerts run --backoff 1ms -- "$mail" dba@example.org
is "$(cd "$spool/new" && ls)" "$id" "no other alert speaks for sendmail, so it waits"
echo 0 >"$T/code"
run 0 "made due again" alerts release --deferred
run 0 "sendmail takes it" alerts run -- "$mail" dba@example.org
is "$(cd "$spool/done" && ls)" "$id" "it is done"
is "$(grep -c "Message-ID: <$id@" "$T/message")" 1 "with the same Message-ID"
done_testing
