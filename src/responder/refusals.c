/* SPDX-License-Identifier: ISC */
/* refusals: a few kinds, distinguished by the word of their outcome. */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/log.h"
#include "responder/refusals.h"

bool
refusals_want(struct refusals *r, int status, const char *outcome, int64_t now)
{
	if (status < 400 || status >= 500)
		return true;
	if (r->until == 0)
		r->until = now + REFUSALS_MS;
	for (int i = 0; i < REFUSALS_KINDS; i++) {
		if (r->kind[i].outcome == NULL)
			r->kind[i].outcome = outcome;
		if (strcmp(r->kind[i].outcome, outcome) != 0)
			continue;
		if (r->kind[i].lines++ < REFUSALS_LINES)
			return true;
		r->kind[i].unwritten++;
		return false;
	}
	return true;
}

void
refusals_sum(struct refusals *r, int64_t now, bool at_once)
{
	struct log_line line;

	if (r->until == 0 || (now < r->until && !at_once))
		return;
	for (int i = 0; i < REFUSALS_KINDS; i++) {
		if (r->kind[i].unwritten == 0)
			continue;
		log_begin(&line, LEVEL_WARNING, "refusals");
		log_text(&line, "outcome", r->kind[i].outcome);
		log_number(&line, "requests", (int64_t)r->kind[i].unwritten);
		log_text(&line, "msg",
		    "within a minute, not logged one by one");
		log_end(&line);
	}
	*r = (struct refusals){.until = 0};
}
