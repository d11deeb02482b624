/* SPDX-License-Identifier: ISC */
/* ack: alertspool atlas ack acknowledges alerts in Atlas. */
#include "config.h"

#include <time.h>

#include "cli/atlas/acknowledge.h"
#include "cli/frame/cli.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

#define UNTIL_FALLBACK "4h"

static const struct cli_option ack_options[] = {
    {"until", 0, "TIME", "until then: 4h, 18:00, a date, forever (4h)"},
    {"comment", 0, "TEXT", "why, for those who see it in Atlas"},
    {"force", 0, NULL, "also alerts that have ended"},
    {NULL, 0, NULL, NULL},
};

static int
ack_run(struct cli *cli, struct error *error)
{
	const char *until = cli_value(cli, "until");
	const char *comment = cli_value(cli, "comment");
	struct timespec at = {.tv_nsec = 0};
	struct buf change = BUF_INIT;
	char text[TIMESTAMP_SIZE];
	int rc;

	if (acknowledge_until(until != NULL ? until : UNTIL_FALLBACK,
		time(NULL), &at.tv_sec, error) == -1 ||
	    (comment != NULL &&
		acknowledge_check_comment(comment, error) == -1))
		return -1;
	timestamp_format(text, at, 0);
	buf_addc(&change, '{');
	json_write_key(&change, "acknowledgedUntil");
	json_write_text(&change, text);
	if (comment != NULL) {
		json_write_key(&change, "acknowledgementComment");
		json_write_text(&change, comment);
	}
	buf_addc(&change, '}');
	rc = buf_check(&change, error);
	if (rc == 0)
		rc = acknowledge_each(cli, change.data,
		    cli_value(cli, "force") != NULL, error);
	buf_free(&change);
	return rc;
}

const struct command command_atlas_ack = {
    .name = "atlas ack",
    .arguments = "ALERT…",
    .summary = "acknowledge alerts in Atlas",
    .details =
	"Atlas sends no notifications of an acknowledged alert until that\n"
	"time, and informs everybody that it notified before, this spool\n"
	"included. ALERT is as for \"alerts\". Prints each alert, a tab, and\n"
	"until when. \"forever\" is 100 years. The key needs the role Project\n"
	"Alerts Manager.\n"
	"\n"
	"Example:\n"
	"  alertspool atlas ack 5d1b6f8e --until 18:00 --comment \"disk "
	"ordered\"\n",
    .options = ack_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .network = true,
    .run = ack_run,
};
