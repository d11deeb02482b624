#!/bin/sh
# SPDX-License-Identifier: ISC
# A drop-in for a cgi-bin directory: copy it there, make it executable, adjust the two
# paths. The URL is then https://HOST/cgi-bin/alertspool.cgi, with /NAME after it for
# [source NAME]. Arguments are not passed on: the server makes them from the query string.
#
# The usual log formats contain the query string, and so the token. For Apache, "Define
# ALERTSPOOL_PATH /cgi-bin/alertspool.cgi" and include alertspool.conf in the virtual host;
# where the logs cannot be changed, remove token_file from the settings: the signature
# is enough.
ALERTSPOOL_CONF=/etc/alertspool/alertspool.conf
export ALERTSPOOL_CONF
exec /usr/libexec/alertspool/alertspool.fcgi
