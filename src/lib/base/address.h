/* SPDX-License-Identifier: ISC */
/* address: is an IP address loopback or private? */
#ifndef ALERTSPOOL_BASE_ADDRESS_H
#define ALERTSPOOL_BASE_ADDRESS_H

#include <stdbool.h>

/*
 * Is the whole text a loopback address: 127.0.0.0/8, ::1, or the former within IPv6
 * (::ffff:127.0.0.1), in any spelling that inet_pton(3) accepts? False for NULL.
 */
bool address_is_loopback(const char *text);

/* Is it an address for use within one site: loopback, private (RFC 1918, RFC 4193),
 * shared (RFC 6598) or link-local? Read as above. */
bool address_is_private(const char *text);

#endif
