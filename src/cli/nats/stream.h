/* SPDX-License-Identifier: ISC */
/*
 * stream: does the stream exist, and does it keep its messages?
 *
 * Uses JetStream's API in JSON; publishes nothing.
 */
#ifndef ALERTSPOOL_NATS_STREAM_H
#define ALERTSPOOL_NATS_STREAM_H

#include <stdbool.h>
#include <stdint.h>

struct nats_client;
struct error;

#define STREAM_DEFAULT "ATLAS_ALERTS"
#define STREAM_NAME_MAX 128
#define STREAM_REPLICAS_MAX 5 /* maximum of the server */

struct stream_wish {
	const char *name;
	const char *subject; /* template, see subject.h */
	const char *domain;  /* of JetStream; NULL: the servers' own */
	long replicas;	     /* from --create-stream; 0: any */
	int64_t retain_done; /* milliseconds; 0: no limit */
};

/* A finding about the stream; bad: records would be lost or refused. */
struct stream_finding {
	bool bad;
	char what[256];
	char fix[256];
};

/* Called for each finding, with the context. */
typedef void stream_found(void *context, const struct stream_finding *);

/* Is this a valid name of "a stream" or "a domain" of JetStream? 0, or -1 with
 * ERROR_USAGE. */
int stream_check_name(const char *name, const char *of, struct error *);

/* Compare the stream with the wish and report differences. 0, also with findings; -1:
 * ERROR_NOT_FOUND when there is no such stream, ERROR_UNAVAILABLE when we have no
 * JetStream, ERROR_BUSY when it does not answer now. */
int stream_inspect(struct nats_client *, const struct stream_wish *,
    stream_found *, void *context, struct error *);

/* Make it, with wish.replicas. 0; 1 when it existed; -1. */
int stream_create(struct nats_client *, const struct stream_wish *,
    struct error *);

#endif
