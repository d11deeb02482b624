/* SPDX-License-Identifier: ISC */
/*
 * target: where records are forwarded to, in the words of forward and of check
 * --nats, which have the same options for it.
 */
#ifndef ALERTSPOOL_NATS_OPTIONS
#define ALERTSPOOL_NATS_OPTIONS

#include "cli/nats/servers.h"
#include "cli/nats/stream.h"

struct cli;
struct error;

struct target {
	struct servers servers;
	struct stream_wish wish;
};

/* Read the URL and the options but --create-stream; opens no file. 0, or -1
 * with ERROR_USAGE. Free with target_free() either way. */
int target_read(struct target *, struct cli *, const char *url, struct error *);

/* Read the secrets, as the spool's owner. The settings are loaded. 0 or -1. */
int target_secrets(struct target *, const struct cli *, struct error *);

void target_free(struct target *);

#endif
