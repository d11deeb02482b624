/* SPDX-License-Identifier: ISC */
/* state: a small JSON object, times in RFC 3339; malformed parts are ignored. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/atlas/state.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/json/read.h"
#include "lib/json/write.h"
#include "lib/record/name.h"

/* It inherits the setgid bit of the spool. */
#define DIRECTORY_MODE 0750
#define FILE_MODE 0640
#define SIZE_MAX_BYTES ((size_t)64 << 20)
#define DAY (24 * 60 * 60)
#define PATH_SIZE (sizeof(".json.new") + NAME_SOURCE_MAX + 1)

/* ---- the file --------------------------------------------------------------- */

static int
parse(struct state *s, const struct buf *text, struct error *error)
{
	struct error why = ERROR_INIT;

	s->root = json_read_strict(text->data, text->len, &why);
	s->damaged = s->root == NULL;
	if (s->root == NULL && why.kind == ERROR_IO)
		return error_take(error, &why);
	return 0;
}

int
state_read(struct state *s, int spool_root, const char *section,
    struct error *error)
{
	char path[sizeof(STATE_DIRECTORY "/") + PATH_SIZE];
	struct error why = ERROR_INIT;
	struct buf text = BUF_INIT;
	int rc = 0;

	*s = (struct state)STATE_INIT;
	snprintf(path, sizeof(path), STATE_DIRECTORY "/%s.json", section);
	if (file_read(spool_root, path, SIZE_MAX_BYTES, &text, NULL, &why) ==
	    0) {
		buf_adds(&text, ""); /* an empty file is damaged, too */
		rc = buf_check(&text, error);
		if (rc == 0)
			rc = parse(s, &text, error);
	} else if (why.kind == ERROR_INPUT) {
		s->damaged = true;
	} else if (why.kind != ERROR_NOT_FOUND) {
		rc = error_set(error, ERROR_IO, "%s", why.text);
	}
	buf_free(&text);
	if (rc == 0 && s->root == NULL && (s->root = json_object()) == NULL) {
		errno = ENOMEM;
		rc = error_sys(error, ERROR_IO, "%s", path);
	}
	return rc;
}

int
state_write(const struct state *s, int spool_root, const char *section,
    struct error *error)
{
	char name[PATH_SIZE], temporary[PATH_SIZE];
	struct buf text = BUF_INIT;
	int dir = -1, rc = -1;

	snprintf(name, sizeof(name), "%s.json", section);
	snprintf(temporary, sizeof(temporary), ".%s.json.new", section);
	json_write_value(&text, s->root);
	buf_addc(&text, '\n');
	if (buf_check(&text, error) == -1)
		goto out;
	if (mkdirat(spool_root, STATE_DIRECTORY, DIRECTORY_MODE) == -1 &&
	    errno != EEXIST) {
		error_sys(error, ERROR_CREATE, STATE_DIRECTORY);
		goto out;
	}
	dir = file_open_dir(spool_root, STATE_DIRECTORY, error);
	if (dir != -1)
		rc =
		    file_replace(dir, name, temporary, FILE_MODE, &text, error);
	if (rc == 0 && (fsync(dir) == -1 || fsync(spool_root) == -1))
		rc = error_sys(error, ERROR_IO, STATE_DIRECTORY);
out:
	if (dir != -1)
		close(dir);
	buf_free(&text);
	return rc;
}

void
state_free(struct state *s)
{
	json_decref(s->root);
	*s = (struct state)STATE_INIT;
}

/* ---- members ------------------------------------------------------------------ */

/* The object at projects.ID, or at projects.ID.KEY; NULL if there is none. */
static json_t *
find(const struct state *s, const char *project, const char *key)
{
	json_t *o =
	    json_object_get(json_object_get(s->root, "projects"), project);

	return key == NULL ? o : json_object_get(o, key);
}

/* The object of this member, created if missing; NULL without memory. */
static json_t *
make(json_t *parent, const char *key)
{
	json_t *o = json_object_get(parent, key);

	if (json_is_object(o))
		return o;
	o = json_object();
	if (o == NULL || json_object_set_new(parent, key, o) == -1)
		return NULL;
	return o;
}

static json_t *
make_project(struct state *s, const char *project)
{
	json_t *projects = make(s->root, "projects");

	return projects == NULL ? NULL : make(projects, project);
}

static time_t
time_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	struct timespec t;

	if (text == NULL || timestamp_parse(text, strlen(text), &t) == -1)
		return 0;
	return t.tv_sec;
}

static int
set_time(json_t *object, const char *key, time_t t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(text, (struct timespec){.tv_sec = t}, 0);
	return json_object_set_new(object, key, json_string(text));
}

static int
no_memory(struct error *error)
{
	errno = ENOMEM;
	return error_sys(error, ERROR_IO, STATE_DIRECTORY);
}

/* ---- questions ---------------------------------------------------------------- */

bool
state_succeeded(const struct state *s, const char *project, time_t *t)
{
	*t = time_of(find(s, project, NULL), "succeeded");
	return *t != 0;
}

bool
state_is_first(const struct state *s, const char *project)
{
	time_t t;

	return !state_succeeded(s, project, &t) &&
	    !json_is_true(find(s, project, "watched"));
}

int
state_watch(struct state *s, const char *project, struct error *error)
{
	json_t *o = make_project(s, project);

	if (o == NULL || json_object_set_new(o, "watched", json_true()) == -1)
		return no_memory(error);
	return 0;
}

int
state_succeed(struct state *s, const char *project, time_t now, size_t wrote,
    struct error *error)
{
	json_t *o = make_project(s, project);

	if (o == NULL || set_time(o, "succeeded", now) == -1 ||
	    json_object_set_new(o, "wrote", json_integer((json_int_t)wrote)) ==
		-1)
		return no_memory(error);
	return 0;
}

static size_t
number_of(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	return n > 0 ? (size_t)n : 0;
}

size_t
state_wrote(const struct state *s, const char *project)
{
	return number_of(find(s, project, "wrote"));
}

/* "2026-11-30" */
static void
spell_day(char day[static TIMESTAMP_SIZE], time_t t)
{
	timestamp_format(day, (struct timespec){.tv_sec = t}, 0);
	day[strcspn(day, "T")] = '\0';
}

/* Is this day, a key, before the week that ends now? */
static bool
is_past(const char *day, time_t now)
{
	char first[TIMESTAMP_SIZE];

	spell_day(first, now - (time_t)(STATE_WEEK - 1) * DAY);
	return strcmp(day, first) < 0;
}

int
state_fill(struct state *s, const char *project, time_t now,
    struct error *error)
{
	json_t *o = make_project(s, project);
	json_t *days = o == NULL ? NULL : make(o, "filled");
	char day[TIMESTAMP_SIZE];
	const char *key;
	json_t *value;
	void *next;

	if (days == NULL)
		return no_memory(error);
	json_object_foreach_safe(days, next, key, value) if (is_past(key, now))
	    json_object_del(days, key);
	spell_day(day, now);
	if (json_object_set_new(days, day,
		json_integer(1 +
		    (json_int_t)number_of(json_object_get(days, day)))) == -1)
		return no_memory(error);
	return 0;
}

size_t
state_filled(const struct state *s, const char *project, time_t now)
{
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach(find(s, project, "filled"), key,
	    value) if (!is_past(key, now)) n += number_of(value);
	return n;
}

time_t
state_asked(const struct state *s, const char *project, const char *id)
{
	return time_of(json_object_get(find(s, project, "asked"), id), "at");
}

time_t
state_told(const struct state *s, const char *project, const char *id)
{
	return time_of(json_object_get(find(s, project, "asked"), id), "told");
}

int
state_ask(struct state *s, const char *project, const char *id, time_t asked,
    time_t told, struct error *error)
{
	json_t *o = make_project(s, project);
	json_t *all = o == NULL ? NULL : make(o, "asked");
	json_t *alert = all == NULL ? NULL : make(all, id);

	if (alert == NULL || set_time(alert, "at", asked) == -1 ||
	    (told != 0 && set_time(alert, "told", told) == -1))
		return no_memory(error);
	return 0;
}

void
state_forget(struct state *s, const char *project, time_t since)
{
	json_t *all = find(s, project, "asked");
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(all, next, key,
	    value) if (time_of(value, "at") < since) json_object_del(all, key);
}
