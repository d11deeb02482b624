/* SPDX-License-Identifier: ISC */
/*
 * network: the program that has libcurl and the NATS library.
 *
 * Those libraries need thirty others, and loading them takes several times as long as
 * most verbs. So alertspool is linked without them. When a verb needs one, it becomes
 * alertspool-network, the same program with them, as git(1) does.
 */
#ifndef ALERTSPOOL_FRAME_NETWORK_H
#define ALERTSPOOL_FRAME_NETWORK_H

struct cli;
struct error;

/* 0 in the program that has the libraries. The other one becomes that program, with the
 * same arguments, so call this before anything is read or printed; it returns only on
 * failure: -1 with ERROR_UNAVAILABLE. */
int network_need(struct cli *, struct error *);

#endif
