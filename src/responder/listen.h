/* SPDX-License-Identifier: ISC */
/*
 * listen: the socket of --listen.
 */
#ifndef ALERTSPOOL_RESPONDER_LISTEN_H
#define ALERTSPOOL_RESPONDER_LISTEN_H

struct error;

/*
 * Listen on "unix:/path" or "address:port" ("[v6]:port"; an IP address, no name). A unix
 * socket has mode 0660 and the group that its directory hands down. A socket of a dead
 * responder is replaced, one that answers is not (ERROR_CREATE); PATH.lock keeps two
 * starts from replacing each other's. The descriptor, or -1: ERROR_USAGE for a malformed
 * address, ERROR_CREATE.
 */
int listen_open(const char *address, struct error *);

#endif
