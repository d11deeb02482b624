#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool send: requests like the sender's, and what it does with each answer.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_secret "$T/token"
make_secret "$T/hex.secret"
make_secret "$T/only"
make_installation "$T/i" "" "" "token_file = $T/token
[source old]
secret_file = $T/hex.secret
signature_encoding = hex
[source only]
token_file = $T/only"
conf=$T/i/alertspool.conf
token=$(cat "$T/token")

# Nothing that a user has set may get in the way.
export HTTP_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
export HOME="$T"
printf 'proxy = http://127.0.0.1:1\n' >"$T/.curlrc"

alerts() { "$alertspool" -c "$conf" send "$@"; }

# front NAME OPTION…: a web server; its URL is in $url, its requests in $T/NAME
front() {
	mkdir -p "$T/$1"
	front_name=$1
	shift
	start "$front_name" "$python" "$srcdir/tests/cli/front.py" "$T/$front_name.port" "$T/$front_name" "$@"
	wait_for '[ -s "$T/$front_name.port" ]' || bail "no web server"
	url=http://127.0.0.1:$(cat "$T/$front_name.port")
}

alerts "http://127.0.0.1:$(free_port)/" 2>"$T/err"
if [ $? -eq 69 ]; then
	like "$(cat "$T/err")" 'lacks libcurl' "a build without libcurl: the message"
	run 0 "and can still show requests" alerts --dry-run http://127.0.0.1/
	done_testing
fi

# ---- what is sent

front echo --status 200 --body '{"status":"stored"}'
run 0 "send" alerts "$url/atlas"
is "$(out)" 'HTTP 200
{"status":"stored"}' "the answer is printed"
is "$(err)" "" "and nothing else"
is "$(sed -n 1p "$T/echo/1.head")" "POST /atlas?token=$token HTTP/1.1" "path and token"
like "$(cat "$T/echo/1.head")" '^Content-Type: application/json$' "content type"
like "$(cat "$T/echo/1.head")" '^X-MMS-Event: alert.open$' "event"
unlike "$(cat "$T/echo/1.head")" '^Expect:' "no Expect"
is "$(sed -n 's/^X-MMS-Signature: //p' "$T/echo/1.head")" "$(sign "$T/echo/1.body" "$T/i/secret")" "the signature is right"

run 0 "--wrong-signature" alerts --wrong-signature "$url/"
like "$(sed -n 's/^X-MMS-Signature: //p' "$T/echo/2.head")" '^[A-Za-z0-9+/]{27}=$' "has the form of one"
ok "and is not right" test "$(sed -n 's/^X-MMS-Signature: //p' "$T/echo/2.head")" != "$(sign "$T/echo/2.body" "$T/i/secret")"

# --wrong-signature changes the first digit, also if that is an A already.
i=0
until printf %s "$i" >"$T/body" && case $(sign "$T/body" "$T/i/secret") in [Aa]*) ;; *) false ;; esac; do
	i=$((i + 1))
done
run 0 "--wrong-signature, of one that begins with A" alerts --dry-run --wrong-signature --body "$T/body" "$url/"
unlike "$(out)" "$(sign "$T/body" "$T/i/secret" | sed 's/[+]/./g')" "is not right, either"
run 0 "a URL with a token" alerts "$url/?a=1&token=mine"
is "$(sed -n 1p "$T/echo/3.head")" "POST /?a=1&token=mine HTTP/1.1" "keeps its own"
run 0 "a source without tokens" alerts --source old "$url/old"
is "$(sed -n 1p "$T/echo/4.head")" "POST /old HTTP/1.1" "adds none"
is "$(sed -n 's/^X-MMS-Signature: //p' "$T/echo/4.head")" \
	"$(openssl dgst -sha1 -hmac "$(cat "$T/hex.secret")" -r "$T/echo/4.body" | cut -d' ' -f1)" "and signs in hexadecimal"

run 0 "a source with a token alone" alerts --source only "$url/only"
unlike "$(cat "$T/echo/5.head")" '^X-MMS-Signature:' "is not signed"
run 64 "--wrong-signature there" alerts --source only --wrong-signature "$url/only"

printf 'no \0 json\n' >"$T/body"
run 0 "--body FILE" alerts --body "$T/body" --event close "$url/"
ok "sends these bytes" cmp "$T/body" "$T/echo/6.body"
like "$(cat "$T/echo/6.head")" '^X-MMS-Event: alert.close$' "as this event"
run 0 "--body -" sh -c '"$1" -c "$2" send --body - "$3" <"$4"' - "$alertspool" "$conf" "$url/" "$T/body"
ok "sends standard input" cmp "$T/body" "$T/echo/7.body"
: >"$T/empty"
run 0 "an empty body" alerts --body "$T/empty" "$url/"
is "$(sed -n 's/^X-MMS-Signature: //p' "$T/echo/8.head")" "$(sign "$T/empty" "$T/i/secret")" "is signed, too"

run 0 "--repeat 3" alerts --repeat 3 "$url/"
is "$(grep -c '^HTTP 200$' "$T/out")" 3 "three answers"
is "$(cat "$T"/echo/9.body "$T"/echo/10.body "$T"/echo/11.body | tr '{' '\n' | grep -c '^"id"')" 3 "three requests"
is "$(sha1sum "$T"/echo/9.body "$T"/echo/10.body "$T"/echo/11.body | cut -c1-40 | sort -u | wc -l)" 3 "of different alerts"

# ---- tokens

run 0 "--token right" alerts --token right "$url/"
is "$(sed -n 1p "$T/echo/12.head")" "POST /?token=$token HTTP/1.1" "is the source's"
run 0 "--token missing" alerts --token missing "$url/"
is "$(sed -n 1p "$T/echo/13.head")" "POST / HTTP/1.1" "is none"
run 0 "--token wrong" alerts --token wrong "$url/"
like "$(sed -n 1p "$T/echo/14.head")" "^POST /\?token=[0-9a-f]{40} HTTP/1.1\$" "looks like one"
ok "and is another" test "$(sed -n 1p "$T/echo/14.head")" != "POST /?token=$token HTTP/1.1"
run 64 "--token with a token" alerts --token "$token" "$url/"
like "$(err)" 'never an argument' "is refused"
run 64 "--token and a URL with one" alerts --token wrong "$url/?token=x"
run 64 "--token of a source without" alerts --source old --token wrong "$url/old"

# ---- pace and doubles

begin=$(date +%s%N)
run 0 "--rate 20" alerts --repeat 11 --rate 20 "$url/"
took=$((($(date +%s%N) - begin) / 1000000))
ok "takes half a second for eleven" test "$took" -ge 500
run 64 "--rate 0" alerts --rate 0 "$url/"
run 76 "--dup, not answered as such" alerts --dup "$url/"
like "$(err)" 'not answered as a duplicate' "is said"
ok "the same bytes" cmp "$T/echo/26.body" "$T/echo/27.body"

# ---- answers

front hostile --status 200 --body '\x1b[2Jx\xc2\x9b\ny\x00'
run 0 "an answer with hostile bytes" alerts "$url/"
is "$(out)" 'HTTP 200
\u{1b}[2Jx\u{9b}
y\u{00}' "is shown harmless"
for row in "202 0" "204 0" "403 77" "503 75" "302 76" "400 76" "404 76" "413 76" "500 76"; do
	# shellcheck disable=SC2086 # two words
	set -- $row
	front "s$1" --status "$1" --location "$url/redirected"
	run "$2" "$1 is exit code $2" alerts "$url/"
	like "$(out)" "^HTTP $1\$" "and $1 is printed"
done
is "$(find "$T/hostile" -name '*.head' | wc -l)" 1 "no redirect is followed"

run 75 "nobody there" alerts "http://127.0.0.1:$(free_port)/"
like "$(err)" '^alertspool send: no answer: ' "nobody there: the message"
is "$(out)" "" "prints nothing"
# Something else than a web server.
start other "$python" -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as s:
	print(s.getsockname()[1], flush=True)
	with s.accept()[0] as c:
		c.recv(65536)
		c.sendall(b"SSH-2.0-other\r\n")'
wait_for '[ -s "$T/other.log" ]' || bail "no server"
run 76 "no web server" alerts "http://127.0.0.1:$(cat "$T/other.log")/"
like "$(err)" '^alertspool send: no answer: ' "says that this is no answer"
run 75 "an unknown host" alerts "http://no-such-host.invalid/"
run 64 "no URL" alerts
run 64 "an invalid URL" alerts 127.0.0.1
run 64 "another scheme" alerts "file:///etc/passwd"
run 64 "an unknown sample" alerts --sample nothing "$url/"
like "$(err)" 'send --sample list' "says where they are"
run 0 "an event as Atlas spells it" alerts --event alert.close --dry-run "$url/"
like "$(out)" 'X-MMS-Event: alert.close' "is that event"
run 64 "an unknown event" alerts --event burn "$url/"
run 64 "the event that nobody knew" alerts --event unknown "$url/"
run 65 "a body larger than any" sh -c 'head -c 65M /dev/zero | "$@"' - \
	"$alertspool" -c "$conf" send --body - "$url/"
like "$(err)" 'standard input has over 67108864 bytes' "says how large one may be"
run 64 "--body and --sample" alerts --sample host --body "$T/body" "$url/"
run 64 "--repeat 0" alerts --repeat 0 "$url/"
run 64 "--repeat 1x" alerts --repeat 1x "$url/"
run 66 "no such body" alerts --body "$T/none" "$url/"
run 64 "no such source" alerts --source none "$url/"

# ---- --dry-run

run 0 "--dry-run" alerts --dry-run "http://receiver.invalid/x?token=$token"
tr -d '\r' <"$T/out" >"$T/both"
sed '/^$/,$d' "$T/both" >"$T/dry.curl"
sed '1,/^$/d' "$T/both" >"$T/dry"
is "$(sed -n 1p "$T/dry")" "POST /x?token=*** HTTP/1.1" "the token is masked"
sed '1,/^$/d' "$T/dry" >"$T/dry.json"
printf %s "$(cat "$T/dry.json")" >"$T/dry.body"
is "$(sed -n 's/^X-MMS-Signature: //p' "$T/dry")" "$(sign "$T/dry.body" "$T/i/secret")" "the signature is shown"
is "$(sed -n 's/^Content-Length: //p' "$T/dry")" "$(wc -c <"$T/dry.body")" "and the length"
no_leaks "no secret or token" "$T/out" "$T/err"
run 0 "--dry-run, token added" alerts --dry-run "http://receiver.invalid"
like "$(out)" '^POST /\?token=\*\*\* HTTP/1.1' "is masked, too"
no_leaks "no secret or token" "$T/out" "$T/err"
like "$(sed -n '$p' "$T/dry.curl")" "^	'http://receiver.invalid/x\?token=\*\*\*'\$" "the token of the curl line is masked"
front curl --status 200
sed "s,'http://receiver.invalid/x?token=\*\*\*',$url/x?token=$token," "$T/dry.curl" >"$T/dry.sh"
run 0 "the curl line works" env -i PATH="$PATH" sh "$T/dry.sh"
ok "and sends the same body" cmp "$T/dry.body" "$T/curl/1.body"
is "$(sed -n 's/^X-MMS-[ES][a-z]*: //p' "$T/curl/1.head")" "$(sed -n 's/^X-MMS-[ES][a-z]*: //p' "$T/dry")" "and headers"
cp "$T/body" "$T/it's"
run 0 "--dry-run --body" alerts --dry-run --body "$T/it's" "$url/y"
sed '/^.\{0,1\}$/,$d' "$T/out" >"$T/dry.sh"
run 0 "the curl line reads the file" env -i PATH="$PATH" sh "$T/dry.sh"
ok "and sends it" cmp "$T/body" "$T/curl/2.body"
is "$(on_terminal 80 "$alertspool -c $conf send --dry-run --body $T/body $url/" | tr -d '[:print:]\n')" "" "harmless on a terminal"

# ---- samples, to the responder itself

front cgi --cgi "$responder" -c "$conf"
run 0 "--sample list needs no settings" "$alertspool" -c /none send --sample list
samples=$(cut -d' ' -f1 "$T/out")
for kind in host-metric host replica-set cluster flex stream-processor app-services group billing backup agent \
	search-index mongotune audit maintenance certificate online-archive user tags data-protection resource-policy; do
	like "$samples" "^$kind\$" "there is a sample $kind"
done
for sample in $samples; do
	run 0 "sample $sample" alerts --sample "$sample" "$url/"
	like "$(out)" '"stored"' "is stored"
done
for event in open update acknowledge close cancel inform; do
	run 0 "event $event" alerts --event "$event" "$url/"
	id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$T/out")
	like "$id" "\.$event\." "is stored as $event"
	"$alertspool" -c "$conf" show --json "$id" >"$T/record"
	is "$("$python" -c 'import json, sys
r = json.load(open(sys.argv[1])); print(r["alert"]["transition"], r["warnings"], sorted(r["extra"]))' "$T/record")" \
		"$event [] ['typeName']" "without a warning, all but typeName in its place"
done
run 0 "one that stays open" alerts "$url/"
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$T/out")
is "$(err)" "the alert stays open until: alertspool end $(echo "$id" | cut -d . -f 2)" "says how to end it"
run 0 "which does" "$alertspool" -c "$conf" end "$(sed 's/.* //' "$T/err")"
like "$("$alertspool" -c "$conf" alerts -s cancelled)" "$(echo "$id" | cut -d . -f 2)" "end it"
run 0 "one that is closed" alerts --event close "$url/"
is "$(err)" "" "needs no end"
run 0 "several" alerts --repeat 2 "$url/"
is "$(err)" "" "are not told of"
run 77 "a wrong signature is refused" alerts --wrong-signature "$url/"
like "$(err)" '^alertspool send: .*403; ' "and said"
run 0 "a body that is not JSON" alerts --body "$T/body" "$url/"
like "$(out)" '^HTTP 202$' "is quarantined"
run 0 "--dup" alerts --dup "$url/"
is "$(sed -n 's/{"status":"\([a-z]*\)".*/\1/p' "$T/out" | tr '\n' ' ')" "stored duplicate " "is one record"
run 0 "--dup --sample all" alerts --dup --sample all "$url/"
is "$(grep -c '"stored"' "$T/out") $(grep -c '"duplicate"' "$T/out")" "$(echo "$samples" | wc -l) $(echo "$samples" | wc -l)" "sends every sample twice"
run 0 "--sample all --event close" alerts --sample all --event close "$url/"
is "$(grep -c '\.close\.' "$T/out")" "$(echo "$samples" | wc -l)" "sends each as this event"
run 77 "--sample all, refused" alerts --sample all --wrong-signature "$url/"
is "$(grep -c '^HTTP 403$' "$T/out")" "$(echo "$samples" | wc -l)" "sends each of them all the same"
run 77 "--dup, refused" alerts --dup --token wrong "$url/"
run 77 "a missing token is refused" alerts --token missing "$url/"
run 77 "the worst of several" alerts --repeat 2 --wrong-signature "$url/"
stop cgi
run 75 "the receiver is gone" alerts "$url/"

holds_secret "$T"/*/*.head # requests, as they were sent
done_testing
