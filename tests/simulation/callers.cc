#include "tests/simulation/callers.h"

#include <array>

#include "command/rules/decide.h"

namespace contacts::sim {

Intent Callers::RandomIntent() {
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

std::shared_ptr<Attempt> Callers::Ask() {
  auto attempt = std::make_shared<Attempt>();
  attempt->uid = next_uid_++;
  Command& command = attempt->command;
  static constexpr std::array<const char*, 8> kTenants{"acme", "acme", "acme", "acme",
                                                       "acme", "beta", "beta", "gamma"};
  command.tenant.value = kTenants[static_cast<size_t>(Pick(kTenants.size()))];
  command.actor = std::to_string(1 + Pick(2));
  command.actor_name = "u" + command.actor;
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
