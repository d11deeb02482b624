/* SPDX-License-Identifier: ISC */
/*
 * memory_gateway: a gateway in memory: parameters from a table, a body that arrives in
 * pieces of a chosen size and may break off, and an answer that is kept in a buf.
 */
#ifndef ALERTSPOOL_TESTS_MEMORY_GATEWAY_H
#define ALERTSPOOL_TESTS_MEMORY_GATEWAY_H

#include <stdbool.h>
#include <string.h>

#include "lib/base/buf.h"
#include "responder/gateway.h"

struct memory_gateway {
	struct gateway gateway;
	const char *body;
	size_t len, at;
	size_t bit;	/* bytes for each read, at most; 0: all at once */
	bool breaks;	/* the end is an error */
	bool peer_gone; /* writing fails */
	size_t reads;
	struct buf answer;
};

static inline ssize_t
memory_read(void *context, void *bytes, size_t n)
{
	struct memory_gateway *m = context;

	m->reads++;
	if (m->at == m->len)
		return m->breaks ? -1 : 0;
	if (n > m->len - m->at)
		n = m->len - m->at;
	if (m->bit != 0 && n > m->bit)
		n = m->bit;
	memcpy(bytes, m->body + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

static inline int
memory_write(void *context, const void *bytes, size_t n)
{
	struct memory_gateway *m = context;

	if (m->peer_gone)
		return -1;
	buf_add(&m->answer, bytes, n);
	return 0;
}

static inline void
memory_gateway_init(struct memory_gateway *m, char *const *params,
    const char *body, size_t len)
{
	*m = (struct memory_gateway){
	    .gateway =
		{
		    .context = m,
		    .params = params,
		    .read = memory_read,
		    .write = memory_write,
		},
	    .body = body,
	    .len = len,
	};
}

#endif
