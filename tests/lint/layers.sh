#!/bin/sh
# SPDX-License-Identifier: ISC
# The rooms of the source: which files each may include, and which functions it may
# call.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

# A line for each room: a room includes headers of its own and of rooms above it
# in its list. Rooms of lib/ come before those of the programs.
lib_rooms='
	lib/base	bytes, text, time, files, locks, errors
	lib/json	JSON text, read and written
	lib/alert	what a body means
	lib/record	names and records
	lib/spool	the spool directory
	lib/settings	alertspool.conf
	lib/auth	signatures and tokens
'
responder_rooms='
	responder	alertspool.fcgi
'
cli_rooms='
	cli/output	tables, colours, findings, progress
	cli/frame	the verbs, their options and operands, the session
	cli/records	records as verbs show, select and move them
	cli/worker	the loop of run and forward
	cli/handler	a command for each record
	cli/nats	NATS JetStream
	cli/http	an HTTP client
	cli/sender	test alerts and their signatures
	cli/route	which queue gets which record
	cli/alerts	what an alert is now, and its life
	cli/atlas	the Admin API of Atlas
	cli/report	the page of "alertspool report"
	cli/check	what "alertspool check" looks at
	cli/command	a file for each verb
	cli/command/atlas	the verbs of a group
	cli/command/source	and of another
	cli		main()
'

# Prints the names of the rooms, in order.
names() { printf '%s' "$1" | awk 'NF { print $1 }'; }

# arrows_back DIRECTORY ROOMS: prints each include of a file below the directory
# that leads to a room further down in the list, or to one that is not in it.
arrows_back() {
	find "$1" -name '*.[ch]' -exec awk -v order="$(echo "$2" | tr '\n' ' ')" '
		function room_of(path) {
			sub(/\/[^\/]*$/, "", path)
			return path
		}
		BEGIN {
			n = split(order, room, " ")
			for (i = 1; i <= n; i++)
				place[room[i]] = i
		}
		/^#include ".*\// {
			room_here = room_of(substr(FILENAME, 5)) # behind src/
			used = room_of(substr($2, 2))
			if (!(room_here in place) || !(used in place) ||
			    place[used] > place[room_here])
				print FILENAME " includes from " used
		}' {} + | sort
}

# none PATTERN NAME FILE…: no line of the files matches
none() {
	pattern=$1
	name=$2
	shift 2
	found=$(grep -nE "$pattern" "$@" /dev/null)
	is "$found" "" "$name"
}

# only HEADER NAME ALLOWED…: these files include it and no others do
only() {
	header=$1
	shift
	is "$(grep -rlE "^#include [<\"]${header}[>\"]" src | sort | tr '\n' ' ')" \
		"$(printf '%s ' "$@")" "$header is included by $*"
}

# A circle of rooms needs an arrow that leads back, so this finds circles, too.
is "$(arrows_back src/lib "$(names "$lib_rooms")")" "" \
	"lib/: each room includes only rooms above it"
is "$(arrows_back src/responder "$(names "$lib_rooms$responder_rooms")")" "" \
	"responder/ includes only lib/ and itself"
is "$(arrows_back src/cli "$(names "$lib_rooms$cli_rooms")")" "" \
	"cli/: each room includes only lib/ and rooms above it"
is "$(find src -name '*.[ch]' -exec dirname {} + | sort -u | sed 's,src/,,')" \
	"$(names "$lib_rooms$responder_rooms$cli_rooms" | sort)" \
	"every directory of the source is a room of these lists"

# Files of one room must not include each other in a circle, either.
is "$(find src -name '*.[ch]' -exec awk '
	/^#include "/ {
		gsub(/^#include "|"$/, "")
		file = FILENAME
		sub(/^src\//, "", file)
		print file, $0
	}' {} + | tsort 2>&1 >/dev/null)" "" "no header includes itself in a circle"
# shellcheck disable=SC2046 # a list of files without blanks
none '^#include "lib/.*/private\.h"' "private headers stay in their room" \
	$(find src/responder src/cli -name '*.[ch]')
is "$(grep -rE '^#include ".*/private\.h"' src | awk -F'[:"]' '{
		room = $1; sub(/\/[^\/]*$/, "", room); sub(/^src\//, "", room)
		used = $3; sub(/\/[^\/]*$/, "", used)
		if (room != used) print
	}')" "" "no room includes the private header of another"
is "$(find src/cli -maxdepth 1 -type f)" src/cli/main.c \
	"src/cli itself holds main.c alone"
# shellcheck disable=SC2046
none '^#include "cli/command/' "nobody includes a verb" \
	$(find src/cli -name '*.[ch]' ! -path 'src/cli/command/*')

only fcgiapp.h src/responder/fcgi_library.c
only gcrypt.h src/lib/auth/auth.c src/lib/auth/webhook.c src/lib/base/digest.c
only 'linux/landlock.h' src/responder/sandbox.c
only 'curl/curl.h' src/cli/http/curl_error.h
only 'nats/nats.h' src/cli/nats/client.c
only 'ini.h' src/lib/settings/inifile.c

# The library never prints, logs or exits.
# shellcheck disable=SC2046 # lists of files without blanks
none '\b(f?printf|puts|fputs|perror|log_begin|log_message|exit|_exit) ?\(' \
	"lib/ neither prints nor logs nor exits" \
	$(find src/lib -name '*.c' ! -path src/lib/base/log.c)
# shellcheck disable=SC2046
none '\b(strcpy|strcat|sprintf|gets|strncpy|strncat|strtok|alloca|system|popen|tmpnam) ?\(' \
	"no function that cuts, overflows or calls a shell" \
	$(find src -name '*.c')

# Secrets are compared by auth_equal() alone.
none '\b(memcmp|bcmp|strn?casecmp|strncmp) ?\(' "auth compares in constant time" \
	src/lib/auth/auth.c

done_testing
