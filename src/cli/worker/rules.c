/* SPDX-License-Identifier: ISC */
/* rules: reads the options; a queue's settings were put before them. */
#include "config.h"

#include <string.h>

#include "cli/frame/cli.h"
#include "cli/worker/rules.h"

#define SECOND ((int64_t)1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static int
read_superseded(struct worker_rules *rules, const struct cli *cli,
    struct error *error)
{
	const char *word = cli_value(cli, "superseded");

	if (word == NULL)
		return 0;
	rules->skips_superseded = strcmp(word, "skip") == 0;
	if (rules->skips_superseded || strcmp(word, "handle") == 0)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --superseded: \"%.40s\" is neither skip nor handle", word);
}

int
rules_read(struct worker_rules *rules, const struct cli *cli,
    const struct rules_defaults *d, struct error *error)
{
	const struct cli_time timeout = {"timeout", d->timeout_min,
	    d->timeout_max, d->timeout, d->timeout_range};
	const struct cli_time lease = {"lease", SECOND, DAY, 300 * SECOND,
	    "1s to 24h"};
	const struct cli_time backoff = {"backoff", 0, HOUR, d->backoff,
	    "0 to 1h"};
	const struct cli_time most = {"backoff-max", 0, DAY, d->backoff_max,
	    "0 to 24h"};
	const struct cli_time give_up = {"give-up-after", 0, 36500 * DAY,
	    d->give_up_after, "0 (never) or more"};
	long attempts;

	if (cli_time(cli, &timeout, &rules->timeout, error) == -1 ||
	    cli_time(cli, &lease, &rules->lease, error) == -1 ||
	    cli_time(cli, &backoff, &rules->backoff, error) == -1 ||
	    cli_time(cli, &most, &rules->backoff_max, error) == -1 ||
	    cli_time(cli, &give_up, &rules->give_up_after, error) == -1 ||
	    cli_number(cli, "max-attempts", 1, 1000, 10, &attempts, error) ==
		-1)
		return -1;
	rules->max_attempts = (unsigned int)attempts;
	rules->skips_superseded = d->skips_superseded;
	return read_superseded(rules, cli, error);
}
