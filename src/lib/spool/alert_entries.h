/* SPDX-License-Identifier: ISC */
/*
 * alert_entries: what is remembered of each alert while all names are read, by the hash of
 * ALERT. Of the spool module only, for alert_index.
 *
 * The details, from which the name of the newest record can be spelled, are kept while
 * they have room.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_ENTRIES_H
#define ALERTSPOOL_SPOOL_ALERT_ENTRIES_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/record/name.h"
#include "lib/spool/spool.h"

/* In decider, of an alert that is wanted; newest is the number of its fold. */
#define ALERT_ENTRY_WANTED UINT64_MAX
/* Added to the key in decider: there is a close or cancel. */
#define ALERT_ENTRY_ENDED_ONCE (UINT64_C(1) << 63)

struct alert_entry {
	uint64_t hash;
	uint64_t decider; /* from alert_decide() */
	uint64_t newest;  /* a key */
	uint32_t records; /* of this alert */
	uint32_t text;	  /* where its ALERT begins, with the details */
};

struct alert_details {
	unsigned char digest[NAME_DIGEST_DIGITS / 2]; /* of the newest record */
	time_t first; /* TIME of the first record; ALERT_DETAILS_NO_TIME */
	enum spool_state state; /* of the newest record */
};

#define ALERT_DETAILS_NO_TIME INT64_MAX

struct alert_entries {
	struct alert_entry *entry; /* owned */
	size_t n, size;
	uint32_t *slots; /* owned: of each entry, or 0 */
	size_t slots_size;
	struct alert_details *details; /* owned: of each entry; NULL: none */
	char *text; /* owned: each ALERT, with a NUL, of entries with details */
	size_t text_len, text_size;
	size_t room; /* bytes for all of this, without slots */
};

/* Each of these: 0, or -1 without memory. Free with alert_entries_free() either way. No
 * details with room 0. */
int alert_entries_begin(struct alert_entries *, size_t room);
/* Entries were removed from the array; there are no details any more. */
int alert_entries_shrink(struct alert_entries *);

/*
 * Among a few hundred thousand alerts, looking one up waits for memory twice: for its slot
 * and its entry. Ask for the slots of several alerts, then for their entries, and then
 * look them up: they wait together.
 */
void alert_entries_ask_slot(const struct alert_entries *, uint64_t hash);
void alert_entries_ask_entry(const struct alert_entries *, uint64_t hash);

/* The entry of this alert, or NULL. */
struct alert_entry *alert_entries_find(const struct alert_entries *,
    uint64_t hash);

/* The same, created if there is none; NULL without memory. Valid until the next one is
 * created. */
struct alert_entry *alert_entries_get(struct alert_entries *, uint64_t hash,
    const struct name_view *);

/* Its details; NULL if there are none. */
struct alert_details *alert_entries_details(const struct alert_entries *,
    const struct alert_entry *);

/* From now on there are none. */
void alert_entries_drop_details(struct alert_entries *);

void alert_entries_free(struct alert_entries *);

#endif
