/* SPDX-License-Identifier: ISC */
/* rules: the options of run and forward for retries and giving up. */
#ifndef ALERTSPOOL_WORKER_RULES_H
#define ALERTSPOOL_WORKER_RULES_H

#include "cli/worker/context.h"

struct cli;
struct error;

/* Defaults of the options; times are milliseconds. */
struct rules_defaults {
	int64_t timeout, timeout_min, timeout_max;
	const char *timeout_range; /* as text */
	int64_t backoff, backoff_max;
	int64_t give_up_after;
	bool skips_superseded;
};

/* Read --timeout --lease --backoff --backoff-max --max-attempts --give-up-after
 * --superseded, as far as the verb has them. 0, or -1 with ERROR_USAGE. */
int rules_read(struct worker_rules *, const struct cli *,
    const struct rules_defaults *, struct error *);

#endif
