#!/bin/sh
# SPDX-License-Identifier: ISC
# The manual and the programs agree: options, settings, metrics, log keys, fields and
# words are extracted from both and must be equal. The examples in alertspool-spool(5)
# run.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"

man=$srcdir/man
pages="alertspool.1 alertspool.7 alertspool.conf.5 alertspool-spool.5 alertspool.fcgi.8"

# same NAME PROGRAM-LIST MANUAL-LIST: both files have the same lines, and some
same() {
	sort -u "$2" >"$T/program"
	sort -u "$3" >"$T/manual"
	if [ ! -s "$T/program" ] || [ ! -s "$T/manual" ]; then
		fail "$1" "one of the lists is empty: the test cannot read it"
	elif diff "$T/program" "$T/manual" >"$T/diff"; then
		pass "$1"
	else
		fail "$1" "< only the program has, > only the manual has:" \
			"$(grep '^[<>]' "$T/diff")"
	fi
}

# section PAGE NAME: the source of that .Sh or .Ss section
section() {
	awk -v name="$2" '
		/^\.S[hs] / { inside = ($0 ~ "^.S[hs] " name "$") }
		inside' "$man/$1"
}

# The options of a page as "COMMAND LONG LETTER ARGUMENT": each is an .It of one
# or two .Fl, and its command is the .Ss it stands in.
options() {
	awk '
		BEGIN { command = "-" }
		/^\.Ss / { command = $2 == "Global" ? "-" : substr($0, 5) }
		/^\.It Fl / {
			long = letter = argument = "-"
			for (i = 3; i <= NF; i++) {
				if ($i == "Ar")
					argument = $(++i)
				else if ($i ~ /^-[a-z]/)
					long = "-" $i
				else if ($i ~ /^[a-zA-Z]$/)
					letter = "-" $i
			}
			print command, long, letter, argument
		}' "$@"
}

# ---- how they are written ---------------------------------------------------

for page in $pages; do
	if ! command -v mandoc >/dev/null; then
		skip "$page: mandoc finds nothing" "mandoc is not installed"
		continue
	fi
	# Not "style": that reports every page of other packages that it does not find.
	is "$(mandoc -T lint -W warning "$man/$page" 2>&1 |
		grep -v '^mandoc: outdated')" '' "$page: mandoc finds nothing"
	is "$(mandoc -T utf8 -O width=80 "$man/$page" 2>/dev/null | col -bx |
		awk '{ gsub(/[\200-\277]/, "") } length > 80')" '' \
		"$page: fits into 80 columns"
done

# ---- alertspool(1) ----------------------------------------------------------

"$alertspool" help --tables >"$T/tables"
sed -n 's/^command	\([^	]*\)	.*/\1/p' "$T/tables" >"$T/commands"
awk '/^\.Sh / { inside = /COMMANDS/ } inside && /^\.Ss / { sub(/^\.Ss /, ""); print }' \
	"$man/alertspool.1" >"$T/documented"
same "alertspool(1) has the commands that there are" \
	"$T/commands" "$T/documented"

section alertspool.1 DESCRIPTION | sed -n 's/^\.It Cm //p' >"$T/documented"
same "the list in alertspool(1) has the commands that there are" \
	"$T/commands" "$T/documented"

awk -F '\t' '$1 == "option" {
	print $2, $3, ($4 == "-" ? "-" : $4), $5
}' "$T/tables" >"$T/options"
options "$man/alertspool.1" >"$T/documented"
same "alertspool(1) has the options that there are" \
	"$T/options" "$T/documented"

# ---- alertspool.fcgi(8) -----------------------------------------------------

"$responder" --help | grep -oE '(^| )--?[a-z]+' | tr -d ' ' >"$T/options"
options "$man/alertspool.fcgi.8" | awk '{
	if ($2 != "-") print $2
	if ($3 != "-") print $3
}' >"$T/documented"
same "alertspool.fcgi(8) has the options that there are" \
	"$T/options" "$T/documented"

make_secret "$T/other"
make_installation "$T/here" '' 'request_timeout = 100ms' "[source other]
secret_file = $T/other"
get() {
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD="$1" PATH_INFO="$2" \
		REMOTE_ADDR=127.0.0.1 "$responder" -c "$T/here/alertspool.conf" \
		2>>"$T/log"
}

# "NAME" and, for every value of its label, "NAME VALUE"; sources are the operator's
get GET /-/metrics | awk '/^alertspool_/ {
	gsub(/[{}="]/, " ")
	print $1
	if (NF > 2 && $2 != "source") print $1, $3
}' >"$T/metrics"
section alertspool.fcgi.8 Metrics | awk '
	/^\.It Va / { name = $3; print name }
	/^\.Cm / { for (i = 2; i <= NF; i++) if ($i ~ /[a-z]/) print name, $i }
	' >"$T/documented"
same "alertspool.fcgi(8) has the metrics that there are" \
	"$T/metrics" "$T/documented"

# Requests that make the log keys which only some lines have: "detail" for a body that
# breaks off, "answer" if it could not be delivered, "hint" for another source's secret.
make_alert 5d1b6f8e8c2e4e2d3c4a5b6c >"$T/body"
signature=$(sign "$T/body" "$T/here/secret")
# post LENGTH [COMMAND…]: what the responder answers, as a child of the command
post() {
	length=$1
	shift
	env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST \
		CONTENT_LENGTH="$length" REMOTE_ADDR=127.0.0.1 \
		HTTP_X_MMS_EVENT=alert.open HTTP_X_MMS_SIGNATURE="$signature" \
		"$@" "$responder" -c "$T/here/alertspool.conf" <"$T/body" 2>>"$T/log"
}
bytes=$(wc -c <"$T/body")
post 1000 >"$T/refused"
post "$bytes" >"$T/answer"
post "$bytes" >/dev/full
signature=$(sign "$T/body" "$T/other")
post "$bytes" >>"$T/refused"
signature=$(sign "$T/body" "$T/here/secret")
grep -F event=request "$T/log" | grep -oE '(^| )[a-z]+=' | tr -d ' =' >"$T/keys"
section alertspool.fcgi.8 LOG | awk '
	/^\.It Sy / { print $3 }
	/^\.Sy (time|level|event)$/ || /^\.Sy (time|level|event) / { print $2 }
	' >"$T/documented"
same "alertspool.fcgi(8) has the keys of a request's log line" \
	"$T/keys" "$T/documented"

# ---- alertspool.conf(5) -----------------------------------------------------

# A default is the .Li behind "Default:", or none. Where the spool lies was
# chosen by configure.
"$tools/describe" | sed 's,[^	]*/spool/alertspool$,/var/spool/alertspool,' |
	tr '\t' ' ' >"$T/settings"
awk '
	/^\.S[hs] / { section = "" }
	/^\.Ss \[/ { section = $2; gsub(/[][]/, "", section) }
	section != "" && /^\.It Ic / { key = $3 }
	/^Default:$/ { due = 1; next }
	due { print section, key, ($1 == ".Li" ? $2 : "none") }
	{ due = 0 }
	' "$man/alertspool.conf.5" >"$T/documented"
same "alertspool.conf(5) has the settings and defaults that there are" \
	"$T/settings" "$T/documented"

# ---- alertspool-spool(5) ----------------------------------------------------

# "PATH" for every field that is not an object of fields, and "PATH WORD" for every
# word of a closed list.
"$python" - "$srcdir/schema/record.schema.json" >"$T/fields" <<'EOT'
import json, sys

schema = json.load(open(sys.argv[1]))

def resolve(node):
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node

def parts(node):
    yield node
    for key in ("anyOf", "oneOf"):
        for part in node.get(key, []):
            yield from parts(resolve(part))

def walk(node, path):
    fields = {}
    for part in parts(node):
        fields.update(part.get("properties", {}))
    for key, value in fields.items():
        walk(resolve(value), path + [key])
    if fields:
        return
    print(".".join(path))
    for part in [*parts(node), *parts(resolve(node.get("items", {})))]:
        words = part.get("enum", []) + [part.get("const")]
        for word in words:
            if isinstance(word, str):
                print(".".join(path), word)

for key, value in schema["properties"].items():
    walk(resolve(value), [key])
EOT
awk '
	/^\.S[hs] / { n = 0 }
	/^\.It Va / {
		n = 0
		for (i = 3; i <= NF; i++)
			if ($i != ",") {
				path[n++] = $i
				print $i
			}
	}
	/^(\.It )?\.?Cm / {
		for (i = 2; i <= NF; i++)
			for (k = 0; k < n; k++)
				if ($i != "Cm" && $i ~ /^[a-z]/)
					print path[k], $i
	}' "$man/alertspool-spool.5" >"$T/documented"
same "alertspool-spool(5) has the fields and words of the schema" \
	"$T/fields" "$T/documented"

# example PAGE WORD: the literal display that has this text, as it is shown
example() {
	awk -v word="$2" '
		/^\.Bd -literal/ { text = ""; inside = 1; next }
		/^\.Ed/ && inside {
			if (index(text, word)) printf "%s", text
			inside = 0
		}
		inside { text = text $0 "\n" }' "$man/$1" | sed 's/\\e/\\/g'
}

id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$T/answer")
conf=$T/here/alertspool.conf

if command -v jq >/dev/null; then
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec "%s" -c "%s" "$@"\n' "$alertspool" "$conf" \
		>"$T/bin/alertspool"
	printf '#!/bin/sh\necho "$*"\n' >"$T/bin/logger"
	chmod +x "$T/bin/alertspool" "$T/bin/logger"
	example alertspool-spool.5 alerts-seen >"$T/reader"
	cp "$T/body" "$T/body.kept" && printf '{}' >"$T/body" && signature=$(sign "$T/body" "$T/here/secret")
	bare=$(post 2 | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
	for time in first second; do
		env HOME="$T" PATH="$T/bin:$PATH" sh "$T/reader" >"$T/told.$time" 2>&1
	done
	like "$(cat "$T/told.first")" 'Disk partition .* 95.2 %' \
		"alertspool-spool(5): the example that reads tells of a record"
	like "$(cat "$T/told.first")" "^-t alert -- \"$bare\"\$" \
		"alertspool-spool(5): and by its id of one without a summary"
	is "$(cat "$T/told.second")" '' \
		"alertspool-spool(5): the example that reads tells it once"
	rm "$T/here/spool/new/$bare"
	cp "$T/body.kept" "$T/body" && signature=$(sign "$T/body" "$T/here/secret")
else
	skip "alertspool-spool(5): the example that reads" "jq is not installed"
fi

# An alert's text is somebody else's: jq -r would write its control characters to
# the reader's terminal, jq -a writes none.
is "$(grep -n 'jq .*-[a-zA-Z]*r.*alert\.' "$man"/*.[1-9] "$srcdir/README.md")" '' \
	"no example prints an alert's text unescaped"

example alertspool-spool.5 F_OFD_SETLKW >"$T/taker"
{
	sed '/^os.utime/,$d' "$T/taker"
	echo 'import subprocess'
	echo 'subprocess.run(sys.argv[3:])'
} >"$T/holder"
like "$(post "$bytes" "$python" "$T/holder" "$T/here/spool" "$id")" \
	'"status":503' "alertspool-spool(5): its lock is the responder's lock"
ok "alertspool-spool(5): the example that takes a record runs" \
	"$python" "$T/taker" "$T/here/spool" "$id"
is "$(ls "$T/here/spool/done")" "$id" \
	"alertspool-spool(5): the example that takes a record moves it"

example alertspool-spool.5 sha256sum >"$T/digest"
is "$(sed -n 's/^\$ //p' "$T/digest" | sh)" "$(sed -n 2p "$T/digest")" \
	"alertspool-spool(5): the example of a digest is right"

# lock_of TEXT NUMBER: both are in the sentence about the locks
# shellcheck disable=SC2317 # called by ok
lock_of() {
	section alertspool-spool.5 LOCKS | tr '\n' ' ' |
		grep -qF "$1 is byte $2"
}
ok "alertspool-spool(5): the example of a record lock is right" lock_of \
	ffeeddccbbaa99887766554433221100 \
	"$("$python" -c 'print(0xffeeddccbbaa9988 % 2**61)')"
ok "alertspool-spool(5): the example of an alert lock is right" lock_of \
	5d1b6f8e8c2e4e2d3c4a5b6c \
	"$(printf 5d1b6f8e8c2e4e2d3c4a5b6c | sha256sum | cut -c 1-16 |
		"$python" -c 'print(2**61 + int(input(), 16) % 2**61)')"

done_testing
