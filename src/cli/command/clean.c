/* SPDX-License-Identifier: ISC */
/* alertspool clean: throw away by age, and fix what the dead left behind. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/alerts/fold.h"
#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/queue.h"

#define TEMPORARY_HOURS 36
#define DAY (24 * 60 * 60)

static const struct cli_option clean_options[] = {
    {"dry-run", 'n', NULL, "print what would be thrown away or moved"},
    {NULL, 0, NULL, NULL},
};

struct clean {
	struct spool *spool;
	bool dry;
	struct timespec now;
	char who[OWNER_WHO_SIZE];
	uint64_t thrown;
	struct alert_index index; /* of done/, dead/, new/ and cur/ */
	struct record_view view;
	bool later; /* there is work for a second round, */
	bool last;  /* and this is it: what alerts ended by */
};

static void
print_phrase(const char *phrase)
{
	puts(phrase);
}

/* Gone or touched meanwhile: no longer ours to throw away. */
static int
unless_gone(const struct error *why, struct error *error)
{
	if (why->kind == ERROR_NOT_FOUND || why->kind == ERROR_BUSY)
		return 0;
	return error_set(error, why->kind, "%s", why->text);
}

static int
throw_away(struct clean *c, const struct spool_entry *entry,
    const struct timespec *mtime, struct error *error)
{
	struct error why = ERROR_INIT;

	if (!c->dry &&
	    spool_remove(c->spool, entry->state, entry->name, mtime, &why) ==
		-1)
		return unless_gone(&why, error);
	printf("%s\tin %s for %lld days\n", entry->name,
	    spool_state_word(entry->state),
	    (long long)(c->now.tv_sec - mtime->tv_sec) / DAY);
	c->thrown++;
	if (entry->state != SPOOL_BAD)
		alert_index_forget(&c->index, entry->name);
	return 0;
}

/* Does the newest record of an alert that is open by its names say that the alert has
 * ended? One that cannot be read does not. */
static bool
says_ended(struct clean *c, const struct spool_entry *entry)
{
	struct error why = ERROR_INIT;

	return record_view_read(&c->view, c->spool, entry, &why) == 0 &&
	    fold_says_ended(&c->view);
}

/* What an open alert is open by stays. What ended one goes in the second round, when no
 * other record of it is left that could open it again. The record is due. */
static bool
may_go(struct clean *c, const struct spool_entry *entry,
    enum alert_index_rule rule)
{
	if (rule == ALERT_INDEX_FREE)
		return true;
	if (!c->last) {
		c->later = true;
		return false;
	}
	return !alert_index_has_others(&c->index, entry->name) &&
	    (rule == ALERT_INDEX_LAST || says_ended(c, entry));
}

/* The rule of a record, which is asked before its age: FREE in the first round alone. */
static enum alert_index_rule
rule_of(const struct clean *c, const struct spool_entry *entry)
{
	enum alert_index_rule rule = entry->state == SPOOL_BAD
	    ? ALERT_INDEX_FREE
	    : alert_index_judge(&c->index, entry->name);

	return c->last && rule == ALERT_INDEX_FREE ? ALERT_INDEX_KEPT : rule;
}

/* A lease that ran out: back to new, unless somebody works on the alert. */
static int
give_back(struct clean *c, const struct spool_entry *entry,
    const struct timespec *mtime, struct error *error)
{
	const struct spool_move move = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_NEW,
	    .mtime = c->now,
	    .expect = mtime,
	};
	const struct spool_event event = {
	    .who = c->who,
	    .what = "release",
	    .why = "its lease ran out",
	};
	struct error why = ERROR_INIT;
	int rc;

	if (spool_lock_alert(c->spool, entry->name, &why) == -1)
		return unless_gone(&why, error);
	rc = c->dry ? 0 : spool_move(c->spool, entry->name, &move, &why);
	if (rc == 0 && !c->dry)
		rc = spool_note(c->spool, entry->name, &event, &why);
	spool_unlock_alert(c->spool, entry->name);
	if (rc == -1)
		return unless_gone(&why, error);
	printf("%s\tback to new: its lease ran out\n", entry->name);
	return 0;
}

static int
visit(struct clean *c, const struct spool_entry *entry, int64_t retain_ms,
    struct error *error)
{
	enum alert_index_rule rule;
	enum queue_status status;
	struct timespec mtime;
	struct stat st;
	int rc;

	if (entry->state == SPOOL_CUR) {
		rc = queue_judge(c->spool, entry, c->now, &status, &mtime,
		    error);
		if (rc == -1 || status != QUEUE_DUE)
			return rc;
		return give_back(c, entry, &mtime, error);
	}
	rule = rule_of(c, entry);
	if (rule == ALERT_INDEX_KEPT)
		return 0;
	rc = spool_stat(c->spool, entry->state, entry->name, &st, error);
	if (rc != 1)
		return rc;
	if (st.st_mtim.tv_sec >= c->now.tv_sec - (time_t)(retain_ms / 1000) ||
	    !may_go(c, entry, rule))
		return 0;
	return throw_away(c, entry, &st.st_mtim, error);
}

/* One record after the other, in name order: small steps, bounded memory. */
static int
clean_state(struct clean *c, enum spool_state state, int64_t retain_ms,
    struct error *error)
{
	struct spool_scan *scan;
	struct spool_entry entry;
	int rc;

	if (retain_ms == 0 && state != SPOOL_CUR)
		return 0; /* kept for ever */
	if (spool_scan_open(&scan, c->spool, SPOOL_IN(state), SPOOL_ASCENDING,
		error) == -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1)
		if (visit(c, &entry, retain_ms, error) == -1) {
			rc = -1;
			break;
		}
	spool_scan_close(scan);
	return rc;
}

/* Of what the names alone cannot tell, read the newest records. */
static int
read_alerts(struct clean *c, struct error *error)
{
	const struct alert_index_wish wish = {.clean = true};
	struct fold fold;

	if (alert_index_read(&c->index, c->spool, &wish, error) == -1)
		return -1;
	for (size_t i = 0; i < c->index.n; i++) {
		struct alert_fold *names = &c->index.fold[i];
		struct error why = ERROR_INIT;

		if (names->records > 0 &&
		    fold_read(&fold, names, &c->view, c->spool, c->now.tv_sec,
			&why) == 1 &&
		    fold_says_ended(&c->view))
			alert_fold_end(names);
	}
	return 0;
}

static int
clean_round(struct clean *c, const struct settings *settings,
    struct error *error)
{
	if (clean_state(c, SPOOL_DONE, settings->retain_done, error) == -1)
		return -1;
	return clean_state(c, SPOOL_DEAD, settings->retain_dead, error);
}

static int
clean_alerts(struct clean *c, const struct settings *settings,
    struct error *error)
{
	if (settings->retain_done == 0 && settings->retain_dead == 0)
		return 0;
	if (read_alerts(c, error) == -1 ||
	    clean_round(c, settings, error) == -1)
		return -1;
	c->last = true;
	if (c->later && clean_round(c, settings, error) == -1)
		return -1;
	c->last = false; /* for bad/ */
	return 0;
}

static int
clean_all(struct clean *c, const struct settings *settings, struct error *error)
{
	struct timespec before = c->now;

	before.tv_sec -= TEMPORARY_HOURS * 60 * 60;
	if (clean_state(c, SPOOL_CUR, 0, error) == -1 ||
	    clean_alerts(c, settings, error) == -1 ||
	    clean_state(c, SPOOL_BAD, settings->retain_bad, error) == -1 ||
	    spool_clean_temporaries(c->spool, before, c->dry, print_phrase,
		error) == -1)
		return -1;
	return spool_clean_histories(c->spool, c->dry, print_phrase, error);
}

static int
clean_run(struct cli *cli, struct error *error)
{
	struct clean c = {
	    .dry = cli_value(cli, "dry-run") != NULL,
	    .index = ALERT_INDEX_INIT,
	    .view = RECORD_VIEW_INIT,
	};
	int rc;

	if (session_spool(cli, SPOOL_WRITE, &c.spool, error) == -1)
		return -1;
	clock_gettime(CLOCK_REALTIME, &c.now);
	owner_who(cli, c.who);
	rc = clean_all(&c, &cli->settings, error);
	if (!c.dry)
		move_count(c.spool, METRIC_CLEANED, c.thrown);
	alert_index_free(&c.index);
	record_view_free(&c.view);
	spool_close(c.spool);
	return rc;
}

const struct command command_clean = {
    .name = "clean",
    .arguments = "",
    .summary = "throw away old records, return leases that ran out",
    .details =
	"Removes records that are in done/, dead/ and bad/ for longer than\n"
	"retain_done, retain_dead and retain_bad, but not the newest record "
	"of\n"
	"an alert that is open or acknowledged, and the close or cancel that\n"
	"ended one only when no other record of it is left; moves records "
	"whose lease\n"
	"ran out from cur/ back to new/; removes dot-names older than 36 "
	"hours,\n"
	"which writers left that died, and histories of records that are "
	"gone.\n"
	"Prints each, a line. Run it daily.\n",
    .options = clean_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = clean_run,
};
