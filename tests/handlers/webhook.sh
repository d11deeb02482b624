#!/bin/sh
# SPDX-License-Identifier: ISC
# handlers/webhook with a receiver that verifies Standard Webhooks: the record byte for
# byte, its signature, the meaning of answers.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/handlers/handlers.sh"

note_curl
PATH=$(dirname "$alertspool"):$PATH # its sign
webhook=$handlers/webhook
make_life
canary "$(head -c 24 /dev/urandom | base64 | tr -d '\n' | tee "$T/base64")"
new_key=whsec_$(cat "$T/base64")
vendor webhook
url_key=$(make_key)
(umask 077 && echo "$base/hooks/$url_key" >"$T/url")

handle 0 "a record" "$open" "$webhook" "$T/url" "$V/key"
is "$(out)$(err)" "" "succeeds without output, the signature is right"
ok "the body is the record, byte for byte" sh -c \
	'tail -n 1 "$1" | jq -j .body | cmp - "$2"' - "$V/requests" "$open"
is "$(tail -n 1 "$V/requests" | jq -r '.headers["webhook-id"], .path')" "${open##*/}
/hooks/$url_key" "its id is the record's name"
handle 0 "again" "$open" "$webhook" "$T/url" "$V/key"
is "$(state .opened)" 1 "is known by its id"
for record in "$update" "$acknowledged" "$closed" "$informed"; do
	handle 0 "${record##*/}" "$record" "$webhook" "$T/url" "$V/key"
done
is "$(state .opened)" 5 "each record is one"
is "$(cat "$V/broken")" "" "no request broke a rule"
(umask 077; echo "whsec_$(head -c 24 /dev/urandom | base64)" >"$T/other")
handle 77 "another secret" "$open" "$webhook" "$T/url" "$T/other"
like "$(err)" 'refuses the key or URL' "is no fault of the message"
(umask 077; echo 'whsec_%%%' >"$T/other")
handle 78 "an invalid secret" "$open" "$webhook" "$T/url" "$T/other"
chmod 644 "$T/other"
handle 78 "one that others can read" "$open" "$webhook" "$T/url" "$T/other"
handle 64 "no URL" "$open" "$webhook"
as 204
handle 0 "without a secret" "$open" "$webhook" "$T/url"
is "$(tail -n 1 "$V/requests" | jq -r '.headers["webhook-signature"]')" null "nothing is signed"
common_faults webhook "$webhook" "$T/url" "$V/key"
key_faults webhook "$T/url" "$webhook" "$T/url" "$V/key"

find "$spool" -type f ! -name lock -delete
make_life
run 0 "in a queue" alerts run --jobs 4 -- "$webhook" "$T/url" "$V/key"
cat "$T/out" "$T/err" >>"$T/said"
is "$(spool_count "$spool" done/)" 5 "all are done"
nothing_said
done_testing
