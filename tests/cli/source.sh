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
	'{"source":"payments","path":"/payments","secrets":["payments.secret","payments.old"],"tokens":["payments.token"],"last_heard":null}' \
	"--json has the same"
is "$(jq -r .source "$T/out" | tr '\n' ' ')" "default payments " \
	"sources come in the order of the settings"

mkdir "$T/i/spool/heard"
touch -d 2026-11-29T10:00:00Z "$T/i/spool/heard/payments"
run 0 "last heard" "$alertspool" -c "$conf" source list
is "$(cut -f1,5 "$T/out")" "$(printf 'default\t-\npayments\t2026-11-29T10:00:00Z')" "is the time of its file"
is "$("$alertspool" -c "$conf" source list --json | jq -c '[.source,.last_heard]' | tr '\n' ' ')" \
	'["default",null] ["payments","2026-11-29T10:00:00Z"] ' "as JSON"
like "$(on_terminal 100 "NO_COLOR=1 $alertspool -c $conf source list" | tail -n 1)" '^payments .* [0-9]+[hdy]$' \
	"on a terminal it is an age"
mv "$T/i/spool" "$T/i/moved"
run 66 "without a spool" "$alertspool" -c "$conf" source list
is "$(cut -f1,5 "$T/out")" "$(printf 'default\t-\npayments\t-')" "all else is listed"
like "$(err)" '^alertspool source list: .*spool' "and the reason"

run 78 "bad settings" "$alertspool" -c /dev/null source list

done_testing
