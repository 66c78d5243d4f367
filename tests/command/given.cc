#include "tests/command/given.h"

#include <memory>
#include <stdexcept>

#include "events/values/month.h"
#include "tests/support/keys.h"

namespace contacts::testing {

World FixedWorld(uint8_t first) {
  const auto counter = std::make_shared<uint64_t>(uint64_t{first} << 32);
  return World{[] { return kNow; },
               [counter](uint8_t* to, size_t size) {
                 uint64_t number = ++*counter;
                 for (size_t i = size; i-- > 0; number >>= 8) {
                   to[i] = static_cast<uint8_t>(number);
                 }
               },
               {},
               WriterTag{first}};
}

CreateContact Contact(const std::string& email, bool can_login) {
  CreateContact create;
  create.fields.full_name = "Jane Doe";
  create.fields.email = email;
  create.can_login = can_login;
  return create;
}

Command By(Intent intent, const std::string& key, const std::string& request) {
  Command command;
  command.tenant = TenantId{"acme"};
  command.actor = "7";
  command.actor_name = "Jane Doe";
  if (!key.empty()) command.key.emplace(key);
  command.request = request;
  command.intent = std::move(intent);
  return command;
}

EraseMonths AllMonths() {
  const int next = MonthOf(kNow) + 1;
  return {FormatTimestamp(BeginOfMonth(next)).substr(0, 7), BeginOfMonth(next + 1)};
}

Given& Given::Done(const Command& command) {
  const TenantState state(lookup_, TestKeys(), command.tenant);
  std::optional<Event> event = RecordedEvent(Decide(state, command), command);
  if (!event) throw std::logic_error("this command makes no record");
  const Record record = MakeRecord(state, command, *std::move(event), world_);
  if (Land(command.tenant.value, EncodeRecord(record)).verdict != Judged::Verdict::kHistory) {
    throw std::logic_error("this command's record is not history");
  }
  return *this;
}

}  // namespace contacts::testing
