/* SPDX-License-Identifier: ISC */
/*
 * severity: which severity an operator gives to an alert that carries none.
 *
 * A value: rules sorted by key, filled by settings, looked up by alert.
 */
#ifndef ALERTSPOOL_ALERT_SEVERITY_H
#define ALERTSPOOL_ALERT_SEVERITY_H

#include <stdbool.h>
#include <stddef.h>

struct severity_rule {
	char *key;	/* alert configuration id, event type or "default" */
	char *severity; /* INFO, WARNING, ERROR or CRITICAL */
};

struct severity_map {
	struct severity_rule *rules; /* owned, sorted by strcmp(3) of key */
	size_t n;
};

/* The severity of exactly this key, borrowed from the map, or NULL. */
const char *severity_find(const struct severity_map *, const char *key);

/* The word in capitals (a static string) when it is one of the four severities
 * in any case, else NULL. */
const char *severity_word(const char *text);

/* How bad, the worst first. What a sender writes may be any text, so ranks are what
 * is compared, counted and coloured. */
enum severity_rank {
	SEVERITY_CRITICAL,
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFO, /* also "notice" and "informational" */
	SEVERITY_UNRATED,
	SEVERITY_RANKS
};

/* The rank of a severity in any case; of any other text, and of NULL, UNRATED. */
enum severity_rank severity_rank(const char *severity);

/* "CRITICAL", "ERROR", "WARNING", "INFO" or "unrated"; static. */
const char *severity_rank_word(enum severity_rank);

/* The rank that exactly these n characters name, in any case: CRITICAL, ERROR,
 * WARNING, INFO or unrated. False when they name none. */
bool severity_rank_parse(const char *text, size_t n, enum severity_rank *);

/* Set a rule, sorted in. 0, or -1: the key has a rule already (EEXIST) or no
 * memory (ENOMEM). */
int severity_add(struct severity_map *, const char *key, const char *severity);

void severity_free(struct severity_map *);

#endif
