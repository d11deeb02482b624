/* SPDX-License-Identifier: ISC */
/*
 * check: what "alertspool check" looks at, area by area.
 *
 * Each function looks at one area, reports what it finds there, good and bad,
 * and changes nothing that stays. What cannot be looked at is a finding, too.
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
	const char *queue;   /* whose spool that is; NULL: the spool itself */
};

/* Times that are worth a word, in seconds. */
#define CHECK_ROUTED 60		      /* in new/, due, where route takes it */
#define CHECK_NO_RUNNER (10 * 60)     /* due in a queue, and no runner */
#define CHECK_BAD_AGE (7 * 24 * 3600) /* in bad/ */
#define CHECK_BACKLOG 10000	      /* records in new/ */

/* The settings file, sources, secrets and tokens, as the owner of the spool
 * sees them: settings.c */
void check_settings(struct check *);

/* Owner and modes of the spool and what is in it; who is in its group; strays:
 * spool.c */
void check_spool(struct check *);

/* May the units of systemd that are enabled write into the spool? units.c */
void check_units(struct check *);

/* Room, kind of file system, its options, and how long a commit takes:
 * disk.c */
void check_disk(struct check *);

/* Is the clock right, as far as this machine can tell? clock.c */
void check_clock(struct check *);

/* Leases that ran out, what waits in new/, what lies in bad/: queue.c */
void check_queue(struct check *);

/* The same of one queue, whose spool c->spool is for now. */
void check_queue_states(struct check *);

/* The sections [queue NAME], and how each queue stands: queues.c */
void check_queues(struct check *);

/* The sections [atlas NAME], their keys, and when reconcile succeeded; does the last
 * reconcile vouch for this source: nothing was missing, an hour ago at most? atlas.c */
void check_atlas(struct check *);
bool check_atlas_vouches(const struct check *, const char *source);

/* Was each source heard of within so many milliseconds? silence.c */
void check_silence(struct check *, int64_t most_ms);

/* ---- through the front door ------------------------------------------ */

/* A source that nobody has: what is asked of it shows that a log is the right
 * one. */
#define CHECK_NOBODY "alertspool-check-nobody"

/* Words that must not turn up in a log. */
struct check_canary {
	char token[41];
	char signature[29];
};

int check_canary_make(struct check_canary *, struct error *);

/* The body that is sent with it, a JSON text of so many bytes and a NUL that no
 * other delivery has. */
#define CHECK_CANARY_BODY (sizeof("\"alertspool check \"") + 40)
void check_canary_body(const struct check_canary *,
    char body[static CHECK_CANARY_BODY]);

/* Remove from bad/ what checks sent over an hour ago and were killed: canary.c */
void check_canary_sweep(struct check *);

/* Ask at this URL, which is that of the bare script path: url.c */
void check_url(struct check *, const char *url, const struct check_canary *);

/* Logs are opened before root becomes somebody else, and read from where they
 * ended then: log.c */
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

/* ---- and behind the spool -------------------------------------------- */

/* Could "forward" publish there, with the options that it has in common with
 * check? nats.c. 0, or -1 with ERROR_USAGE. */
int check_nats(struct check *, const char *url, struct error *);

#endif
