#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool verify: records as they were received, changed records, and other secrets.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_secret "$T/hex.secret"
make_secret "$T/token"
make_installation "$T/i" "" "" "secret_file = $T/i/second
[source hex]
secret_file = $T/hex.secret
signature_encoding = hex
[source open]
authentication = none
[source later]
token_file = $T/token"
make_secret "$T/i/second"
conf=$T/i/alertspool.conf
spool=$T/i/spool

verify() { "$alertspool" -c "$conf" verify "$@"; }

# cgi BODY-FILE PATH SIGNATURE QUERY: deliver; prints the id
cgi() {
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO="/$2" \
		CONTENT_LENGTH="$(wc -c <"$1")" HTTP_X_MMS_SIGNATURE="$3" \
		HTTP_X_MMS_EVENT=alert.open QUERY_STRING="${4:-}" \
		"$responder" -c "$conf" <"$1" 2>/dev/null |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p'
}
hex() { openssl dgst -sha1 -hmac "$(cat "$2")" -r "$1" | cut -d' ' -f1; }

make_alert a1 >"$T/1"
make_alert a2 >"$T/2"
printf '{"id":"\377"}' >"$T/3"
first=$(store "$conf" "$T/1")
second=$(store "$conf" "$T/2" alert.open "$T/i/second")
bad=$(store "$conf" "$T/3")
hexed=$(cgi "$T/1" hex "$(hex "$T/1" "$T/hex.secret")")
open=$(cgi "$T/1" open "")
later=$(cgi "$T/1" later "" "token=$(cat "$T/token")")

# line ID SIGNATURE KEY BODY NAME
line() { printf '%s\t%s\t%s\t%s\t%s\n' "$@"; }

# ---- as they came

run 0 "a record" verify "$first"
is "$(out)" "$(line "$first" valid secret right right)" "is right"
run 0 "several" verify "$first" "$second" "$bad" "$hexed" "$open" "$later"
is "$(out)" "$(line "$first" valid secret right right
	line "$second" valid second right right
	line "$bad" valid secret right right
	line "$hexed" valid hex.secret right right
	line "$open" not-required - right right
	line "$later" not-required - right right)" "each by its own key"
no_leaks "no secret is printed" "$T/out" "$T/err"
run 0 "from a pipe" sh -c '"$1" -c "$2" list --state all | "$1" -c "$2" verify -' - "$alertspool" "$conf"
is "$(wc -l <"$T/out")" 6 "all of them"
run 66 "no such record" verify 20260101
run 66 "the others are verified" verify 20260101 "$first"
is "$(out)" "$(line "$first" valid secret right right)" "all the same"
run 64 "nothing" verify
run 64 "--source without --signature" verify --source hex "$first"
run 64 "--secret-file without --signature" verify --secret-file "$T/i/secret" "$first"

# No record may hold a signature: it is valid for ever, and members of the group can read
# records.
signature=$(sign "$T/1" "$T/i/secret")
is "$(grep -rlF -e "$signature" "$spool")" "" "no record has a signature in it"
is "$(sed 's/.*"signature_sha256":"\([^"]*\)".*/\1/' "$spool/new/$first")" \
    "$(printf %s "$signature" | base64 -d | sha256sum | cut -d ' ' -f 1)" "but its SHA-256"

# Records of version 0.1.0 have it, and no SHA-256.
cp "$spool/new/$first" "$T/saved"
of_old() { sed -i "s,\"signature\":null,\"signature\":\"$1\",; s/,$2[^\"]*\"//" "$3"; }
of_old "$signature" '"signature_sha256":"' "$spool/new/$first"
run 0 "a record of version 0.1.0" verify "$first"
is "$(out)" "$(line "$first" valid secret right right)" "is verified by the signature in it"
of_bad=00000000T000000Z.-.unknown.$({ printf 'default\0unknown\0'; cat "$T/1"; } | sha256sum | cut -c 1-32)
mv "$spool/new/$first" "$spool/bad/$of_bad"
run 0 "one that lay in bad/" "$alertspool" -c "$conf" requeue "$of_bad"
again=$(cd "$spool/new" && echo *."${of_bad##*.}")
run 0 "is verified after its requeue" verify "$again"
is "$(out)" "$(line "$again" valid secret right right)" "by the SHA-256"
unlike "$(cat "$spool/new/$again")" "$signature" "and has no signature any more"
rm "$spool/new/$again"
cp "$T/saved" "$spool/new/$first"

# A record that was requeued from bad/ keeps its DIGEST under another EVENT.
digest=${bad##*.}
name=20260101T000000Z.x.close.$digest
sed "s/\"id\":\"$bad\"/\"id\":\"$name\"/" "$spool/bad/$bad" >"$spool/new/$name"
run 0 "a requeued record" verify "$name"
rm "$spool/new/$name"
mv "$spool/new/$first" "$spool/done/"
run 0 "in any state" verify "$first"

# ---- changed

# changed NAME SED-SCRIPT SIGNATURE KEY BODY NAME: of the first record
changed() {
	cp "$spool/done/$first" "$T/saved"
	sed -i "$2" "$spool/done/$first"
	run 65 "$1" verify "$first"
	is "$(out)" "$(line "$first" "$3" "$4" "$5" "$6")" "is seen"
	cp "$T/saved" "$spool/done/$first"
}
changed "another body" 's/\(,"raw":.*\)OPEN/\1open/' wrong - wrong wrong
kept='"signature_sha256":"'
changed "another signature" "s/$kept./&!/" malformed - right right
changed "another digest of the signature" "s/$kept.\{8\}/${kept}00000000/" wrong - right right
changed "a digest that is cut" "s/$kept./$kept/" malformed - right right
changed "a signature taken away" 's/"signature_sha256":"[^"]*"/"signature_sha256":null/' missing - right right
changed "another digest" 's/"body_sha256":"./"body_sha256":"x/' valid secret wrong right
changed "another length" 's/"body_bytes":/&1/' valid secret wrong right
changed "another id" 's/"id":"2/"id":"3/' valid secret right wrong
changed "another source" 's/"source":"default"/"source":"gone"/' unknown-source - right wrong
changed "no source" 's/"source":"default"/"source":null/' unknown-source - right wrong
cp "$spool/done/$first" "$T/saved"
head -c 200 "$T/saved" >"$spool/done/$first"
run 65 "a torn record" verify "$first"
is "$(out)" "" "prints no line"
cp "$T/saved" "$spool/done/$first"
other=20260101T000000Z.a1.open.${first##*.}
cp "$spool/done/$first" "$spool/done/$other"
run 65 "a copy under another name" verify "$other"
rm "$spool/done/$other"

# ---- other secrets

make_secret "$T/i/third"
sed -i "s,/i/second,/i/third," "$conf"
run 65 "the secret was replaced" verify "$second"
is "$(out)" "$(line "$second" wrong - right right)" "none matches"
chmod 0644 "$T/i/third"
run 78 "a secret that others can read" verify "$first"
chmod 0600 "$T/i/third"

# ---- --signature

signature=$(sign "$T/1" "$T/i/secret")
run 0 "--signature" sh -c '"$1" -c "$2" verify --signature "$3" <"$4"' - "$alertspool" "$conf" "$signature" "$T/1"
is "$(out)" "$(printf 'valid\tsecret')" "names the key"
run 65 "of another body" sh -c '"$1" -c "$2" verify --signature "$3" <"$4"' - "$alertspool" "$conf" "$signature" "$T/2"
is "$(out)" "$(printf 'wrong\t-')" "is wrong"
run 65 "that is none" sh -c '"$1" -c "$2" verify -s x <"$3"' - "$alertspool" "$conf" "$T/2"
is "$(out)" "$(printf 'malformed\t-')" "is malformed"
run 65 "an empty one" sh -c '"$1" -c "$2" verify --signature "" <"$3"' - "$alertspool" "$conf" "$T/2"
is "$(out)" "$(printf 'missing\t-')" "is missing"
run 0 "--secret-file" sh -c '"$1" -c /none verify --signature "$2" --secret-file "$3" <"$4"' - \
	"$alertspool" "$signature" "$T/i/secret" "$T/1"
run 0 "in hexadecimal" sh -c '"$1" -c /none verify --signature "$2" --secret-file "$3" <"$4"' - \
	"$alertspool" "$(hex "$T/1" "$T/hex.secret")" "$T/hex.secret" "$T/1"
run 0 "--source" sh -c '"$1" -c "$2" verify --source hex --signature "$3" <"$4"' - \
	"$alertspool" "$conf" "$(hex "$T/1" "$T/hex.secret")" "$T/1"
run 78 "a source without a secret" sh -c '"$1" -c "$2" verify --source open --signature x <"$3"' - \
	"$alertspool" "$conf" "$T/1"
run 64 "--signature and an ID" verify --signature x "$first"
run 64 "--source and --secret-file" verify --signature x --source hex --secret-file "$T/i/secret"
no_leaks "no secret is printed" "$T/out" "$T/err"

# ---- a source that asks for signatures only since then

signed=$(cgi "$T/2" open "$(sign "$T/2" "$T/token")")
sed "s,^authentication = none,secret_file = $T/token," "$conf" >"$T/since.conf"
run 0 "signed or not, nobody looked" "$alertspool" -c "$T/since.conf" verify "$open" "$signed"
is "$(out)" "$(line "$open" not-required - right right
	line "$signed" valid token right right)" "the key that matches is printed"

# ---- secrets that one may not read

if am_root; then
	chmod 755 "$T/i"
	chown -R nobody "$spool"
	chmod 644 "$conf"
	run 77 "a secret of somebody else" become nobody "$alertspool" -c "$conf" verify "$first"
	like "$(err)" '; run: sudo ' "the command to use is printed"
	run 77 "the same for a signature" become nobody "$alertspool" -c "$conf" verify -s x
	like "$(err)" '; run: sudo ' "the command to use is printed"
	chown -R root "$spool"
else
	skip "a secret of somebody else" "not root"
fi

# ---- terminals

make_alert "$(printf 'evil\\u001b[2J\\u202e')" >"$T/4"
store "$conf" "$T/4" >"$T/evil"
on_terminal 40 "NO_COLOR=1 $alertspool -c $conf verify $(cat "$T/evil") $second" >"$T/plain"
is "$(wc -l <"$T/plain")" 3 "a table with a header"
ok "of 40 columns" test "$(widest <"$T/plain")" -le 40
is "$(tr -d '[:print:]\n\200-\377' <"$T/plain")" "" "no control character"

done_testing
