/* SPDX-License-Identifier: ISC */
/* check: alertspool atlas check finds alerts in Atlas that do not reach this spool. */
#include "config.h"

#include <sysexits.h>

#include "cli/atlas/audit.h"
#include "cli/atlas/sections.h"
#include "cli/frame/cli.h"

static const struct cli_option check_options[] = {
    {"quiet", 0, NULL, "print errors only: for cron"},
    {"json", 'j', NULL, "one JSON object for each finding"},
    {NULL, 0, NULL, NULL},
};

static int
check_run(struct cli *cli, struct error *error)
{
	struct findings findings;
	struct atlas_settings s;
	int rc = sections_load(cli, &s, error);

	findings_init(&findings, cli_value(cli, "json") != NULL,
	    cli_value(cli, "quiet") != NULL);
	if (rc == 0)
		rc = sections_check_operands(cli, &s, error);
	for (size_t i = 0; i < s.n && rc == 0; i++)
		if (sections_wanted(cli, &s.section[i]))
			audit_section(&findings, &cli->settings, &s.section[i]);
	if (rc == 0)
		rc = findings_end(&findings, error);
	if (rc == 0)
		rc = findings.count[FINDING_ERROR] > 0 ? EX_CONFIG : EX_OK;
	atlas_settings_free(&s);
	return rc;
}

const struct command command_atlas_check = {
    .name = "atlas check",
    .arguments = "[NAME…]",
    .summary = "check whether the alerts of Atlas are sent to us",
    .details =
	"Asks the API about the projects of the sections [atlas NAME]: is\n"
	"there a webhook with a secret, which alert configurations notify\n"
	"it, and how. Each finding has what, where, why it matters, and how\n"
	"to fix it. Informational alerts and those of the organization\n"
	"(billing, users) are not in the API, so they cannot be checked.\n"
	"\n"
	"Exit code: 0, or 78 when there is an error; warnings do not change\n"
	"it.\n",
    .options = check_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .network = true,
    .run = check_run,
};
