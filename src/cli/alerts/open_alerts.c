/* SPDX-License-Identifier: ISC */
/* open_alerts: counts like "alertspool alerts", without its rows. */
#include "config.h"

#include "cli/alerts/fold.h"
#include "cli/alerts/open_alerts.h"
#include "cli/alerts/tally.h"
#include "lib/base/error.h"

#define OPEN "alertspool_open_alerts"
#define ACKNOWLEDGED "alertspool_acknowledged_alerts"

static int
count(struct tally *tally, const struct spool *spool, time_t now,
    struct error *error)
{
	const struct alert_index_wish wish = {
	    .states = ALERT_INDEX_IN(ALERT_INDEX_OPEN)};
	struct record_view view = RECORD_VIEW_INIT;
	struct alert_index index = ALERT_INDEX_INIT;
	struct error unread = ERROR_INIT; /* then the names decide */
	struct fold f;
	int rc = alert_index_read(&index, spool, &wish, error);

	for (size_t i = 0; rc == 0 && i < index.n; i++)
		if (index.fold[i].records > 0 &&
		    fold_read(&f, &index.fold[i], &view, spool, now, &unread) !=
			0)
			tally_add(tally, &f);
	record_view_free(&view);
	alert_index_free(&index);
	return rc;
}

int
open_alerts_prometheus(struct buf *out, const struct spool *spool, time_t now,
    struct error *error)
{
	struct tally tally = {.dead = 0};

	if (count(&tally, spool, now, error) == -1)
		return -1;
	buf_adds(out,
	    "# HELP " OPEN " Alerts that are open and not acknowledged.\n"
	    "# TYPE " OPEN " gauge\n");
	for (int i = 0; i < SEVERITY_RANKS; i++)
		buf_addf(out, OPEN "{severity=\"%s\"} %zu\n",
		    severity_rank_word((enum severity_rank)i), tally.open[i]);
	buf_addf(out,
	    "# HELP " ACKNOWLEDGED " Alerts that are acknowledged now.\n"
	    "# TYPE " ACKNOWLEDGED " gauge\n" ACKNOWLEDGED " %zu\n",
	    tally.state[FOLD_ACKNOWLEDGED]);
	return 0;
}
