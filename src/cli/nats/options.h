/* SPDX-License-Identifier: ISC */
/*
 * options: where to forward records, for forward and check --nats, which share these
 * options.
 */
#ifndef ALERTSPOOL_NATS_OPTIONS_H
#define ALERTSPOOL_NATS_OPTIONS_H

#include "cli/nats/servers.h"
#include "cli/nats/stream.h"

struct cli;
struct error;

struct nats_options {
	struct servers servers;
	struct stream_wish wish;
};

/* Read the URL and the options except --create-stream; opens no file. 0, or -1 with
 * ERROR_USAGE. Free with nats_options_free() either way. */
int nats_options_read(struct nats_options *, struct cli *, const char *url,
    struct error *);

/* Read the secrets, as the spool's owner. The settings are loaded. 0 or -1. */
int nats_options_secrets(struct nats_options *, const struct cli *,
    struct error *);

void nats_options_free(struct nats_options *);

#endif
