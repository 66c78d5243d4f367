#include "projections/views/actor_view.h"

#include <optional>
#include <set>
#include <string>

#include "events/json/json.h"
#include "events/values/month.h"
#include "projections/store/keys.h"

namespace contacts {
namespace {

// The events that erase nobody who acted.
template <class E>
concept SaysNothingOfActors = !E::kAbout.actor;

// Read alone, because a record that was skipped may be of a type that this build does not know.
std::optional<Timestamp> TimeIn(const std::string& record) {
  const Result<json::Document> document = json::Document::Parse(record);
  if (!document) return std::nullopt;
  const json::Node* time = document->Find(document->root(), "time");
  std::string text;
  if (time == nullptr || time->kind != json::Kind::kString) return std::nullopt;
  document->Text(*time, &text);
  return ParseTimestamp(text);
}

class ActorView {
 public:
  ActorView(const Record& record, const TenantRow& row, Round* round)
      : record_(record), row_(row), round_(*round) {}

  void NoteSeen() const {
    const auto& contact = record_.envelope.actorcontact;
    if (!contact) return;
    const std::string key = keys::SeenWith(tenant_, *contact, record_.envelope.actor);
    if (round_.Get(View::kSeen, key)) return;
    round_.Put(View::kSeen, key, "");
    round_.Put(View::kSeen, keys::SeenBy(tenant_, record_.envelope.actor, *contact), "");
  }

  void operator()(const PersonErased& event) const {
    for (const std::string& actor : std::set(event.actors.begin(), event.actors.end())) {
      EraseActor(tenant_, actor, record_.envelope.sequence, &round_);
    }
    if (event.contact_id) Forget(*event.contact_id);
  }
  void operator()(const MonthErased&) const { ForgetKeysBefore(FirstKept()); }
  template <SaysNothingOfActors E>
  void operator()(const E&) const {}

 private:
  // Who was seen with an erased contact matters no more.
  void Forget(ContactId contact) const {
    const std::string beginning = keys::SeenWith(tenant_, contact);
    for (const std::string& key : round_.Keys(View::kSeen, beginning, keys::EndOf(beginning))) {
      const std::string_view actor = keys::PartAfter(beginning, key);
      round_.Erase(View::kSeen, keys::SeenBy(tenant_, actor, contact));
      round_.Erase(View::kSeen, key);
    }
  }

  // Times never go backwards in a tenant, so a binary search finds the first record that keeps its
  // actor. Records whose time cannot be read keep theirs.
  Sequence FirstKept() const {
    int64_t first = 1;
    int64_t last = record_.envelope.sequence.value;
    while (first < last) {
      const int64_t middle = first + (last - first) / 2;
      if (IsErased(Sequence{middle})) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    return Sequence{first};
  }
  bool IsErased(Sequence at) const {
    const auto bytes = round_.Get(View::kRecords, keys::Record(tenant_, at));
    const auto time = bytes ? TimeIn(*bytes) : std::nullopt;
    return time && MonthOf(*time) < row_.months_erased;
  }
  void ForgetKeysBefore(Sequence first) const {
    for (const std::string& key :
         round_.Keys(View::kKeys, keys::Tenant(tenant_), keys::TenantEnd(tenant_))) {
      if (keys::NumberFrom(round_.Get(View::kKeys, key).value_or("")) < first.value) {
        round_.Erase(View::kKeys, key);
      }
    }
  }

  const Record& record_;
  const TenantId& tenant_ = record_.envelope.tenant;
  const TenantRow& row_;
  Round& round_;
};

// A reader that could not open an erased actor's block knows no key of it, so no reader keeps one.
bool IsKeyKept(const Record& record, const TenantRow& tenant, const Round& round) {
  const Envelope& envelope = record.envelope;
  if (MonthOf(envelope.time) < tenant.months_erased) return false;
  const bool somebody_is_erased = tenant.erasure.value > 0 || tenant.obeyed.value > 0;
  return !somebody_is_erased ||
         !round.Get(View::kErasedActors, keys::Actor(envelope.tenant, envelope.actor));
}

}  // namespace

void ApplyToActors(const Record& record, const TenantRow& tenant, Round* round) {
  const ActorView view(record, tenant, round);
  view.NoteSeen();
  std::visit(view, record.event);
}

void ApplyKey(const Record& record, const TenantRow& tenant, Round* round) {
  const Envelope& envelope = record.envelope;
  if (!envelope.idempotencykey || !IsKeyKept(record, tenant, *round)) return;
  const std::string key =
      keys::Idempotency(envelope.tenant, envelope.actor, *envelope.idempotencykey);
  if (!round->Get(View::kKeys, key)) {
    round->Put(View::kKeys, key, keys::Number(envelope.sequence.value));
  }
}

void EraseActor(const TenantId& tenant, const std::string& actor, Sequence at, Round* round) {
  const std::string key = keys::Actor(tenant, actor);
  if (!round->Get(View::kErasedActors, key)) {
    round->Put(View::kErasedActors, key, keys::Number(at.value));
  }
  const std::string beginning = keys::Idempotency(tenant, actor, "");
  for (const std::string& used : round->Keys(View::kKeys, beginning, keys::EndOf(beginning))) {
    round->Erase(View::kKeys, used);
  }
}

}  // namespace contacts
