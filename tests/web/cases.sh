# SPDX-License-Identifier: ISC
# The table of cases, through one way to run the responder: cases KIND. Called by the
# small tests in this directory.

. "$srcdir/tests/lib.sh"
. "$srcdir/tests/web/front.sh"

# replay FILE: the table's results as ours
replay() {
	while IFS= read -r line; do
		case $line in
		'ok '*) pass "${line#ok }" ;;
		'not ok '*) fail "${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done <"$1"
}

# Clients that leave in the middle of a request: no record of a body in part.
aborts() {
	aborts=200
	[ -z "${LONG:-}" ] || aborts=2500
	records=$(spool_files "$installation/spool" | wc -l)
	ok "$aborts clients that leave at some byte" "$python" "$srcdir/tests/web/hostile.py" \
	    "$port" "$installation" http 1 $aborts 8
	diag "$(cat "$T/ok.out")"
	make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
	is "$(deliver "$url" "$T/body" "$installation/secret")" 200 "then a whole one is stored"
	is "$(spool_files "$installation/spool" | wc -l)" $((records + 1)) "and no other"
}

cases() {
	front_prepare "$1"
	front_start
	target=$url
	words=
	[ "$1" != cgi ] || { target=$program; words=$(as "$owner"); }
	mkdir "$T/traces"
	chown "$owner" "$T/traces"
	# The owner runs it, who may not get through to where it lies.
	cp "$srcdir/tests/web/table.py" "$srcdir/tests/web/cases.txt" \
	    "$srcdir/tests/web/tokens.txt" "$T/"
	# shellcheck disable=SC2086
	$words "$python" "$T/table.py" "$T/cases.txt" "$T/tokens.txt" "$1" "$installation" "$target" \
	    "$T/traces" >"$T/results" 2>"$T/table.log"
	is $? 0 "the table was worked through"
	replay "$T/results"
	is "$(grep -cE '^(not )?ok smuggled-' "$T/results")" 25 "25 ways to smuggle a signature"
	ok "more than 60 tokens" [ "$(grep -cE '^(not )?ok tokens-' "$T/results")" -gt 60 ]
	[ "$1" = cgi ] || aborts
	[ "$test_failures" -eq 0 ] || for file in "$T"/*.log "$logs"/*; do
		diag_file "$file"
	done
	valid_spool "every record fits the schema" "$installation/spool"
	cat "$T/traces/signatures" >>"$T/canaries"
	no_leaks "no log and no answer has a secret, a token or a signature" "$T"/*.log "$logs"/* \
	    "$T/traces/answers"
	done_testing
}
