/* SPDX-License-Identifier: ISC */
/* address: inet_pton(3) reads it, so that no beginning of a text counts. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>

#include "lib/base/address.h"

#define LOOPBACK_NET 127 /* the first byte of 127.0.0.0/8 */

bool
address_is_loopback(const char *text)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (text == NULL)
		return false;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == LOOPBACK_NET;
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6))
		return v6.s6_addr[12] == LOOPBACK_NET;
	return IN6_IS_ADDR_LOOPBACK(&v6);
}
