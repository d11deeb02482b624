# SPDX-License-Identifier: ISC
# faults.sh: faults by strace in a program without a sanitizer; sourced after lib.sh.

! grep -qa __asan_init "$responder" ||
	skip_all "a sanitizer ends the process when a call of its own fails"
command -v strace >/dev/null || skip_all "strace is not installed"

# Can strace trace what it starts?
can_trace() { strace -qq -o "$T/works" true 2>/dev/null && [ -s "$T/works" ]; }

# inject SCENARIO [OPTION...]: inject.py with these options, a result
inject() {
	inject_scenario=$1
	shift
	"$python" "$srcdir/tests/crash/inject.py" "$@" "$builddir" "$T/$inject_scenario" \
		"$inject_scenario" >"$T/out" 2>&1
	inject_code=$?
	is $inject_code 0 "$inject_scenario: $(tail -n 1 "$T/out")"
	[ $inject_code -eq 0 ] || diag_file "$T/out"
}
