/* SPDX-License-Identifier: ISC */
/*
 * error: what went wrong, in words for a person, and its kind.
 *
 * The caller owns a struct error and passes it last; a function that can fail returns -1
 * and fills it. The first error wins: setting one that is already set changes nothing, so
 * clean-up code may fail without hiding the cause. Tables in the programs map the kind to
 * an exit code or an HTTP status.
 */
#ifndef ALERTSPOOL_BASE_ERROR_H
#define ALERTSPOOL_BASE_ERROR_H

enum error_kind {
	ERROR_NONE = 0,
	ERROR_USAGE,	   /* wrong usage by the caller */
	ERROR_INPUT,	   /* data from outside is wrong */
	ERROR_NOT_FOUND,   /* no such record, file or sample */
	ERROR_UNAVAILABLE, /* a library or service refuses to work */
	ERROR_INTERNAL,	   /* our own mistake */
	ERROR_CREATE,	   /* cannot be created, or exists already */
	ERROR_IO,	   /* reading, writing or flushing failed */
	ERROR_BUSY,	   /* another process holds it, or not now: try again */
	ERROR_DENIED,	   /* wrong user or permission */
	ERROR_SETTINGS,	   /* the operator's settings are wrong */
	ERROR_KINDS
};

struct error {
	enum error_kind kind;
	int sys; /* errno at the failure, 0 if none */
	char text[512];
};

#define ERROR_INIT {.kind = ERROR_NONE}

/*
 * Record an error unless one is recorded already. The text is a phrase without
 * a full stop or newline; what does not fit is cut. Text from outside must be
 * escaped by the caller (encode.h). Always returns -1, so that
 * "return error_set(…)" reads well.
 */
int error_set(struct error *, enum error_kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with ": " and the text of errno appended. */
int error_sys(struct error *, enum error_kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Take over the other error, with its errno, unless one is recorded already. Always
 * returns -1. */
int error_take(struct error *, const struct error *other);

/* Put a prefix before the recorded text. Does nothing if there is no error. */
void error_prefix(struct error *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget the recorded error. */
void error_clear(struct error *);

/* One of sysexits(3): 0 for ERROR_NONE, 64 for ERROR_USAGE and so on. */
int error_exit_code(const struct error *);

#endif
