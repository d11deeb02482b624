#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of cases, with the program as plain CGI and without a server.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/web/cases.sh"
cases cgi
