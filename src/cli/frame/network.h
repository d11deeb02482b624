/* SPDX-License-Identifier: ISC */
/*
 * network: the program that has libcurl and the NATS library.
 *
 * Those libraries bring thirty others, and loading them takes several times as long
 * as most verbs. So alertspool is linked without them and becomes alertspool-network,
 * which is the same program with them, when a verb needs one, as git(1) does.
 */
#ifndef ALERTSPOOL_FRAME_NETWORK_H
#define ALERTSPOOL_FRAME_NETWORK_H

struct cli;
struct error;

/* 0 in the program that has the libraries. The other one becomes that, with the same
 * arguments, so this must be called before anything was read or printed; it comes
 * back only with -1: ERROR_UNAVAILABLE. */
int network_need(struct cli *, struct error *);

#endif
