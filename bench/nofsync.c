/* SPDX-License-Identifier: ISC */
/*
 * nofsync: what fsync is in a bench build, linked with --wrap=fsync: nothing.
 * Tells what durability costs.
 */
#include "config.h"

int __wrap_fsync(int fd);

int
__wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}
