/* SPDX-License-Identifier: ISC */
/*
 * type: the event types are the groups of the Atlas Admin API (August 2026) and those
 * that Ops Manager's manual adds. New ones appear every few months: an unknown one is
 * judged by its spelling, and is never an error.
 */
#include "config.h"

#include <fnmatch.h>
#include <string.h>

#include "lib/alert/type.h"

static const struct {
	const char *event_type;
	const char *category;
} listed_types[] = {
    {"CREDIT_CARD_ABOUT_TO_EXPIRE", "billing"},
    {"PENDING_INVOICE_OVER_THRESHOLD", "billing"},
    {"DAILY_BILL_OVER_THRESHOLD", "billing"},
    {"DAILY_BILLING_CHANGE_OVER_THRESHOLD", "billing"},
    {"WEEKLY_BILLING_CHANGE_OVER_THRESHOLD", "billing"},
    {"MONTHLY_BILLING_CHANGE_OVER_THRESHOLD", "billing"},
    {"CPS_SNAPSHOT_STARTED", "cps-backup"},
    {"CPS_SNAPSHOT_SUCCESSFUL", "cps-backup"},
    {"CPS_SNAPSHOT_FAILED", "cps-backup"},
    {"CPS_CONCURRENT_SNAPSHOT_FAILED_WILL_RETRY", "cps-backup"},
    {"CPS_SNAPSHOT_BEHIND", "cps-backup"},
    {"CPS_COPY_SNAPSHOT_STARTED", "cps-backup"},
    {"CPS_COPY_SNAPSHOT_FAILED", "cps-backup"},
    {"CPS_COPY_SNAPSHOT_FAILED_WILL_RETRY", "cps-backup"},
    {"CPS_COPY_SNAPSHOT_SUCCESSFUL", "cps-backup"},
    {"CPS_PREV_SNAPSHOT_OLD", "cps-backup"},
    {"CPS_SNAPSHOT_FALLBACK_SUCCESSFUL", "cps-backup"},
    {"CPS_SNAPSHOT_FALLBACK_FAILED", "cps-backup"},
    {"CPS_RESTORE_SUCCESSFUL", "cps-backup"},
    {"CPS_EXPORT_SUCCESSFUL", "cps-backup"},
    {"CPS_RESTORE_FAILED", "cps-backup"},
    {"CPS_EXPORT_FAILED", "cps-backup"},
    {"CPS_COLLECTION_RESTORE_SUCCESSFUL", "cps-backup"},
    {"CPS_COLLECTION_RESTORE_FAILED", "cps-backup"},
    {"CPS_COLLECTION_RESTORE_PARTIAL_SUCCESS", "cps-backup"},
    {"CPS_COLLECTION_RESTORE_CANCELED", "cps-backup"},
    {"CPS_AUTO_EXPORT_FAILED", "cps-backup"},
    {"CPS_SNAPSHOT_DOWNLOAD_REQUEST_FAILED", "cps-backup"},
    {"CPS_OPLOG_BEHIND", "cps-backup"},
    {"CPS_OPLOG_CAUGHT_UP", "cps-backup"},
    {"AWS_ENCRYPTION_KEY_NEEDS_ROTATION", "encryption"},
    {"AZURE_ENCRYPTION_KEY_NEEDS_ROTATION", "encryption"},
    {"GCP_ENCRYPTION_KEY_NEEDS_ROTATION", "encryption"},
    {"AWS_ENCRYPTION_KEY_INVALID", "encryption"},
    {"AZURE_ENCRYPTION_KEY_INVALID", "encryption"},
    {"GCP_ENCRYPTION_KEY_INVALID", "encryption"},
    {"FTS_INDEX_DELETION_FAILED", "fts-index"},
    {"FTS_INDEX_BUILD_COMPLETE", "fts-index"},
    {"FTS_INDEX_BUILD_FAILED", "fts-index"},
    {"FTS_INDEX_CLEANED_UP", "fts-index"},
    {"FTS_INDEX_STALE", "fts-index"},
    {"FTS_INDEXES_RESTORE_FAILED", "fts-index"},
    {"FTS_INDEXES_SYNONYM_MAPPING_INVALID", "fts-index"},
    {"USERS_WITHOUT_MULTI_FACTOR_AUTH", "group"},
    {"ENCRYPTION_AT_REST_KMS_NETWORK_ACCESS_DENIED", "group"},
    {"ENCRYPTION_AT_REST_CONFIG_NO_LONGER_VALID", "group"},
    {"GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRING", "group"},
    {"GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRED", "group"},
    {"ACTIVE_LEGACY_TLS_CONNECTIONS", "group"},
    {"WEBHOOK_TEMPLATE_RENDER_FAILED", "group"},
    {"MONGOTUNE_ALERT", "mongotune"},
    {"CLUSTER_INSTANCE_STOP_START", "atlas-audit"},
    {"CLUSTER_INSTANCE_RESYNC_REQUESTED", "atlas-audit"},
    {"CLUSTER_INSTANCE_UPDATE_REQUESTED", "atlas-audit"},
    {"SAMPLE_DATASET_LOAD_REQUESTED", "atlas-audit"},
    {"TENANT_UPGRADE_TO_SERVERLESS_SUCCESSFUL", "atlas-audit"},
    {"TENANT_UPGRADE_TO_SERVERLESS_FAILED", "atlas-audit"},
    {"NETWORK_PERMISSION_ENTRY_ADDED", "atlas-audit"},
    {"NETWORK_PERMISSION_ENTRY_REMOVED", "atlas-audit"},
    {"NETWORK_PERMISSION_ENTRY_UPDATED", "atlas-audit"},
    {"CLUSTER_BLOCK_WRITE", "atlas-audit"},
    {"CLUSTER_UNBLOCK_WRITE", "atlas-audit"},
    {"LOG_STREAMING_EXPORT_FAILED_NONRETRYABLE", "atlas-audit"},
    {"LOG_STREAMING_EXPORT_FAILED_RETRIES_EXHAUSTED", "atlas-audit"},
    {"MAINTENANCE_IN_ADVANCED", "maintenance-window"},
    {"MAINTENANCE_AUTO_DEFERRED", "maintenance-window"},
    {"MAINTENANCE_STARTED", "maintenance-window"},
    {"MAINTENANCE_COMPLETED", "maintenance-window"},
    {"MAINTENANCE_NO_LONGER_NEEDED", "maintenance-window"},
    {"NDS_X509_USER_AUTHENTICATION_CUSTOMER_CA_EXPIRATION_CHECK",
	"x509-user-auth"},
    {"NDS_X509_USER_AUTHENTICATION_CUSTOMER_CRL_EXPIRATION_CHECK",
	"x509-user-auth"},
    {"NDS_X509_USER_AUTHENTICATION_MANAGED_USER_CERTS_EXPIRATION_CHECK",
	"x509-user-auth"},
    {"ONLINE_ARCHIVE_INSUFFICIENT_INDEXES_CHECK", "online-archive"},
    {"ONLINE_ARCHIVE_MAX_CONSECUTIVE_OFFLOAD_WINDOWS_CHECK", "online-archive"},
    {"OUTSIDE_SERVERLESS_METRIC_THRESHOLD", "serverless"},
    {"OUTSIDE_FLEX_METRIC_THRESHOLD", "flex-metric"},
    {"JOINED_GROUP", "user"},
    {"REMOVED_FROM_GROUP", "user"},
    {"USER_ROLES_CHANGED_AUDIT", "user"},
    {"TAGS_MODIFIED", "resource"},
    {"CLUSTER_TAGS_MODIFIED", "resource"},
    {"GROUP_TAGS_MODIFIED", "resource"},
    {"STREAM_PROCESSOR_STATE_IS_FAILED", "stream-processor"},
    {"STREAM_PROCESSOR_AUTOSCALE_INITIATED", "stream-processor"},
    {"OUTSIDE_STREAM_PROCESSOR_METRIC_THRESHOLD", "stream-processor"},
    {"COMPUTE_AUTO_SCALE_INITIATED_BASE", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_INITIATED_ANALYTICS", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_SCALE_DOWN_FAIL_BASE", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_SCALE_DOWN_FAIL_ANALYTICS", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_BASE", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_ANALYTICS", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_OPLOG_FAIL_BASE", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_OPLOG_FAIL_ANALYTICS", "auto-scaling"},
    {"DISK_AUTO_SCALE_INITIATED", "auto-scaling"},
    {"DISK_AUTO_SCALE_MAX_DISK_SIZE_FAIL", "auto-scaling"},
    {"DISK_AUTO_SCALE_OPLOG_FAIL", "auto-scaling"},
    {"PREDICTIVE_COMPUTE_AUTO_SCALE_INITIATED_BASE", "auto-scaling"},
    {"PREDICTIVE_COMPUTE_AUTO_SCALE_MAX_INSTANCE_SIZE_FAIL_BASE",
	"auto-scaling"},
    {"PREDICTIVE_COMPUTE_AUTO_SCALE_OPLOG_FAIL_BASE", "auto-scaling"},
    {"CLUSTER_AUTO_SHARDING_INITIATED", "auto-scaling"},
    {"CLUSTER_RESHARDING_COMPLETED", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_DOWNSCALE_SKIPPED_FALLBACK_BASE", "auto-scaling"},
    {"COMPUTE_AUTO_SCALE_DOWNSCALE_SKIPPED_FALLBACK_ANALYTICS", "auto-scaling"},
    {"CPS_DATA_PROTECTION_ENABLE_REQUESTED", "data-protection"},
    {"CPS_DATA_PROTECTION_ENABLED", "data-protection"},
    {"CPS_DATA_PROTECTION_UPDATE_REQUESTED", "data-protection"},
    {"CPS_DATA_PROTECTION_UPDATED", "data-protection"},
    {"CPS_DATA_PROTECTION_DISABLE_REQUESTED", "data-protection"},
    {"CPS_DATA_PROTECTION_DISABLED", "data-protection"},
    {"CPS_DATA_PROTECTION_APPROVED_FOR_DISABLEMENT", "data-protection"},
    {"RESOURCE_POLICY_VIOLATED", "resource-policy"},
    {"URL_CONFIRMATION", "app-services"},
    {"SUCCESSFUL_DEPLOY", "app-services"},
    {"DEPLOYMENT_FAILURE", "app-services"},
    {"DEPLOYMENT_MODEL_CHANGE_SUCCESS", "app-services"},
    {"DEPLOYMENT_MODEL_CHANGE_FAILURE", "app-services"},
    {"REQUEST_RATE_LIMIT", "app-services"},
    {"LOG_FORWARDER_FAILURE", "app-services"},
    {"OUTSIDE_REALM_METRIC_THRESHOLD", "app-services"},
    {"SYNC_FAILURE", "app-services"},
    {"TRIGGER_FAILURE", "app-services"},
    {"TRIGGER_AUTO_RESUMED", "app-services"},
    {"CLUSTER_MONGOS_IS_MISSING", "cluster"},
    {"HOST_DOWN", "host"},
    {"HOST_HAS_INDEX_SUGGESTIONS", "host"},
    {"HOST_MONGOT_CRASHING_OOM", "host"},
    {"HOST_MONGOT_STOP_REPLICATION", "host"},
    {"HOST_MONGOT_APPROACHING_STOP_REPLICATION", "host"},
    {"HOST_MONGOT_PAUSE_INITIAL_SYNC", "host"},
    {"HOST_SEARCH_NODE_INDEX_FAILED", "host"},
    {"HOST_SEARCH_PROCESS_THROTTLING", "host"},
    {"HOST_EXTERNAL_LOG_SINK_EXPORT_DOWN", "host"},
    {"HOST_NOT_ENOUGH_DISK_SPACE", "host"},
    {"SSH_KEY_NDS_HOST_ACCESS_REQUESTED", "host"},
    {"SSH_KEY_NDS_HOST_ACCESS_REFRESHED", "host"},
    {"PUSH_BASED_LOG_EXPORT_STOPPED", "host"},
    {"PUSH_BASED_LOG_EXPORT_DROPPED_LOG", "host"},
    {"HOST_VERSION_BEHIND", "host"},
    {"VERSION_BEHIND", "host"},
    {"HOST_EXPOSED", "host"},
    {"HOST_SSL_CERTIFICATE_STALE", "host"},
    {"HOST_SECURITY_CHECKUP_NOT_MET", "host"},
    {"ALERT_HOST_SSH_SESSION_STARTED", "host"},
    {"PROFILER_CONFIGURED_TOO_WIDELY", "host"},
    {"OUTSIDE_METRIC_THRESHOLD", "host-metric"},
    {"REPLICATION_OPLOG_WINDOW_RUNNING_OUT", "replica-set"},
    {"NO_PRIMARY", "replica-set"},
    {"PRIMARY_ELECTED", "replica-set"},
    {"TOO_MANY_ELECTIONS", "replica-set"},
    {"TOO_FEW_HEALTHY_MEMBERS", "replica-set"},
    {"TOO_MANY_UNHEALTHY_MEMBERS", "replica-set"},
    /* Cloud Manager and Ops Manager only. */
    {"AUTOMATION_AGENT_DOWN", "agent"},
    {"MONITORING_AGENT_DOWN", "agent"},
    {"BACKUP_AGENT_DOWN", "agent"},
    {"OPLOG_BEHIND", "backup"},
    {"RESYNC_REQUIRED", "backup"},
    {"BAD_CLUSTERSHOTS", "backup"},
};

/* How unknown types are judged by their spelling: the first row that fits. */
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
    {"CREDIT_CARD_*", "billing"},
    {"CHARGE_*", "billing"},
    {"*_AGENT_*", "agent"}, /* BACKUP_AGENT_* among them */
    {"NEW_AGENT", "agent"},
    {"BACKUP_*", "backup"},
    {"OUTSIDE_SERVERLESS_*", "serverless"},
    {"OUTSIDE_FLEX_*", "flex-metric"},
    {"OUTSIDE_STREAM_PROCESSOR_*", "stream-processor"},
    {"OUTSIDE_REALM_*", "app-services"},
    {"OUTSIDE_*_THRESHOLD", "host-metric"},
};

/* typeName, which the sender gave up long ago but still sends sometimes. */
static const struct {
	const char *type_name;
	const char *category;
} type_names[] = {
    {"AGENT", "agent"},
    {"BACKUP", "backup"},
    {"CLUSTER", "cluster"},
    {"GROUP", "group"},
    {"HOST", "host"},
    {"HOST_METRIC", "host-metric"},
    {"REPLICA_SET", "replica-set"},
    {"USER", "user"},
};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static const char *
category_listed(const char *event_type)
{
	/* Comparing the first letter avoids most of the calls. */
	for (size_t i = 0; i < LENGTH(listed_types); i++)
		if (listed_types[i].event_type[0] == event_type[0] &&
		    strcmp(listed_types[i].event_type, event_type) == 0)
			return listed_types[i].category;
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
	if (!*listed && type_name != NULL) {
		const char *named = category_named(type_name);

		/* The backup's agent is spelled like the backup. */
		if (category == NULL ||
		    (named != NULL && strcmp(category, "backup") == 0))
			category = named;
	}
	return category != NULL ? category : "unknown";
}

bool
alert_event_type(size_t n, const char **event_type, const char **category)
{
	if (n >= LENGTH(listed_types))
		return false;
	*event_type = listed_types[n].event_type;
	*category = listed_types[n].category;
	return true;
}
