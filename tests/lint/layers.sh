#!/bin/sh
# SPDX-License-Identifier: ISC
# Who may include what: the layers of the source, kept by a test.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

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

none '^#include "(responder|cli)/' "lib/ includes only lib/" src/lib/*.[ch]
none '^#include "cli/' "responder/ does not include cli/" src/responder/*.[ch]
none '^#include "responder/' "cli/ does not include responder/" src/cli/*.[ch]
none '_private\.h"' "private headers stay in lib/" src/responder/*.[ch] \
	src/cli/*.[ch]

only fcgiapp.h src/responder/gateway_fcgi.c
only gcrypt.h src/lib/auth.c src/lib/digest.c
only 'linux/landlock.h' src/responder/sandbox.c
only 'curl/curl.h' src/cli/post.c
only 'nats/nats.h' src/cli/broker.c
only 'ini.h' src/lib/inifile.c

# The library never prints, logs or exits.
others=$(find src/lib -name '*.c' ! -name log.c)
# shellcheck disable=SC2086 # a list of files without blanks
none '\b(f?printf|puts|fputs|perror|log_begin|log_message|exit|_exit) ?\(' \
	"lib/ neither prints nor logs nor exits" $others
none '\b(strcpy|strcat|sprintf|gets|strncpy|strncat|strtok|alloca|system|popen|tmpnam) ?\(' \
	"no function that cuts, overflows or calls a shell" \
	src/lib/*.c src/cli/*.c src/responder/*.c

# Secrets are compared by auth_equal() alone.
none '\b(memcmp|bcmp|strn?casecmp|strncmp) ?\(' "auth compares in constant time" \
	src/lib/auth.c

done_testing
