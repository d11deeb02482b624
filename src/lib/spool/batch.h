/* SPDX-License-Identifier: ISC */
/*
 * batch: records that are committed together, to save flushes.
 *
 * An added copy is written and flushed under a dot-name. Then all are linked, and each
 * directory is flushed once. The caller holds the alerts' locks, so that no other process
 * commits one of these names; others may move a linked record.
 */
#ifndef ALERTSPOOL_SPOOL_BATCH_H
#define ALERTSPOOL_SPOOL_BATCH_H

#include "lib/spool/spool.h"

struct error;

struct spool_batch {
	struct spool_batch_copy *copy; /* owned */
	size_t n, size;
};

#define SPOOL_BATCH_INIT {.copy = NULL}

/*
 * Add a record for new/ of this spool, which is borrowed until the end. If the spool has
 * the name already, in any state, that record is made durable now, and repaired if it is
 * torn. 1 when it was added, 0 when it was there; -1.
 */
int spool_batch_add(struct spool_batch *, struct spool *, const char *name,
    const struct buf *text, struct error *) __attribute__((warn_unused_result));

/* Link and flush. When this returns 0, every added record would survive a power cut. Else
 * -1: some may be there, none is lost, and all may be added again. */
int spool_batch_commit(struct spool_batch *, struct error *)
    __attribute__((warn_unused_result));

/* Remove everything that was not committed. The batch is empty again. */
void spool_batch_reset(struct spool_batch *);
void spool_batch_free(struct spool_batch *);

#endif
