/* SPDX-License-Identifier: ISC */
/*
 * alert_entries: what is remembered of each alert while all names are read, by the hash of
 * ALERT. Of the spool module only, for alert_index.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_ENTRIES_H
#define ALERTSPOOL_SPOOL_ALERT_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

/* In decider, of an alert that is wanted; newest is the number of its fold. */
#define ALERT_ENTRY_WANTED UINT64_MAX
/* Added to the key in decider: there is a close or cancel. */
#define ALERT_ENTRY_ENDED_ONCE (UINT64_C(1) << 63)

/* In fold: it has none yet, or not any more. */
#define ALERT_ENTRY_NO_FOLD UINT32_MAX
#define ALERT_ENTRY_FOLD_DROPPED (UINT32_MAX - 1)

struct alert_entry {
	uint64_t hash;
	uint64_t decider; /* from alert_decide() */
	uint64_t newest;  /* a key */
	uint32_t fold;	  /* the number of its fold while names are read once */
	uint32_t records; /* of this alert */
};

struct alert_entries {
	struct alert_entry *entry; /* owned */
	size_t n, size;
	uint32_t *slots; /* owned: 1 + the number of an entry, or 0 */
	size_t slots_size;
};

/* Each of these: 0, or -1 without memory. Free with alert_entries_free() either way. */
int alert_entries_begin(struct alert_entries *);
/* Entries were removed from the array. */
int alert_entries_shrink(struct alert_entries *);

/* The entry of this alert, or NULL. */
struct alert_entry *alert_entries_find(const struct alert_entries *,
    uint64_t hash);

/* The same, created if there is none; NULL without memory. Valid until the next one is
 * created. */
struct alert_entry *alert_entries_get(struct alert_entries *, uint64_t hash);

void alert_entries_free(struct alert_entries *);

#endif
