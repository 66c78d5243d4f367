#include "tests/support/log_script.h"

#include <utility>

#include "events/opening.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

constexpr const char* kId = "018bcfe5-6800-7000-8000-000000000001";

void Replace(std::string* text, const std::string& from, const std::string& to) {
  text->replace(text->find(from), from.size(), to);
}

}  // namespace

Record RecordAfter(const Head& parent, const TenantId& tenant, Event event, const Who& who) {
  Record record;
  record.envelope.id = kId;
  record.envelope.sequence = Next(parent.sequence);
  record.envelope.time = TimeOf(record.envelope.sequence);
  record.envelope.tenant = tenant;
  record.envelope.previous = parent.hash;
  record.envelope.actor = who.actor;
  record.envelope.actorname = "user " + who.actor;
  if (!who.key.empty()) {
    record.envelope.idempotencykey = who.key;
    record.envelope.requesthash.emplace(ToHex(Sha256(who.key)));
  }
  record.event = std::move(event);
  return record;
}

LogScript& LogScript::Opens(const std::string& log_id, int64_t epoch) {
  return Raw(std::string(kOpeningKey),
             EncodeOpening(Opening{log_id, 0, 1, kLogFormat, WrittenEpoch(epoch)}, kId, kStart));
}

LogScript& LogScript::Then(const std::string& tenant, Event event, const Who& who) {
  const Head parent = head(tenant);
  return Grow(tenant, EncodeRecord(RecordAfter(parent, TenantId{tenant}, std::move(event), who)));
}

LogScript& LogScript::Loser(const std::string& tenant, Event event) {
  const Head parent = places_[tenant].before;
  return Raw(tenant,
             EncodeRecord(RecordAfter(parent, TenantId{tenant}, std::move(event), Who{"8"})));
}

LogScript& LogScript::Unknown(const std::string& tenant) {
  const Head parent = head(tenant);
  std::string bytes = EncodeRecord(RecordAfter(parent, TenantId{tenant}, Idle("MergeContacts")));
  Replace(&bytes, "NothingChanged", "ContactsMerged");
  Replace(&bytes, "urn:contacts:NothingChanged:1", "urn:contacts:ContactsMerged:1");
  return Grow(tenant, bytes);
}

LogScript& LogScript::Grow(const std::string& tenant, const std::string& bytes) {
  Place& place = places_[tenant];
  place.before = place.head;
  place.head = Head{Next(place.head.sequence), Sha256(bytes)};
  return Raw(tenant, bytes);
}

LogScript& LogScript::Raw(const std::string& key, const std::string& value) {
  const auto offset = static_cast<int64_t>(entries_.size());
  entries_.push_back(
      {Offset{offset}, Timestamp{kStart.milliseconds + offset + paused_}, key, value});
  return *this;
}

LogScript& LogScript::Again(size_t index) {
  const LogEntry entry = entries_[index];
  return Raw(entry.key, entry.value);
}

Head LogScript::head(const std::string& tenant) const {
  const auto place = places_.find(tenant);
  return place == places_.end() ? Head{} : place->second.head;
}

ContactFields FieldsOf(const std::string& name, const std::string& email) {
  ContactFields fields;
  fields.full_name = name;
  fields.email = email;
  return fields;
}

ContactCreated Created(int64_t id, const std::string& name, const std::string& email) {
  return ContactCreated{ContactId{id}, FieldsOf(name, email), std::nullopt};
}

NothingChanged Idle(const std::string& command) {
  return NothingChanged{command, std::nullopt, std::nullopt};
}

UserAdded Added(const std::string& id, const std::string& name, const std::string& role) {
  return UserAdded{UserId{id}, name, role, std::nullopt};
}

}  // namespace contacts::testing
