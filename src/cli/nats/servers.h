/* SPDX-License-Identifier: ISC */
/*
 * servers: the addresses of a broker, and the secrets for it.
 *
 * Secrets come only from files, because other users and children can read argv and the
 * environment. A file that others can read is refused.
 */
#ifndef ALERTSPOOL_NATS_SERVERS_H
#define ALERTSPOOL_NATS_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

struct error;

#define SERVERS_MAX 16
#define SERVERS_INBOX_DEFAULT "_INBOX"
#define SERVERS_INBOX_MAX 64 /* bytes of the prefix */

struct servers {
	char *url[SERVERS_MAX]; /* owned, each with its scheme */
	size_t n;
	bool tls;
	/* Names of files, borrowed, or NULL. */
	const char *tls_ca;
	const char *creds;
	const char *nkey;
	/* Borrowed: the beginning of the subjects of answers. */
	const char *inbox_prefix;
	/* From the file of --auth; "" for none. */
	struct buf user, password, token;
};

/*
 * "nats://HOST[:PORT][,HOST[:PORT]…]" or "tls://…"; a scheme applies to the hosts after
 * it. A user name in it is refused. 0, or -1 with ERROR_USAGE. Free with servers_free()
 * either way.
 */
int servers_parse(struct servers *, const char *url, struct error *);

/* Read NATS_USER=, NATS_PASSWORD= and NATS_TOKEN= from a file with such lines, like
 * EnvironmentFile= of systemd.exec(5). 0, or -1 with ERROR_SETTINGS, ERROR_NOT_FOUND,
 * ERROR_DENIED or ERROR_IO. */
int servers_read_auth(struct servers *, const char *path, struct error *);

/* Read the seed and the public key, each a line, from a file of nk(1), "nk -gen user
 * -pubout". 0, or -1 as above. Wipe the seed. */
int servers_read_nkey(const char *path, struct buf *seed, struct buf *key,
    struct error *);

/* Is this a subject without wildcards, usable as the beginning of inboxes? 0, or -1 with
 * ERROR_USAGE. */
int servers_check_inbox(const char *prefix, struct error *);

/* The servers did not let us subscribe to this inbox: ERROR_DENIED, with advice. Always
 * -1. */
int servers_refuse_inbox(const struct servers *, const char *inbox,
    struct error *);

/* Can the named files be read, and are they private? 0, or -1 as above. */
int servers_check_files(const struct servers *, struct error *);

void servers_free(struct servers *);

#endif
