/* SPDX-License-Identifier: ISC */
/*
 * describe: prints the table of settings, one row a line: section, key and default,
 * separated by tabs; "none" for no default. The manual's test compares it with
 * alertspool.conf(5).
 */
#include "config.h"

#include <stdio.h>
#include <sysexits.h>

#include "lib/settings/atlas.h"
#include "lib/settings/queues.h"
#include "lib/settings/settings.h"

static void
print_row(const char *section, const char *key, const char *fallback)
{
	printf("%s\t%s\t%s\n", section, key,
	    fallback[0] != '\0' ? fallback : "none");
}

int
main(void)
{
	const char *section, *key, *fallback;

	for (size_t i = 0; settings_describe(i, &section, &key, &fallback); i++)
		print_row(section, key, fallback);
	for (size_t i = 0; queues_describe(i, &key, &fallback); i++)
		print_row("queue", key, fallback);
	for (size_t i = 0; atlas_settings_describe(i, &key, &fallback); i++)
		print_row("atlas", key, fallback);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
