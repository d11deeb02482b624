#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool source: the sources of the settings, without opening a secret.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_installation "$T/i"
conf=$T/i/alertspool.conf
cat >>"$conf" <<EOT

[source payments]
secret_file = $T/nowhere/payments.secret
secret_file = $T/nowhere/payments.old
token_file = $T/nowhere/payments.token
EOT

run 0 "source list" "$alertspool" -c "$conf" source list
is "$(awk -F '\t' '$1 == "default" { print $2 }' "$T/out")" / \
	"the source default answers at the bare path"
is "$(awk -F '\t' '$1 == "payments" { print $2, $3, $4 }' "$T/out")" \
	"/payments payments.secret payments.old payments.token" \
	"another source has its path, and its secrets need not be there"
run 0 "source list --json" "$alertspool" -c "$conf" source list --json
is "$(jq -c 'select(.source == "payments")' "$T/out")" \
	'{"source":"payments","path":"/payments","secrets":["payments.secret","payments.old"],"tokens":["payments.token"]}' \
	"--json has the same"
is "$(jq -r .source "$T/out" | tr '\n' ' ')" "default payments " \
	"sources come in the order of the settings"
run 78 "bad settings" "$alertspool" -c /dev/null source list

done_testing
