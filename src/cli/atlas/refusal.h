/* SPDX-License-Identifier: ISC */
/*
 * refusal: what an answer other than 200 means, and what to do about it.
 */
#ifndef ALERTSPOOL_ATLAS_REFUSAL_H
#define ALERTSPOOL_ATLAS_REFUSAL_H

struct error;
struct transfer_answer;

/* Record what was asked for, the status and the server's words, made harmless:
 * ERROR_DENIED for 401 and 403, ERROR_NOT_FOUND for 404, ERROR_BUSY for 429 and 5xx,
 * else ERROR_INPUT. What to do, static; NULL when that is clear. */
const char *refusal_set(const struct transfer_answer *, const char *what,
    struct error *);

#endif
