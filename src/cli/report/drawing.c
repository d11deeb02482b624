/* SPDX-License-Identifier: ISC */
/* drawing: positions are whole numbers, which no locale can format wrongly. */
#include "config.h"

#include "cli/report/drawing.h"
#include "lib/base/buf.h"

int
drawing_place(const struct material *m, time_t t)
{
	return (int)((int64_t)(t - m->first) * DRAWING_WIDTH /
	    ((int64_t)m->days * DELIVERIES_DAY));
}

void
drawing_percent(struct buf *out, const char *attribute, int hundredths)
{
	buf_addf(out, " %s=\"%d.%02d%%\"", attribute, hundredths / 100,
	    hundredths % 100);
}

void
drawing_begin(struct buf *out, int height, const char *class)
{
	buf_addf(out, "<svg role=\"img\" class=\"%s\" height=\"%d\" ", class,
	    height);
}
