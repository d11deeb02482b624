/* SPDX-License-Identifier: ISC */
/* claim: alertspool claim takes the next records, for a consumer written in sh. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "lib/base/quantity.h"
#include "lib/spool/queue.h"

#define LEASE_DEFAULT_MS (5 * 60 * 1000)
#define CHUNK 1024 /* taken at once: the most that a kill leaves claimed */
#define COUNT_MAX 1000000

static const struct cli_option claim_options[] = {
    {"number", 'n', "N", "take at most this many; 1 if absent"},
    {"lease", 'l', "TIME", "how long they are yours: 1s to 24h; 5m if absent"},
    {"dry-run", 0, NULL, "print what would be taken, and take nothing"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

struct claim {
	struct spool *spool;
	struct queue *queue;
	struct queue_item *items;
	int64_t lease_ms;
	long left;
	uint64_t claimed;
	bool dry;
	char who[OWNER_WHO_SIZE];
};

static int
parse_lease(const struct cli *cli, int64_t *ms, struct error *error)
{
	const char *lease = cli_value(cli, "lease");

	*ms = LEASE_DEFAULT_MS;
	if (lease == NULL)
		return 0;
	if (quantity_duration(lease, ms) == -1 || *ms < 1000 ||
	    *ms > (int64_t)QUEUE_AHEAD_MAX * 1000)
		return error_set(error, ERROR_USAGE,
		    "--lease needs a time like 90s or 5m, from 1s to 24h");
	return 0;
}

/* Move one record to cur (or renew an expired lease). A record that a process without
 * locks has taken meanwhile is skipped. */
static int
claim_item(struct claim *c, const struct queue_item *item, struct error *error)
{
	const struct spool_event event = {.who = c->who, .what = "claim"};
	struct spool_move move = {
	    .from = item->entry.state,
	    .to = SPOOL_CUR,
	    .expect = &item->mtime,
	};
	struct error why = ERROR_INIT;

	if (c->dry) {
		printf("%s\t%s -> cur\n", item->entry.name,
		    spool_state_word(item->entry.state));
		c->left--;
		return 0;
	}
	clock_gettime(CLOCK_REALTIME, &move.mtime);
	move.mtime.tv_sec += (time_t)(c->lease_ms / 1000);
	if (spool_move(c->spool, item->entry.name, &move, &why) == -1) {
		if (why.kind == ERROR_NOT_FOUND)
			return 0;
		return error_take(error, &why);
	}
	c->claimed++;
	c->left--;
	printf("%s\n", item->entry.name);
	return spool_note(c->spool, item->entry.name, &event, error);
}

/* Take a chunk; records that a dry run leaves in place stay held, so that the next chunk
 * has others: 1 if there may be more, 0 at the end, -1. */
static int
claim_chunk(struct claim *c, struct error *error)
{
	size_t want = c->left < CHUNK ? (size_t)c->left : CHUNK, n;
	const struct queue_wish wish = {.least = want, .most = want};
	struct queue_rest rest;
	struct timespec now;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	if (queue_take(c->queue, now, &wish, c->items, &n, &rest, error) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			rc = claim_item(c, &c->items[i], error);
		if (!c->dry)
			queue_free(c->queue, c->items[i].entry.name);
	}
	if (rc == -1)
		return -1;
	return n > 0 && c->left > 0;
}

static int
claim_run(struct cli *cli, struct error *error)
{
	struct claim c = {.left = 1};
	int rc = -1;

	if (cli_number(cli, "number", 1, COUNT_MAX, 1, &c.left, error) == -1 ||
	    parse_lease(cli, &c.lease_ms, error) == -1 ||
	    (session_queue(cli) == NULL &&
		session_unrouted(cli, "claim", error) == -1) ||
	    session_spool(cli, SPOOL_WRITE, &c.spool, error) == -1)
		return -1;
	if (spool_take_role(c.spool, SPOOL_EMPTIES, error) == -1)
		goto out;
	owner_who(cli, c.who);
	c.dry = cli_value(cli, "dry-run") != NULL;
	c.items = calloc(CHUNK, sizeof(*c.items));
	if (c.items == NULL) {
		error_sys(error, ERROR_IO, "claim");
		goto out;
	}
	if (queue_open(&c.queue, c.spool, error) == -1)
		goto out;
	do {
		rc = claim_chunk(&c, error);
	} while (rc == 1);
	move_count(c.spool, METRIC_CLAIMED, c.claimed);
out:
	queue_close(c.queue);
	free(c.items);
	spool_close(c.spool);
	return rc;
}

const struct command command_claim = {
    .name = "claim",
    .arguments = "",
    .summary = "take the next records: from new/ into cur/",
    .details =
	"Takes the first record of each alert that no other process works\n"
	"on, in order, and prints the IDs, or nothing. A record can be\n"
	"taken when it is in new/ and due, or in cur/ with an expired\n"
	"lease. It is yours until the lease ends; then others may take it.\n"
	"Later records of its alert wait until it is acked or buried.\n",
    .options = claim_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = claim_run,
};
