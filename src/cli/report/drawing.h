/* SPDX-License-Identifier: ISC */
/*
 * drawing: SVG as wide as the page, with positions in per cent of the time shown, so that
 * text keeps its size on every screen.
 */
#ifndef ALERTSPOOL_REPORT_DRAWING_H
#define ALERTSPOOL_REPORT_DRAWING_H

#include "cli/report/material.h"

/* The whole width, in hundredths of a per cent. */
#define DRAWING_WIDTH 10000

/* The position of a time. */
int drawing_place(const struct material *, time_t);

/* Append an attribute with a position or a width. */
void drawing_percent(struct buf *, const char *attribute, int hundredths);

/* Append the beginning of a drawing of this height in pixels; then must follow one more
 * attribute, aria-label, and "\">". */
void drawing_begin(struct buf *, int height, const char *class);

/* Append the deliveries of each day as columns, and the dates below. days.c */
void days_add(struct buf *, const struct material *);

#endif
