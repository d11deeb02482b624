/* SPDX-License-Identifier: ISC */
/* address: checks addresses with inet_pton(3), which accepts no trailing text. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/address.h"

#define LOOPBACK_NET 127 /* the first byte of 127.0.0.0/8 */

static const struct {
	uint32_t net, mask;
} private_nets[] = {
    {0x7F000000, 0xFF000000}, /* 127.0.0.0/8 */
    {0x0A000000, 0xFF000000}, /* 10.0.0.0/8 */
    {0xAC100000, 0xFFF00000}, /* 172.16.0.0/12 */
    {0xC0A80000, 0xFFFF0000}, /* 192.168.0.0/16 */
    {0x64400000, 0xFFC00000}, /* 100.64.0.0/10 */
    {0xA9FE0000, 0xFFFF0000}, /* 169.254.0.0/16 */
};

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

static bool
is_private_v4(uint32_t address)
{
	for (size_t i = 0; i < sizeof(private_nets) / sizeof(*private_nets);
	    i++)
		if ((address & private_nets[i].mask) == private_nets[i].net)
			return true;
	return false;
}

bool
address_is_private(const char *text)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (text == NULL)
		return false;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return is_private_v4(ntohl(v4.s_addr));
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		memcpy(&v4, v6.s6_addr + 12, sizeof(v4));
		return is_private_v4(ntohl(v4.s_addr));
	}
	return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6) ||
	    (v6.s6_addr[0] & 0xFE) == 0xFC;
}
