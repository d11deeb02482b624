/* SPDX-License-Identifier: ISC */
/* private: shared by the files of the spool module only. */
#ifndef ALERTSPOOL_SPOOL_PRIVATE_H
#define ALERTSPOOL_SPOOL_PRIVATE_H

#include "lib/base/encode.h"
#include "lib/spool/spool.h"

/* The file that a name led to when it was opened. */
struct spool_part {
	dev_t dev;
	ino_t ino;
};

struct spool {
	char *path;
	int root;	       /* the spool directory */
	int dir[SPOOL_STATES]; /* its states */
	int history;	       /* its histories; -1 until it is needed */
	int lock;	       /* the lock file; -1 when opened to read */
	/* To check that they are still the same. */
	struct spool_part root_part, dir_part[SPOOL_STATES], lock_part;
	struct timespec changed; /* ctime of root when they were checked, */
	int64_t looked_at; /* and the time of the check; 0: do not rely on it */
	pid_t pid;	   /* of who opened it, for dot-names */
	unsigned int temporary; /* counts dot-names of this open spool */
	bool no_histories;	/* it had none at the last look */
	bool links;		/* its file system has no RENAME_NOREPLACE */
};

/* The parts of a spool besides its states. */
#define SPOOL_LOCK "lock"
#define SPOOL_HISTORY "history"
#define SPOOL_FILE_MODE 0640
#define SPOOL_LOCK_MODE 0600

/* "history/" and a name. */
#define HISTORY_PATH_SIZE (sizeof(SPOOL_HISTORY "/") + NAME_SIZE)

/* Count the lines of a history's text from zero. Leaves the last reason in "why", unless
 * that is NULL. 0, or -1 without memory. */
int spool_count_lines(struct spool_tally *, const char *text, size_t len,
    struct buf *why, struct error *);

/* Add the members of a line that replaces all counted lines. */
void spool_write_summary(struct buf *line, const struct spool_tally *,
    const struct buf *why);

/* Remove a record's history, if it has one. 0, or -1 with ERROR_IO. */
int spool_forget(struct spool *, const char *name, struct error *);

/*
 * Take the lock of one record, the byte that its DIGEST names, waiting at most
 * wait_ms. 0, or -1: ERROR_BUSY when another open spool holds it, ERROR_IO.
 */
int spool_lock_record(struct spool *, const char *name, int64_t wait_ms,
    struct error *) __attribute__((warn_unused_result));

void spool_unlock_record(struct spool *, const char *name);

/* The same by the 32 digits of a DIGEST alone, which need no NUL. */
int spool_lock_digest(struct spool *, const char *digits, int64_t wait_ms,
    struct error *) __attribute__((warn_unused_result));
void spool_unlock_digest(struct spool *, const char *digits);

/* ".DIGEST.PID.COUNT" */
#define SPOOL_TEMPORARY_SIZE (2 + NAME_DIGEST_DIGITS + 2 * ENCODE_DECIMAL_SIZE)

/* A dot-name until it is unlinked or renamed; "" for none. */
struct spool_temporary {
	int dir;
	char name[SPOOL_TEMPORARY_SIZE];
};

/* Create an empty file with a dot-name in t->dir from the DIGEST at the end of name. The
 * descriptor, or -1 with errno set. */
int spool_create_temporary(struct spool *, const char *name,
    struct spool_temporary *t);

/* The same with this text, complete and on disk; its name may not be on disk yet. 0, or
 * -1 with the error; then remove t->name, unless it is "". */
int spool_fill_temporary(struct spool *, const char *name, const struct span *,
    struct spool_temporary *, struct error *)
    __attribute__((warn_unused_result));

/* The same with the record's text, and the record's name in the error. */
int spool_write_temporary(struct spool *, const struct spool_record *,
    struct spool_temporary *, struct error *)
    __attribute__((warn_unused_result));

/* Open the directory of histories once, created if missing. 0 or -1. */
int spool_open_histories(struct spool *, struct error *);

#endif
