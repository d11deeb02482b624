#!/bin/sh
# SPDX-License-Identifier: ISC
# What Tab offers in a real bash, zsh and fish: commands, options, words, and the IDs of
# the records that a command can move.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

command -v bash >/dev/null || skip_all "bash is not installed"

# As installed, except the place.
mkdir "$T/completions"
for file in alertspool _alertspool alertspool.fish completion-words; do
	sed "s,/usr/share/alertspool/,$T/completions/,g" "$srcdir/completions/$file" \
	    >"$T/completions/$file"
done
chmod 755 "$T/completions/completion-words"

# Does in bash what a Tab does: the arguments are the words, the cursor is in the last one.
cat >"$T/complete" <<'EOT'
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
# bash's own compopt fails outside of a completion.
compopt() { echo "compopt $*" >&2; }
_alertspool
printf '%s\n' "${COMPREPLY[@]}"
EOT

# tab WORD…: what is offered for the last one, in the order of the alphabet
tab() {
	bash --norc "$T/complete" "$T/completions/alertspool" "$alertspool" \
	    "$@" 2>"$T/options" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

make_secret "$T/other"
make_installation "$T/here" "" "" "[source other]
secret_file = $T/other
[atlas shop]
project = 5f1e2d3c4b5a69788796a5b4
key_file = atlas.key"
conf=$T/here/alertspool.conf
for n in 1 2 3; do
	make_alert "5d1b6f8e8c2e4e2d3c4a000$n" >"$T/body"
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST \
	    CONTENT_LENGTH="$(wc -c <"$T/body")" HTTP_X_MMS_EVENT=alert.open \
	    HTTP_X_MMS_SIGNATURE="$(sign "$T/body" "$T/here/secret")" \
	    "$responder" -c "$conf" <"$T/body" >>"$T/answers" 2>&1
done
claimed=$("$alertspool" -c "$conf" claim)
acked=$("$alertspool" -c "$conf" claim)
"$alertspool" -c "$conf" ack "$acked" >/dev/null
waiting=$(ls "$T/here/spool/new")
# short NAME...: their short IDs, in order
short() {
	for name in "$@"; do
		name=${name##*.}
		printf '%.12s\n' "$name"
	done | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

is "$(tab re)" "release report requeue" "commands"
"$alertspool" help --tables |
    awk -F '\t' '$1 ~ /^(command|group)$/ && $2 !~ / / { print $2 }' |
    LC_ALL=C sort >"$T/commands"
is "$(tab '' | tr ' ' '\n')" "$(cat "$T/commands")" "all that there are"
is "$(tab help st)" stats "a command behind help"
is "$(tab source '')" "add list" "the commands of a group"
is "$(tab source list --j)" --json "an option of a group's command"
is "$(tab atlas u)" unack "those of another group"
is "$(tab -c "$conf" atlas reconcile '')" shop "sections [atlas NAME]"
is "$(tab -c "$conf" atlas ack 5d1b6f8e8c2e4e2d3c4a0001)" 5d1b6f8e8c2e4e2d3c4a0001 "alerts"
is "$(tab claim --l)" --lease "an option of a command"
like "$(tab claim -)" '(^| )--help( |$)' "those that every command has"
unlike "$(tab claim -)" --sample "not those of another one"
is "$(tab list --state d)" "dead done" "states"
is "$(tab requeue -s '')" "bad dead done" "only those that requeue takes"
is "$(tab list --state new,c)" new,cur "of several the last one"
is "$(tab list --event un)" unknown "events"
is "$(tab list -S '')" "CRITICAL ERROR INFO WARNING unrated" "severities"
is "$(tab list --color = '')" "always auto never" "what stands behind =, as bash sees it"
is "$(tab -c "$conf" list --source '')" "default other" "sources"
{ cat "$conf"; printf '[queue %s]\ncommand = /bin/true\n' pager archive; } >"$T/queues.conf"
is "$(tab -c "$T/queues.conf" list -q '')" "archive pager" "queues"
is "$(tab -c "$T/queues.conf" run p)" pager "as the operand of run"
is "$(tab -c "$T/queues.conf" route --to a)" archive "and of route --to"
is "$(tab -c = "$conf" list --source o)" other "the settings behind ="
is "$(tab -c "$conf" list --alert 5d)" \
    "5d1b6f8e8c2e4e2d3c4a0001 5d1b6f8e8c2e4e2d3c4a0002 5d1b6f8e8c2e4e2d3c4a0003" "alerts"
is "$(tab alerts --state c)" "cancelled closed" "states of alerts"
is "$(tab alerts -S '')" "CRITICAL ERROR INFO WARNING unrated" "severities"
is "$(tab -c "$conf" end 5d1b6f8e8c2e4e2d3c4a0002)" 5d1b6f8e8c2e4e2d3c4a0002 "alerts that are open"
like "$(tab -c "$conf" alerts '')" '5d1b6f8e8c2e4e2d3c4a0001' "alerts, ended ones, too"
is "$(tab send --sample replica-set)" \
    "$("$alertspool" send --sample list | awk '{ print $1 }' | grep ^replica-set |
	LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" "samples"
is "$(tab -c "$conf" release '')" "$(short "$claimed" "$waiting")" \
    "release: claimed and deferred records"
is "$(tab -c "$conf" requeue '')" "$(short "$acked" "$waiting")" "requeue: done and waiting records"
is "$(tab -c "$conf" ack '')" \
    "$(short "$claimed" "$waiting")" \
    "ack: what waits or is claimed"
is "$(tab -c "$conf" show '' | wc -w)" 3 "show: all of them"
is "$(tab -c "$conf" show "$(echo "$waiting" | cut -c 1-41)")" "$waiting" \
    "the front of a name is completed"
is "$(tab -c "$conf" show "$(echo "${waiting##*.}" | cut -c 1-5)")" "$(short "$waiting")" \
    "that of a short ID, too"
is "$(tab -c "$conf" show "$(echo "${waiting##*.}" | cut -c 1-20)")" "${waiting##*.}" \
    "and of a longer one"
printf '[spool]\ndirectory = here/spool ; a comment\n' >"$T/relative.conf"
is "$(tab -c "$T/relative.conf" show '' | wc -w)" 3 "a relative directory"
is "$(ALERTSPOOL_CONF=$conf tab show '' | wc -w)" 3 "ALERTSPOOL_CONF"
is "$(tab -c "$T/nowhere" show '')" "" "no settings, no IDs"
is "$(tab list --since '')" "" "nothing for free text"
tab -c '' >/dev/null
like "$(cat "$T/options")" 'compopt -o default' "files for a file"

# And as bash itself calls it.
ok "bash has it after loading" bash --norc -c \
    'source "$1" && complete -p alertspool | grep -q _alertspool' - \
    "$T/completions/alertspool"

# ---- zsh and fish

mkdir "$T/bin"
ln -s "$alertspool" "$T/bin/alertspool"
PATH=$T/bin:$PATH
if command -v zsh >/dev/null; then
	# Calls the function with the variables of zsh and prints what it offers.
	cat >"$T/complete.zsh" <<-'EOT'
		file=$1
		shift
		words=("$@")
		CURRENT=$#
		compadd() { shift; print -l -- "$@"; }
		_files() { print -- files "$@"; }
		source $file
	EOT
	zsh_tab() {
		zsh -f "$T/complete.zsh" "$T/completions/_alertspool" alertspool "$@" |
		    LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
	}
	is "$(zsh_tab re)" "release report requeue" "zsh: commands"
	is "$(zsh_tab list --state d)" "dead done" "zsh: states"
	is "$(zsh_tab -c "$conf" requeue '')" "$(short "$acked" "$waiting")" "zsh: IDs"
	is "$(zsh_tab -c '')" "files" "zsh: files"
	is "$(zsh_tab init '')" "files -/" "zsh: directories"
	is "$(head -n 1 "$srcdir/completions/_alertspool")" "#compdef alertspool" "zsh finds it"
else
	skip "zsh" "zsh is not installed"
fi
if command -v fish >/dev/null; then
	fish_tab() {
		HOME=$T fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
		    "$T/completions/alertspool.fish" "alertspool $*" |
		    LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
	}
	is "$(fish_tab re)" "release report requeue" "fish: commands"
	is "$(fish_tab list --state d)" "dead done" "fish: states"
	is "$(fish_tab list --color=a)" "--color=always --color=auto" "fish: behind ="
	is "$(fish_tab -c "$conf" "requeue ")" "$(short "$acked" "$waiting")" "fish: IDs"
	like "$(fish_tab -c "$T/he")" "$T/here/" "fish: files"
else
	skip "fish" "fish is not installed"
fi

# ---- 3 000 records

"$tools/seed" "$T/here/spool" 3000 3000 || bail "seed"
cat >"$T/time.py" <<'EOT'
import resource, subprocess, sys
best = 9
for _ in range(8):
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = subprocess.run(sys.argv[1:], capture_output=True, text=True).stdout
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    best = min(best, end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime)
print(found.count("\n"), int(best * 1000))
EOT
"$python" "$T/time.py" "$alertspool" help --tables >"$T/time"
read -r _ start <"$T/time"
"$python" "$T/time.py" "$T/completions/completion-words" "$alertspool" -c "$conf" show '' >"$T/time"
read -r count milliseconds <"$T/time"
diag "$milliseconds ms of processor time, of which the program's start takes $start"
is "$count" 3004 "3 003 records: all are offered"
# How long alertspool takes to start depends on the load of the machine, so that does not count.
ok "within 0.1 s" [ $((milliseconds - start)) -lt $((100 * ${SLOWLY:-1})) ]
done_testing
