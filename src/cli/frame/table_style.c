/* SPDX-License-Identifier: ISC */
/* table_style: --table and --color, for watch(1), less(1) and head(1). */
#include "config.h"

#include <string.h>

#include "cli/frame/table_style.h"
#include "cli/output/table.h"

int
table_style(const struct cli *cli, struct table_style *style,
    struct error *error)
{
	const char *when = cli_value(cli, "color");

	style->width = cli_value(cli, "table") != NULL ? table_screen_width()
						       : table_width();
	style->colours = table_colours();
	if (when == NULL || strcmp(when, "auto") == 0)
		return 0;
	style->colours = strcmp(when, "always") == 0;
	if (style->colours || strcmp(when, "never") == 0)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --color: \"%.40s\" is not one of always, never and auto",
	    when);
}
