/* SPDX-License-Identifier: ISC */
/*
 * sections: the parts of the page, each from the same material.
 *
 * Each appends one complete <section>; memory failing marks the buffer.
 */
#ifndef ALERTSPOOL_REPORT_SECTIONS_H
#define ALERTSPOOL_REPORT_SECTIONS_H

#include "cli/report/material.h"

/* Open or acknowledged alerts: figures, then a row for each alert with its last
 * deliveries folded. now.c */
void section_now(struct buf *, struct material *);

/* Deliveries of each day, and a bar for each alert by project and cluster. timeline.c. 0,
 * or -1 without memory. */
int section_timeline(struct buf *, struct material *, struct error *);

/* Problems that need a person, each with the command to type. attention.c */
void section_attention(struct buf *, struct material *);

/* How many records wait, are claimed, done and dead. queues.c */
void section_queues(struct buf *, const struct material *);

#endif
