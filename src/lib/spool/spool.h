/* SPDX-License-Identifier: ISC */
/*
 * spool: a directory of records, alertspool-spool(5). A record's name is its
 * identity, the directory it lies in is its state.
 *
 * Opens every path relative to descriptors it holds. Knows names and bytes, not
 * what records mean. One open spool serves one job of one thread: its locks
 * exclude other opens, also of the same process. Open it after fork(2).
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

/* "new", "cur" and so on, which are the directories' names, too; static. */
const char *spool_state_word(enum spool_state);
bool spool_state_parse(const char *word, enum spool_state *);

/* The longest record that is read back: more than the record of any body of
 * SETTINGS_BODY_MAX, which receive.c asserts. */
#define SPOOL_RECORD_MAX (320u * 1024 * 1024)

struct spool; /* opaque: holds descriptors */

enum spool_access { SPOOL_READ, SPOOL_WRITE };

/*
 * Open the spool in this directory. For SPOOL_WRITE the caller must be the
 * owner of the directory (ERROR_DENIED otherwise, with the owner's name), root
 * for SPOOL_READ, too: it has to become the owner first. For SPOOL_WRITE the
 * lock file is made if it is gone. ERROR_NOT_FOUND: no such directory or
 * not a spool. 0 and *spool, or -1.
 */
int spool_open(struct spool **, const char *path, enum spool_access,
    struct error *);

void spool_close(struct spool *);

/* Make a spool below "at": the directory, which may be there but must be empty
 * of a spool, its states, history, heard and lock file, owned by uid and gid (-1: the
 * caller's) and flushed. ERROR_CREATE when any part exists or cannot be made;
 * what was made by then stays. 0 or -1. */
int spool_create(int at, const char *path, uid_t, gid_t, struct error *);

/*
 * A queue (alertspool-spool(5), QUEUES) is a spool of the same form in queues/NAME of
 * the spool. Its path, owned, or NULL without memory; and the making of what of it is
 * missing, on disk when this returns: 0 or -1 with ERROR_CREATE.
 */
#define SPOOL_QUEUES "queues"
#define SPOOL_ATLAS "atlas" /* what "alertspool atlas" remembers */
char *spool_queue_path(const char *spool_path, const char *queue);
int spool_create_queue(const struct spool *, const char *queue, struct error *);

/* Does the path still lead to the directory that was opened, and are its states
 * and its lock file still those? A file system mounted over a state is noticed
 * within a second, all else at once. */
bool spool_is_current(struct spool *);

/* Is there room: not mounted read-only, min_free bytes, and 1 % of inodes where
 * the file system counts them? 0, or -1 with ERROR_CREATE. */
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
	unsigned int except; /* states in which the name is no duplicate */
	/* Is the text found under this name the whole record: 1, 0, or -1? */
	int (*is_whole)(const char *text, size_t len, const void *body_sha256,
	    struct error *);
	const void *body_sha256;
};

enum spool_outcome {
	SPOOL_STORED,
	SPOOL_DUPLICATE, /* it was there, whole, and is durable now */
	SPOOL_REPLACED	 /* it was there, torn, and is whole and durable now */
};

/*
 * Commit a record. When this returns 0, the record under that name is whole and
 * would survive a power cut. It waits at most wait_ms for another process that
 * holds the record's lock, then fails with ERROR_BUSY. ERROR_CREATE or ERROR_IO
 * for anything else; then nothing new is visible under the name.
 */
int spool_put(struct spool *, const struct spool_record *, int64_t wait_ms,
    enum spool_outcome *, struct error *) __attribute__((warn_unused_result));

/* ---- moving: move.c ------------------------------------------- */

/*
 * Whoever works on the records of an alert holds its alert lock: the byte
 * spool_alert_byte() of the lock file. Not waited for: ERROR_BUSY when another
 * open spool holds it. Alert before record. Locking a byte twice by the same
 * open spool succeeds: a process with several jobs excludes its own itself.
 */
int spool_lock_alert(struct spool *, const char *name, struct error *)
    __attribute__((warn_unused_result));
void spool_unlock_alert(struct spool *, const char *name);
void spool_unlock_alert_byte(struct spool *, uint64_t byte);

/* 2^61 + the first 8 bytes, big endian, of SHA-256 of ALERT (of the whole name
 * for records without an alert id), modulo 2^61. */
uint64_t spool_alert_byte(const char *name);

/* Does another open spool hold the lock of this record now, and for so many
 * milliseconds? A move would wait for it. */
bool spool_is_locked(struct spool *, const char *name, int64_t wait_ms);

/*
 * Bytes of the lock file above those of alerts, which say who works on the spool.
 * Who empties it (run, forward, claim) shares the first, so that several may; who
 * routes it (route) holds it alone. The others are always held alone.
 */
enum spool_role {
	SPOOL_EMPTIES,
	SPOOL_ROUTES, /* the same byte, alone */
	SPOOL_PROBES, /* tries one record of a queue that rests */
	SPOOL_RECONCILES
};

/* Take a role until it is dropped or the spool closed; not waited for. 0, or -1:
 * ERROR_BUSY with the words who is there, or ERROR_IO. */
int spool_take_role(struct spool *, enum spool_role, struct error *)
    __attribute__((warn_unused_result));
void spool_drop_role(struct spool *, enum spool_role);

/* Does another open spool hold this byte: 1, 0, or -1 with ERROR_IO. */
int spool_has_role(const struct spool *, enum spool_role, struct error *)
    __attribute__((warn_unused_result));

struct spool_move {
	enum spool_state from, to; /* equal: only the mtime is set */
	struct timespec mtime;
	const struct timespec
	    *expect; /* the mtime it must still have, or NULL */
};

/*
 * Move a record under its record lock: look again, rename, set the mtime (before
 * the rename, but for a move into cur/). Not flushed: a crash may undo it, which
 * repeats work and loses nothing. 0, or -1 and nothing changed: ERROR_NOT_FOUND
 * when it is not in from (any more) or has another mtime, ERROR_CREATE when the
 * name is taken in to, ERROR_BUSY, ERROR_IO. A process that dies in here, or a disk
 * that takes nothing any more, leaves a record that is due at once.
 */
int spool_move(struct spool *, const char *name, const struct spool_move *,
    struct error *) __attribute__((warn_unused_result));

/* Make an empty dot-name in new/, move it to cur/ as a record is moved, and remove
 * it. 0 and whether a move is link and unlink here, because the file system has no
 * RENAME_NOREPLACE; or -1 with ERROR_IO: no record can be moved. */
int spool_try_move(struct spool *, bool *links, struct error *);

/* Remove a record for good, under its record lock; its history first, if no other
 * state has it. expect as above. 0, or -1 as spool_move(). */
int spool_remove(struct spool *, enum spool_state, const char *name,
    const struct timespec *expect, struct error *);

/* ---- cleaning: clean.c ---------------------------------------- */

/*
 * Two kinds of litter. Each piece is removed under its record's lock and told
 * to found() (a phrase that begins with the name), or only told when dry. 0, or
 * -1 with ERROR_IO at the first piece that cannot be removed.
 *
 * Dot-names whose mtime lies before this moment: their writers are dead, since
 * a commit takes no longer than request_timeout, which is an hour at most.
 */
int spool_clean_temporaries(struct spool *, struct timespec before, bool dry,
    void (*found)(const char *phrase), struct error *);

/* Histories of records that are in no state any more. */
int spool_clean_histories(struct spool *, bool dry,
    void (*found)(const char *phrase), struct error *);

/* ---- history: history.c --------------------------------------- */

/* What happened to a record. Fixed words: attempt (a handler is about to be
 * started), unstarted (that could not be, so it was no attempt), fail (it did not
 * succeed), claim, ack, release, bury, requeue, end (an operator ended
 * the alert by this record), superseded (its alert ended later, so nobody handled it),
 * unmatched (no queue wants it), known (it was open before anybody watched its
 * project, so nobody handles it). */
struct spool_event {
	const char *who;  /* "root@host" or "run@host" */
	const char *what; /* one of the words */
	const char *why;  /* or NULL; any bytes, cut at 1000 */
	bool uncounted;	  /* of "fail": it used no attempt */
};

/* Bytes of a history. A longer one is none of ours and counts as empty. */
#define SPOOL_HISTORY_MAX ((size_t)64 * 1024)

/*
 * Append a line to history/NAME, made if it is not there. Whoever calls holds the
 * alert's lock. When the file has grown, its first lines are replaced by one that
 * sums them up. Not flushed. 0, or -1 with ERROR_IO and the history as it was.
 */
int spool_note(struct spool *, const char *name, const struct spool_event *,
    struct error *) __attribute__((warn_unused_result));

/* Flush all lines that were appended by now, by one system call that flushes the
 * file system. 0, or -1 with ERROR_IO. */
int spool_flush_notes(struct spool *, struct error *)
    __attribute__((warn_unused_result));

/* Append the lines of a record's history to the buffer; nothing when there is
 * none. 0; 1 when it is too large and counts as empty; -1. */
int spool_history(const struct spool *, const char *name, struct buf *,
    struct error *);

/* Is there any: 1, 0, or -1 with ERROR_IO when nobody can tell. */
int spool_has_history(const struct spool *, const char *name, struct error *)
    __attribute__((warn_unused_result));

struct spool_tally {
	unsigned int attempts; /* since the last requeue */
	unsigned int failures; /* likewise */
	unsigned int deferred; /* likewise: attempts that do not count */
	unsigned int requeues; /* from done/ and dead/, ever */
	unsigned int lines;    /* that are whole */
	bool pending;	       /* the last attempt has no result */
	int64_t started; /* when that was, in seconds since 1970; 0: never */
	int64_t tried; /* seconds between attempts, each span an hour at most */
};

/* Count what the history tells; lines that are damaged are skipped. 0; 1 when it
 * is too large and counts as empty; -1. */
int spool_tally(const struct spool *, const char *name, struct spool_tally *,
    struct error *) __attribute__((warn_unused_result));

/* The same, and the reason (why) that was given last, set in the buffer; "" for none. */
int spool_tally_why(const struct spool *, const char *name,
    struct spool_tally *, struct buf *why, struct error *)
    __attribute__((warn_unused_result));

/* How many attempts count against max_attempts. */
unsigned int spool_tally_used(const struct spool_tally *);

/* What a requeue from bad/ notes: this and the old name. */
#define SPOOL_WAS_BAD "was bad/"

/* ---- looking: find.c, scan.c ---------------------------- */

/* Is the record in this state: 1 and *st, 0, or -1 with ERROR_IO when nobody can
 * tell. */
int spool_stat(const struct spool *, enum spool_state, const char *name,
    struct stat *, struct error *) __attribute__((warn_unused_result));

/* Where a record of exactly this name is: 1 and *state, 0 when it is nowhere,
 * or -1 with ERROR_IO when nobody can tell. */
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
 * The record that an abbreviation means: the front of its name, or 8 or more
 * digits of its DIGEST. 0 with name and state, or -1: ERROR_NOT_FOUND,
 * ERROR_INPUT when it is ambiguous or no abbreviation at all.
 */
int spool_resolve(const struct spool *, const char *abbreviation,
    char name[static NAME_SIZE], enum spool_state *, struct error *);

/* Called with each name, which may be no record's, and the state: 1 ends the
 * walk, 0 goes on, -1 with an error ends it. */
typedef int spool_visitor(void *context, const char *name, enum spool_state);

/* Read the names of several states once, in whatever order; dot-names are left
 * out. 0 at the end, 1 when the visitor ended it, or -1. */
int spool_walk(const struct spool *, unsigned int states, spool_visitor *,
    void *context, struct error *);

/*
 * Walk through the records of several states in the order of their names,
 * merged, in bounded memory however many there are: each pass over the
 * directories keeps the next few thousand names. Names that are no record's are
 * skipped. Records that come or go meanwhile may be seen or not, none twice
 * under one state.
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
