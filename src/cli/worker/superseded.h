/* SPDX-License-Identifier: ISC */
/*
 * superseded: records that would raise an alert which has ended are not handled.
 *
 * An open, update or acknowledge is superseded by a close or cancel of its alert that is
 * later in order and in new/, cur/ or done/. An update or acknowledge is also superseded
 * if the last open, close or cancel before it ended the alert. Records in dead/ supersede
 * nothing: the destination never got them.
 */
#ifndef ALERTSPOOL_WORKER_SUPERSEDED_H
#define ALERTSPOOL_WORKER_SUPERSEDED_H

#include <stddef.h>

#include "lib/record/name.h"

struct context;
struct error;
struct queue_item;
struct spool;

/* Look through the names once, for all these records, whose alerts are held. Superseded
 * records go to done/, their alerts are released, and *n and the items are the rest. The
 * number moved, or -1 with an error after which nothing should be started. */
int superseded_settle(struct context *, struct queue_item *items, size_t *n,
    struct error *);

/* Is this record superseded in this spool: 1 and the name of the record that ended its
 * alert, 0, or -1. Works for any record. */
int superseded_by(const struct spool *, const char *name,
    char end[static NAME_SIZE], struct error *);

#endif
