/* SPDX-License-Identifier: ISC */
/*
 * spool_private: what the spool's own files share; nobody else includes it.
 */
#ifndef ALERTSPOOL_SPOOL_PRIVATE_H
#define ALERTSPOOL_SPOOL_PRIVATE_H

#include "lib/spool.h"

struct spool {
	char *path;
	int root;		 /* the spool directory */
	int dir[SPOOL_STATES];	 /* its states */
	int history;		 /* its histories; -1 until it is needed */
	int lock;		 /* the lock file; -1 when opened to read */
	dev_t dev;		 /* of root, to see that it is still the same */
	ino_t ino;
	unsigned int temporary; /* counts dot-names of this open spool */
};

/*
 * Take the lock of one record, the byte that its DIGEST names, waiting at most
 * wait_ms. 0, or -1: ERROR_BUSY when another open spool holds it, ERROR_IO.
 */
int spool_lock_record(struct spool *, const char *name, int64_t wait_ms,
    struct error *) __attribute__((warn_unused_result));

void spool_unlock_record(struct spool *, const char *name);

#endif
