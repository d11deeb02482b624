/* SPDX-License-Identifier: ISC */
/*
 * broker: a connection to NATS, as a descriptor to wait on and values to read.
 *
 * The client library runs threads of its own. They exist from broker_open() to
 * broker_close() and end here: what they learn becomes a struct broker_news in
 * a queue, and nothing of theirs is seen elsewhere. Signals must be blocked
 * before, because the threads inherit that.
 *
 * While the connection is lost, the library looks for another server of the
 * cluster by itself.
 */
#ifndef ALERTSPOOL_NATS_CLIENT
#define ALERTSPOOL_NATS_CLIENT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct broker; /* opaque */
struct buf;
struct error;
struct servers;

#define BROKER_TEXT_SIZE 512

enum broker_event {
	BROKER_REPLY,	      /* to a message: text is JSON, whole or cut */
	BROKER_NO_RESPONDERS, /* nobody listens where a message went */
	BROKER_NOT_PERMITTED, /* text names the subject, in quotes */
	BROKER_LOST,	      /* the connection, with all replies under way */
	BROKER_BACK,	      /* another one is there */
	BROKER_CLOSED	      /* for good; text tells why */
};

struct broker_news {
	enum broker_event event;
	uint64_t tag; /* of the message that it answers */
	char text[BROKER_TEXT_SIZE];
};

/*
 * Connect to any of the servers: 0, or -1 and ERROR_DENIED when they refuse who
 * we are, ERROR_UNAVAILABLE when TLS fails, ERROR_SETTINGS when a file is no
 * good, ERROR_BUSY when there is no server now, after some seconds at most.
 */
int broker_open(struct broker **, const struct servers *, struct error *);

void broker_close(struct broker *);

/* Readable when there is news. */
int broker_fd(const struct broker *);

/* Take the next piece of news; false when there is none. */
bool broker_next(struct broker *, struct broker_news *);

bool broker_is_connected(const struct broker *);

struct broker_header {
	const char *name, *value;
};

struct broker_message {
	const char *subject;
	const struct broker_header
	    *headers; /* ends with a row without a name */
	const void *body;
	size_t len;
	uint64_t tag; /* comes back with the reply */
};

enum broker_sent {
	BROKER_SENT,	 /* handed to the library: it may arrive */
	BROKER_NOT_SENT, /* not now */
	BROKER_TOO_LARGE /* for the server, ever */
};

/* Hand over a message and do not wait; why is filled when it is not sent. */
enum broker_sent broker_publish(struct broker *, const struct broker_message *,
    char why[static BROKER_TEXT_SIZE]);

/* The largest body that the server takes, in bytes, headers included. */
int64_t broker_max_payload(const struct broker *);

/* Ask and wait for the answer, some seconds at most. 0, or -1: ERROR_BUSY when
 * none came. */
int broker_request(struct broker *, const char *subject, const char *question,
    struct buf *answer, struct error *);

#endif
