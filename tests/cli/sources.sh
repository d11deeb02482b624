#!/bin/sh
# SPDX-License-Identifier: ISC
# Two sources with the same alert id: a delivery for one source does not delay, end or
# hide an alert of the other, and every command can tell them apart.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

installation
make_secret "$T/i/payments.secret"
cat >>"$conf" <<-EOT
	[source payments]
	secret_file = $T/i/payments.secret
EOT
id=5d1b6f8e8c2e4e2d3c4a5b6c

alerts() { "$alertspool" -c "$conf" "$@"; }
ours() { store "$conf" "$1" "$2"; }
theirs() { store "$conf" "$1" "$2" "$T/i/payments.secret" payments; }
ids() { alerts list --state all "$@" | cut -f 1; }

make_alert "$id" OPEN 2026-11-20T10:00:00Z >"$T/early"
make_alert "$id" OPEN 2026-11-20T10:30:00Z >"$T/open"
make_alert "$id" CLOSED 2026-11-20T10:31:00Z >"$T/close"
early=$(theirs "$T/early" alert.open)
open=$(ours "$T/open" alert.open)
close=$(theirs "$T/close" alert.close)
is "${open%.*}" "20261120T103000Z.$id.open" "a name of the source default"
is "${close%.*}" "20261120T103100Z.$id+payments.close" "a name of another source"
is "$(theirs "$T/close" alert.close)" "$close" "a repeat is a duplicate there"
printf '{}' >"$T/none"
none=$(theirs "$T/none" alert.open)
like "$none" '^00000000T000000Z\.-\.open\.' "no id, no source"
printf 'no json' >"$T/none"
like "$(theirs "$T/none" alert.open)" '^00000000T000000Z\.-\.unknown\.' "nor in bad/"

# ---- list and show

is "$(ids --alert "$id")" "$early
$open
$close" "--alert ID: those of every source"
is "$(ids --alert "$id+payments")" "$early
$close" "--alert ID+SOURCE: those of one"
is "$(ids --alert "$id+default")" "$open" "and of default"
is "$(ids --alert "$id+pay")" "" "of no source"
is "$(ids --alert "-+payments")" "" "no id has no source"
is "$(alerts show --path "$close")" "$spool/new/$close" "a name with a source is an ID"
is "$(alerts show --path "${close%ments*}")" "$spool/new/$close" "and so is its front"
for name in "$early" "$open" "$close"; do
	alerts show --json "$name"
done | sed 's/,"spool":{.*/}/' >"$T/records"
ok "they fit the schema" "$python" "$srcdir/tests/validate" \
    "$srcdir/schema/record.schema.json" "$T/records"
run 0 "verify knows the names" alerts verify "$early" "$open" "$close"

# ---- order and leases: an earlier record of the other source holds nothing up

alerts ack "$none" >/dev/null
is "$(alerts claim -n 1)" "$early" "theirs is claimed"
is "$(alerts claim -n 9)" "$open" "ours is free"
alerts release "$early" "$open" >/dev/null
is "$(alerts claim -n 1)" "$early" "theirs first again"
is "$(alerts claim -n 9)" "$open" "their second record waits for the first"
alerts ack "$early" "$open" >/dev/null

# ---- run

# shellcheck disable=SC2016 # the command's shell expands it
run 0 "run" alerts run -- sh -c 'echo "$ALERTSPOOL_SOURCE/$ALERTSPOOL_ALERT_ID/$ALERTSPOOL_EVENT" \
	>>"$1"' - "$T/ran"
like "$(cat "$T/ran")" "^payments/$id/close\$" "the command gets the source"

# ---- older spools

old=$(echo "$close" | sed 's/+payments//')
mv "$spool/done/$close" "$spool/done/$old"
run 0 "a name of an older version" alerts requeue "$old"
is "$(ls "$spool/new")" "$old" "is not renamed"
is "$(ids --alert "$id+default")" "$open
$old" "and counts as one of default"

done_testing
