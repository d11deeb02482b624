/* SPDX-License-Identifier: ISC */
/*
 * own_record: a record without a request, from an operator or the sender's API, made and
 * committed like any delivery.
 */
#ifndef ALERTSPOOL_ALERTS_OWN_RECORD_H
#define ALERTSPOOL_ALERTS_OWN_RECORD_H

#include <time.h>

#include "lib/alert/alert.h"
#include "lib/record/name.h"
#include "lib/record/record.h"
#include "lib/spool/spool.h"

struct settings;

#define OWN_RECORD_HOST_SIZE 65

struct own_record {
	/* Its sources; strings and body are borrowed. */
	const char *source;
	const char *method; /* RECORD_OPERATOR or RECORD_API */
	enum transition transition;
	const void *body;
	size_t len;
	struct timespec now;
	const char *more; /* appended to the summary; NULL: nothing */

	/* Set by own_record_make(). */
	char name[NAME_SIZE];
	struct alert alert; /* owned */
	struct delivery delivery;
	char host[OWN_RECORD_HOST_SIZE];
};

/* Parse the body and spell the name. 0, or -1: ERROR_INPUT when the body is not a JSON
 * object, ERROR_IO. Free with own_record_free() either way. The record must not be moved:
 * some of its parts point to others. */
int own_record_make(struct own_record *, const struct settings *,
    struct error *) __attribute__((warn_unused_result));

/* Commit it into this state, as durable as a received one. The caller holds the alert's
 * lock. 0 or -1. */
int own_record_put(struct spool *, const struct own_record *,
    enum spool_state into, enum spool_outcome *, struct error *)
    __attribute__((warn_unused_result));

void own_record_free(struct own_record *);

#endif
