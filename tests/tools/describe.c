/* SPDX-License-Identifier: ISC */
/*
 * describe: the settings' own table, a row a line: section, key and default,
 * separated by tabs, "none" for no default. The manual's test compares it with
 * alertspool.conf(5).
 */
#include "config.h"

#include <stdio.h>
#include <sysexits.h>

#include "lib/settings/queues.h"
#include "lib/settings/settings.h"

int
main(void)
{
	const char *section, *key, *fallback;

	for (size_t i = 0; settings_describe(i, &section, &key, &fallback); i++)
		printf("%s\t%s\t%s\n", section, key,
		    fallback[0] != '\0' ? fallback : "none");
	for (size_t i = 0; queues_describe(i, &key, &fallback); i++)
		printf("queue\t%s\t%s\n", key,
		    fallback[0] != '\0' ? fallback : "none");
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
