#!/bin/sh
# SPDX-License-Identifier: ISC
# Plain English: the phrases below must not come back. Each hit is printed with its
# file, its line, and what to write instead.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

# A phrase a line, as an extended regular expression in lower case, and what to
# write instead. A phrase is found across the end of a line, too.
cat >"$T/phrases" <<'END'
what is no / anything that is not ...
what are no / anything that is not ...
(which|that|it) is no [a-z]+ / is not a ... (longer, more, reason, use are fine)
nobody's / owned by nobody
(is|are|was|were|be|been|being) told / is reported, is asked for, learns: say who gets what
says? so / what it reports
bears? / works under, survives
mend(s|ed|ing)? / fix
(begun )?anew / again, reset, from the start
for want of / without
so manieth / every Nth
whom / who
but for / except, without
of what is there / of the existing ...
what there is / all, the existing ...
what is there / the existing ...
nothing more is / only ... is
nothing is that / we get no notice
lest / so that ... not
thereof|therein|whereof|wherein|whereby|wherefore / of it, in it, by which
shall / must, will
whoever / anybody who; better: name the process or person
nor is / and it is not
nor does / and it does not
END

# Everything a person reads, without what others wrote: data, licences, copies.
files=$(find README.md CONTRIBUTING.md SECURITY.md CHANGES check quickstart .ci configure.ac \
	Makefile.am apache bench completions debian examples handlers man nginx schema src systemd \
	tests tools \( -path tests/data -o -path tests/published -o -path tests/fuzz/corpus -o -path tests/lint/phrases.sh \
	-o -path debian/copyright \) -prune -o -type f -print 2>/dev/null |
	grep -vE '\.(png|pem|key|body|recorded)$')

# search FILE...: prints the phrases in them
search() {
	awk -F ' / ' '
	FILENAME != phrases && FNR == 1 {
		tail = ""
		released = 0
	}
	FILENAME == phrases {
		phrase[++n] = "(^|[^a-z_.-])(" $1 ")([^a-z_-]|$)"
		instead[n] = $2
		all = all (n == 1 ? "" : "|") $1
		next
	}
	# Of CHANGES, what is not released yet.
	FILENAME == "CHANGES" && /^## / && !/Unreleased/ { released = 1 }
	released { next }
	{
		line = tolower($0)
		sub(/^[ \t]*(\/?\*+|#+|\.\\")?[ \t]*/, "", line)
		text = tail line
		if (match(text, all) && RSTART + RLENGTH > length(tail))
			for (i = 1; i <= n; i++)
				if (match(text, phrase[i]) && RSTART + RLENGTH - 1 > length(tail) &&
				    substr(text, RSTART, RLENGTH) !~ / is no (longer|more|reason|use)/)
					printf "%s:%d: \"%s\": write \"%s\"\n", FILENAME, FNR,
					    substr(text, RSTART, RLENGTH), instead[i]
		# The last three words, for a phrase that goes on in the next line.
		match(line, /[^ \t]*[ \t]+[^ \t]*[ \t]+[^ \t]*$/)
		tail = (RSTART ? substr(line, RSTART) : line) " "
	}' phrases="$T/phrases" "$T/phrases" "$@"
}

printf '# A file of which nobody is\n# told is no file.\n' >"$T/planted"
is "$(search "$T/planted" | sed 's/.*:\([0-9]*: "[^"]*"\).*/\1/' | tr '\n' ' ')" \
	'2: " is told " ' "a phrase across two lines is found"
# shellcheck disable=SC2086 # a list of files without blanks
is "$(search $files)" "" "plain English: none of the phrases of tests/lint/phrases.sh"

done_testing
