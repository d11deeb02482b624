/* SPDX-License-Identifier: ISC */
/*
 * sections: the parts of the page, each from the same material.
 *
 * Each appends one whole <section>; memory failing marks the buffer.
 */
#ifndef ALERTSPOOL_REPORT_SECTIONS_H
#define ALERTSPOOL_REPORT_SECTIONS_H

#include "cli/report/material.h"

/* What is open or acknowledged: figures, then a row an alert with its last deliveries
 * folded. now.c */
void section_now(struct buf *, struct material *);

/* Deliveries a day, and a bar an alert by project and cluster. timeline.c. 0, or -1
 * without memory. */
int section_timeline(struct buf *, struct material *, struct error *);

/* What nobody but a person can see to, each with the command to type. attention.c */
void section_attention(struct buf *, struct material *);

/* How many records wait, are worked on, are done and dead. queues.c */
void section_queues(struct buf *, const struct material *);

#endif
