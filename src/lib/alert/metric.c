/* SPDX-License-Identifier: ISC */
/*
 * metric: converts units. The sender spells units in capitals in currentValue and in
 * short words in the schema of HostMetricValue; the table has both. A factor below one is
 * a division, so that 5 msec is exactly the double nearest to 0.005. Whether a kilobyte
 * is 1000 or 1024 bytes is not documented: MongoDB's own tools use 1024, and so do we,
 * for bits too.
 */
#include "config.h"

#include <fnmatch.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lib/alert/metric.h"

#define KIB 1024.0
#define MIB (1024.0 * KIB)
#define GIB (1024.0 * MIB)
#define TIB (1024.0 * GIB)
#define PIB (1024.0 * TIB)

struct unit {
	const char *word;
	const char *canonical; /* NULL: known, but without a counterpart */
	double times, by;      /* value * times / by */
};

static const struct unit units[] = {
    {"BITS", "bytes", 1, 8},
    {"KILOBITS", "bytes", KIB, 8},
    {"MEGABITS", "bytes", MIB, 8},
    {"GIGABITS", "bytes", GIB, 8},
    {"BYTES", "bytes", 1, 1},
    {"KILOBYTES", "bytes", KIB, 1},
    {"MEGABYTES", "bytes", MIB, 1},
    {"GIGABYTES", "bytes", GIB, 1},
    {"TERABYTES", "bytes", TIB, 1},
    {"PETABYTES", "bytes", PIB, 1},
    {"NANOSECONDS", "seconds", 1, 1e9},
    {"MILLISECONDS", "seconds", 1, 1e3},
    {"SECONDS", "seconds", 1, 1},
    {"MINUTES", "seconds", 60, 1},
    {"MILLION_MINUTES", "seconds", 60e6, 1},
    {"HOURS", "seconds", 3600, 1},
    {"DAYS", "seconds", 86400, 1},
    {"COUNT", "count", 1, 1},
    {"THOUSAND", "count", 1e3, 1},
    {"MILLION", "count", 1e6, 1},
    {"BILLION", "count", 1e9, 1},
    {"RAW", "count", 1, 1}, /* or percent: see below */
    {"RPU", "read-units", 1, 1},
    {"THOUSAND_RPU", "read-units", 1e3, 1},
    {"MILLION_RPU", "read-units", 1e6, 1},
    {"WPU", "write-units", 1, 1},
    {"THOUSAND_WPU", "write-units", 1e3, 1},
    {"MILLION_WPU", "write-units", 1e6, 1},

    {"bits", "bytes", 1, 8},
    {"Kbits", "bytes", KIB, 8},
    {"Mbits", "bytes", MIB, 8},
    {"Gbits", "bytes", GIB, 8},
    {"bytes", "bytes", 1, 1},
    {"KB", "bytes", KIB, 1},
    {"MB", "bytes", MIB, 1},
    {"GB", "bytes", GIB, 1},
    {"TB", "bytes", TIB, 1},
    {"PB", "bytes", PIB, 1},
    {"nsec", "seconds", 1, 1e9},
    {"msec", "seconds", 1, 1e3},
    {"sec", "seconds", 1, 1},
    {"min", "seconds", 60, 1},
    {"million minutes", "seconds", 60e6, 1},
    {"hours", "seconds", 3600, 1},
    {"days", "seconds", 86400, 1},
    {"requests", "requests", 1, 1},
    {"1000 requests", "requests", 1e3, 1},
    {"tokens", "tokens", 1, 1},
    {"million tokens", "tokens", 1e6, 1},
    {"pixels", "pixels", 1, 1},
    {"billion pixels", "pixels", 1e9, 1},
    {"GB seconds", NULL, 1, 1},
    {"GB hours", NULL, 1, 1},
    {"GB days", NULL, 1, 1},
    {"thousand RPU", "read-units", 1e3, 1},
    {"million RPU", "read-units", 1e6, 1},
    {"thousand WPU", "write-units", 1e3, 1},
    {"million WPU", "write-units", 1e6, 1},
    {"count", "count", 1, 1},
    {"thousand", "count", 1e3, 1},
    {"million", "count", 1e6, 1},
    {"billion", "count", 1e9, 1},
};

/* RAW is a count, a rate or a percentage; only the metric's name tells which. */
static const char *const percent[] = {
    "*_PERCENT*",
    "DISK_PARTITION_SPACE_USED_*",
    "MAX_DISK_PARTITION_SPACE_USED_*",
    "DISK_PARTITION_UTILIZATION_*",
    "MAX_DISK_PARTITION_UTILIZATION_*",
    "NORMALIZED_*CPU*",
    "MAX_NORMALIZED_*CPU*",
    "MUNIN_CPU_*",
    "FTS_PROCESS_CPU_*",
};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static bool
is_percent(const char *metric)
{
	for (size_t i = 0; i < LENGTH(percent); i++)
		if (fnmatch(percent[i], metric, 0) == 0)
			return true;
	return false;
}

const struct unit *
alert_unit(const char *word)
{
	for (size_t i = 0; i < LENGTH(units); i++)
		if (strcmp(units[i].word, word) == 0)
			return &units[i];
	return NULL;
}

bool
alert_metric_convert(const char *metric, const struct unit *unit, double *value,
    const char **canonical)
{
	const double times = unit->times, by = unit->by;
	/* One factor, which is exact: the product with times alone may overflow even if
	 * the result does not. */
	double v = times >= by ? *value * (times / by) : *value / (by / times);

	if (unit->canonical == NULL || !isfinite(v))
		return false;
	*value = v;
	*canonical = unit->canonical;
	if (strcmp(unit->word, "RAW") == 0 && metric != NULL &&
	    is_percent(metric))
		*canonical = "percent";
	return true;
}
