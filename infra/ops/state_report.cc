#include "infra/ops/state_report.h"

#include <algorithm>
#include <vector>

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/base/natural_order.h"
#include "infra/ops/shown_finding.h"
#include "projections/store/describe.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

struct ShownPartition {
  int64_t partition = 0;
  std::string log_id;
  int64_t next = 0;
  int64_t superseded = 0;
  int64_t foreign = 0;
  std::vector<ForeignEntry> newest_foreign;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("partition", partition), Field("logId", log_id), Field("next", next),
       Field("superseded", superseded), Field("foreign", foreign),
       Field("newestForeign", newest_foreign));
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
  std::vector<SupersededChain> orphans;  // entries chained on one that nobody has seen

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", tenant), Field("head", head), Field("headHash", head_hash),
       Field("applied", applied), Field("contacts", contacts), Field("users", users),
       Field("parked", parked), Field("closed", closed), Field("orphans", orphans));
  }
};

struct Report {
  std::string version = CONTACTS_VERSION;
  bool caught_up = false;
  int64_t entries_left = 0;
  std::string fault;
  std::vector<ShownFinding> reasons;  // why it is not ready; empty: it is
  std::vector<ShownFinding> warnings;
  int64_t tenants_parked = 0;
  int64_t tenants_closed = 0;
  std::vector<ShownPartition> partitions;
  std::vector<ShownTenant> tenants;
  std::vector<ops::ShownLock> locks;  // of addresses, after failed log-ins
  Maybe<std::string> digest;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("version", version), Field("caughtUp", caught_up), Field("entriesLeft", entries_left),
       Field("fault", fault), Field("reasons", reasons), Field("warnings", warnings),
       Field("tenantsParked", tenants_parked), Field("tenantsClosed", tenants_closed),
       Field("partitions", partitions), Field("tenants", tenants), Field("locks", locks),
       Field("digest", digest));
  }
};

template <class Row>
Row ReadRow(std::string_view value) {
  Row row;
  if (!FromRow(value, &row)) throw StoreFailure("a row of the views does not read");
  return row;
}

ShownPartition Show(const ViewReader& views, std::string_view key, const CheckpointRow& row) {
  ShownPartition shown{keys::PartitionFrom(key), row.log_id,  row.next.value,
                       row.superseded,           row.foreign, {}};
  if (const auto foreign = views.Get(View::kForeign, key)) {
    shown.newest_foreign = ReadRow<ForeignRow>(*foreign).newest;
  }
  return shown;
}

ShownTenant Show(const ViewReader& views, const TenantId& tenant, const TenantRow& row) {
  ShownTenant shown{tenant.value, row.head,   row.head_hash, row.applied, row.contacts,
                    row.users,    row.parked, row.closed,    {}};
  if (const auto superseded = views.Get(View::kSuperseded, keys::Tenant(tenant))) {
    for (const SupersededChain& chain : ReadRow<SupersededRow>(*superseded).chains) {
      if (chain.root != SupersededChain::Root::kSeen) shown.orphans.push_back(chain);
    }
  }
  return shown;
}

}  // namespace

std::string StateReport(const ViewStore& views, const InstanceStatus& status,
                        const HealthFindings& health, const std::vector<ops::ShownLock>& locks,
                        WithDigest digest) {
  Report report;
  report.caught_up = status.caught_up;
  report.entries_left = status.entries_left;
  report.fault = status.fault;
  report.reasons = Shown(health.reasons);
  report.warnings = Shown(health.warnings);
  report.tenants_parked = status.parked.count;
  report.tenants_closed = status.closed.count;
  report.locks = locks;
  const auto snapshot = views.Snapshot();
  snapshot->Scan(View::kCheckpoints, "", "", [&](std::string_view key, std::string_view value) {
    report.partitions.push_back(Show(*snapshot, key, ReadRow<CheckpointRow>(value)));
    return true;
  });
  snapshot->Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view value) {
    report.tenants.push_back(Show(*snapshot, keys::TenantOf(key), ReadRow<TenantRow>(value)));
    return true;
  });
  std::sort(report.tenants.begin(), report.tenants.end(),
            [](const ShownTenant& a, const ShownTenant& b) {
              return NaturallyBefore(a.tenant, b.tenant);
            });
  if (digest == WithDigest::kYes) report.digest = ToHex(Digest(*snapshot));
  return ToJson(report) + "\n";
}

}  // namespace contacts
