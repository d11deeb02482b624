/* SPDX-License-Identifier: ISC */
/*
 * client: a connection to NATS, as a descriptor to wait on and values to read.
 *
 * The client library runs its own threads, from nats_client_open() to
 * nats_client_close(). They stay in client.c: their results become struct
 * nats_client_news in a queue. Signals must be blocked before, because the threads
 * inherit that.
 *
 * While the connection is lost, the library itself looks for another server of the
 * cluster.
 */
#ifndef ALERTSPOOL_NATS_CLIENT_H
#define ALERTSPOOL_NATS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nats_client; /* opaque */
struct buf;
struct error;
struct servers;

#define NATS_CLIENT_TEXT_SIZE 512

enum nats_client_event {
	NATS_CLIENT_REPLY, /* to a message: text is JSON, complete or cut */
	NATS_CLIENT_NO_RESPONDERS, /* nobody listens on the message's subject */
	NATS_CLIENT_NOT_PERMITTED, /* text names the subject, in quotes */
	NATS_CLIENT_LOST,  /* the connection, with all replies in flight */
	NATS_CLIENT_BACK,  /* there is a new connection */
	NATS_CLIENT_CLOSED /* for good; text has the reason */
};

struct nats_client_news {
	enum nats_client_event event;
	uint64_t tag; /* of the answered message */
	char text[NATS_CLIENT_TEXT_SIZE];
};

/*
 * Connect to any of the servers: 0, or -1 and ERROR_DENIED when they refuse our
 * credentials, ERROR_UNAVAILABLE when TLS fails, ERROR_SETTINGS when a file is malformed,
 * ERROR_BUSY when there is no server now, after some seconds at most.
 */
int nats_client_open(struct nats_client **, const struct servers *,
    struct error *);

void nats_client_close(struct nats_client *);

/* Readable when there is news. */
int nats_client_fd(const struct nats_client *);

/* Take the next piece of news; false if there is none. */
bool nats_client_next(struct nats_client *, struct nats_client_news *);

bool nats_client_is_connected(const struct nats_client *);

struct nats_client_header {
	const char *name, *value;
};

struct nats_client_message {
	const char *subject;
	const struct nats_client_header
	    *headers; /* ends with a row without a name */
	const void *body;
	size_t len;
	uint64_t tag; /* returned with the reply */
};

enum nats_client_sent {
	NATS_CLIENT_SENT,     /* passed to the library: it may arrive */
	NATS_CLIENT_NOT_SENT, /* not now */
	NATS_CLIENT_TOO_LARGE /* for the server, always */
};

/* Send a message without waiting; why is set if it was not sent. */
enum nats_client_sent nats_client_publish(struct nats_client *,
    const struct nats_client_message *, char why[static NATS_CLIENT_TEXT_SIZE]);

/* The largest body that the server takes, in bytes, headers included. */
int64_t nats_client_max_payload(const struct nats_client *);

/* Send a request and wait for the answer, some seconds at most. 0, or -1: ERROR_BUSY when
 * none came. */
int nats_client_request(struct nats_client *, const char *subject,
    const char *question, struct buf *answer, struct error *);

#endif
