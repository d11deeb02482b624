/* SPDX-License-Identifier: ISC */
/*
 * superseded: records that raise an alert which has ended by now are not handled.
 *
 * An open, update or acknowledge is superseded by a close or cancel of its alert that is
 * later in order and lies in new/, cur/ or done/. An update or acknowledge is superseded
 * as well when the last open, close or cancel before it is one of those that end. What
 * lies in dead/ supersedes nothing: the destination never got it.
 */
#ifndef ALERTSPOOL_WORKER_SUPERSEDED_H
#define ALERTSPOOL_WORKER_SUPERSEDED_H

#include <stddef.h>

#include "lib/record/name.h"

struct context;
struct error;
struct queue_item;
struct spool;

/* Look through the names once, for all these records, whose alerts are held. Those that
 * are superseded go to done/, their alerts are let go, and *n and the items are what is
 * left. How many went, or -1 with an error after which nothing should be begun. */
int superseded_settle(struct context *, struct queue_item *items, size_t *n,
    struct error *);

/* Is this record superseded in this spool: 1 and the name of what ended its alert, 0, or
 * -1. Any record may be asked about. */
int superseded_by(const struct spool *, const char *name,
    char end[static NAME_SIZE], struct error *);

#endif
