/* SPDX-License-Identifier: ISC */
/*
 * cleaner: two rounds. Records that keep an alert open stay; the one that ended an alert
 * goes in the second round, when no other record of it is left.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/alerts/cleaner.h"
#include "cli/alerts/fold.h"
#include "lib/base/error.h"
#include "lib/base/number_set.h"
#include "lib/spool/alert_index.h"
#include "lib/spool/queue.h"

#define TEMPORARY_HOURS 36
#define DAY (24 * 60 * 60)

struct clean {
	struct spool *spool;
	const struct cleaner_rules *rules;
	struct timespec now;
	uint64_t thrown;
	struct alert_index index; /* of done/, dead/, new/ and cur/ */
	struct record_view view;
	bool later; /* there is work for a second round, */
	bool last;  /* and this is it: records that ended alerts */
};

static void
print_phrase(const char *phrase)
{
	puts(phrase);
}

/* Gone or touched meanwhile: not ours to delete any more. */
static int
unless_gone(const struct error *why, struct error *error)
{
	if (why->kind == ERROR_NOT_FOUND || why->kind == ERROR_BUSY)
		return 0;
	return error_take(error, why);
}

static int
throw_away(struct clean *c, const struct spool_entry *entry,
    const struct timespec *mtime, struct error *error)
{
	struct error why = ERROR_INIT;

	if (!c->rules->dry &&
	    spool_remove(c->spool, entry->state, entry->name, mtime, &why) ==
		-1)
		return unless_gone(&why, error);
	printf("%s\tin %s%s%s%s for %lld days\n", entry->name,
	    c->rules->queue != NULL ? SPOOL_QUEUES "/" : "",
	    c->rules->queue != NULL ? c->rules->queue : "",
	    c->rules->queue != NULL ? "/" : "", spool_state_word(entry->state),
	    (long long)(c->now.tv_sec - mtime->tv_sec) / DAY);
	c->thrown++;
	if (entry->state != SPOOL_BAD)
		alert_index_forget(&c->index, entry->name);
	return 0;
}

/* Does the newest record of an alert that is open by its names end it? One that cannot be
 * read does not. */
static bool
says_ended(struct clean *c, const struct spool_entry *entry)
{
	struct error why = ERROR_INIT;

	return record_view_read(&c->view, c->spool, entry, &why) == 0 &&
	    fold_says_ended(&c->view);
}

/* Records that keep an alert open stay. The one that ended it goes in the second round,
 * when no other record of it is left that could open it again. The record is old enough. */
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

/* The rule for a record, checked before its age: FREE only in the first round. */
static enum alert_index_rule
rule_of(const struct clean *c, const struct spool_entry *entry)
{
	enum alert_index_rule rule = entry->state == SPOOL_BAD
	    ? ALERT_INDEX_FREE
	    : alert_index_judge(&c->index, entry->name);

	return c->last && rule == ALERT_INDEX_FREE ? ALERT_INDEX_KEPT : rule;
}

/* The spool will give the queue more records of this alert. */
static bool
is_kept(const struct clean *c, const struct spool_entry *entry)
{
	return c->rules->keep != NULL && c->rules->keep->n > 0 &&
	    number_set_has(c->rules->keep, spool_alert_byte(entry->name));
}

/* An expired lease: back to new, unless another process works on the alert. */
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
	    .who = c->rules->who,
	    .what = "release",
	    .why = "its lease expired",
	};
	struct error why = ERROR_INIT;
	int rc;

	if (spool_lock_alert(c->spool, entry->name, &why) == -1)
		return unless_gone(&why, error);
	rc = c->rules->dry ? 0 : spool_move(c->spool, entry->name, &move, &why);
	if (rc == 0 && !c->rules->dry)
		rc = spool_note(c->spool, entry->name, &event, &why);
	spool_unlock_alert(c->spool, entry->name);
	if (rc == -1)
		return unless_gone(&why, error);
	printf("%s\tback to new: its lease expired\n", entry->name);
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
	if (rule == ALERT_INDEX_KEPT || is_kept(c, entry))
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
		return 0; /* kept without limit */
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

/* Read the newest records where names are not enough. */
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
clean_round(struct clean *c, struct error *error)
{
	if (clean_state(c, SPOOL_DONE, c->rules->retain_done, error) == -1)
		return -1;
	return clean_state(c, SPOOL_DEAD, c->rules->retain_dead, error);
}

static int
flush_state(const struct spool *spool, enum spool_state state,
    struct error *error)
{
	if (fsync(spool_dir(spool, state)) == 0)
		return 0;
	return error_sys(error, ERROR_IO, "fsync of %s/",
	    spool_state_word(state));
}

/* The records that ended alerts go when the others are gone for good: a power cut that
 * brought back an open without its close would open the alert again. */
static int
flush_round(const struct clean *c, struct error *error)
{
	if (flush_state(c->spool, SPOOL_DONE, error) == -1)
		return -1;
	return flush_state(c->spool, SPOOL_DEAD, error);
}

static int
clean_alerts(struct clean *c, struct error *error)
{
	if (c->rules->retain_done == 0 && c->rules->retain_dead == 0)
		return 0;
	if (read_alerts(c, error) == -1 || clean_round(c, error) == -1)
		return -1;
	c->last = true;
	if (c->later &&
	    (flush_round(c, error) == -1 || clean_round(c, error) == -1))
		return -1;
	c->last = false; /* for bad/ */
	return 0;
}

static int
clean_all(struct clean *c, struct error *error)
{
	struct timespec before = c->now;

	before.tv_sec -= TEMPORARY_HOURS * 60 * 60;
	if (clean_state(c, SPOOL_CUR, 0, error) == -1 ||
	    clean_alerts(c, error) == -1 ||
	    clean_state(c, SPOOL_BAD, c->rules->retain_bad, error) == -1 ||
	    spool_clean_temporaries(c->spool, before, c->rules->dry,
		print_phrase, error) == -1)
		return -1;
	return spool_clean_histories(c->spool, c->rules->dry, print_phrase,
	    error);
}

int
cleaner_run(struct spool *spool, const struct cleaner_rules *rules,
    uint64_t *thrown, struct error *error)
{
	struct clean c = {
	    .spool = spool,
	    .rules = rules,
	    .index = ALERT_INDEX_INIT,
	    .view = RECORD_VIEW_INIT,
	};
	int rc;

	clock_gettime(CLOCK_REALTIME, &c.now);
	rc = clean_all(&c, error);
	*thrown = c.thrown;
	alert_index_free(&c.index);
	record_view_free(&c.view);
	return rc;
}

static int
visit_waiting(void *set, const char *name, enum spool_state state)
{
	(void)state;
	if (!name_parse(name, NULL))
		return 0;
	return number_set_add(set, spool_alert_byte(name)) == -1 ? -1 : 0;
}

int
cleaner_waiting(const struct spool *spool, struct number_set *set,
    struct error *error)
{
	if (spool_walk(spool, SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR),
		visit_waiting, set, error) == -1)
		return error->kind != ERROR_NONE
		    ? -1
		    : error_sys(error, ERROR_IO, "the alerts that wait");
	if (flush_state(spool, SPOOL_NEW, error) == -1 ||
	    flush_state(spool, SPOOL_CUR, error) == -1)
		return -1;
	return flush_state(spool, SPOOL_DONE, error);
}
