#!/bin/sh
# SPDX-License-Identifier: ISC
# The records made from tests/data: each fits the schema, the schema refuses changed
# ones, and every word of every closed list in the record's manual occurs in at least
# one of them.
srcdir=${srcdir:-$(dirname "$0")/..}
. "$srcdir/tests/lib.sh"

schema=$srcdir/schema/record.schema.json
records=$T/records
data_test=$builddir/tests/unit/alert/data_test

[ -x "$data_test" ] || skip_all "data_test is not built: no cmocka"
"$python" -c 'import jsonschema' 2>/dev/null || skip_all "no python3-jsonschema"

# shellcheck disable=SC2317 # called by ok
validate() { "$python" "$srcdir/tests/validate" "$schema" "$@"; }
# shellcheck disable=SC2317
refused() { ! validate "$@"; }

# data_test itself checks that they are the right ones.
mkdir "$records"
env srcdir="$srcdir" ALERTSPOOL_RECORDS="$records" "$data_test" >"$T/data_test.out" 2>&1
is "$(find "$records" -type f | wc -l)" \
    "$(find "$srcdir/tests/data" -name body | wc -l)" "one record a case"
ok "every record fits the schema" validate "$records"

# ---- the schema refuses -----------------------------------------------------

good=$records/host-metric-raw.json
bad=$T/bad.json

# spoil NAME SED-SCRIPT: with this change it is not a record any more
spoil() {
	sed "$2" "$good" >"$bad"
	if cmp -s "$good" "$bad"; then
		fail "refused: $1" "nothing was changed by $2"
	else
		ok "refused: $1" refused "$bad"
	fi
}

spoil 'another version' 's/"record_version":1/"record_version":2/'
spoil 'a key that is missing' 's/"replica_set":"[^"]*",//'
spoil 'keys in another order' 's/\("source":"default"\),\("delivery":{[^}]*}\)/\2,\1/'
spoil 'a key twice' 's/"source":"default"/&,&/'
spoil 'a state of no list' 's/"state":"open"/"state":"ajar"/'
spoil 'a warning of no list' 's/"warnings":\[\]/"warnings":["odd"]/'
spoil 'a time that is none' 's/"created_at":"2026-11-20/"created_at":"2026-11-31/'
spoil 'a name that is none' 's/\("id":"[^"]*\)\.open\./\1.opened./'
spoil 'severity without its source' 's/"severity_source":"[^"]*"/"severity_source":null/'
spoil 'the body twice' 's/"raw_base64":null/"raw_base64":"e30="/'
spoil 'an alert that is none' 's/"alert":{.*},"error"/"alert":null,"error"/'
head -c -1 "$good" >"$bad"
ok 'refused: no newline at the end' refused "$bad"
: >"$bad"
ok 'refused: no record at all' refused "$bad"
sed 's/"source":"default"/&,"since_1_1":[]/' "$good" >"$bad"
ok 'a key that version 1 may gain is none of its business' validate "$bad"

# ---- every word -------------------------------------------------------------

# occurs NAME BEFORE AFTER WORD…: each word stands between the two texts
occurs() {
	occurs_name=$1 before=$2 after=$3
	shift 3
	missing=
	for word in "$@"; do
		grep -qF -- "$before\"$word\"$after" "$records"/*.json ||
		    missing="$missing $word"
	done
	is "$missing" '' "$occurs_name: every word occurs"
}

occurs state '"state":' ',"transition"' \
    open tracking closed cancelled informational unknown
occurs transition '"transition":' ',"transition_source"' \
    open inform update acknowledge unknown close cancel
occurs transition_source '"transition_source":' ',' header body
occurs category '"category":' ',' billing cps-backup encryption fts-index group \
    mongotune atlas-audit maintenance-window x509-user-auth online-archive \
    serverless flex-metric user resource stream-processor auto-scaling \
    data-protection resource-policy app-services cluster host host-metric \
    replica-set agent backup unknown
occurs severity_source '"severity_source":' ',' \
    body config-id event-type default
occurs canonical_unit '"canonical_unit":' '}' bytes seconds count percent \
    read-units write-units requests tokens pixels
occurs error '"error":{"code":' ',' \
    not-json not-an-object not-utf-8 too-deep empty

# The receiver adds stale and unauthenticated-source.
sed -n 's/.*,"warnings":\(\[[^]]*\]\),"extra":.*/\1/p' "$records"/*.json |
    tr -d '[]' | tr , '\n' | sort -u >"$T/warnings"
missing=
for word in event-status-mismatch event-header-unusable no-id no-time bad-time \
    control-character-escaped number-out-of-range number-rounded bom-dropped \
    unknown-event-type unknown-status unknown-unit duplicate-key; do
	grep -qFx "\"$word\"" "$T/warnings" || missing="$missing $word"
done
is "$missing" '' 'warnings: every word occurs'

done_testing
