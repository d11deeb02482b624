/* SPDX-License-Identifier: ISC */
/* sections: compares the operands of a verb with the settings. */
#include "config.h"

#include <string.h>

#include "cli/atlas/sections.h"
#include "cli/frame/session.h"

static int
check_operand(struct cli *cli, const struct atlas_settings *s, const char *name,
    struct error *error)
{
	struct buf names = BUF_INIT;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->section[i].name, name) == 0)
			return 0;
	for (size_t i = 0; i < s->n; i++)
		buf_addf(&names, " %s", s->section[i].name);
	error_set(error, ERROR_USAGE, "there is no section [atlas %.40s] in %s",
	    name, cli->settings.file);
	if (!names.failed)
		cli_advise(cli, "there are:%s", names.data);
	buf_free(&names);
	return -1;
}

int
sections_load(struct cli *cli, struct atlas_settings *s, struct error *error)
{
	*s = (struct atlas_settings)ATLAS_SETTINGS_INIT;
	if (session_settings(cli, error) == -1 ||
	    atlas_settings_load(s, &cli->settings, error) == -1)
		return -1;
	if (s->n == 0) {
		error_set(error, ERROR_SETTINGS,
		    "%s has no section [atlas NAME], with projects and the key "
		    "for the API",
		    cli->settings.file);
		return cli_advise(cli, "see ATLAS in alertspool.conf(5)");
	}
	return 0;
}

bool
sections_wanted(const struct cli *cli, const struct atlas_section *section)
{
	for (int i = 0; i < cli->noperands; i++)
		if (strcmp(cli->operands[i], section->name) == 0)
			return true;
	return cli->noperands == 0;
}

int
sections_check_operands(struct cli *cli, const struct atlas_settings *s,
    struct error *error)
{
	for (int i = 0; i < cli->noperands; i++)
		if (check_operand(cli, s, cli->operands[i], error) == -1)
			return -1;
	return 0;
}
