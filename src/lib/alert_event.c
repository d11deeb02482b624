/* SPDX-License-Identifier: ISC */
/*
 * Everything here is a table. The lists of event types are the groups of the
 * Atlas Admin API (August 2026) and the few of Ops Manager that its manual
 * names. New types appear every few months: what is in no list is looked at
 * by its spelling, and is never an error.
 */
#include "config.h"

#include <fnmatch.h>
#include <string.h>

#include "lib/alert_event.h"

#define EVENT_MAX 64 /* bytes of an event name that is taken as one */

static const char *const billing[] = {
    "CREDIT_CARD_ABOUT_TO_EXPIRE", "PENDING_INVOICE_OVER_THRESHOLD",
    "DAILY_BILL_OVER_THRESHOLD", "DAILY_BILLING_CHANGE_OVER_THRESHOLD",
    "WEEKLY_BILLING_CHANGE_OVER_THRESHOLD",
    "MONTHLY_BILLING_CHANGE_OVER_THRESHOLD", NULL};

static const char *const cps_backup[] = {
    "CPS_SNAPSHOT_STARTED", "CPS_SNAPSHOT_SUCCESSFUL", "CPS_SNAPSHOT_FAILED",
    "CPS_CONCURRENT_SNAPSHOT_FAILED_WILL_RETRY", "CPS_SNAPSHOT_BEHIND",
    "CPS_COPY_SNAPSHOT_STARTED", "CPS_COPY_SNAPSHOT_FAILED",
    "CPS_COPY_SNAPSHOT_FAILED_WILL_RETRY", "CPS_COPY_SNAPSHOT_SUCCESSFUL",
    "CPS_PREV_SNAPSHOT_OLD", "CPS_SNAPSHOT_FALLBACK_SUCCESSFUL",
    "CPS_SNAPSHOT_FALLBACK_FAILED", "CPS_RESTORE_SUCCESSFUL",
    "CPS_EXPORT_SUCCESSFUL", "CPS_RESTORE_FAILED", "CPS_EXPORT_FAILED",
    "CPS_COLLECTION_RESTORE_SUCCESSFUL", "CPS_COLLECTION_RESTORE_FAILED",
    "CPS_COLLECTION_RESTORE_PARTIAL_SUCCESS", "CPS_COLLECTION_RESTORE_CANCELED",
    "CPS_AUTO_EXPORT_FAILED", "CPS_SNAPSHOT_DOWNLOAD_REQUEST_FAILED",
    "CPS_OPLOG_BEHIND", "CPS_OPLOG_CAUGHT_UP", NULL};

static const char *const encryption[] = {
    "AWS_ENCRYPTION_KEY_NEEDS_ROTATION", "AZURE_ENCRYPTION_KEY_NEEDS_ROTATION",
    "GCP_ENCRYPTION_KEY_NEEDS_ROTATION", "AWS_ENCRYPTION_KEY_INVALID",
    "AZURE_ENCRYPTION_KEY_INVALID", "GCP_ENCRYPTION_KEY_INVALID", NULL};

static const char *const fts_index[] = {
    "FTS_INDEX_DELETION_FAILED", "FTS_INDEX_BUILD_COMPLETE",
    "FTS_INDEX_BUILD_FAILED", "FTS_INDEX_CLEANED_UP", "FTS_INDEX_STALE",
    "FTS_INDEXES_RESTORE_FAILED", "FTS_INDEXES_SYNONYM_MAPPING_INVALID", NULL};

static const char *const group[] = {
    "USERS_WITHOUT_MULTI_FACTOR_AUTH",
    "ENCRYPTION_AT_REST_KMS_NETWORK_ACCESS_DENIED",
    "ENCRYPTION_AT_REST_CONFIG_NO_LONGER_VALID",
    "GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRING",
    "GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRED", "ACTIVE_LEGACY_TLS_CONNECTIONS",
    "WEBHOOK_TEMPLATE_RENDER_FAILED", NULL};

static const char *const mongotune[] = {"MONGOTUNE_ALERT", NULL};

static const char *const atlas_audit[] = {
    "CLUSTER_INSTANCE_STOP_START", "CLUSTER_INSTANCE_RESYNC_REQUESTED",
    "CLUSTER_INSTANCE_UPDATE_REQUESTED", "SAMPLE_DATASET_LOAD_REQUESTED",
    "TENANT_UPGRADE_TO_SERVERLESS_SUCCESSFUL",
    "TENANT_UPGRADE_TO_SERVERLESS_FAILED", "NETWORK_PERMISSION_ENTRY_ADDED",
    "NETWORK_PERMISSION_ENTRY_REMOVED", "NETWORK_PERMISSION_ENTRY_UPDATED",
    "CLUSTER_BLOCK_WRITE", "CLUSTER_UNBLOCK_WRITE",
    "LOG_STREAMING_EXPORT_FAILED_NONRETRYABLE",
    "LOG_STREAMING_EXPORT_FAILED_RETRIES_EXHAUSTED", NULL};

static const char *const maintenance_window[] = {
    "MAINTENANCE_IN_ADVANCED", "MAINTENANCE_AUTO_DEFERRED",
    "MAINTENANCE_STARTED", "MAINTENANCE_COMPLETED",
    "MAINTENANCE_NO_LONGER_NEEDED", NULL};

static const char *const x509_user_auth[] = {
    "NDS_X509_USER_AUTHENTICATION_CUSTOMER_CA_EXPIRATION_CHECK",
    "NDS_X509_USER_AUTHENTICATION_CUSTOMER_CRL_EXPIRATION_CHECK",
    "NDS_X509_USER_AUTHENTICATION_MANAGED_USER_CERTS_EXPIRATION_CHECK", NULL};

static const char *const online_archive[] = {
    "ONLINE_ARCHIVE_INSUFFICIENT_INDEXES_CHECK",
    "ONLINE_ARCHIVE_MAX_CONSECUTIVE_OFFLOAD_WINDOWS_CHECK", NULL};

static const char *const serverless[] = {
    "OUTSIDE_SERVERLESS_METRIC_THRESHOLD", NULL};

static const char *const flex_metric[] = {
    "OUTSIDE_FLEX_METRIC_THRESHOLD", NULL};

static const char *const user[] = {
    "JOINED_GROUP", "REMOVED_FROM_GROUP", "USER_ROLES_CHANGED_AUDIT", NULL};

static const char *const resource[] = {
    "TAGS_MODIFIED", "CLUSTER_TAGS_MODIFIED", "GROUP_TAGS_MODIFIED", NULL};

static const char *const stream_processor[] = {
    "STREAM_PROCESSOR_STATE_IS_FAILED", "STREAM_PROCESSOR_AUTOSCALE_INITIATED",
    "OUTSIDE_STREAM_PROCESSOR_METRIC_THRESHOLD", NULL};

static const char *const auto_scaling[] = {
    "COMPUTE_AUTO_SCALE_INITIATED_BASE",
    "COMPUTE_AUTO_SCALE_INITIATED_ANALYTICS",
    "COMPUTE_AUTO_SCALE_SCALE_DOWN_FAIL_BASE",
    "COMPUTE_AUTO_SCALE_SCALE_DOWN_FAIL_ANALYTICS",
    "COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_BASE",
    "COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_ANALYTICS",
    "COMPUTE_AUTO_SCALE_OPLOG_FAIL_BASE",
    "COMPUTE_AUTO_SCALE_OPLOG_FAIL_ANALYTICS", "DISK_AUTO_SCALE_INITIATED",
    "DISK_AUTO_SCALE_MAX_DISK_SIZE_FAIL", "DISK_AUTO_SCALE_OPLOG_FAIL",
    "PREDICTIVE_COMPUTE_AUTO_SCALE_INITIATED_BASE",
    "PREDICTIVE_COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_BASE",
    "PREDICTIVE_COMPUTE_AUTO_SCALE_OPLOG_FAIL_BASE",
    "CLUSTER_AUTO_SHARDING_INITIATED", "CLUSTER_RESHARDING_COMPLETED",
    "COMPUTE_AUTO_SCALE_DOWNSCALE_SKIPPED_FALLBACK_BASE",
    "COMPUTE_AUTO_SCALE_DOWNSCALE_SKIPPED_FALLBACK_ANALYTICS", NULL};

static const char *const data_protection[] = {
    "CPS_DATA_PROTECTION_ENABLE_REQUESTED", "CPS_DATA_PROTECTION_ENABLED",
    "CPS_DATA_PROTECTION_UPDATE_REQUESTED", "CPS_DATA_PROTECTION_UPDATED",
    "CPS_DATA_PROTECTION_DISABLE_REQUESTED", "CPS_DATA_PROTECTION_DISABLED",
    "CPS_DATA_PROTECTION_APPROVED_FOR_DISABLEMENT", NULL};

static const char *const resource_policy[] = {
    "RESOURCE_POLICY_VIOLATED", NULL};

static const char *const app_services[] = {
    "URL_CONFIRMATION", "SUCCESSFUL_DEPLOY", "DEPLOYMENT_FAILURE",
    "DEPLOYMENT_MODEL_CHANGE_SUCCESS", "DEPLOYMENT_MODEL_CHANGE_FAILURE",
    "REQUEST_RATE_LIMIT", "LOG_FORWARDER_FAILURE",
    "OUTSIDE_REALM_METRIC_THRESHOLD", "SYNC_FAILURE", "TRIGGER_FAILURE",
    "TRIGGER_AUTO_RESUMED", NULL};

static const char *const cluster[] = {"CLUSTER_MONGOS_IS_MISSING", NULL};

static const char *const host[] = {
    "HOST_DOWN", "HOST_HAS_INDEX_SUGGESTIONS", "HOST_MONGOT_CRASHING_OOM",
    "HOST_MONGOT_STOP_REPLICATION", "HOST_MONGOT_APPROACHING_STOP_REPLICATION",
    "HOST_MONGOT_PAUSE_INITIAL_SYNC", "HOST_SEARCH_NODE_INDEX_FAILED",
    "HOST_SEARCH_PROCESS_THROTTLING", "HOST_EXTERNAL_LOG_SINK_EXPORT_DOWN",
    "HOST_NOT_ENOUGH_DISK_SPACE", "SSH_KEY_NDS_HOST_ACCESS_REQUESTED",
    "SSH_KEY_NDS_HOST_ACCESS_REFRESHED", "PUSH_BASED_LOG_EXPORT_STOPPED",
    "PUSH_BASED_LOG_EXPORT_DROPPED_LOG", "HOST_VERSION_BEHIND",
    "VERSION_BEHIND", "HOST_EXPOSED", "HOST_SSL_CERTIFICATE_STALE",
    "HOST_SECURITY_CHECKUP_NOT_MET", "ALERT_HOST_SSH_SESSION_STARTED",
    "PROFILER_CONFIGURED_TOO_WIDELY", NULL};

static const char *const host_metric[] = {"OUTSIDE_METRIC_THRESHOLD", NULL};

static const char *const replica_set[] = {
    "REPLICATION_OPLOG_WINDOW_RUNNING_OUT", "NO_PRIMARY", "PRIMARY_ELECTED",
    "TOO_MANY_ELECTIONS", "TOO_FEW_HEALTHY_MEMBERS",
    "TOO_MANY_UNHEALTHY_MEMBERS", NULL};

/* Cloud Manager and Ops Manager only. */
static const char *const agent[] = {
    "AUTOMATION_AGENT_DOWN", "MONITORING_AGENT_DOWN", "BACKUP_AGENT_DOWN",
    NULL};

static const char *const backup[] = {
    "OPLOG_BEHIND", "RESYNC_REQUIRED", "BAD_CLUSTERSHOTS", NULL};

static const struct {
	const char *category;
	const char *const *types;
} lists[] = {
    {"billing", billing},
    {"cps-backup", cps_backup},
    {"encryption", encryption},
    {"fts-index", fts_index},
    {"group", group},
    {"mongotune", mongotune},
    {"atlas-audit", atlas_audit},
    {"maintenance-window", maintenance_window},
    {"x509-user-auth", x509_user_auth},
    {"online-archive", online_archive},
    {"serverless", serverless},
    {"flex-metric", flex_metric},
    {"user", user},
    {"resource", resource},
    {"stream-processor", stream_processor},
    {"auto-scaling", auto_scaling},
    {"data-protection", data_protection},
    {"resource-policy", resource_policy},
    {"app-services", app_services},
    {"cluster", cluster},
    {"host", host},
    {"host-metric", host_metric},
    {"replica-set", replica_set},
    {"agent", agent},
    {"backup", backup},
};

/* How types in no list are told by their spelling: the first row that fits. */
static const struct {
	const char *pattern; /* fnmatch(3) */
	const char *category;
} spellings[] = {
    {"CPS_DATA_PROTECTION_*", "data-protection"},
    {"CPS_*", "cps-backup"},
    {"FTS_*", "fts-index"},
    {"HOST_*", "host"},
    {"STREAM_PROCESSOR_*", "stream-processor"},
    {"COMPUTE_AUTO_SCALE_*", "auto-scaling"},
    {"DISK_AUTO_SCALE_*", "auto-scaling"},
    {"PREDICTIVE_*", "auto-scaling"},
    {"NDS_X509_*", "x509-user-auth"},
    {"MAINTENANCE_*", "maintenance-window"},
    {"ONLINE_ARCHIVE_*", "online-archive"},
    {"RESOURCE_POLICY_*", "resource-policy"},
    {"MONGOTUNE_*", "mongotune"},
    {"*_TAGS_MODIFIED", "resource"},
    {"*_ENCRYPTION_KEY_*", "encryption"},
    {"*_BILL*", "billing"},
    {"*INVOICE*", "billing"},
    {"*_AGENT_DOWN", "agent"},
    {"*_AGENT_VERSION_BEHIND", "agent"},
    {"BACKUP_*", "backup"},
    {"OUTSIDE_SERVERLESS_*", "serverless"},
    {"OUTSIDE_FLEX_*", "flex-metric"},
    {"OUTSIDE_STREAM_PROCESSOR_*", "stream-processor"},
    {"OUTSIDE_REALM_*", "app-services"},
    {"OUTSIDE_*_THRESHOLD", "host-metric"},
};

/* typeName, which the sender gave up long ago but still sends at times. */
static const struct {
	const char *type_name;
	const char *category;
} type_names[] = {
    {"AGENT", "agent"},
    {"BACKUP", "backup"},
    {"CLUSTER", "cluster"},
    {"HOST", "host"},
    {"HOST_METRIC", "host-metric"},
    {"REPLICA_SET", "replica-set"},
};

static const char *const states[ALERT_STATES] = {
    [ALERT_OPEN] = "open",
    [ALERT_TRACKING] = "tracking",
    [ALERT_CLOSED] = "closed",
    [ALERT_CANCELLED] = "cancelled",
    [ALERT_INFORMATIONAL] = "informational",
    [ALERT_UNKNOWN] = "unknown",
};

static const struct {
	const char *status;
	enum alert_state state;
} statuses[] = {
    {"OPEN", ALERT_OPEN},
    {"TRACKING", ALERT_TRACKING},
    {"CLOSED", ALERT_CLOSED},
    {"CANCELLED", ALERT_CANCELLED},
    {"INFORMATIONAL", ALERT_INFORMATIONAL},
};

/* The manuals of Atlas and of Ops Manager spell two of them differently. */
static const struct {
	const char *event;
	enum transition transition;
} events[] = {
    {"alert.open", TRANSITION_OPEN},
    {"alert.opened", TRANSITION_OPEN},
    {"alert.inform", TRANSITION_INFORM},
    {"alert.update", TRANSITION_UPDATE},
    {"alert.acknowledge", TRANSITION_ACKNOWLEDGE},
    {"alert.close", TRANSITION_CLOSE},
    {"alert.closed", TRANSITION_CLOSE},
    {"alert.cancel", TRANSITION_CANCEL},
};

#define IN(state) (1u << (state))

/* The states that a transition leads to; an alert that is closed already can
 * still be acknowledged, and stays closed. */
static const unsigned int leads_to[TRANSITIONS] = {
    [TRANSITION_OPEN] = IN(ALERT_OPEN),
    [TRANSITION_INFORM] = IN(ALERT_INFORMATIONAL),
    [TRANSITION_UPDATE] = IN(ALERT_OPEN) | IN(ALERT_TRACKING),
    [TRANSITION_ACKNOWLEDGE] =
	IN(ALERT_OPEN) | IN(ALERT_TRACKING) | IN(ALERT_CLOSED),
    [TRANSITION_UNKNOWN] = ~0u,
    [TRANSITION_CLOSE] = IN(ALERT_CLOSED),
    [TRANSITION_CANCEL] = IN(ALERT_CANCELLED),
};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static const char *
category_listed(const char *event_type)
{
	for (size_t i = 0; i < LENGTH(lists); i++)
		for (size_t j = 0; lists[i].types[j] != NULL; j++)
			if (strcmp(lists[i].types[j], event_type) == 0)
				return lists[i].category;
	return NULL;
}

static const char *
category_spelled(const char *event_type)
{
	for (size_t i = 0; i < LENGTH(spellings); i++)
		if (fnmatch(spellings[i].pattern, event_type, 0) == 0)
			return spellings[i].category;
	return NULL;
}

static const char *
category_named(const char *type_name)
{
	for (size_t i = 0; i < LENGTH(type_names); i++)
		if (strcmp(type_names[i].type_name, type_name) == 0)
			return type_names[i].category;
	return NULL;
}

const char *
alert_category(const char *event_type, const char *type_name, bool *listed)
{
	const char *category = NULL;

	if (event_type != NULL)
		category = category_listed(event_type);
	*listed = category != NULL;
	if (category == NULL && event_type != NULL)
		category = category_spelled(event_type);
	if (category == NULL && type_name != NULL)
		category = category_named(type_name);
	return category != NULL ? category : "unknown";
}

bool
alert_event_type(size_t n, const char **event_type, const char **category)
{
	for (size_t i = 0; i < LENGTH(lists); i++)
		for (size_t j = 0; lists[i].types[j] != NULL; j++)
			if (n-- == 0) {
				*event_type = lists[i].types[j];
				*category = lists[i].category;
				return true;
			}
	return false;
}

/* One word of printable ASCII. A comma means that the header was repeated and
 * that a web server joined the values. */
static bool
is_plain(const char *text, size_t n)
{
	if (n == 0 || n > EVENT_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == ',')
			return false;
	return true;
}

enum event_header
alert_event_header(const char *value, enum transition *transition)
{
	size_t n;

	if (value == NULL)
		return EVENT_ABSENT;
	value += strspn(value, " \t");
	n = strlen(value);
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		n--;
	if (!is_plain(value, n))
		return EVENT_UNUSABLE;
	*transition = TRANSITION_UNKNOWN;
	for (size_t i = 0; i < LENGTH(events); i++)
		if (strlen(events[i].event) == n &&
		    memcmp(events[i].event, value, n) == 0)
			*transition = events[i].transition;
	return EVENT_READ;
}

bool
alert_event_agrees(enum transition transition, enum alert_state state)
{
	return state == ALERT_UNKNOWN || (leads_to[transition] & IN(state)) != 0;
}

bool
alert_state_parse(const char *word, size_t n, enum alert_state *state)
{
	for (size_t i = 0; i < LENGTH(statuses); i++)
		if (strlen(statuses[i].status) == n &&
		    memcmp(statuses[i].status, word, n) == 0) {
			*state = statuses[i].state;
			return true;
		}
	return false;
}

const char *
alert_state_word(enum alert_state state)
{
	return states[state];
}
