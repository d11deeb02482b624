#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of cases, through Apache's mod_proxy_fcgi.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/web/cases.sh"
cases proxy_fcgi
