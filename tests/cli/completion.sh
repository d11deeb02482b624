#!/bin/sh
# SPDX-License-Identifier: ISC
# completions/alertspool in a real bash: commands, options, words, and the IDs of
# records in the states that a command may move.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

command -v bash >/dev/null || skip_all "bash is not installed"

# Asks bash itself, as a Tab would: words, the cursor in the last one.
cat >"$T/complete" <<'EOT'
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
# Outside of a completion bash has no options to change.
compopt() { echo "compopt $*" >&2; }
_alertspool
printf '%s\n' "${COMPREPLY[@]}"
EOT

# tab WORD…: what is offered for the last one, in the order of the alphabet
tab() {
	bash --norc "$T/complete" "$srcdir/completions/alertspool" "$alertspool" \
	    "$@" 2>"$T/options" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

make_installation "$T/here"
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

is "$(tab re)" "release requeue" "commands"
"$alertspool" help --tables |
    awk -F '\t' '$1 ~ /^(command|group)$/ && $2 !~ / / { print $2 }' |
    LC_ALL=C sort >"$T/commands"
is "$(tab '' | tr ' ' '\n')" "$(cat "$T/commands")" "all that there are"
is "$(tab help st)" stats "a command behind help"
is "$(tab source '')" list "the commands of a group"
is "$(tab source list --j)" --json "an option of a group's command"
is "$(tab claim --l)" --lease "an option of a command"
like "$(tab claim -)" '(^| )--help( |$)' "those that every command has"
unlike "$(tab claim -)" --sample "not those of another one"
is "$(tab list --state d)" "dead done" "states"
is "$(tab requeue -s '')" "bad dead done" "only those that requeue takes"
is "$(tab list --event un)" unknown "events"
is "$(tab -c "$conf" list --alert 5d)" \
    "5d1b6f8e8c2e4e2d3c4a0001 5d1b6f8e8c2e4e2d3c4a0002 5d1b6f8e8c2e4e2d3c4a0003" "alerts"
is "$(tab alerts --state c)" "cancelled closed" "states of alerts"
is "$(tab alerts -S '')" "CRITICAL ERROR INFO WARNING unrated" "severities"
is "$(tab -c "$conf" end 5d1b6f8e8c2e4e2d3c4a0002)" 5d1b6f8e8c2e4e2d3c4a0002 "alerts that are open"
is "$(tab send --sample replica-set)" \
    "$("$alertspool" send --sample list | awk '{ print $1 }' | grep ^replica-set |
	LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" "samples"
is "$(tab -c "$conf" release '')" "$claimed" "release: what is claimed"
is "$(tab -c "$conf" requeue '')" "$acked" "requeue: what is done"
is "$(tab -c "$conf" ack '')" \
    "$(printf '%s\n' "$claimed" "$waiting" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" \
    "ack: what waits or is claimed"
is "$(tab -c "$conf" show '' | wc -w)" 3 "show: all of them"
is "$(tab -c "$conf" show "$(echo "$waiting" | cut -c 1-41)")" "$waiting" \
    "a beginning is completed"
is "$(tab -c "$T/nowhere" show '')" "" "no settings, no IDs"
is "$(tab list --since '')" "" "nothing for free text"
tab -c '' >/dev/null
like "$(cat "$T/options")" 'compopt -o default' "files for a file"

# And as bash itself calls it.
ok "bash has it after loading" bash --norc -c \
    'source "$1" && complete -p alertspool | grep -q _alertspool' - \
    "$srcdir/completions/alertspool"
done_testing
