/* SPDX-License-Identifier: ISC */
/*
 * move: the alert's lock is taken first, without waiting: its holder works on the alert
 * at this moment (75). The state found under the record's lock decides, not the state
 * when the ID was resolved (66).
 *
 * The history is written after the move, but before a release with a delay, because only
 * with a history does a future mtime in new mean "not before".
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/operands.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "lib/spool/queue.h"

int
move_open(struct mover *m, struct cli *cli, const struct move *move,
    struct error *error)
{
	*m = (struct mover){
	    .cli = cli,
	    .move = move,
	    .reason = cli_value(cli, "reason"),
	    .dry = cli_value(cli, "dry-run") != NULL,
	};
	if (session_spool(cli, SPOOL_WRITE, &m->spool, error) == -1)
		return -1;
	m->routed = session_queue(cli) == NULL && cli->queues.n > 0 &&
	    cli_value(cli, "force") == NULL;
	clock_gettime(CLOCK_REALTIME, &m->mtime);
	owner_who(cli, m->who);
	return 0;
}

void
move_count(const struct spool *spool, enum metric metric, uint64_t n)
{
	struct metrics_delta delta = {0};
	int fd;

	if (n == 0)
		return;
	fd = metrics_open_add(spool_root(spool));
	delta.add[metric] = n;
	metrics_add(fd, spool_lock_file(spool), &delta);
	if (fd != -1)
		close(fd);
}

void
move_close(struct mover *m)
{
	if (m->spool == NULL)
		return;
	move_count(m->spool, m->move->metric, m->moved);
	spool_close(m->spool);
	m->spool = NULL;
}

void
move_tell(const struct mover *m, const char *name, enum spool_state from,
    const char *note)
{
	if (!m->dry)
		printf("%s\n", name);
	else
		printf("%s\t%s -> %s%s\n", name, spool_state_word(from),
		    spool_state_word(m->move->to), note);
}

static int
note_in_history(struct mover *m, const char *name, const char *what,
    struct error *error)
{
	const struct spool_event event = {
	    .who = m->who,
	    .what = what,
	    .why = m->reason,
	};

	return spool_note(m->spool, name, &event, error);
}

static int
move_locked(struct mover *m, const struct spool_entry *entry,
    struct error *error)
{
	const struct spool_move move = {
	    .from = entry->state,
	    .to = m->move->to,
	    .mtime = m->mtime,
	};

	if (entry->state == SPOOL_BAD && m->from_bad != NULL)
		return m->from_bad(m, entry, error);
	if (m->dry) {
		move_tell(m, entry->name, entry->state, "");
		return 0;
	}
	if (m->deferred &&
	    note_in_history(m, entry->name, m->move->what, error) == -1)
		return -1;
	if (spool_move(m->spool, entry->name, &move, error) == -1)
		return -1;
	m->moved++;
	move_tell(m, entry->name, entry->state, "");
	return m->deferred
	    ? 0
	    : note_in_history(m, entry->name, m->move->what, error);
}

/* "new, cur or bad" */
static void
spell_states(unsigned int states, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < SPOOL_STATES && used < size; i++) {
		if ((states & SPOOL_IN(i)) == 0)
			continue;
		states &= ~SPOOL_IN(i);
		used += (size_t)snprintf(out + used, size - used, "%s%s",
		    used == 0	      ? ""
			: states == 0 ? " or "
				      : ", ",
		    spool_state_word((enum spool_state)i));
	}
}

/* It is in the right state already, but deferred: make it due now, and note that. Its
 * time is judged under the alert's lock. */
static int
make_due(struct mover *m, const struct spool_entry *entry, struct error *error)
{
	struct timespec now, mtime;
	struct spool_move move = {
	    .from = SPOOL_NEW,
	    .to = SPOOL_NEW,
	    .mtime = m->mtime,
	    .expect = &mtime,
	};
	enum queue_status status;

	clock_gettime(CLOCK_REALTIME, &now);
	if (queue_judge(m->spool, entry, now, &status, &mtime, error) == -1)
		return -1;
	if (status != QUEUE_DEFERRED || m->dry) {
		move_tell(m, entry->name, entry->state,
		    status == QUEUE_DEFERRED ? " (due now)"
					     : " (is there already)");
		return 0;
	}
	if (spool_move(m->spool, entry->name, &move, error) == -1)
		return -1;
	move_tell(m, entry->name, entry->state, "");
	return note_in_history(m, entry->name, "release", error);
}

static int
move_with_alert(struct mover *m, const struct spool_entry *entry,
    int (*work)(struct mover *, const struct spool_entry *, struct error *),
    struct error *error)
{
	int rc;

	if (spool_lock_alert(m->spool, entry->name, error) == -1) {
		cli_advise(m->cli, "try again when it is done");
		return -1;
	}
	rc = work(m, entry, error);
	spool_unlock_alert(m->spool, entry->name);
	return rc;
}

/* If there are queues, route processes the spool, and records are worked on in the
 * queues. */
static int
refuse_unrouted(struct mover *m, const struct spool_entry *entry,
    struct error *error)
{
	const char *verb = m->move->what;

	if (m->move->to == SPOOL_NEW &&
	    (entry->state == SPOOL_DONE || entry->state == SPOOL_DEAD)) {
		error_set(error, ERROR_NOT_FOUND,
		    "%s is in %s/; if there are queues, %s of the spool takes "
		    "only records in bad",
		    entry->name, spool_state_word(entry->state), verb);
		return cli_advise(m->cli,
		    "\"alertspool %s -q QUEUE ID\" brings a queue's record "
		    "back, \"alertspool route --to QUEUE ID\" copies it to a "
		    "queue",
		    verb);
	}
	if (m->move->to == SPOOL_NEW || entry->state == SPOOL_BAD)
		return 0;
	error_set(error, ERROR_SETTINGS,
	    "%s: \"alertspool route\" has not copied it to the queues yet, and "
	    "none would get it",
	    entry->name);
	return cli_advise(m->cli,
	    "\"alertspool %s -q QUEUE ID\" is for records of a queue; --force "
	    "moves it anyway",
	    verb);
}

int
move_one(void *mover, const struct spool_entry *entry, struct error *error)
{
	struct mover *m = mover;
	char states[64];

	if (entry->state == SPOOL_NEW && m->move->to == SPOOL_NEW &&
	    !m->deferred)
		return move_with_alert(m, entry, make_due, error);
	if (entry->state == m->move->to) {
		move_tell(m, entry->name, entry->state, " (is there already)");
		return 0;
	}
	if (m->routed && refuse_unrouted(m, entry, error) == -1)
		return -1;
	if ((SPOOL_IN(entry->state) & m->move->from) == 0) {
		spell_states(m->move->from, states, sizeof(states));
		return error_set(error, ERROR_NOT_FOUND,
		    "%s is in %s/; %s takes records in %s", entry->name,
		    spool_state_word(entry->state), m->move->what, states);
	}
	return move_with_alert(m, entry, move_locked, error);
}

int
move_run(struct cli *cli, const struct move *move, struct error *error)
{
	struct mover m;
	int rc;

	if (move_open(&m, cli, move, error) == -1)
		return -1;
	rc = operands_each(cli, m.spool, move_one, &m);
	move_close(&m);
	return rc;
}
