/* SPDX-License-Identifier: ISC */
/* refusal: the meaning of an answer other than 200, and advice. */
#ifndef ALERTSPOOL_ATLAS_REFUSAL_H
#define ALERTSPOOL_ATLAS_REFUSAL_H

struct error;
struct transfer_answer;

/* Record the request, the status and the server's words, escaped: ERROR_DENIED for 401
 * and 403, ERROR_NOT_FOUND for 404, ERROR_BUSY for 429 and 5xx, else ERROR_INPUT. Returns
 * the advice, static; NULL if none is needed. */
const char *refusal_set(const struct transfer_answer *, const char *what,
    struct error *);

#endif
