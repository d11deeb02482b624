/* SPDX-License-Identifier: ISC */
/* Event types and categories, states, and the transition that follows from the header or
 * the body. */
#include "config.h"

#include "tests/unit/alert/alert_check.h"

/* ---- event types --------------------------------------------------------- */

static const char *const categories[] = {
    "billing",
    "cps-backup",
    "encryption",
    "fts-index",
    "group",
    "mongotune",
    "atlas-audit",
    "maintenance-window",
    "x509-user-auth",
    "online-archive",
    "serverless",
    "flex-metric",
    "user",
    "resource",
    "stream-processor",
    "auto-scaling",
    "data-protection",
    "resource-policy",
    "app-services",
    "cluster",
    "host",
    "host-metric",
    "replica-set",
    "agent",
    "backup",
};

/* The place of the category in the list above. */
static size_t
category_number(const char *category)
{
	for (size_t i = 0; i < LENGTH(categories); i++)
		if (strcmp(categories[i], category) == 0)
			return i;
	fail_msg("the category %s is not in the list of this test", category);
	return 0;
}

static void
every_event_type_has_its_category(void **state)
{
	bool seen[LENGTH(categories)] = {false};
	const char *type, *category, *other;
	struct alert a;

	(void)state;
	for (size_t n = 0; alert_event_type(n, &type, &category); n++) {
		parse_format(&a, "{\"eventTypeName\":\"%s\"}", type);
		assert_string_equal(a.category, category);
		expect_warnings(&a, BARE, type);
		expect_json(a.event_type, type);
		alert_free(&a);
		seen[category_number(category)] = true;
		for (size_t i = 0; i < n; i++) {
			assert_true(alert_event_type(i, &other, &category));
			assert_string_not_equal(type, other);
		}
	}
	for (size_t i = 0; i < LENGTH(categories); i++)
		if (!seen[i])
			fail_msg("no event type has the category %s",
			    categories[i]);
}

static const struct {
	const char *type, *category;
} listed[] = {
    {"CREDIT_CARD_ABOUT_TO_EXPIRE", "billing"},
    {"CPS_OPLOG_BEHIND", "cps-backup"},
    {"GCP_ENCRYPTION_KEY_INVALID", "encryption"},
    {"ENCRYPTION_AT_REST_CONFIG_NO_LONGER_VALID", "group"},
    {"FTS_INDEX_STALE", "fts-index"},
    {"WEBHOOK_TEMPLATE_RENDER_FAILED", "group"},
    {"MONGOTUNE_ALERT", "mongotune"},
    {"CLUSTER_BLOCK_WRITE", "atlas-audit"},
    {"MAINTENANCE_STARTED", "maintenance-window"},
    {"NDS_X509_USER_AUTHENTICATION_CUSTOMER_CA_EXPIRATION_CHECK",
	"x509-user-auth"},
    {"ONLINE_ARCHIVE_INSUFFICIENT_INDEXES_CHECK", "online-archive"},
    {"OUTSIDE_SERVERLESS_METRIC_THRESHOLD", "serverless"},
    {"OUTSIDE_FLEX_METRIC_THRESHOLD", "flex-metric"},
    {"JOINED_GROUP", "user"},
    {"CLUSTER_TAGS_MODIFIED", "resource"},
    {"STREAM_PROCESSOR_STATE_IS_FAILED", "stream-processor"},
    {"CLUSTER_AUTO_SHARDING_INITIATED", "auto-scaling"},
    {"CPS_DATA_PROTECTION_ENABLED", "data-protection"},
    {"RESOURCE_POLICY_VIOLATED", "resource-policy"},
    {"OUTSIDE_REALM_METRIC_THRESHOLD", "app-services"},
    {"CLUSTER_MONGOS_IS_MISSING", "cluster"},
    {"HOST_DOWN", "host"},
    {"PROFILER_CONFIGURED_TOO_WIDELY", "host"},
    {"OUTSIDE_METRIC_THRESHOLD", "host-metric"},
    {"NO_PRIMARY", "replica-set"},
    {"MONITORING_AGENT_DOWN", "agent"},
    {"RESYNC_REQUIRED", "backup"},
};

static const struct {
	const char *type, *type_name, *category;
} unlisted[] = {
    {"CPS_SOMETHING_NEW", "", "cps-backup"},
    {"CPS_DATA_PROTECTION_PAUSED", "", "data-protection"},
    {"FTS_NEW", "", "fts-index"},
    {"HOST_ON_FIRE", "", "host"},
    {"STREAM_PROCESSOR_SLOW", "", "stream-processor"},
    {"COMPUTE_AUTO_SCALE_X", "", "auto-scaling"},
    {"DISK_AUTO_SCALE_X", "", "auto-scaling"},
    {"PREDICTIVE_X", "", "auto-scaling"},
    {"NDS_X509_X", "", "x509-user-auth"},
    {"MAINTENANCE_X", "", "maintenance-window"},
    {"ONLINE_ARCHIVE_X", "", "online-archive"},
    {"RESOURCE_POLICY_X", "", "resource-policy"},
    {"MONGOTUNE_X", "", "mongotune"},
    {"PROJECT_TAGS_MODIFIED", "", "resource"},
    {"OCI_ENCRYPTION_KEY_INVALID", "", "encryption"},
    {"YEARLY_BILL_OVER_THRESHOLD", "", "billing"},
    {"PAID_INVOICE", "", "billing"},
    {"PROXY_AGENT_DOWN", "", "agent"},
    {"MONITORING_AGENT_VERSION_BEHIND", "", "agent"},
    {"MONITORING_AGENT_UP", "", "agent"},
    {"BACKUP_AGENT_CONF_CALL_FAILURE", "", "agent"},
    {"BACKUP_AGENT_VERSION_CURRENT", "AGENT", "agent"},
    {"NEW_AGENT", "", "agent"},
    {"BACKUP_STALLED", "", "backup"},
    {"BACKUP_STALLED", "AGENT", "agent"},
    {"BACKUP_STALLED", "nobody", "backup"},
    {"CREDIT_CARD_CURRENT", "", "billing"},
    {"CREDIT_CARD_ADDED", "", "billing"},
    {"CHARGE_SUCCEEDED", "", "billing"},
    {"CHARGE_FAILED", "", "billing"},
    {"OUTSIDE_SERVERLESS_X", "", "serverless"},
    {"OUTSIDE_FLEX_X", "", "flex-metric"},
    {"OUTSIDE_STREAM_PROCESSOR_X", "", "stream-processor"},
    {"OUTSIDE_REALM_X", "", "app-services"},
    {"OUTSIDE_SEARCH_THRESHOLD", "", "host-metric"},
    {"DISK_FULL", "", "unknown"},
    {"DISK_FULL", "AGENT", "agent"},
    {"DISK_FULL", "BACKUP", "backup"},
    {"DISK_FULL", "CLUSTER", "cluster"},
    {"USERS_AWAITING_APPROVAL", "GROUP", "group"},
    {"USERS_AWAITING_APPROVAL", "", "unknown"},
    {"REQUESTED_TO_JOIN_GROUP", "USER", "user"},
    {"REMOVED_FROM_TEAM", "USER", "user"},
    {"DISK_FULL", "HOST", "host"},
    {"DISK_FULL", "HOST_METRIC", "host-metric"},
    {"DISK_FULL", "REPLICA_SET", "replica-set"},
    {"DISK_FULL", "host", "unknown"},
    {"HOST_ON_FIRE", "AGENT", "host"},
    {"host_down", "", "unknown"},
    {"HOST_DOWN ", "", "host"},
    {"HOST_DOWN\\u0000", "", "unknown"},
};

static void
listed_event_types(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(listed); i++) {
		parse_format(&a, "{\"eventTypeName\":\"%s\"}", listed[i].type);
		assert_string_equal(a.category, listed[i].category);
		expect_warnings(&a, BARE, listed[i].type);
		alert_free(&a);
	}
}

static void
unlisted_event_types_are_told_by_their_spelling(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(unlisted); i++) {
		parse_format(&a,
		    "{\"eventTypeName\":\"%s\",\"typeName\":\"%s\"}",
		    unlisted[i].type, unlisted[i].type_name);
		assert_string_equal(a.category, unlisted[i].category);
		expect_warnings(&a, BARE | BIT(WARN_UNKNOWN_EVENT_TYPE),
		    unlisted[i].type);
		alert_free(&a);
	}
	parse(&a, "{\"typeName\":\"AGENT\"}", NULL);
	assert_string_equal(a.category, "agent");
	expect_warnings(&a, BARE, "no event type");
	alert_free(&a);
	parse(&a, "{\"eventTypeName\":null}", NULL);
	expect_warnings(&a, BARE, "null");
	expect_extra(&a, "{}");
	alert_free(&a);
	parse(&a, "{\"eventTypeName\":7}", NULL);
	expect_warnings(&a, BARE | BIT(WARN_UNKNOWN_EVENT_TYPE), "7");
	expect_extra(&a, "{\"eventTypeName\":7}");
	alert_free(&a);
}

/* ---- states and transitions ---------------------------------------------- */

static const struct {
	const char *status; /* JSON */
	enum alert_state state;
	bool warning, extra;
} statuses[] = {
    {"\"OPEN\"", ALERT_OPEN, false, false},
    {"\"TRACKING\"", ALERT_TRACKING, false, false},
    {"\"CLOSED\"", ALERT_CLOSED, false, false},
    {"\"CANCELLED\"", ALERT_CANCELLED, false, false},
    {"\"INFORMATIONAL\"", ALERT_INFORMATIONAL, false, false},
    {"\"open\"", ALERT_UNKNOWN, true, true},
    {"\"OPEN \"", ALERT_UNKNOWN, true, true},
    {"\"CANCELED\"", ALERT_UNKNOWN, true, true},
    {"\"\"", ALERT_UNKNOWN, false, false},
    {"1", ALERT_UNKNOWN, true, true},
    {"null", ALERT_UNKNOWN, false, false},
};

static void
states(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(statuses); i++) {
		parse_format(&a, "{\"status\":%s}", statuses[i].status);
		assert_int_equal(a.state, statuses[i].state);
		expect_warnings(&a,
		    BARE | (statuses[i].warning ? BIT(WARN_UNKNOWN_STATUS) : 0),
		    statuses[i].status);
		assert_int_equal(json_object_size(a.extra), statuses[i].extra);
		alert_free(&a);
	}
	parse(&a, "{}", NULL);
	assert_int_equal(a.state, ALERT_UNKNOWN);
	assert_int_equal(a.transition, TRANSITION_UNKNOWN);
	expect_warnings(&a, BARE, "no status");
	alert_free(&a);
}

#define EVENT_64 \
	"alert.0123456789012345678901234567890123456789012345678901234567"

/* The body has no status, so that the header alone decides. With unusable headers, it has
 * CLOSED. */
static const struct {
	const char *event;
	enum transition transition;
} headers[] = {
    {"alert.open", TRANSITION_OPEN},
    {"alert.opened", TRANSITION_OPEN},
    {"alert.inform", TRANSITION_INFORM},
    {"alert.update", TRANSITION_UPDATE},
    {"alert.acknowledge", TRANSITION_ACKNOWLEDGE},
    {"alert.close", TRANSITION_CLOSE},
    {"alert.closed", TRANSITION_CLOSE},
    {"alert.cancel", TRANSITION_CANCEL},
    {" \talert.close\t ", TRANSITION_CLOSE},
    {"alert.Close", TRANSITION_UNKNOWN},
    {"alert.closing", TRANSITION_UNKNOWN},
    {"alert.clos", TRANSITION_UNKNOWN},
    {"close", TRANSITION_UNKNOWN},
    {"-", TRANSITION_UNKNOWN},
    {EVENT_64, TRANSITION_UNKNOWN},
};

static const char *const unusable[] = {
    EVENT_64 "x",
    "",
    " \t",
    "alert.open, alert.close",
    "alert.open,",
    "alert close",
    "alert.\x01",
    "alert.\x7F",
    "alert.\xC3\xA9",
};

static void
event_headers(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(headers); i++) {
		parse(&a, "{\"status\":\"ODD\"}", headers[i].event);
		assert_int_equal(a.transition, headers[i].transition);
		assert_int_equal(a.transition_source, TRANSITION_FROM_HEADER);
		expect_warnings(&a, BARE | BIT(WARN_UNKNOWN_STATUS),
		    headers[i].event);
		alert_free(&a);
	}
	for (size_t i = 0; i < LENGTH(unusable); i++) {
		parse(&a, "{\"status\":\"CLOSED\"}", unusable[i]);
		assert_int_equal(a.transition, TRANSITION_CLOSE);
		assert_int_equal(a.transition_source, TRANSITION_FROM_BODY);
		expect_warnings(&a, BARE | BIT(WARN_EVENT_HEADER_UNUSABLE),
		    unusable[i]);
		alert_free(&a);
	}
}

static const struct {
	const char *body;
	enum transition transition;
} derived[] = {
    {"{\"status\":\"CLOSED\"}", TRANSITION_CLOSE},
    {"{\"status\":\"CLOSED\",\"updated\":" T0 ",\"acknowledgedUntil\":" T1 "}",
	TRANSITION_CLOSE},
    {"{\"status\":\"CANCELLED\"}", TRANSITION_CANCEL},
    {"{\"status\":\"INFORMATIONAL\"}", TRANSITION_INFORM},
    {"{\"status\":\"OPEN\"}", TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"created\":" T0 "}", TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"lastNotified\":null}", TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"created\":" T0 ",\"lastNotified\":" T0 "}",
	TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"created\":" T0
     ",\"lastNotified\":\"2024-01-15T11:30:00+01:00\"}",
	TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"created\":" T0 ",\"lastNotified\":" T1 "}",
	TRANSITION_UPDATE},
    {"{\"status\":\"OPEN\",\"lastNotified\":" T1 "}", TRANSITION_UPDATE},
    {"{\"status\":\"OPEN\",\"updated\":" T0 ",\"acknowledgedUntil\":" T1 "}",
	TRANSITION_ACKNOWLEDGE},
    {"{\"status\":\"OPEN\",\"updated\":" T1 ",\"acknowledgedUntil\":" T1 "}",
	TRANSITION_OPEN},
    {"{\"status\":\"OPEN\",\"updated\":" T1 ",\"acknowledgedUntil\":" T0
     ",\"created\":" T0 ",\"lastNotified\":" T1 "}",
	TRANSITION_UPDATE},
    {"{\"status\":\"OPEN\",\"acknowledgedUntil\":" T1 "}", TRANSITION_OPEN},
    {"{\"status\":\"TRACKING\"}", TRANSITION_UPDATE},
    {"{\"status\":\"TRACKING\",\"updated\":" T0 ",\"acknowledgedUntil\":" T1
     "}",
	TRANSITION_ACKNOWLEDGE},
    {"{\"status\":\"ODD\",\"updated\":" T0 ",\"acknowledgedUntil\":" T1 "}",
	TRANSITION_UNKNOWN},
    {"{}", TRANSITION_UNKNOWN},
};

static void
transitions_without_a_header(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(derived); i++) {
		parse(&a, derived[i].body, NULL);
		if (a.transition != derived[i].transition)
			fail_msg("%s: %s", derived[i].body,
			    transition_word(a.transition));
		assert_int_equal(a.transition_source, TRANSITION_FROM_BODY);
		assert_int_equal(a.warnings & BIT(WARN_EVENT_STATUS_MISMATCH),
		    0);
		alert_free(&a);
	}
}

/* The rows of the manual's table: which header values are accepted. One letter for each
 * event that is accepted: open, update, acknowledge, close, cancel, inform, and ? for an
 * unknown one. */
static const struct {
	const char *status;
	const char *followed; /* for a body without acknowledgement, */
	const char *
	    if_acknowledged; /* and for one with an acknowledgement until later */
	enum transition otherwise[2];
} choices[] = {
    {"OPEN", "ou", "oua", {TRANSITION_OPEN, TRANSITION_ACKNOWLEDGE}},
    {"TRACKING", "ou", "oua", {TRANSITION_UPDATE, TRANSITION_ACKNOWLEDGE}},
    {"CLOSED", "c", "ca", {TRANSITION_CLOSE, TRANSITION_CLOSE}},
    {"CANCELLED", "x", "x", {TRANSITION_CANCEL, TRANSITION_CANCEL}},
    {"INFORMATIONAL", "i", "i", {TRANSITION_INFORM, TRANSITION_INFORM}},
    {"OTHER", "ouacxi?", "ouacxi?", {TRANSITION_UNKNOWN, TRANSITION_UNKNOWN}},
};

static const struct {
	char letter;
	const char *event;
	enum transition transition;
} letters[] = {
    {'o', "alert.open", TRANSITION_OPEN},
    {'u', "alert.update", TRANSITION_UPDATE},
    {'a', "alert.acknowledge", TRANSITION_ACKNOWLEDGE},
    {'c', "alert.close", TRANSITION_CLOSE},
    {'x', "alert.cancel", TRANSITION_CANCEL},
    {'i', "alert.inform", TRANSITION_INFORM},
    {'?', "alert.other", TRANSITION_UNKNOWN},
};

static void
expect_choice(const char *body, const char *event, bool followed,
    enum transition transition)
{
	struct alert a;

	parse(&a, body, event);
	if (a.transition != transition ||
	    a.transition_source !=
		(followed ? TRANSITION_FROM_HEADER : TRANSITION_FROM_BODY) ||
	    followed == ((a.warnings & BIT(WARN_EVENT_STATUS_MISMATCH)) != 0))
		fail_msg("%s, %s: %s", event, body,
		    transition_word(a.transition));
	alert_free(&a);
}

static void
header_chooses_what_the_status_allows(void **state)
{
	static const char *const until[] = {T0, T1};
	char body[160];

	(void)state;
	for (size_t i = 0; i < LENGTH(choices) * 2; i++) {
		const size_t row = i / 2, later = i % 2;
		const char *followed = later ? choices[row].if_acknowledged
					     : choices[row].followed;

		snprintf(body, sizeof(body),
		    "{\"status\":\"%s\",\"updated\":" T0
		    ",\"acknowledgedUntil\":%s}",
		    choices[row].status, until[later]);
		for (size_t j = 0; j < LENGTH(letters); j++) {
			const bool is =
			    strchr(followed, letters[j].letter) != NULL;

			expect_choice(body, letters[j].event, is,
			    is ? letters[j].transition
			       : choices[row].otherwise[later]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_event_type_has_its_category),
	    cmocka_unit_test(listed_event_types),
	    cmocka_unit_test(unlisted_event_types_are_told_by_their_spelling),
	    cmocka_unit_test(states),
	    cmocka_unit_test(event_headers),
	    cmocka_unit_test(transitions_without_a_header),
	    cmocka_unit_test(header_chooses_what_the_status_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
