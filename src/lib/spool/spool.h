/* SPDX-License-Identifier: ISC */
/*
 * spool: a directory of records, alertspool-spool(5). A record's name is its identity,
 * the directory it lies in is its state.
 *
 * Opens every path relative to its descriptors. Knows names and bytes, not the meaning of
 * records. One open spool serves one job of one thread: its locks exclude other opens,
 * even by the same process. Open it after fork(2).
 */
#ifndef ALERTSPOOL_SPOOL_SPOOL_H
#define ALERTSPOOL_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/record/name.h"

struct buf;
struct error;
struct span;

enum spool_state {
	SPOOL_NEW,
	SPOOL_CUR,
	SPOOL_DONE,
	SPOOL_DEAD,
	SPOOL_BAD,
	SPOOL_STATES
};

/* Sets of states. */
#define SPOOL_IN(state) (1u << (state))
#define SPOOL_ANYWHERE ((1u << SPOOL_STATES) - 1)

/* "new", "cur" and so on, also the directories' names; static. */
const char *spool_state_word(enum spool_state);
bool spool_state_parse(const char *word, enum spool_state *);

/* The longest record that is read: more than the record of any body of SETTINGS_BODY_MAX,
 * as receive.c asserts. */
#define SPOOL_RECORD_MAX (320u * 1024 * 1024)

struct spool; /* opaque: holds descriptors */

enum spool_access { SPOOL_READ, SPOOL_WRITE };

/*
 * Open the spool in this directory. For SPOOL_WRITE the caller must be the owner of the
 * directory (ERROR_DENIED otherwise, with the owner's name), root even for SPOOL_READ: it
 * must become the owner first. For SPOOL_WRITE a missing lock file is created.
 * ERROR_NOT_FOUND: no such directory or not a spool. 0 and *spool, or -1.
 */
int spool_open(struct spool **, const char *path, enum spool_access,
    struct error *);

void spool_close(struct spool *);

/* Make a spool below "at": the directory, which may exist without a spool in it, its
 * states, history, heard and lock file, owned by uid and gid (-1: the caller's) and
 * flushed. ERROR_CREATE when any part exists or cannot be created; the parts created so
 * far stay. 0 or -1. */
int spool_create(int at, const char *path, uid_t, gid_t, struct error *);

/*
 * A queue (alertspool-spool(5), QUEUES) is a spool of the same form in queues/NAME of the
 * spool. Returns its path, owned, or NULL without memory. The second creates its missing
 * parts, on disk when it returns: 0 or -1 with ERROR_CREATE.
 */
#define SPOOL_QUEUES "queues"
#define SPOOL_ATLAS "atlas" /* data of "alertspool atlas" */
char *spool_queue_path(const char *spool_path, const char *queue);
int spool_create_queue(const struct spool *, const char *queue, struct error *);

/* Does the path still lead to the directory that was opened, with the same states and
 * lock file? A file system mounted over a state is noticed within a second, everything
 * else at once. */
bool spool_is_current(struct spool *);

/* Is there free space: not mounted read-only, min_free bytes, and 1 % of inodes if the
 * file system counts them? 0, or -1 with ERROR_CREATE. */
int spool_check_room(const struct spool *, int64_t min_free, struct error *);

/* The directory of a state or of the spool itself; borrowed. */
int spool_dir(const struct spool *, enum spool_state);
int spool_root(const struct spool *);

/* The lock file, for metrics_add(); -1 when the spool was opened to read. */
int spool_lock_file(const struct spool *);

/* ---- commit: put.c -------------------------------------------- */

struct spool_record {
	const char *name;      /* a valid name */
	enum spool_state into; /* SPOOL_NEW, SPOOL_BAD or SPOOL_DONE */
	const char *text;
	size_t len;
	unsigned int except; /* states in which the name is not a duplicate */
	/* Is the text found under this name the complete record: 1, 0, or -1? */
	int (*is_whole)(const char *text, size_t len, const void *body_sha256,
	    struct error *);
	const void *body_sha256;
};

enum spool_outcome {
	SPOOL_STORED,
	SPOOL_DUPLICATE, /* it existed, complete, and is durable now */
	SPOOL_REPLACED	 /* it existed, torn, and is complete and durable now */
};

/*
 * Commit a record. When this returns 0, the record under that name is complete and would
 * survive a power cut. It waits at most wait_ms for another process that holds the
 * record's lock, then fails with ERROR_BUSY. ERROR_CREATE or ERROR_IO for anything else;
 * then nothing new is visible under the name.
 */
int spool_put(struct spool *, const struct spool_record *, int64_t wait_ms,
    enum spool_outcome *, struct error *) __attribute__((warn_unused_result));

/* ---- moving: move.c ------------------------------------------- */

/*
 * A process that works on the records of an alert holds its alert lock: the byte
 * spool_alert_byte() of the lock file. Does not wait: ERROR_BUSY when another open spool
 * holds it. Alert before record. Locking a byte twice by the same open spool succeeds, so
 * a process with several jobs must exclude its own.
 */
int spool_lock_alert(struct spool *, const char *name, struct error *)
    __attribute__((warn_unused_result));
void spool_unlock_alert(struct spool *, const char *name);
void spool_unlock_alert_byte(struct spool *, uint64_t byte);

/* 2^61 + the first 8 bytes, big-endian, of SHA-256 of ALERT (of the whole name for
 * records without an alert id), modulo 2^61. */
uint64_t spool_alert_byte(const char *name);

/* Does another open spool hold the lock of this record for at least this many
 * milliseconds? A move would wait for it. */
bool spool_is_locked(struct spool *, const char *name, int64_t wait_ms);

/*
 * Bytes of the lock file above those of alerts show who works on the spool. run, forward
 * and claim share the first; route holds it exclusively. The others are always held
 * exclusively.
 */
enum spool_role {
	SPOOL_EMPTIES,
	SPOOL_ROUTES, /* the same byte, exclusively */
	SPOOL_PROBES, /* tries one record of a resting queue */
	SPOOL_RECONCILES
};

/* Take a role until it is dropped or the spool closed; does not wait. 0, or -1:
 * ERROR_BUSY with a text that names the holder, or ERROR_IO. */
int spool_take_role(struct spool *, enum spool_role, struct error *)
    __attribute__((warn_unused_result));
void spool_drop_role(struct spool *, enum spool_role);

/* Does another open spool hold this byte: 1, 0, or -1 with ERROR_IO. */
int spool_has_role(const struct spool *, enum spool_role, struct error *)
    __attribute__((warn_unused_result));

struct spool_move {
	enum spool_state from, to; /* if equal, only the mtime is set */
	struct timespec mtime;
	const struct timespec *expect; /* the mtime it must have, or NULL */
};

/*
 * Move a record under its record lock: look again, rename, set the mtime (before the
 * rename, except for a move into cur/). Not flushed: a crash may undo it, which repeats
 * work and loses nothing. 0, or -1 and nothing changed: ERROR_NOT_FOUND when it is not in
 * from (any more) or has another mtime, ERROR_CREATE when the name exists in to,
 * ERROR_BUSY, ERROR_IO. A process that dies here, or a disk that accepts no more writes,
 * leaves a record that is due at once.
 */
int spool_move(struct spool *, const char *name, const struct spool_move *,
    struct error *) __attribute__((warn_unused_result));

/* Create an empty dot-name in new/, move it to cur/ as a record is moved, and remove it.
 * 0 and whether moves here use link and unlink, because the file system has no
 * RENAME_NOREPLACE; or -1 with ERROR_IO: no record can be moved. */
int spool_try_move(struct spool *, bool *links, struct error *);

/* Commit this text under dot-names in new/, and remove them. 0, or -1 with the error: no
 * record can be stored. */
int spool_try_commit(struct spool *, const struct span *, struct error *);

/* Remove a record for good, under its record lock; its history first, if no other state
 * has it. expect as above. 0, or -1 as spool_move(). */
int spool_remove(struct spool *, enum spool_state, const char *name,
    const struct timespec *expect, struct error *);

/* ---- cleaning: clean.c ---------------------------------------- */

/*
 * There are two kinds of litter. Each piece is removed under its record's lock and
 * reported to found() (a phrase that begins with the name), or only reported if dry. 0,
 * or -1 with ERROR_IO at the first piece that cannot be removed.
 *
 * Dot-names with an mtime before this moment: their writers are dead, because a commit
 * takes no longer than request_timeout, at most an hour.
 */
int spool_clean_temporaries(struct spool *, struct timespec before, bool dry,
    void (*found)(const char *phrase), struct error *);

/* Histories of records that are in no state. */
int spool_clean_histories(struct spool *, bool dry,
    void (*found)(const char *phrase), struct error *);

/* ---- history: history.c --------------------------------------- */

/* What happened to a record. Fixed words: attempt (a handler is about to be started),
 * unstarted (it could not be started, so it was no attempt), fail (it did not succeed),
 * claim, ack, release, bury, requeue, end (an operator ended the alert by this record),
 * superseded (its alert ended later, so nobody handled it), unmatched (no queue wants
 * it), known (it was open before its project was watched, so nobody handles it). */
struct spool_event {
	const char *who;  /* "root@host" or "run@host" */
	const char *what; /* one of the words */
	const char *why;  /* or NULL; any bytes, cut at 1000 */
	bool uncounted;	  /* for "fail": it used no attempt */
};

/* Longest history. A longer one was not written by us and counts as empty. */
#define SPOOL_HISTORY_MAX ((size_t)64 * 1024)

/*
 * Append a line to history/NAME, created if missing. The caller holds the alert's lock.
 * When the file has grown, a summary replaces its first lines. Not flushed. 0, or -1 with
 * ERROR_IO and the history unchanged.
 */
int spool_note(struct spool *, const char *name, const struct spool_event *,
    struct error *) __attribute__((warn_unused_result));

/* Flush all appended lines with one system call that flushes the file system. 0, or -1
 * with ERROR_IO. */
int spool_flush_notes(struct spool *, struct error *)
    __attribute__((warn_unused_result));

/* Append the lines of a record's history to the buffer; nothing if there is none. 0; 1
 * when it is too large and counts as empty; -1. */
int spool_history(const struct spool *, const char *name, struct buf *,
    struct error *);

/* Does it exist: 1, 0, or -1 with ERROR_IO if unknown. */
int spool_has_history(const struct spool *, const char *name, struct error *)
    __attribute__((warn_unused_result));

struct spool_tally {
	unsigned int attempts; /* since the last requeue */
	unsigned int failures; /* likewise */
	unsigned int deferred; /* likewise: attempts that do not count */
	unsigned int requeues; /* from done/ and dead/, ever */
	unsigned int lines;    /* complete lines */
	bool pending;	       /* the last attempt has no result */
	int64_t started; /* when that was, in seconds since 1970; 0: never */
	int64_t tried; /* seconds between attempts, each span at most an hour */
};

/* Count the lines of the history; damaged ones are skipped. 0; 1 when it is too large and
 * counts as empty; -1. */
int spool_tally(const struct spool *, const char *name, struct spool_tally *,
    struct error *) __attribute__((warn_unused_result));

/* The same, and the last reason (why), put into the buffer; "" for none. */
int spool_tally_why(const struct spool *, const char *name,
    struct spool_tally *, struct buf *why, struct error *)
    __attribute__((warn_unused_result));

/* How many attempts count against max_attempts. */
unsigned int spool_tally_used(const struct spool_tally *);

/* A requeue from bad/ notes this and the old name. */
#define SPOOL_WAS_BAD "was bad/"

/* ---- looking: find.c, scan.c ---------------------------- */

/* Is the record in this state: 1 and *st, 0, or -1 with ERROR_IO if unknown. */
int spool_stat(const struct spool *, enum spool_state, const char *name,
    struct stat *, struct error *) __attribute__((warn_unused_result));

/* Where is the record of exactly this name: 1 and *state, 0 if nowhere, or -1 with
 * ERROR_IO if unknown. */
int spool_find(const struct spool *, const char *name, enum spool_state *,
    struct error *) __attribute__((warn_unused_result));

/* The same, in these states only. */
int spool_find_in(const struct spool *, const char *name, unsigned int states,
    enum spool_state *, struct error *) __attribute__((warn_unused_result));

/* Append a record's text; st may be NULL. ERROR_NOT_FOUND when it is not in
 * that state (any more). 0 or -1. */
int spool_read(const struct spool *, enum spool_state, const char *name,
    struct buf *, struct stat *st, struct error *);

/*
 * The record for an abbreviation: the beginning of its name, or 8 or more digits of its
 * DIGEST. 0 with name and state, or -1: ERROR_NOT_FOUND, ERROR_INPUT when it is ambiguous
 * or malformed.
 */
int spool_resolve(const struct spool *, const char *abbreviation,
    char name[static NAME_SIZE], enum spool_state *, struct error *);

/* Called with each name, which may not be a record's, and the state: 1 ends the walk, 0
 * goes on, -1 with an error ends it. */
typedef int spool_visitor(void *context, const char *name, enum spool_state);

/* Read the names of several states once, in any order, without dot-names. 0 at the end, 1
 * when the visitor ended it, or -1. */
int spool_walk(const struct spool *, unsigned int states, spool_visitor *,
    void *context, struct error *);

/*
 * Go through the records of several states, merged in the order of their names, in
 * bounded memory: each pass over the directories keeps the next few thousand names. Names
 * that are not a record's are skipped. Records that come or go meanwhile may be seen or
 * not, none twice in one state.
 */
struct spool_scan;

struct spool_entry {
	char name[NAME_SIZE];
	enum spool_state state;
};

enum spool_order { SPOOL_ASCENDING, SPOOL_DESCENDING };

int spool_scan_open(struct spool_scan **, const struct spool *,
    unsigned int states, enum spool_order, struct error *);

/* 1 and *entry, 0 at the end, -1 with ERROR_IO. */
int spool_scan_next(struct spool_scan *, struct spool_entry *, struct error *);

void spool_scan_close(struct spool_scan *);

#endif
