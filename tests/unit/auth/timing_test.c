/* SPDX-License-Identifier: ISC */
/*
 * Does the comparison of signatures and of tokens take the same time wherever the first
 * wrong byte is? After dudect (Reparaz, Balasch, Verbauwhede: Dude, is my code constant
 * time?, 2017): two classes of input in random order, one time for each, and Welch's t of
 * both classes, for all times and for those below some percentiles, because interruptions
 * only add time. Below 4.5 no difference is shown. A comparison that returns at the first
 * difference must be detected, or the measurement is useless.
 *
 * Other processes use the processor, too, so a difference must be measured three times.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "lib/auth/auth.h"
#include "lib/base/digest.h"

#define LIMIT 4.5
#define SAMPLES 1000000
#define ATTEMPTS 3
#define BATCH 16 /* comparisons a sample: the clock is coarse */
#define CUTS 4

typedef bool compare(const void *, const void *, size_t);

struct sample {
	double time;
	bool second;
};

/* The comparison that leaks: it returns at the first difference. */
static bool __attribute__((noinline))
leaky(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *x = a, *y = b;

	for (size_t i = 0; i < n; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
by_time(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

/* Welch's t of the first n samples. */
static double
welch(const struct sample *samples, size_t n)
{
	double count[2] = {0, 0}, mean[2] = {0, 0}, square[2] = {0, 0};

	for (size_t i = 0; i < n; i++) {
		const bool c = samples[i].second;
		const double delta = samples[i].time - mean[c];

		count[c]++;
		mean[c] += delta / count[c];
		square[c] += delta * (samples[i].time - mean[c]);
	}
	if (count[0] < 2 || count[1] < 2)
		return 0;
	return (mean[0] - mean[1]) /
	    sqrt(square[0] / (count[0] - 1) / count[0] +
		square[1] / (count[1] - 1) / count[1] + 1e-12);
}

/* The largest |t| of all samples and of the fastest 50, 80 and 95 percent. */
static double
largest(struct sample *samples, size_t n)
{
	static const size_t percent[CUTS] = {50, 80, 95, 100};
	double worst = 0;

	qsort(samples, n, sizeof(*samples), by_time);
	for (size_t i = 0; i < CUTS; i++) {
		size_t upto = n * percent[i] / 100;
		double t;

		/* a cut between equal times would sort by class */
		while (upto < n && samples[upto].time == samples[upto - 1].time)
			upto++;
		t = fabs(welch(samples, upto));
		worst = t > worst ? t : worst;
	}
	return worst;
}

/* Two texts of size bytes, one wrong in the first byte, one in the last. Both are at the
 * same address when they are compared, and written by the same stores: the processor
 * delays a read that overlaps a store in part. */
static double
measure(compare *equal, size_t size, size_t n)
{
	unsigned char right[64] = {0}, sent[64];
	volatile unsigned char *bytes = sent;
	struct sample *samples = calloc(n, sizeof(*samples));
	uint32_t seed = 2463534242u;
	volatile bool sink = false;
	double t;

	assert_non_null(samples);
	for (size_t i = 0; i < n; i++) {
		double begin;

		seed ^= seed << 13;
		seed ^= seed >> 17;
		seed ^= seed << 5;
		samples[i].second = seed >> 16 & 1;
		for (size_t j = 0; j < size; j++)
			bytes[j] = j == (size - 1) * samples[i].second;
		begin = now();
		for (int k = 0; k < BATCH; k++)
			sink = equal(sent, right, size) || sink;
		samples[i].time = now() - begin;
	}
	assert_false(sink);
	t = largest(samples, n);
	free(samples);
	return t;
}

static void
no_difference(const char *what, size_t size)
{
	double t = 0;

	for (int i = 0; i < ATTEMPTS; i++) {
		t = measure(auth_equal, size, SAMPLES);
		print_message("# %s: |t| %.2f\n", what, t);
		if (t < LIMIT)
			return;
	}
	fail_msg("%s: |t| %.2f three times", what, t);
}

static void
signatures(void **state)
{
	(void)state;
	no_difference("signatures", AUTH_SIGNATURE_BYTES);
}

static void
tokens(void **state)
{
	(void)state;
	no_difference("digests of tokens", DIGEST_SIZE);
}

static void
the_leaky_twin(void **state)
{
	double t = measure(leaky, AUTH_SIGNATURE_BYTES, SAMPLES);

	(void)state;
	print_message("# the leaky twin: |t| %.2f\n", t);
	assert_true(t > LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signatures),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(the_leaky_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
