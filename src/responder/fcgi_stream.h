/* SPDX-License-Identifier: ISC */
/*
 * fcgi_stream: collects the bytes of one FastCGI connection (specification 1.0) until the
 * request is complete.
 *
 * Values only: nothing here reads or writes a descriptor. Parameters are kept in the
 * encoding of section 3.4, with every length in them checked. One request a connection: a
 * second one is refused (CANT_MPX_CONN), and its records are skipped.
 */
#ifndef ALERTSPOOL_RESPONDER_FCGI_STREAM_H
#define ALERTSPOOL_RESPONDER_FCGI_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define FCGI_HEADER_SIZE 8
#define FCGI_PARAMS_MAX (64 * 1024) /* of all names and values */
#define FCGI_SMALL_MAX 512 /* of a record that is not part of a stream */

enum fcgi_type {
	FCGI_BEGIN_REQUEST = 1,
	FCGI_ABORT_REQUEST = 2,
	FCGI_END_REQUEST = 3,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_GET_VALUES = 9,
	FCGI_GET_VALUES_RESULT = 10,
	FCGI_UNKNOWN_TYPE = 11
};

struct fcgi_stream {
	int64_t max_body;
	unsigned char header[FCGI_HEADER_SIZE];
	size_t have;	/* bytes of the header */
	size_t content; /* bytes of the record that are still to come … */
	size_t padding; /* … and of its padding */
	unsigned char small[FCGI_SMALL_MAX];
	size_t small_len;
	unsigned int id; /* of the request; 0: none yet */
	bool params_end, body_end;
	bool params_over; /* there will be no request */
	bool failed;	  /* no request will come of it */
	int64_t length;	  /* CONTENT_LENGTH, as from http_announced_length() */
	size_t lengths;	  /* how often CONTENT_LENGTH came */
	size_t checked;	  /* checked bytes of params */
	struct buf params;
	struct buf body;  /* max_body + 1 bytes at most */
	struct buf reply; /* records for the peer, to be sent and reset */
};

void fcgi_stream_init(struct fcgi_stream *, int64_t max_body);
void fcgi_stream_free(struct fcgi_stream *);

/* Take the next bytes of the connection. */
void fcgi_stream_feed(struct fcgi_stream *, const void *bytes, size_t n);

enum fcgi_progress {
	FCGI_MORE,  /* go on reading */
	FCGI_WHOLE, /* all CONTENT_LENGTH bytes, or the end, have arrived */
	FCGI_EARLY, /* the body will be refused whatever follows */
	FCGI_FAILED /* not FastCGI, or no memory: close */
};

enum fcgi_progress fcgi_stream_progress(const struct fcgi_stream *);

/* Append the header of a record. */
void fcgi_put_header(struct buf *, enum fcgi_type, unsigned int id, size_t n);

/* Append the request up to the end of its parameters, and an empty body: well-formed, for
 * a kept connection. */
void fcgi_stream_put_request(const struct fcgi_stream *, struct buf *);

#endif
