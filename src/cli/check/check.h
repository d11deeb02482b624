/* SPDX-License-Identifier: ISC */
/*
 * check: the areas of "alertspool check".
 *
 * Each function examines one area, reports good and bad findings, and leaves nothing
 * changed. If something cannot be examined, that is a finding, too.
 */
#ifndef ALERTSPOOL_CHECK_CHECK_H
#define ALERTSPOOL_CHECK_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "cli/frame/cli.h"
#include "cli/output/findings.h"

struct check {
	struct cli *cli; /* with its settings loaded */
	struct findings findings;
	struct spool *spool; /* NULL: it could not be opened */
	const char *queue; /* the queue of this spool; NULL: the spool itself */
};

/* Limits for a warning, in seconds. */
#define CHECK_ROUTED 60		      /* in new/, due, if route processes it */
#define CHECK_NO_RUNNER (10 * 60)     /* due in a queue, without a runner */
#define CHECK_BAD_AGE (7 * 24 * 3600) /* in bad/ */
#define CHECK_BACKLOG 10000	      /* records in new/ */

/* The settings file, sources, secrets and tokens, as the owner of the spool
 * sees them: settings.c */
void check_settings(struct check *);

/* Owner and modes of the spool and its content; members of its group; strays: spool.c */
void check_spool(struct check *);

/* May the enabled units of systemd write into the spool? units.c */
void check_units(struct check *);

/* Free space, kind of file system, its options, and the time of a commit: disk.c */
void check_disk(struct check *);

/* Is the clock right, as far as this machine can tell? clock.c */
void check_clock(struct check *);

/* Expired leases, records waiting in new/, records in bad/: queue.c */
void check_queue(struct check *);

/* The same for one queue, with its spool in c->spool. */
void check_queue_states(struct check *);

/* The sections [queue NAME], and the state of each queue: queues.c */
void check_queues(struct check *);

/* The sections [atlas NAME], their keys, and when reconcile succeeded; did the last
 * reconcile of this source, at most an hour ago, find nothing missing? atlas.c */
void check_atlas(struct check *);
bool check_atlas_vouches(const struct check *, const char *source);

/* Had each source a delivery within this many milliseconds? silence.c */
void check_silence(struct check *, int64_t most_ms);

/* ---- through the web server ------------------------------------------ */

/* A source that does not exist: a request to it shows whether a log is the right one. */
#define CHECK_NOBODY "alertspool-check-nobody"

/* Words that must not appear in a log. */
struct check_canary {
	char token[41];
	char signature[29];
};

int check_canary_make(struct check_canary *, struct error *);

/* The body sent with it, a JSON text of this size with its NUL, different from every
 * other delivery. */
#define CHECK_CANARY_BODY (sizeof("\"alertspool check \"") + 40)
void check_canary_body(const struct check_canary *,
    char body[static CHECK_CANARY_BODY]);

/* Remove deliveries of killed checks from bad/, if they are over an hour old: canary.c */
void check_canary_sweep(struct check *);

/* Send requests to this URL, the bare script path: url.c */
void check_url(struct check *, const char *url, const struct check_canary *);

/* Logs are opened before root becomes another user, and read from their end at that time:
 * log.c */
struct check_log {
	const char *path; /* borrowed */
	int fd;		  /* -1: it could not be opened */
	long long end;
	int sys; /* errno of the open */
};

void check_log_open(struct check_log *, const char *path);
void check_log_look(struct check *, struct check_log *,
    const struct check_canary *);
void check_log_close(struct check_log *);

/* ---- after the spool ------------------------------------------------- */

/* Could "forward" publish there, with the options it shares with check? nats.c. 0, or -1
 * with ERROR_USAGE. */
int check_nats(struct check *, const char *url, struct error *);

#endif
