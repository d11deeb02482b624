#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/chat with servers that have the rules of Slack's webhooks and of Teams's
# workflows: what it posts and in which colour, hostile alerts, the meaning of answers.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

note_curl
chat=$handlers/chat
make_life
# chat_server SHAPE: its URL, with a key in it, is in $V/key
chat_server() {
	vendor "$1"
	(umask 077 && echo "$base/services/T0/B0/$(make_key)" >"$V/key")
	stop "$1"
	port=${base##*:}
	vendor "$1"
	sed -i "s,:$port/,:${base##*:}/," "$V/key"
	canary "$(sed 's,.*/,,' "$V/key")"
}
make_key >/dev/null
chat_server slack
S=$V
chat_server teams

# ---- what is posted

V=$S
handle 0 "a record" "$open" "$chat" "$V/key"
is "$(out)$(err)" "" "is posted without output"
headline='[CRITICAL] Web Shop: Disk partition space used data is 1.27 % on shop-shard-00-01.ab1cd.mongodb.net'
is "$(posted .text)" "$headline" "its text"
is "$(posted '.attachments[0] | .fallback, .color')" "$headline
#e01e5a" "in the colour of its severity"
is "$(posted '.attachments[0].fields[] | "\(.title)=\(.value)"')" "Cluster=shop
Host=shop-shard-00-01.ab1cd.mongodb.net
Metric=DISK_PARTITION_SPACE_USED_DATA
Value=1.27 %
Updated=2026-11-20T10:30:00Z
Record=$(echo "${open##*.}" | cut -c1-12)" "its fields, the value as a person writes it"
handle 0 "an acknowledge" "$acknowledged" "$chat" "$V/key"
like "$(posted .text)" ' \(acknowledged\)$' "acknowledged: in the text"
handle 0 "an end" "$closed" "$chat" "$V/key"
is "$(posted '.text, .attachments[0].color')" "$headline (closed)
#2eb67d" "closed: green"
handle 0 "an inform" "$informed" "$chat" "$V/key"
is "$(posted '.text, .attachments[0].color')" "[ALERT] no project: PRIMARY_ELECTED
#1d9bd1" "inform: blue"
as "204"
handle 0 "an answer without a body" "$open" "$chat" "$V/key"
V=$T/teams
handle 0 "Teams" "$open" "$chat" -t "$V/key"
is "$(posted '.attachments[0].content | .body[0].text, .body[0].color, .body[1].facts[0].value')" \
	"$headline
attention
shop" "gets a card"

# Severities as templates send them; empty names.
V=$S
for pair in informational:1d9bd1 INFO:1d9bd1 notice:1d9bd1 warning:ecb22e Warning:ecb22e \
    error:e01e5a critical:e01e5a; do
	alert_body OPEN 10:30:00 ",\"severity\":\"${pair%:*}\"" >"$T/body"
	handle 0 "severity ${pair%:*}" "$(record "$T/body")" "$chat" "$V/key"
	is "$(posted '.attachments[0].color')" "#${pair#*:}" "${pair%:*} has its colour"
done
printf '{"id":"1","groupId":"","orgId":"","clusterName":"","replicaSetName":"",%s}' \
	'"eventTypeName":"HOST_DOWN","status":"OPEN","severity":"informational"' >"$T/body"
handle 0 "empty names" "$(record "$T/body")" "$chat" "$V/key"
is "$(posted .text)" "[INFORMATIONAL] no project: HOST_DOWN" "count as none"
printf '{"status":"OPEN"}' >"$T/body"
handle 0 "an alert without anything" "$(record "$T/body")" "$chat" "$V/key"

# ---- the link

link=https://cloud.mongodb.com/v2/5d1b6f8e8c2e4e2d3c4a0001#/alerts
handle 0 "with a link" "$open" env ALERTSPOOL_LINK="$link" "$chat" "$S/key"
is "$(posted '.attachments[0].title_link')" "$link" "Slack has it"
V=$T/teams
handle 0 "with a link" "$open" env ALERTSPOOL_LINK="$link" "$chat" -t "$V/key"
is "$(posted '.attachments[0].content.actions[0].url')" "$link" "Teams has it"
handle 0 "an invalid one" "$open" env ALERTSPOOL_LINK="javascript:alert(1)" "$chat" -t "$V/key"
is "$(posted '.attachments[0].content.actions')" null "is left out"

# ---- hostile alerts, in every field that a chat shows

# hostile TEXT: a body with that text, JSON, everywhere; the path of its record
hostile() {
	printf '{"id":"1","status":"OPEN","eventTypeName":"%s","severity":"%s","projectName":"%s",' \
		"$1" "$1" "$1" >"$T/body"
	printf '"clusterName":"%s","replicaSetName":"%s","userAlias":"%s","humanReadable":"%s",' \
		"$1" "$1" "$1" "$1" >>"$T/body"
	printf '"acknowledgingUsername":"%s","acknowledgementComment":"%s","metricName":"%s",' \
		"$1" "$1" "$1" >>"$T/body"
	printf '"processorName":"%s","currentValue":{"number":1,"units":"%s"}}' "$1" "$1" >>"$T/body"
	record "$T/body"
}
# texts: all strings of the message but those of its frame
texts() {
	posted '[.. | strings] | .[] | select(. != "http://adaptivecards.io/schemas/adaptive-card.json"
		and (test("\\A#[0-9a-f]{6}\\z") | not))'
}
n=0
for text in '<!channel> <!here> <@U012AB3CD> <https://evil.example/|Open>' \
	'@all @here @channel @jo jo@example.org' 'a](https://evil.example) [b' \
	'[a](https://evil.example) ![p](http://evil.example/p.png)' 'https://evil.example/x' \
	'HTTP://evil.example ftp://evil.example WWW.evil.example mailto:x@evil.example' \
	'*bold* **bold** _it_ ~no~ `code` ```block``` :bomb: |a|b| #general' \
	'# head' '> quote' '- list' '+ list' '\\*x\\*' '&lt;!channel&gt; &amp;' \
	'a\u001b[2J\u0007\u202eb\u200bc\u0000\u2028@all' '\u200b@\u200ball'; do
	n=$((n + 1))
	bad=$(hostile "$text")
	for shape in "" -t; do
		V=$T/teams
		[ -n "$shape" ] || V=$S
		# shellcheck disable=SC2086 # an option or none
		handle 0 "hostile $n ${shape:-slack}" "$bad" "$chat" $shape "$V/key"
		texts >"$T/texts"
		is "$(grep -ciE '@|[a-zA-Z]:[a-zA-Z/]|www\.|[][*`~|#\\]' "$T/texts") \
$(grep -cE '^[-+>]|(^|[^A-Za-z0-9])_|_([^A-Za-z0-9]|$)' "$T/texts") $(grep -c '[<>]' "$T/texts")" \
			"$(grep -cE '^\[' "$T/texts") 0 0" "$n ${shape:-slack}: mentions nobody, marks nothing up"
		unlike "$(cat "$T/texts")" '\[(CRITICAL|ALERT)?\]\(' "$n: no link"
		ok "$n ${shape:-slack}: no control or invisible character" \
			"$python" "$srcdir/tests/handlers/visible.py" "$V/requests"
	done
done
V=$S
handle 0 "Slack's three characters" "$(hostile 'a < b > c & d')" "$chat" "$V/key"
is "$(posted '.attachments[0].fields[0].value')" "a &lt; b &gt; c &amp; d" "are escaped"
V=$T/teams
alert_body OPEN 10:30:00 ",\"acknowledgementComment\":\"$(printf %040000d 0)\",
	\"severity\":\"$(printf %02034d 0)\"" >"$T/body"
big=$(record "$T/body")
handle 0 "a long comment" "$big" "$chat" -t "$V/key"
V=$S
handle 0 "a long comment for Slack" "$big" "$chat" "$V/key"
ok "a headline is bounded" test "$(posted '.text | utf8bytelength')" -le 600

# ---- what answers mean

common_faults slack "$chat" "$S/key"
key_faults slack "$S/key" "$chat" "$S/key"
V=$T/teams
for error in "429:429 0" 500:75; do
	as "200 - Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${error%%:*}"
	handle 75 "200 that is none: ${error%%:*}" "$open" "$chat" -t "$V/key"
done
before=$(requests)
(umask 077; echo "https://example.webhook.office.com/webhookb2/$(make_key)" >"$T/office.url")
handle 77 "a URL that is retired" "$open" "$chat" -t "$T/office.url"
like "$(err)" 'retired.*workflow' "and what to do"
for wrong in 'no url' 'file:///etc/passwd' 'http://127.0.0.1/"'; do
	(umask 077; printf '%s\n' "$wrong" >"$T/wrong.url")
	handle 78 "no URL: $wrong" "$open" "$chat" "$T/wrong.url"
done
handle 64 "no file" "$open" "$chat"
handle 64 "two files" "$open" "$chat" "$S/key" "$S/key"
is "$(requests)" "$before" "nothing was posted"
is "$(cat "$S/broken" "$T/teams/broken")" "" "no request broke a rule"

# ---- TLS that does not fit

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other.example -days 2 \
	-keyout "$T/tls.pem" -out "$T/tls.crt" 2>/dev/null
cat "$T/tls.crt" >>"$T/tls.pem"
mkdir "$T/tls" && cp -p "$S/key" "$T/tls/key"
start tls "$python" "$srcdir/tests/handlers/vendors.py" slack "$T/tls" --tls "$T/tls.pem"
wait_for '[ -s "$T/tls/port" ]' 20 || bail "no TLS server"
sed -i "s,http://127.0.0.1:[0-9]*/,https://127.0.0.1:$(cat "$T/tls/port")/," "$T/tls/key"
handle 75 "a certificate of nobody" "$open" "$chat" "$T/tls/key"
like "$(err)" 'no answer: curl: .*certificate' "a certificate that is not trusted: the message"
ok "nothing was posted there" test ! -s "$T/tls/requests"

stop slack
handle 75 "nobody there" "$open" "$chat" "$S/key"
nothing_said
done_testing
