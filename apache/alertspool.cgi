#!/bin/sh
# SPDX-License-Identifier: ISC
# A drop-in for a cgi-bin directory: copy it there, make it executable, adjust the two
# paths. The URL is then https://HOST/cgi-bin/alertspool.cgi, with /NAME after it for
# [source NAME]. Arguments are not passed on: the server makes them from the query string.
ALERTSPOOL_CONF=/etc/alertspool/alertspool.conf
export ALERTSPOOL_CONF
exec /usr/libexec/alertspool/alertspool.fcgi
