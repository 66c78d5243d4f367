#include "tests/simulation/callers.h"

#include <array>
#include <string_view>

#include "command/rules/decide.h"
#include "events/values/month.h"

namespace contacts::sim {
namespace {

// More than any clock is behind another: the month that a caller sees is over for every instance.
constexpr int64_t kClocksDifferMs = 10'000;

}  // namespace

// Months that are over, older ones again, and now and then one to come.
EraseMonths Callers::RandomMonths() {
  const int now = MonthOf(Timestamp{log_.clock_ms - kClocksDifferMs});
  const int before = Pick(4) == 0 ? now + 2 : now - Pick(2);
  constexpr size_t kSize = std::string_view("2026-05").size();
  return {FormatTimestamp(BeginOfMonth(before)).substr(0, kSize), Timestamp{log_.clock_ms}};
}

Intent Callers::RandomErasure() {
  const ContactId contact{1 + Pick(5)};
  switch (Pick(9)) {
    case 0:
      return PlaceHold{contact};
    case 1:
      return LiftHold{contact};
    case 2:
      return ErasePast{contact};
    case 3:
      return ErasePerson{std::nullopt, {Outsider()}, Ground::kObjected};
    case 4:
      return RandomMonths();
    default:
      return ErasePerson{contact, {}, Ground::kNoLongerNeeded};
  }
}

// Often for a contact that somebody else changes as well.
Intent Callers::RandomChange() {
  ChangeContact change{ContactId{1 + Pick(5)}, {}, {}};
  if (Pick(3) > 0) change.patch.email.emplace("e" + std::to_string(Pick(6)) + "@x.y");
  if (Pick(3) == 0) change.patch.is_active.emplace(Pick(2) == 1);
  if (Pick(3) == 0)
    change.patch.metadata.emplace(RawJson{"{\"a\":" + std::to_string(Pick(3)) + "}"});
  if (Pick(3) == 0) change.if_changed_at = {{Sequence{1 + Pick(8)}}, {Sequence{1 + Pick(8)}}};
  return change;
}

Intent Callers::RandomIntent() {
  if (Pick(14) == 0) return RandomErasure();
  if (Pick(4) == 0) return RandomChange();
  const int kind = Pick(10);
  if (kind < 6) {
    CreateContact create;
    create.fields.full_name = "N" + std::to_string(Pick(3));
    create.fields.email = (Pick(2) ? "e" : "E") + std::to_string(Pick(6)) + "@x.y";
    create.can_login = Pick(4) == 0;
    return create;
  }
  const std::string name = "e" + std::to_string(Pick(6)) + "@x.y";
  if (kind == 6) return AddUser{name, "member"};
  if (kind == 7) return SetPassword{name, "c" + std::to_string(Pick(1000))};
  return ChangeUser{name, Pick(2) ? "admin" : "member",
                    Pick(3) == 0 ? std::optional<bool>(Pick(2) == 1) : std::nullopt};
}

// Users and outsiders may be erased; then their commands are refused from then on.
void Callers::PickActor(Command* command) {
  const int kind = Pick(6);
  if (kind == 0) {
    command->actor = std::to_string(1 + Pick(4));
  } else if (kind == 1) {
    command->actor = Outsider();
    if (Pick(2)) command->actor_contact = ContactId{1 + Pick(5)};
  } else {
    command->actor = "operator:" + std::to_string(Pick(2));
  }
  command->actor_name = "u" + command->actor;
}

std::shared_ptr<Attempt> Callers::Ask() {
  auto attempt = std::make_shared<Attempt>();
  attempt->uid = next_uid_++;
  Command& command = attempt->command;
  static constexpr std::array<const char*, 8> kTenants{"acme", "acme", "acme", "acme",
                                                       "acme", "beta", "beta", "gamma"};
  command.tenant.value = kTenants[static_cast<size_t>(Pick(kTenants.size()))];
  PickActor(&command);
  command.reason.emplace(std::to_string(attempt->uid));
  command.intent = RandomIntent();
  // The text names only the command, so that the request of another caller for it is the same.
  command.request = std::to_string(command.intent.index()) + '/' + std::to_string(attempt->uid);
  if (Pick(3) == 0) command.key.emplace("k" + std::to_string(Pick(6)));
  attempts_.push_back(attempt);
  return attempt;
}

std::shared_ptr<Attempt> Callers::Repeat(const Attempt& earlier, const std::string& key) {
  auto attempt = std::make_shared<Attempt>();
  attempt->uid = earlier.uid;
  attempt->command = earlier.command;
  attempt->command.key.emplace(key);
  attempts_.push_back(attempt);
  return attempt;
}

uint64_t Callers::UidOf(const Record& record) {
  return record.envelope.reason ? std::stoull(*record.envelope.reason) : 0;
}

}  // namespace contacts::sim
