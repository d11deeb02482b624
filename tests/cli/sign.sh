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
