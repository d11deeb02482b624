/* SPDX-License-Identifier: ISC */
/*
 * span: a piece of a text that somebody else holds.
 */
#ifndef ALERTSPOOL_BASE_SPAN_H
#define ALERTSPOOL_BASE_SPAN_H

#include <stddef.h>

/* n bytes, not NUL-terminated; all zero where there is no such piece. */
struct span {
	const char *at;
	size_t n;
};

#endif
