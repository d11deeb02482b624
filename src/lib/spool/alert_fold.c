/* SPDX-License-Identifier: ISC */
/* alert_fold: what the names of an alert's records tell about it. */
#include "config.h"

#include "lib/spool/alert_index.h"
#include "lib/spool/record_key.h"

static enum transition
newest_event(const struct alert_fold *f)
{
	struct name_view view = {.transition = TRANSITION_UNKNOWN};

	(void)name_parse(f->newest.name, &view); /* it was parsed before */
	return view.transition;
}

enum alert_index_state
alert_fold_state(const struct alert_fold *f)
{
	return alert_state_by(f->decider, newest_event(f));
}

bool
alert_fold_decided(const struct alert_fold *f, time_t *time)
{
	return f->decider != RECORD_KEY_NONE &&
	    alert_is_decisive(record_key_event(f->decider)) &&
	    record_key_time(f->decider, time);
}

void
alert_fold_end(struct alert_fold *f)
{
	f->said_ended = true;
}
