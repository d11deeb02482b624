#!/bin/sh
# SPDX-License-Identifier: ISC
# valgrind's memcheck finds nothing: no invalid access, no decision by memory that
# was never set, nothing definitely lost. Under it run the unit tests of what reads bytes
# from outside, and ordinary tests of the responder and of the command line, whose
# programs are scripts that call it. With LONG set that is all of the units, which always
# run under ASan, too, and more of the rest; not cli/run_command, since valgrind ends a
# process whose execve fails.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
valgrind=$(command -v valgrind) || skip_all "valgrind is not installed"
! grep -qa __asan_init "$responder" || skip_all "valgrind cannot run what ASan is in"
memcheck="$valgrind -q --vgdb=no --read-inline-info=no --leak-check=full
	--show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=99"

# ---- units

# Those that count to a million take minutes here. What a test's own child
# process leaves behind when it ends is no leak.
slow='json/read|alert/reader|auth/sign|base/encode|base/utf8|auth/forgery|alert_heads|json/write|receive|settings'
slow="$slow|spool/scan|timestamp"
outside='alert/|auth/|base/buf|base/escape|http/|json/|nats/pub_ack|record/|responder/'
outside="$outside|atlas/answer"
[ -z "${LONG:-}" ] || { slow=nothing; outside=/; }
units=0
for unit in "$builddir"/tests/unit/*/*_test; do
	case $unit in
	*/timing_test) continue ;; # measures time
	esac
	echo "$unit" | grep -qE "/($slow)_test$" && continue
	echo "$unit" | grep -qE "tests/unit/.*($outside)" || continue
	units=$((units + 1))
	# shellcheck disable=SC2086 # words
	$memcheck --child-silent-after-fork=yes "$unit" >"$T/unit" 2>&1 ||
	    { diag_file "$T/unit"; echo "${unit##*/}" >>"$T/units"; }
done
is "$(cat "$T/units" 2>/dev/null)" "" "$units unit tests"
ok "there were some" [ "$units" -ge 15 ]

# ---- programs

mkdir -p "$T/build/tests" "$T/real" "$T/found"
chmod 1777 "$T/found"
cp -Rp "$builddir/tests/tools" "$T/build/tests/"
for program in "$responder" "$alertspool"; do
	name=${program##*/}
	cp "$program" "$T/real/"
	cat >"$T/build/$name" <<-EOT
		#!/bin/sh
		exec $(echo $memcheck) --log-file="$T/found/$name.%p" "$T/real/$name" "\$@"
	EOT
	chmod 755 "$T/build/$name"
done

# nothing_found NAME: in all processes since the last call. What valgrind says of
# itself, of system calls that it does not know, is no finding.
nothing_found() {
	grep -l '^==' "$T/found"/* >"$T/findings"
	is "$(cat "$T/findings")" "" "$1: nothing found in $(
		find "$T/found" -type f | wc -l) processes"
	while read -r file; do diag_file "$file"; done <"$T/findings"
	find "$T/found" -type f -delete
}

# what ID: a word each, that moves or shows this record
verbs() {
	for id; do
		for verb in "claim -n 1" "release --delay 1s --reason slow $id" \
		    "claim -n 1" "ack $id" "requeue $id" "bury --reason gone $id" \
		    "requeue --state dead" "run --jobs 2 -- cat" "verify $id" \
		    "show $id" list "list --json" stats "stats --prometheus" clean; do
			# shellcheck disable=SC2086 # words
			"$T/build/alertspool" -c "$T/i/alertspool.conf" $verb >>"$T/said" 2>&1 ||
			    [ "$verb" = "claim -n 1" ] || echo "$verb: $?"
		done
	done
}

make_installation "$T/i" "$(id -un)"
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/alert"
id=$(store "$T/i/alertspool.conf" "$T/alert")
is "$(verbs "$id")" "" "each verb on a record"
diag_file "$T/said" 5
nothing_found "verbs"

tests=web/nginx
[ -z "${LONG:-}" ] || tests="$tests web/cgi cli/list cli/show cli/send cli/sign
	cli/stats cli/verify cli/run_follow"
for test in $tests; do
	ok "$test" env "srcdir=$srcdir" "builddir=$T/build" SLOWLY=10 LONG= \
	    sh "$srcdir/tests/$test.sh"
	nothing_found "$test"
done
done_testing
