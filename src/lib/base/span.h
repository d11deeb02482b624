/* SPDX-License-Identifier: ISC */
/* span: a part of a text that another object owns. */
#ifndef ALERTSPOOL_BASE_SPAN_H
#define ALERTSPOOL_BASE_SPAN_H

#include <stddef.h>

/* n bytes, not NUL-terminated; all zero if there is no such part. */
struct span {
	const char *at;
	size_t n;
};

#endif
