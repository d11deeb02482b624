/* SPDX-License-Identifier: ISC */
/*
 * style: what the page looks like: light, dark, on paper, on a telephone.
 */
#ifndef ALERTSPOOL_REPORT_STYLE_H
#define ALERTSPOOL_REPORT_STYLE_H

/* The style sheet, in parts that end with NULL. The classes C, E, W, I and U are
 * severities, from CRITICAL to unrated: they set the colour --c, which everything
 * inside uses. */
extern const char *const style_sheet[];

#endif
