/* SPDX-License-Identifier: ISC */
/*
 * silence: had each source a delivery lately? A receiver that gets nothing looks exactly
 * like one without alerts.
 */
#include "config.h"

#include <time.h>

#include "cli/check/check.h"
#include "cli/output/format.h"
#include "lib/spool/heard.h"
#include "lib/spool/spool.h"

static void
check_source(struct check *c, const char *source, int64_t most)
{
	char age[FORMAT_SIZE];
	time_t last = 0;
	bool heard = heard_last(spool_root(c->spool), source, &last);
	int64_t silent = time(NULL) - last;

	format_age(age, silent);
	if (heard && silent <= most)
		findings_ok(&c->findings, "silence", source,
		    "last delivery %s ago", age);
	else if (check_atlas_vouches(c, source))
		findings_ok(&c->findings, "silence", source,
		    "no delivery for long, but reconcile found nothing "
		    "missing");
	else
		findings_add(&c->findings, FINDING_ERROR, "silence", source,
		    "alerts may be lost on their way here, unnoticed",
		    "send one through the web server: alertspool send URL; if "
		    "that is stored, check the webhook in the sender's "
		    "project",
		    heard ? "no delivery for %s" : "never had a delivery", age);
}

void
check_silence(struct check *c, int64_t most_ms)
{
	const struct settings *s = &c->cli->settings;

	for (size_t i = 0; i < s->nsources; i++)
		check_source(c, s->sources[i].name, most_ms / 1000);
}
