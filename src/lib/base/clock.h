/* SPDX-License-Identifier: ISC */
/*
 * clock: time that only goes forward, for deadlines and durations.
 */
#ifndef ALERTSPOOL_BASE_CLOCK_H
#define ALERTSPOOL_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in microseconds, in milliseconds. */
int64_t clock_us(void);
int64_t clock_ms(void);

#endif
