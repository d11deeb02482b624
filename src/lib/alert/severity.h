/* SPDX-License-Identifier: ISC */
/*
 * severity: the severity that an operator gives to alerts without one.
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

/* The worst first. A sender's severity may be any text, so ranks are compared, counted
 * and coloured. */
enum severity_rank {
	SEVERITY_CRITICAL,
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFO, /* also "notice" and "informational" */
	SEVERITY_UNRATED,
	SEVERITY_RANKS
};

/* The rank of a severity in any case; UNRATED for any other text and NULL. */
enum severity_rank severity_rank(const char *severity);

/* "CRITICAL", "ERROR", "WARNING", "INFO" or "unrated"; static. */
const char *severity_rank_word(enum severity_rank);

/* The rank named by exactly these n characters, in any case: CRITICAL, ERROR, WARNING,
 * INFO or unrated. False for any other text. */
bool severity_rank_parse(const char *text, size_t n, enum severity_rank *);

/* Add a rule in order. 0, or -1: the key has a rule already (EEXIST) or no memory
 * (ENOMEM). */
int severity_add(struct severity_map *, const char *key, const char *severity);

void severity_free(struct severity_map *);

#endif
