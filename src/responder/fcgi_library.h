/* SPDX-License-Identifier: ISC */
/*
 * fcgi_library: libfcgi, which parses names and values and packs answers.
 *
 * It talks over our socket pair and never to a peer, so it never waits and sees only
 * checked input. One request at a time.
 */
#ifndef ALERTSPOOL_RESPONDER_FCGI_LIBRARY_H
#define ALERTSPOOL_RESPONDER_FCGI_LIBRARY_H

#include <stddef.h>

struct buf;
struct error;
struct fcgi_library; /* opaque */
struct fcgi_stream;

/* 0 and *library, or -1 with ERROR_UNAVAILABLE: this libfcgi does not work this way. Free
 * with fcgi_library_close(). */
int fcgi_library_open(struct fcgi_library **, struct error *);
void fcgi_library_close(struct fcgi_library *);

/* Begin with the parameters of a request: "NAME=value", NULL at the end, valid until
 * fcgi_library_end(). NULL on failure. */
char *const *fcgi_library_begin(struct fcgi_library *,
    const struct fcgi_stream *);

/* Append the records of the whole answer, and of the request's end: 0 or -1. */
int fcgi_library_answer(struct fcgi_library *, const void *bytes, size_t n,
    struct buf *records);

/* Ends the request, even a failed one. */
void fcgi_library_end(struct fcgi_library *);

#endif
