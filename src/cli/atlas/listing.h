/* SPDX-License-Identifier: ISC */
/* listing: the first part of reconcile: alerts that the API lists as open. */
#ifndef ALERTSPOOL_ATLAS_LISTING_H
#define ALERTSPOOL_ATLAS_LISTING_H

struct error;
struct run;

/* Commit alerts that are open there and unknown here, and acknowledgements that differ;
 * mark the known alerts that are listed as open or tracking. 0, or -1 when a list was not
 * read to its end or a record could not be committed. */
int listing_read(struct run *, struct error *);

#endif
