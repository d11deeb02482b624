#!/bin/sh
# SPDX-License-Identifier: ISC
# Alerts of random lives against "alertspool atlas reconcile": property.py.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/atlas/rig.sh"

count=$(length 120 2000)
seed=${SEED:-$(length 20261130 "$(date +%s)")}
diag "$count alerts, seed $seed"
stop api
sed -i '/^\[atlas/,$d' "$conf"
cp "$A/keys" "$T/keys"
holds_secret "$T/keys"
cat >"$T/handler" <<'EOT'
#!/bin/sh
printf '%s %s\n' "$ALERTSPOOL_EVENT" "$ALERTSPOOL_ALERT_ID" >>"$1"
EOT
chmod 755 "$T/handler"
: >"$T/incidents"
PYTHONDONTWRITEBYTECODE=1 "$python" "$srcdir/tests/atlas/property.py" "$builddir" "$T" "$count" \
	"$seed" >"$T/lines" 2>"$T/err" || fail "the lives" "$(tail -n 5 "$T/err")" \
	"$(tail -n 5 "$T/reconcile.err")"
while read -r result what; do
	case $result in
	ok) pass "$what" ;;
	'#') diag "$what" ;;
	*) fail "${what#ok }" "seed $seed" ;;
	esac
done <"$T/lines"
is "$(grep -c '^ok' "$T/lines")" 9 "nine things were looked at"
valid_spool "all records fit the schema" "$spool"
done_testing
