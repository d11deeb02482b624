/* SPDX-License-Identifier: ISC */
/* style: the look of the page: light, dark, on paper, on a phone. */
#ifndef ALERTSPOOL_REPORT_STYLE_H
#define ALERTSPOOL_REPORT_STYLE_H

/* The style sheet, in parts that end with NULL. The classes C, E, W, I and U are
 * severities, from CRITICAL to unrated: they set the colour --c, which everything inside
 * uses. */
extern const char *const style_sheet[];

#endif
