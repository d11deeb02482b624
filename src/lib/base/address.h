/* SPDX-License-Identifier: ISC */
/*
 * address: what an IP address in a text says.
 */
#ifndef ALERTSPOOL_BASE_ADDRESS_H
#define ALERTSPOOL_BASE_ADDRESS_H

#include <stdbool.h>

/*
 * Is the text, all of it, an address of this machine's loopback interface? That is
 * 127.0.0.0/8, ::1, or the former within IPv6 (::ffff:127.0.0.1), in any spelling
 * that inet_pton(3) takes. NULL is none.
 */
bool address_is_loopback(const char *text);

/* Is it an address that is used within one site alone: loopback, private (RFC 1918,
 * RFC 4193), shared (RFC 6598) or link-local? Read as above. */
bool address_is_private(const char *text);

#endif
