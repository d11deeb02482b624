/* SPDX-License-Identifier: ISC */
/*
 * drawing: SVG as wide as the page, with places in per cent of the time shown, so that
 * words keep their size on every screen.
 */
#ifndef ALERTSPOOL_REPORT_DRAWING_H
#define ALERTSPOOL_REPORT_DRAWING_H

#include "cli/report/material.h"

/* The whole width, in hundredths of a per cent. */
#define DRAWING_WIDTH 10000

/* Where a time is. */
int drawing_place(const struct material *, time_t);

/* Append an attribute with a place or a width. */
void drawing_percent(struct buf *, const char *attribute, int hundredths);

/* Append the front of a drawing so many pixels high, for one more attribute:
 * aria-label, and then "\">". */
void drawing_begin(struct buf *, int height, const char *class);

/* Append the deliveries of each day as columns, and the dates below. days.c */
void days_add(struct buf *, const struct material *);

#endif
