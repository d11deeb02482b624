/* SPDX-License-Identifier: ISC */
/*
 * sample: a sample is a row: its event type and the groups of fields of its kind of
 * alert. Another table has the effect of each event, so every sample can be sent as every
 * event. Names and ids are invented.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cli/sender/sample.h"
#include "lib/base/buf.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

#define PROJECT_ID "65a7d3f0a1b2c3d4e5f60001"
#define PROJECT "Sample Project"
#define ORGANIZATION_ID "65a7d3f0a1b2c3d4e5f60002"
#define ORGANIZATION "Operator&#x27;s Test Organization" /* as it is sent */
#define CONFIG_ID "65a7d3f0a1b2c3d4e5f60003"
#define CLUSTER_ID "65a7d3f0a1b2c3d4e5f60004"
#define PARENT_CLUSTER_ID "65a7d3f0a1b2c3d4e5f60005"
#define CLUSTER "sample-cluster"
#define HOST "sample-cluster-shard-00-01.x7y8z.mongodb.net"
#define REPLICA_SET "atlas-x7y8z1-shard-0"
#define STREAM "sample-workspace"
#define PROCESSOR "orders-to-warehouse"
#define RULE "----------------------------------------"

#define ACKNOWLEDGED_FOR ((time_t)24 * 3600) /* seconds */

enum {
	HAS_CLUSTER = 1 << 0,
	HAS_HOST = 1 << 1,
	HAS_REPLICA_SET = 1 << 2,
	HAS_DOWN_HOSTS = 1 << 3,
	HAS_STREAM = 1 << 4,
	HAS_SOURCE_TYPE = 1 << 5, /* Ops Manager's backup */
	HAS_TAGS = 1 << 6	  /* Cloud Manager and Ops Manager */
};

static const struct sample samples[] = {
    {"host-metric", "a metric of a host is over its threshold",
	"OUTSIDE_METRIC_THRESHOLD", TRANSITION_OPEN, "HOST_METRIC",
	"Disk space % used on Data Partition has gone above 90",
	HAS_CLUSTER | HAS_HOST | HAS_REPLICA_SET,
	"DISK_PARTITION_SPACE_USED_DATA", 95.2, "RAW"},
    {"host", "a host is down", "HOST_DOWN", TRANSITION_OPEN, "HOST",
	"Host is down", HAS_CLUSTER | HAS_HOST | HAS_REPLICA_SET, NULL, 0,
	NULL},
    {"replica-set", "a replica set has no primary", "NO_PRIMARY",
	TRANSITION_OPEN, "REPLICA_SET", "Replica set has no primary",
	HAS_CLUSTER | HAS_HOST | HAS_REPLICA_SET | HAS_DOWN_HOSTS, NULL, 0,
	NULL},
    {"election", "a replica set elected a new primary", "PRIMARY_ELECTED",
	TRANSITION_INFORM, "REPLICA_SET", "Replica set elected a new primary",
	HAS_CLUSTER | HAS_REPLICA_SET, NULL, 0, NULL},
    {"cluster", "a cluster is missing an active mongos",
	"CLUSTER_MONGOS_IS_MISSING", TRANSITION_OPEN, "CLUSTER",
	"Cluster is missing an active mongos", HAS_CLUSTER, NULL, 0, NULL},
    {"flex", "a metric of a Flex cluster is over its threshold",
	"OUTSIDE_FLEX_METRIC_THRESHOLD", TRANSITION_OPEN, NULL,
	"Data size has gone above 4 gigabytes", HAS_CLUSTER,
	"FLEX_DATA_SIZE_TOTAL", 4.5, "GIGABYTES"},
    {"serverless", "a metric of a Serverless instance is over its threshold",
	"OUTSIDE_SERVERLESS_METRIC_THRESHOLD", TRANSITION_OPEN, NULL,
	"Total read units has gone above 2 million RPU", HAS_CLUSTER,
	"SERVERLESS_TOTAL_READ_UNITS", 2.25, "MILLION_RPU"},
    {"stream-processor", "a stream processor has failed",
	"STREAM_PROCESSOR_STATE_IS_FAILED", TRANSITION_OPEN, NULL,
	"Stream Processor state is failed", HAS_STREAM, NULL, 0, NULL},
    {"app-services", "an App Services trigger failed", "TRIGGER_FAILURE",
	TRANSITION_OPEN, NULL, "Trigger failed and is suspended", 0, NULL, 0,
	NULL},
    {"group", "a project's users lack multi-factor authentication",
	"USERS_WITHOUT_MULTI_FACTOR_AUTH", TRANSITION_OPEN, NULL,
	"Users do not have multi-factor authentication enabled", 0, NULL, 0,
	NULL},
    {"billing", "a pending invoice is over its threshold",
	"PENDING_INVOICE_OVER_THRESHOLD", TRANSITION_OPEN, NULL,
	"Amount of pending invoice is over $1000", 0, NULL, 0, NULL},
    {"backup", "a cloud backup failed", "CPS_SNAPSHOT_FAILED", TRANSITION_OPEN,
	NULL, "Snapshot failed", HAS_CLUSTER | HAS_REPLICA_SET, NULL, 0, NULL},
    {"ops-backup", "Ops Manager's backup lost track of an oplog",
	"OPLOG_BEHIND", TRANSITION_OPEN, "BACKUP", "Backup oplog is behind",
	HAS_CLUSTER | HAS_SOURCE_TYPE | HAS_TAGS, NULL, 0, NULL},
    {"agent", "a Cloud Manager or Ops Manager agent is down",
	"MONITORING_AGENT_DOWN", TRANSITION_OPEN, "AGENT", "Monitoring is down",
	HAS_TAGS, NULL, 0, NULL},
    {"encryption", "an encryption key should be rotated",
	"AWS_ENCRYPTION_KEY_NEEDS_ROTATION", TRANSITION_OPEN, NULL,
	"AWS encryption key is over 90 days old", 0, NULL, 0, NULL},
    {"auto-scaling", "a cluster is being scaled up",
	"COMPUTE_AUTO_SCALE_INITIATED_BASE", TRANSITION_INFORM, NULL,
	"Compute auto-scaling initiated for base tier", HAS_CLUSTER, NULL, 0,
	NULL},
    {"search-index", "a search index could not be built",
	"FTS_INDEX_BUILD_FAILED", TRANSITION_INFORM, NULL,
	"Atlas Search index build failed", HAS_CLUSTER, NULL, 0, NULL},
    {"mongotune", "automatic tuning has something to say", "MONGOTUNE_ALERT",
	TRANSITION_OPEN, NULL, "Mongotune raised an alert", HAS_CLUSTER, NULL,
	0, NULL},
    {"audit", "a cluster was stopped or started", "CLUSTER_INSTANCE_STOP_START",
	TRANSITION_INFORM, NULL, "Cluster was stopped or started", HAS_CLUSTER,
	NULL, 0, NULL},
    {"maintenance", "a maintenance window begins soon",
	"MAINTENANCE_IN_ADVANCED", TRANSITION_INFORM, NULL,
	"Maintenance is scheduled", 0, NULL, 0, NULL},
    {"certificate", "the CA certificate of database users expires soon",
	"NDS_X509_USER_AUTHENTICATION_CUSTOMER_CA_EXPIRATION_CHECK",
	TRANSITION_OPEN, NULL, "Customer CA certificate is about to expire", 0,
	NULL, 0, NULL},
    {"online-archive", "an online archive lacks an index",
	"ONLINE_ARCHIVE_INSUFFICIENT_INDEXES_CHECK", TRANSITION_OPEN, NULL,
	"Online archive has insufficient indexes", HAS_CLUSTER, NULL, 0, NULL},
    {"user", "a user joined the project", "JOINED_GROUP", TRANSITION_INFORM,
	NULL, "User joined the project", 0, NULL, 0, NULL},
    {"tags", "the tags of a cluster were changed", "CLUSTER_TAGS_MODIFIED",
	TRANSITION_INFORM, NULL, "Cluster tags were modified", HAS_CLUSTER,
	NULL, 0, NULL},
    {"data-protection", "a backup compliance policy was changed",
	"CPS_DATA_PROTECTION_UPDATED", TRANSITION_INFORM, NULL,
	"Backup compliance policy was updated", 0, NULL, 0, NULL},
    {"resource-policy", "a cluster violates a resource policy",
	"RESOURCE_POLICY_VIOLATED", TRANSITION_OPEN, NULL,
	"Resource policy is violated", HAS_CLUSTER, NULL, 0, NULL},
};

/* The effect of an event on an alert. */
static const struct course {
	const char *status;
	int age;       /* seconds from created to now */
	bool notified; /* has lastNotified */
	bool resolved;
	bool acknowledged;
} courses[TRANSITIONS] = {
    [TRANSITION_OPEN] = {"OPEN", 0, true, false, false},
    [TRANSITION_INFORM] = {"INFORMATIONAL", 0, false, false, false},
    [TRANSITION_UPDATE] = {"OPEN", 900, true, false, false},
    [TRANSITION_ACKNOWLEDGE] = {"OPEN", 600, true, false, true},
    [TRANSITION_CLOSE] = {"CLOSED", 1800, true, true, false},
    [TRANSITION_CANCEL] = {"CANCELLED", 3600, true, false, false},
};

const struct sample *
sample_get(size_t n)
{
	return n < sizeof(samples) / sizeof(samples[0]) ? &samples[n] : NULL;
}

const struct sample *
sample_find(const char *name)
{
	const struct sample *sample;

	for (size_t i = 0; (sample = sample_get(i)) != NULL; i++)
		if (strcmp(sample->name, name) == 0)
			return sample;
	return NULL;
}

/* ---- fields --------------------------------------------------------- */

static void
add_text(struct buf *b, const char *key, const char *value)
{
	json_write_key(b, key);
	json_write_text(b, value);
}

static void
add_date(struct buf *b, const char *key, time_t t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(text, (struct timespec){.tv_sec = t}, 0);
	add_text(b, key, text);
}

/* Like an ObjectId: seconds, then a unique part. */
static void
add_ids(struct buf *b, time_t created, uint64_t number)
{
	json_write_key(b, "id");
	buf_addf(b, "\"%08" PRIx32 "%016" PRIx64 "\"", (uint32_t)created,
	    number);
	add_text(b, "groupId", PROJECT_ID);
	add_text(b, "orgId", ORGANIZATION_ID);
	add_text(b, "alertConfigId", CONFIG_ID);
	json_write_key(b, "links");
	buf_addf(b,
	    "[{\"href\":\"https://cloud.mongodb.com/api/atlas/v2/"
	    "groups/" PROJECT_ID "/alerts/%08" PRIx32 "%016" PRIx64
	    "\",\"rel\":\"self\"}]",
	    (uint32_t)created, number);
}

static void
add_course(struct buf *b, const struct course *c, time_t now)
{
	add_text(b, "status", c->status);
	add_date(b, "created", now - c->age);
	add_date(b, "updated", now);
	if (c->notified)
		add_date(b, "lastNotified", now);
	if (c->resolved)
		add_date(b, "resolved", now);
	if (!c->acknowledged)
		return;
	add_date(b, "acknowledgedUntil", now + ACKNOWLEDGED_FOR);
	add_text(b, "acknowledgingUsername", "operator@example.com");
	add_text(b, "acknowledgementComment", "Looking into it.");
}

static void
add_place(struct buf *b, const struct sample *s)
{
	if (s->fields & HAS_CLUSTER) {
		add_text(b, "clusterName", CLUSTER);
		add_text(b, "clusterId", CLUSTER_ID);
	}
	if (s->fields & HAS_HOST) {
		add_text(b, "hostnameAndPort", HOST ":27017");
		add_text(b, "userAlias", HOST);
	}
	if (s->fields & HAS_REPLICA_SET)
		add_text(b, "replicaSetName", REPLICA_SET);
	if (s->fields & HAS_DOWN_HOSTS) {
		add_text(b, "parentClusterId", PARENT_CLUSTER_ID);
		json_write_key(b, "nonRunningHostIds");
		buf_adds(b,
		    "[\"65a7d3f0a1b2c3d4e5f60006\","
		    "\"65a7d3f0a1b2c3d4e5f60007\"]");
	}
	if (s->fields & HAS_STREAM) {
		add_text(b, "instanceName", STREAM);
		add_text(b, "processorName", PROCESSOR);
		add_text(b, "processorState", "FAILED");
		add_text(b, "processorErrorMsg",
		    "Kafka producer failed: broker (kafka-0.example.com:9092) "
		    "not available, 3 retries");
	}
	if (s->fields & HAS_SOURCE_TYPE)
		add_text(b, "sourceTypeName", "REPLICA_SET");
	if (s->fields & HAS_TAGS) {
		json_write_key(b, "tags");
		buf_adds(b, "[]");
	}
}

static void
add_metric(struct buf *b, const struct sample *s)
{
	if (s->metric == NULL)
		return;
	add_text(b, "metricName", s->metric);
	json_write_key(b, "currentValue");
	buf_adds(b, "{");
	json_write_key(b, "number");
	json_write_real(b, s->value);
	add_text(b, "units", s->units);
	buf_adds(b, "}");
}

/* The third line of the block: what it is about. */
static const char *
subject(const struct sample *s)
{
	static const struct {
		unsigned int field;
		const char *subject;
	} subjects[] = {{HAS_HOST, HOST}, {HAS_REPLICA_SET, REPLICA_SET},
	    {HAS_CLUSTER, CLUSTER}, {HAS_STREAM, PROCESSOR}};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		if (s->fields & subjects[i].field)
			return subjects[i].subject;
	return PROJECT;
}

/* The block of lines in e-mails and webhooks. */
static void
add_human_readable(struct buf *b, const struct sample *s,
    const struct course *c, time_t now)
{
	struct buf text = BUF_INIT;
	struct tm tm;
	time_t created = now - c->age;

	buf_addf(&text,
	    "Project: " PROJECT "\n\nOrganization: " ORGANIZATION "\n\n" RULE
	    "\n\n%s\n%s \n%s\n",
	    c->status, s->headline, subject(s));
	if (gmtime_r(&created, &tm) != NULL)
		buf_addf(&text, "Created: %04d/%02d/%02d %02d:%02d GMT\n",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		    tm.tm_min);
	if (s->fields & HAS_REPLICA_SET)
		buf_adds(&text, "Replica Set: " REPLICA_SET "\n");
	if (s->fields & HAS_HOST)
		buf_adds(&text, "Type: Secondary\n");
	if (s->metric != NULL) {
		buf_adds(&text, "Current Value: ");
		json_write_real(&text, s->value);
		buf_adds(&text, " \n");
	}
	buf_adds(&text, "\n" RULE "\n\n");
	json_write_key(b, "humanReadable");
	if (text.failed)
		b->failed = true;
	else
		json_write_string(b, text.data, text.len);
	buf_free(&text);
}

void
sample_body(struct buf *b, const struct sample *s, enum transition event,
    time_t now, uint64_t number)
{
	const struct course *c = &courses[event];

	buf_adds(b, "{");
	add_ids(b, now - c->age, number);
	add_text(b, "eventTypeName", s->event_type);
	if (s->type_name != NULL)
		add_text(b, "typeName", s->type_name);
	add_course(b, c, now);
	add_place(b, s);
	add_metric(b, s);
	add_human_readable(b, s, c, now);
	buf_adds(b, "}");
}
