#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of cases, through Apache's mod_cgid.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/web/cases.sh"
cases cgid
