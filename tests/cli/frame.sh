#!/bin/sh
# SPDX-License-Identifier: ISC
# What all commands have in common: help, options, errors, standard output.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

make_installation "$T/i"
conf=$T/i/alertspool.conf

# ---- help

run 0 "help" "$alertspool" help
like "$(out)" '^usage: alertspool ' "help begins with usage"
cp "$T/out" "$T/help"
run 0 "--help" "$alertspool" --help
ok "--help is help" cmp "$T/out" "$T/help"
run 0 "--version" "$alertspool" --version
like "$(out)" '^alertspool [0-9]' "the version is printed"
# ---- groups of commands

run 0 "help of a group" "$alertspool" help source
cp "$T/out" "$T/group"
like "$(out)" '^  source list +[a-z]' "help of a group lists its commands"
run 0 "--help of a group" "$alertspool" source --help
ok "--help of a group is its help" cmp "$T/out" "$T/group"
like "$(cat "$T/help")" '^  source +[a-z]' "help lists the groups"
run 64 "a group without a command" "$alertspool" source
like "$(err)" 'missing after "source".*alertspool help source' "and what to type"
run 64 "a group and an unknown command" "$alertspool" source lsit
like "$(err)" 'unknown command "source lsit"; did you mean "alertspool source list"' \
	"the nearest of the group is suggested"
run 64 "help of a group and an unknown command" "$alertspool" help source lsit
like "$(err)" 'did you mean "alertspool help source list"' "likewise"
run 64 "the front of a group" "$alertspool" sourc
like "$(err)" 'did you mean "alertspool source"' "a group is suggested, too"
run 64 "help with a word too many" "$alertspool" help list more
run 0 "help --tables" "$alertspool" help --tables
cp "$T/out" "$T/tables"
verbs=$(sed -n 's/^command	\([^	]*\).*/\1/p' "$T/tables")
like "$(echo "$verbs" | tr '\n' ' ')" 'init .*list .*show ' "tables list the commands"

# Verbs of a group are two words.
echo "$verbs" >"$T/verbs"
while read -r verb; do
	# shellcheck disable=SC2086 # words
	set -- $verb
	run 0 "$verb --help" "$alertspool" "$@" --help
	cp "$T/out" "$T/verb"
	is "$(err)" "" "$verb --help says nothing else"
	like "$(sed -n 3p "$T/verb")" "^usage: alertspool $verb" "$verb has a usage line"
	run 0 "help $verb" "$alertspool" help "$@"
	ok "help $verb is $verb --help" cmp "$T/out" "$T/verb"
	missing=
	for option in $(sed -n "s/^option	\($verb\|-\)	\([^	]*\)	.*/\2/p" "$T/tables"); do
		grep -q -- "^  .*$option " "$T/verb" || missing="$missing $option"
	done
	is "$missing" "" "$verb --help tells every option"
	# A path on a line of its own may be longer: it depends on configure.
	is "$(awk 'length > 80 && !/^ *\/[^ ]*$/' "$T/verb")" "" "$verb --help fits 80 columns"
	[ $# -eq 1 ] || { "$alertspool" help "$1"; cat "$T/help"; } >"$T/listed"
	[ $# -gt 1 ] || cp "$T/help" "$T/listed"
	like "$(cat "$T/listed")" "^  $verb +[a-z]" "help lists $verb"
	run 64 "$verb --no-such-option is refused" "$alertspool" "$@" --no-such-option
	like "$(err)" "^alertspool $verb: .*--no-such-option.*--help" "$verb says which, and what to do"
	is "$(out)" "" "$verb prints no result then"
done <"$T/verbs"

# -c FILE is the settings file, also after a verb, so no verb may have a letter of the
# global options. "-" in the table means: no letter.
is "$(awk -F'\t' '$1 == "option" && $4 != "-" {
	if ($2 == "-")
		global[$4] = 1
	else if ($4 in global)
		print $2, $3, $4
}' "$T/tables")" "" "no command has the letter of a global option"
is "$(awk -F'\t' '$1 == "option" && $4 != "-" { print $2, $4 }' "$T/tables" | sort | uniq -d)" "" \
	"nor one letter twice"

# ---- usage errors

run 64 "no command" "$alertspool"
run 64 "an unknown command" "$alertspool" lits
like "$(err)" 'did you mean "alertspool list"' "the nearest one is suggested"
run 64 "the front of a command" "$alertspool" sho
like "$(err)" 'did you mean "alertspool show"' "and suggested"
run 64 "nothing like a command" "$alertspool" xyzzy-plugh
unlike "$(err)" 'did you mean' "no suggestion if none fits"
run 64 "help of an unknown command" "$alertspool" help lits
like "$(err)" 'did you mean "alertspool help list"\?' "the nearest one is suggested"
run 64 "help of nothing like a command" "$alertspool" help xyzzy-plugh
like "$(err)" 'did you mean "alertspool help"\?' "the list is, where there is none"
run 64 "an empty command" "$alertspool" ""
run 64 "a word too many" "$alertspool" -c "$conf" list more
run 64 "an operand missing" "$alertspool" -c "$conf" show
run 64 "an option's argument missing" "$alertspool" list --state
like "$(err)" '--state needs an argument' "and which"
run 64 "an argument too many" "$alertspool" list --json=yes
like "$(err)" '--json takes no argument' "and where"
run 64 "help of an unknown command" "$alertspool" help lits
run 64 "hostile words are refused" "$alertspool" "$(printf 'a\033[2J\n')"
is "$(tr -d '[:print:]\n' <"$T/err")" "" "and shown harmless"
is "$(wc -l <"$T/err")" 1 "in one line"

# ---- settings

run 0 "-c before the command" "$alertspool" -c "$conf" list
run 0 "-c behind the command" "$alertspool" list -c "$conf"
run 0 "--config=FILE" "$alertspool" list --config="$conf"
run 0 "ALERTSPOOL_CONF" env ALERTSPOOL_CONF="$conf" "$alertspool" list
run 66 "no settings" "$alertspool" -c "$T/none.conf" list
like "$(err)" "^alertspool list: .*$T/none.conf.*alertspool init" "and what to do about it"
printf '[spool]\nfoo = 1\n' >"$T/bad.conf"
run 78 "wrong settings" "$alertspool" -c "$T/bad.conf" list
like "$(err)" "bad.conf:2" "with file and line"
run 0 "help needs no settings" "$alertspool" -c "$T/none.conf" help

# ---- standard output

run 74 "help to a full disk" sh -c '"$1" help >/dev/full' - "$alertspool"
like "$(err)" 'standard output: No space left' "help to a full disk: the message"
run 74 "help to a closed standard output" sh -c '"$1" help >&-' - "$alertspool"
store "$conf" "$srcdir/tests/cli/run.sh" >/dev/null # quarantined
run 74 "list to a full disk" sh -c '"$1" -c "$2" list --state all >/dev/full' - "$alertspool" "$conf"
run 0 "a closed standard error is no error" sh -c '"$1" help 2>&-' - "$alertspool"
run 74 "a closed standard input is" sh -c '"$1" -c "$2" sign <&-' - "$alertspool" "$conf"
run 0 "a pipe that nobody reads" "$python" -c 'import signal, subprocess, sys
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
p = subprocess.Popen([sys.argv[1], "help"], stdout=subprocess.PIPE,
    stderr=subprocess.PIPE, restore_signals=False)
p.stdout.close()
p.wait()
sys.exit(0 if p.returncode == -signal.SIGPIPE and not p.stderr.read() else 1)' "$alertspool"
# A closed standard error must not end the command.
cat >"$T/no_reader.py" <<'PY'
import subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stderr.close()
out = p.stdout.read()
sys.stdout.buffer.write(out)
code = p.wait()
sys.exit(code if code >= 0 else 128 - code)
PY
run 66 "an error that nobody reads keeps its exit code" "$python" "$T/no_reader.py" \
    "$alertspool" -c "$conf" show 20990101T000000Z
id=$("$alertspool" -c "$conf" list --state bad --json | sed 's/.*"id":"\([^"]*\)".*/\1/')
run 66 "two IDs, the first unknown" "$python" "$T/no_reader.py" \
    "$alertspool" -c "$conf" show 20990101T000000Z "$id" --path
like "$(out)" "$id" "and the second one is shown all the same"

done_testing
