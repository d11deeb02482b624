#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of cases, asked of the program as plain CGI, without a server.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/web/cases.sh"
cases cgi
