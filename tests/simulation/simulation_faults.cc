// The faults of a simulation, and other events that callers do not cause.
#include <algorithm>
#include <array>

#include "tests/simulation/simulation.h"

namespace contacts::sim {
namespace {

std::string Short(const std::string& bytes) {
  const Result<Record> record = DecodeRecord(bytes);
  if (!record) return "(" + std::to_string(bytes.size()) + " bytes)";
  return record->envelope.tenant.value + "/" + std::to_string(record->envelope.sequence.value) +
         " " + ToHex(Sha256(bytes)).substr(0, 6) + " after " +
         ToHex(record->envelope.previous).substr(0, 6) + " " + record->envelope.type +
         " of command " + record->envelope.reason.value_or("?");
}

}  // namespace

void Simulation::Deliver(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = in_order_ ? 0 : Pick(instance.wire().in_hand());
  Say(&instance, "lands " + Short(instance.wire().hand(index).value));
  instance.wire().Deliver(index, /*acknowledged=*/true);
}

void Simulation::LoseAcknowledgement(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  Say(&instance, "lands unacknowledged " + Short(instance.wire().hand(0).value));
  instance.wire().Deliver(0, /*acknowledged=*/false);
}

void Simulation::Read(SimInstance& instance) { instance.wire().Reveal(1 + Pick(4)); }

void Simulation::AnswerQuery(SimInstance& instance) { instance.wire().AnswerQuery(); }

void Simulation::Gap(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  Say(&instance, "loses " + Short(instance.wire().hand(index).value));
  instance.wire().Drop(index, Chance(0.3));
}

void Simulation::Duplicate(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  log_.zombies.push_back(instance.wire().hand(Pick(instance.wire().in_hand())));
}

void Simulation::Zombie(SimInstance&) {
  if (log_.zombies.empty()) return;
  const size_t index = Pick(log_.zombies.size());
  Say(nullptr, "a late copy lands: " + Short(log_.zombies[index].value));
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
  Say(&instance, "is refused " + Short(instance.wire().hand(index).value));
  // An earlier try of the same hand-over may have succeeded before the refusal.
  if (Chance(0.3)) log_.zombies.push_back(instance.wire().hand(index));
  instance.wire().Report(index, Delivery::kRefused);
}

void Simulation::Deny(SimInstance& instance) {
  if (instance.wire().in_hand() == 0) return;
  const size_t index = Pick(instance.wire().in_hand());
  Say(&instance, "has no right to write " + Short(instance.wire().hand(index).value));
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
  const Result<Record> record = DecodeRecord(value);
  if (!record) return;
  const uint64_t uid = Callers::UidOf(*record);
  for (const auto& attempt : callers_.attempts()) {
    attempt->oversized = attempt->oversized || attempt->uid == uid;
  }
  Say(&instance, "does not send " + Short(value));
  instance.wire().Report(index, Delivery::kNeverSent);
}

void Simulation::Foreign(SimInstance&) {
  static const std::array<const char*, 4> kTexts{"", "garbage", "{\"tenant\":\"acme\"}", "[1,2]"};
  log_.Land("acme", kTexts[Pick(kTexts.size())]);
}

// A newer build writes a record that no instance here understands.
void Simulation::Newer(SimInstance&) {
  const TenantId tenant{"gamma"};
  Record record;
  record.envelope.id = "from a newer build";
  record.envelope.tenant = tenant;
  record.envelope.sequence = Sequence{static_cast<int64_t>(HistoryOf(tenant)) + 1};
  if (const auto head = log_.truth().heads.find(tenant); head != log_.truth().heads.end()) {
    record.envelope.previous = head->second.hash;
  }
  record.event = PasswordSet{UserId{"1"}, "c-1"};
  std::string bytes = EncodeRecord(record);
  const std::string known = PasswordSet::kType;
  for (size_t at; (at = bytes.find(known)) != bytes.npos;) bytes.replace(at, known.size(), "Newer");
  Say(nullptr, "a newer build's record lands in " + tenant.value);
  log_.Land(tenant.value, bytes);
}

void Simulation::ClockJumps(SimInstance& instance) {
  instance.clock_ahead_ms = static_cast<int64_t>(Pick(10'000)) - 5'000;
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
  instance.Boot();
  if (Chance(0.8)) instance.wire().AnswerQuery();
}

}  // namespace contacts::sim
