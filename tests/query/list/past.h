// Given events: histories of tenants, applied by the real projector, one record after the other.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "events/opening.h"
#include "events/record.h"
#include "projections/projector.h"

namespace contacts::query {

class Past {
 public:
  explicit Past(ViewStore& views) : projector_(views, 0, 1) {
    Append(std::string(kOpeningKey),
           EncodeOpening({"log-1", 0, 1}, "018bcfe5-6800-7000-8000-000000000000", {}));
  }

  // The record's position.
  Sequence Then(const TenantId& tenant, Event event) {
    Head& head = heads_[tenant];
    Record record;
    record.envelope.id = "018bcfe5-6800-7000-8000-000000000001";
    record.envelope.time = Timestamp{1764000000000 + head.sequence.value};
    record.envelope.tenant = tenant;
    record.envelope.sequence = Next(head.sequence);
    record.envelope.previous = head.hash;
    record.envelope.actor = "operator";
    record.envelope.actorname = "operator";
    record.event = std::move(event);
    std::string bytes = EncodeRecord(record);
    head = {Next(head.sequence), Sha256(bytes)};
    Append(tenant.value, std::move(bytes));
    return head.sequence;
  }

 private:
  void Append(std::string key, std::string value) {
    projector_.Apply({LogEntry{next_, {}, std::move(key), std::move(value)}});
    next_.value += 1;
  }

  Projector projector_;
  Offset next_{0};
  std::map<TenantId, Head> heads_;
};

}  // namespace contacts::query
