/* SPDX-License-Identifier: ISC */
/* unack: alertspool atlas unack withdraws "atlas ack". */
#include "config.h"

#include "cli/atlas/acknowledge.h"
#include "cli/frame/cli.h"

static const struct cli_option unack_options[] = {
    {"force", 0, NULL, "also alerts that have ended"},
    {NULL, 0, NULL, NULL},
};

static int
unack_run(struct cli *cli, struct error *error)
{
	return acknowledge_each(cli, "{\"unacknowledgeAlert\":true}",
	    cli_value(cli, "force") != NULL, error);
}

const struct command command_atlas_unack = {
    .name = "atlas unack",
    .arguments = "ALERT…",
    .summary = "withdraw the acknowledgement of alerts in Atlas",
    .details =
	"Atlas sends no notification of this, so the spool learns of it at\n"
	"the next \"alertspool atlas reconcile\". ALERT is as for \"alerts\".\n"
	"Prints each alert and a tab. The key needs the role Project Alerts\n"
	"Manager.\n",
    .options = unack_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .network = true,
    .run = unack_run,
};
