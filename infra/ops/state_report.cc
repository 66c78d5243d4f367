#include "infra/ops/state_report.h"

#include <algorithm>
#include <utility>

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/base/natural_order.h"
#include "projections/store/describe.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

template <class Row>
Row ReadRow(std::string_view value) {
  Row row;
  if (!FromRow(value, &row)) throw StoreFailure("a row of the views cannot be read");
  return row;
}

ShownPartition Show(const ViewReader& views, std::string_view key, const CheckpointRow& row) {
  ShownPartition shown{.partition = keys::PartitionFrom(key),
                       .log_id = row.log_id,
                       .next = row.next.value,
                       .superseded = row.superseded,
                       .foreign = row.foreign};
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

std::string StateReport(const ViewStore& views, const InstanceStatus& status, const Health& health,
                        InstanceFacts facts, std::vector<ops::ShownLock> locks, WithDigest digest) {
  const HealthFindings findings = health.Ask();
  ShownState report;
  report.caught_up = status.caught_up;
  report.entries_left = status.entries_left;
  report.fault = status.fault;
  report.reasons = Shown(findings.reasons);
  report.warnings = Shown(findings.warnings);
  report.tenants_parked = status.parked.count;
  report.tenants_closed = status.closed.count;
  report.locks = std::move(locks);
  report.instance = std::move(facts);
  report.parts = health.parts();
  const auto snapshot = views.Snapshot();
  snapshot->Scan(View::kCheckpoints, "", "", [&](std::string_view key, std::string_view value) {
    report.partitions.push_back(Show(*snapshot, key, ReadRow<CheckpointRow>(value)));
    return true;
  });
  for (ShownPartition& shown : report.partitions) {
    const auto number = static_cast<size_t>(shown.partition);
    if (number >= status.partitions.size()) continue;
    shown.entries_left = status.partitions[number].entries_left;
    shown.fault = status.partitions[number].fault;
  }
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
