/* SPDX-License-Identifier: ISC */
/*
 * gone: the second part of reconcile: alerts that are open here and in no list of the
 * API.
 */
#ifndef ALERTSPOOL_ATLAS_GONE_H
#define ALERTSPOOL_ATLAS_GONE_H

struct error;
struct run;

/* Ask for each, RECONCILE_ASKED_MOST at most, and commit the close or cancel of those
 * that ended. Both lists must have been read to their ends. 0 or -1. */
int gone_ask(struct run *, struct error *);

#endif
