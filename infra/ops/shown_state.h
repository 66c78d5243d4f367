// The state of an instance as JSON: StateReport writes it, the page of `contacts status` reads it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/values/field.h"
#include "infra/ops/shown_finding.h"
#include "infra/ops/shown_lock.h"
#include "projections/store/rows.h"

namespace contacts {

// The addresses, the stores and the disk of an instance.
struct InstanceFacts {
  std::string log;      // "embedded" or "kafka"
  std::string topic;    // empty: the log is embedded
  std::string data;     // the directory
  std::string address;  // host:port of the API; empty: no server runs
  std::string admin;    // host:port of operations; empty: no server runs
  int64_t serving_seconds = 0;
  int64_t disk_free = 0;  // bytes, of the fullest of its disks; both 0: the system does not say
  int64_t disk_total = 0;
  int64_t locked_accounts = 0;  // locked at an address or at all addresses
  // Bytes of erased people are still in files or the topic of secrets; null: none are.
  Maybe<Timestamp> cleaning_due_since = {};
  std::string cleaning_waits_for = {};  // empty: it begins soon, or goes on
  Maybe<Timestamp> cleaned_at = {};     // when the last ones had gone, since the start

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("log", log), Field("topic", topic), Field("data", data), Field("address", address),
       Field("admin", admin), Field("servingSeconds", serving_seconds),
       Field("diskFreeBytes", disk_free), Field("diskTotalBytes", disk_total),
       Field("lockedAccounts", locked_accounts), Field("cleaningDueSince", cleaning_due_since),
       Field("cleaningWaitsFor", cleaning_waits_for), Field("cleanedAt", cleaned_at));
  }
};

struct ShownPartition {
  int64_t partition = 0;
  std::string log_id;
  int64_t next = 0;
  int64_t superseded = 0;
  int64_t foreign = 0;
  std::vector<ForeignEntry> newest_foreign = {};
  int64_t entries_left = 0;  // of the first catch-up
  std::string fault = {};    // why it stands still; empty: it goes on

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("partition", partition), Field("logId", log_id), Field("next", next),
       Field("superseded", superseded), Field("foreign", foreign),
       Field("newestForeign", newest_foreign), Field("entriesLeft", entries_left),
       Field("fault", fault));
  }
};

struct ShownTenant {
  std::string tenant;
  Sequence head;
  Hash head_hash;
  Sequence applied;
  int64_t contacts = 0;
  int64_t users = 0;
  std::string parked;
  std::string closed;
  std::vector<SupersededChain> orphans;  // entries chained on one that was never seen

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", tenant), Field("head", head), Field("headHash", head_hash),
       Field("applied", applied), Field("contacts", contacts), Field("users", users),
       Field("parked", parked), Field("closed", closed), Field("orphans", orphans));
  }
};

struct ShownState {
  std::string version = CONTACTS_VERSION;
  bool caught_up = false;
  int64_t entries_left = 0;
  std::string fault;
  std::vector<ShownFinding> reasons;  // why it is not ready; empty: it is ready
  std::vector<ShownFinding> warnings;
  int64_t tenants_parked = 0;
  int64_t tenants_closed = 0;
  std::vector<ShownPartition> partitions;
  std::vector<ShownTenant> tenants;
  std::vector<ops::ShownLock> locks;  // of addresses, after failed log-ins
  Maybe<std::string> digest;
  InstanceFacts instance;
  std::vector<std::string> parts;  // of health, all of them

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("version", version), Field("caughtUp", caught_up), Field("entriesLeft", entries_left),
       Field("fault", fault), Field("reasons", reasons), Field("warnings", warnings),
       Field("tenantsParked", tenants_parked), Field("tenantsClosed", tenants_closed),
       Field("partitions", partitions), Field("tenants", tenants), Field("locks", locks),
       Field("digest", digest), Field("instance", instance), Field("parts", parts));
  }
};

}  // namespace contacts
