#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of cases, through nginx and FastCGI.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/web/cases.sh"
cases nginx
