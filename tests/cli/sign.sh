#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool sign: the same signatures as openssl makes.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_secret "$T/hex.secret"
make_installation "$T/i" "" "" "[source old]
secret_file = $T/hex.secret
signature_encoding = hex
[source open]
authentication = none"
conf=$T/i/alertspool.conf
secret=$T/i/secret

printf '{"id":"1"}' >"$T/small"
: >"$T/empty"
head -c 300000 /dev/urandom >"$T/large"
printf 'a\0b\n' >"$T/binary"

for body in small empty large binary; do
	run 0 "sign $body" sh -c '"$1" -c "$2" sign <"$3"' - "$alertspool" "$conf" "$T/$body"
	is "$(out)" "$(sign "$T/$body" "$secret")" "the signature of $body"
	run 0 "sign $body without settings" sh -c '"$1" -c /none sign --secret-file "$2" <"$3"' - "$alertspool" "$secret" "$T/$body"
	is "$(out)" "$(sign "$T/$body" "$secret")" "is the same"
done
run 0 "a secret file without a slash" sh -c 'cd "$2" && "$1" sign --secret-file secret <"$3"' - "$alertspool" "$T/i" "$T/small"
is "$(out)" "$(sign "$T/small" "$secret")" "signs as well"
run 0 "in hexadecimal" sh -c '"$1" -c "$2" sign --source old <"$3"' - "$alertspool" "$conf" "$T/small"
is "$(out)" "$(openssl dgst -sha1 -hmac "$(cat "$T/hex.secret")" -r "$T/small" | cut -d' ' -f1)" "as openssl prints it"

# Standard Webhooks: the example of their specification, and other secrets.
(umask 077
printf 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n' >"$T/whsec"
printf 'plain secret of some bytes\n' >"$T/plain"
printf 'whsec_no Base64\n' >"$T/wrong")
printf 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}' >"$T/text"
run 0 "--hmac-sha256" sh -c '"$1" -c /none sign --hmac-sha256 --secret-file "$2" <"$3"' - \
	"$alertspool" "$T/whsec" "$T/text"
is "$(out)" "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" "is what the standard shows"
for body in small empty large binary; do
	run 0 "--hmac-sha256 of $body" sh -c '"$1" sign --hmac-sha256 -f "$2" <"$3"' - \
		"$alertspool" "$T/plain" "$T/$body"
	is "$(out)" "$(openssl dgst -sha256 -hmac "$(cat "$T/plain")" -binary "$T/$body" | base64)" \
		"is what openssl makes"
done
run 78 "no Base64 behind whsec_" sh -c '"$1" sign --hmac-sha256 -f "$2" <"$3"' - \
	"$alertspool" "$T/wrong" "$T/small"
unlike "$(err)" 'no Base64' "and it is not shown"
run 64 "--hmac-sha256 without a file" "$alertspool" -c "$conf" sign --hmac-sha256
run 64 "with a source" "$alertspool" -c "$conf" sign --hmac-sha256 --source old

run 64 "no such source" "$alertspool" -c "$conf" sign --source none
run 78 "a source without a secret" sh -c '"$1" -c "$2" sign --source open <"$3"' - "$alertspool" "$conf" "$T/small"
run 64 "--source and --secret-file" "$alertspool" -c "$conf" sign --source old --secret-file "$secret"
run 78 "no such secret file" "$alertspool" sign --secret-file "$T/none"
: >"$T/no.secret" && chmod 600 "$T/no.secret"
run 78 "an empty secret" "$alertspool" sign --secret-file "$T/no.secret"
cp "$secret" "$T/open.secret" && chmod 644 "$T/open.secret"
holds_secret "$T/open.secret"
run 78 "a secret that others can read" "$alertspool" sign --secret-file "$T/open.secret"
no_leaks "no secret was printed" "$T/out" "$T/err"

if am_root; then
	run 77 "a secret one may not read" become nobody "$alertspool" sign --secret-file "$secret"
else
	skip "a secret one may not read" "not root"
fi

done_testing
