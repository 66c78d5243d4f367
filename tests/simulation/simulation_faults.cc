// The faults of a simulation, and other events that callers do not cause.
#include <algorithm>
#include <array>

#include "events/sealed_record.h"
#include "tests/simulation/simulation.h"

namespace contacts::sim {
// For the trace only: to open a record costs as much as to land it.
std::string Simulation::Named(const std::string& bytes) {
  if (!tracing_) return "";
  const Result<Record> record = secrets_.Read(bytes);
  if (!record) return "(" + std::to_string(bytes.size()) + " bytes)";
  return record->envelope.tenant.value + "/" + std::to_string(record->envelope.sequence.value) +
         " " + ToHex(Sha256(bytes)).substr(0, 6) + " after " +
         ToHex(record->envelope.previous).substr(0, 6) + " " + record->envelope.type +
         " of command " + record->envelope.reason.value_or("?");
}

void Simulation::Deliver(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = in_order_ ? 0 : Pick(instance.wire().in_hand());
  Say(&instance, "lands " + Named(instance.wire().hand(index).value));
  instance.wire().Deliver(index, /*acknowledged=*/true);
}

void Simulation::LoseAcknowledgement(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  Say(&instance, "lands unacknowledged " + Named(instance.wire().hand(0).value));
  instance.wire().Deliver(0, /*acknowledged=*/false);
}

void Simulation::Read(SimInstance& instance) { instance.wire().Reveal(1 + Pick(4)); }

void Simulation::AnswerQuery(SimInstance& instance) { instance.wire().AnswerQuery(); }

void Simulation::Gap(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  Say(&instance, "loses " + Named(instance.wire().hand(index).value));
  instance.wire().Drop(index, Chance(0.3));
}

void Simulation::Duplicate(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  log_.zombies.push_back(instance.wire().hand(Pick(instance.wire().in_hand())));
}

void Simulation::Zombie(SimInstance&) {
  if (log_.zombies.empty()) return;
  const size_t index = Pick(log_.zombies.size());
  Say(nullptr, "a late copy lands: " + Named(log_.zombies[index].value));
  log_.Land(log_.zombies[index].key, log_.zombies[index].value);
  log_.zombies.erase(log_.zombies.begin() + static_cast<std::ptrdiff_t>(index));
}

void Simulation::Break(SimInstance& instance) {
  Say(&instance, "loses its connection");
  instance.wire().Break(0.6);
}

void Simulation::Refuse(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  Say(&instance, "is refused " + Named(instance.wire().hand(index).value));
  // An earlier try of the same hand-over may have succeeded before the refusal.
  if (Chance(0.3)) log_.zombies.push_back(instance.wire().hand(index));
  instance.wire().Report(index, Delivery::kRefused);
}

void Simulation::Deny(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  Say(&instance, "has no right to write " + Named(instance.wire().hand(index).value));
  instance.wire().Report(index, Delivery::kDenied);
}

// Only a record that was never on the wire can be refused on this side.
void Simulation::NeverSend(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  const std::string value = instance.wire().hand(index).value;
  const auto same = [&](const auto& other) { return other.value == value; };
  if (std::any_of(log_.zombies.begin(), log_.zombies.end(), same) ||
      std::any_of(log_.entries().begin(), log_.entries().end(), same)) {
    return;
  }
  const Result<Record> record = secrets_.Read(value);
  if (!record) return;
  const uint64_t uid = Callers::UidOf(*record);
  for (const auto& attempt : callers_.attempts()) {
    attempt->oversized = attempt->oversized || attempt->uid == uid;
  }
  Say(&instance, "does not send " + Named(value));
  instance.wire().Report(index, Delivery::kNeverSent);
}

void Simulation::Foreign(SimInstance&) {
  static const std::array<const char*, 4> kTexts{"", "garbage", "{\"tenant\":\"acme\"}", "[1,2]"};
  log_.Land("acme", kTexts[Pick(kTexts.size())]);
}

std::string Simulation::NewersRecord(const TenantId& tenant, Event event) {
  Record record;
  const size_t head = HistoryOf(tenant);
  record.envelope.id = "from a newer build " + std::to_string(head);
  record.envelope.tenant = tenant;
  record.envelope.sequence = Sequence{static_cast<int64_t>(head) + 1};
  if (const auto before = log_.truth().heads.find(tenant); before != log_.truth().heads.end()) {
    record.envelope.previous = before->second.hash;
  }
  record.envelope.actor = kNewerBuild;
  record.event = std::move(event);
  return *EncodeRecord(record, secrets_.all());
}

// An erasure names the contact's accounts, whoever wrote it.
std::vector<std::string> Simulation::AccountsOf(const TenantId& tenant, ContactId contact) {
  std::vector<std::string> accounts{"ext:1"};
  const auto found = log_.truth().history.find(tenant);
  if (found == log_.truth().history.end()) return accounts;
  for (const std::string& bytes : found->second) {
    const Result<Record> record = secrets_.Read(bytes);
    const auto* created = record ? std::get_if<ContactCreated>(&record->event) : nullptr;
    if (created == nullptr || created->id != contact || !created->account) continue;
    accounts.push_back(created->account->user_id.value);
  }
  return accounts;
}

// A newer build writes a record that no instance here understands, and erases somebody.
void Simulation::Newer(SimInstance&) {
  const TenantId tenant{"gamma"};
  std::string bytes = NewersRecord(tenant, TenantLimited{});
  const std::string known = TenantLimited::kType;
  for (size_t at; (at = bytes.find(known)) != bytes.npos;) bytes.replace(at, known.size(), "Newer");
  Say(nullptr, "a newer build's record lands in " + tenant.value);
  log_.Land(tenant.value, bytes);
  if (Chance(0.5)) return;
  Say(nullptr, "a newer build erases contact 1 of " + tenant.value);
  log_.Land(tenant.value,
            NewersRecord(tenant, PersonErased{ContactId{1}, AccountsOf(tenant, {1}), {}}));
}

// A copy of a record, in a slot that is taken, which names a tree that never was.
void Simulation::MadeUpKeys(SimInstance&) {
  const auto& entries = log_.entries();
  const size_t copied = Pick(entries.size());
  if (!log_.truth().is_history[copied]) return;  // its slot may still be free
  const LogEntry entry = entries[copied];
  std::string bytes = entry.value;
  const std::string_view keys = R"("keys":")", id = R"("id":")";
  const size_t at = bytes.find(keys), id_at = bytes.find(id);
  if (at == bytes.npos || id_at == bytes.npos) return;
  bytes[at + keys.size()] = bytes[at + keys.size()] == 'a' ? 'b' : 'a';
  bytes.insert(id_at + id.size(), "x");
  Say(nullptr, "a record with a made-up tree lands: " + Named(bytes));
  log_.Land(entry.key, bytes);
}

void Simulation::ReadSecrets(SimInstance& instance) { instance.keys().ReadSome(Pick(40)); }

void Simulation::LateSecret(SimInstance&) { secrets_.LandOneLate(); }

void Simulation::NodeBack(SimInstance&) {
  Say(nullptr, "an old node comes back");
  secrets_.BringBack();
}

void Simulation::ClockJumps(SimInstance& instance) {
  instance.clock_ahead_ms = static_cast<int64_t>(Pick(10'000)) - 5'000;
}

// The time of records goes on, and that of deadlines does not.
void Simulation::MonthPasses(SimInstance&) {
  constexpr int64_t kDayMs = 86'400'000;
  log_.clock_ms += static_cast<int64_t>(20 + Pick(40)) * kDayMs;
  Say(nullptr, "a month passes");
}

void Simulation::Wait(SimInstance&) { now_ += std::chrono::milliseconds(Pick(100)); }

void Simulation::WaitLong(SimInstance&) { now_ += std::chrono::seconds(Pick(12)); }

void Simulation::Crash(SimInstance& instance) {
  Say(&instance, "crashes and restarts");
  for (const auto& attempt : instance.open) {
    attempt->lost = true;
    if (attempt->command.key) to_repeat_.emplace_back(attempt, *attempt->command.key);
  }
  instance.open.clear();
  instance.wire().Break(0.6);
  while (Chance(0.5) && instance.store().LoseLastBatch()) {
  }
  instance.store().Sync();
  if (Chance(0.05)) instance.LoseStore(store_());
  instance.Boot(now_);
  if (Chance(0.8)) instance.wire().AnswerQuery();
}

}  // namespace contacts::sim
