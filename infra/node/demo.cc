#include "infra/node/demo.h"

#include <array>
#include <future>
#include <utility>
#include <vector>

#include "events/actor.h"
#include "events/json/json.h"
#include "infra/base/future_of.h"

namespace contacts {
namespace {

struct DemoUser {
  const char *name, *role;
};
constexpr DemoUser kUsers[] = {
    {"admin", "admin"}, {"consultant", "consultant"}, {"member", "member"}, {"client", "client"}};

struct Person {
  const char *name, *mention, *company, *title;
  ContactType type;
};
constexpr Person kPeople[] = {
    {"Ada Lindqvist", "ada", "Contacts AG", "Managing director", ContactType::kInternal},
    {"Bruno Keller", "bruno", "Contacts AG", "Head of finance", ContactType::kInternal},
    {"Chiara Rossi", "chiara", "Contacts AG", "Engineer", ContactType::kInternal},
    {"Dmitri Sokolov", "dmitri", "Contacts AG", "Engineer", ContactType::kInternal},
    {"Élodie Marchand", "elodie", "Contacts AG", "Consultant", ContactType::kInternal},
    {"Farid Haddad", "farid", "Contacts AG", "Consultant", ContactType::kInternal},
    {"Greta Østergård", "greta", "Contacts AG", "Office", ContactType::kInternal},
    {"Hugo Steiner", "hugo", "Contacts AG", "Support", ContactType::kInternal},
    {"Ingrid Bakke", nullptr, "Fjordline AS", "Buyer", ContactType::kClient},
    {"Jamal Carter", nullptr, "Fjordline AS", "Head of IT", ContactType::kClient},
    {"Katarzyna Nowak", "kasia", "Wisła Handel", "Owner", ContactType::kClient},
    {"Liam O'Connor", nullptr, "Harbour & Sons", "Partner", ContactType::kClient},
    {"Mei Tanaka", "mei", "Sakura KK", "Project lead", ContactType::kClient},
    {"Nils Petersen", nullptr, "Nordlys GmbH", "Buyer", ContactType::kClient},
    {"Olga Ivanova", nullptr, "Nordlys GmbH", "Accounting", ContactType::kClient},
    {"Pablo Jiménez", "pablo", "Sol y Mar SL", "Director", ContactType::kClient},
    {"Quentin Dubois", nullptr, "Atelier Dubois", "Owner", ContactType::kVendor},
    {"Rahel Brunner", nullptr, "Papier Brunner", "Sales", ContactType::kVendor},
    {"Søren Holm", "soren", "Holm Data", "Sales", ContactType::kVendor},
    {"Teresa Costa", nullptr, "Costa Limpezas", "Manager", ContactType::kVendor},
    {"Umut Yılmaz", "umut", "Yılmaz Lojistik", "Dispatcher", ContactType::kVendor},
    {"Vera Horváth", nullptr, "Duna Print", "Sales", ContactType::kVendor},
    {"Willem de Vries", nullptr, "De Vries Advocaten", "Lawyer", ContactType::kExternal},
    {"Xenia Papadaki", nullptr, "Papadaki Audit", "Auditor", ContactType::kExternal},
    {"Yusuf Demir", "yusuf", nullptr, "Translator", ContactType::kExternal},
    {"Zoë Baker", "zoe", nullptr, "Photographer", ContactType::kExternal},
    {"Anna Schmidt", nullptr, "Stadt Beispielhausen", "Clerk", ContactType::kExternal},
    {"Benoît Lefèvre", nullptr, "Chambre de commerce", "Secretary", ContactType::kExternal},
    {"Carla Moretti", "carla", "Moretti Design", "Designer", ContactType::kExternal},
    {"David Cohen", nullptr, "Cohen & Partners", "Tax adviser", ContactType::kExternal}};

using Pending = std::future<Answer>;

// With `key`, the same command has its effect once, however often it is sent.
Pending Send(Commands& commands, Intent intent, const std::string& key) {
  Command command;
  command.tenant = TenantId{kDemoTenant};
  command.actor = actors::kDemo;
  command.actor_name = "demo";
  command.reason = "demonstration";
  if (!key.empty()) {
    command.key = key;
    command.request = key;
  }
  command.intent = std::move(intent);
  return FutureOf<Answer>(
      [&](auto reply) { commands.Submit(std::move(command), std::move(reply)); });
}

CreateContact ContactFor(const Person& person, int number) {
  CreateContact create;
  create.fields.full_name = person.name;
  if (person.mention != nullptr) create.fields.mention_name = person.mention;
  create.fields.email = "person" + std::to_string(number) + "@example.com";
  create.fields.phone = "+41 44 555 01 " + std::to_string(10 + number);
  if (person.company != nullptr) create.fields.company = person.company;
  create.fields.title = person.title;
  create.fields.type = person.type;
  return create;
}

Result<bool> AllDone(std::vector<Pending> pending) {
  for (Pending& answer : pending) {
    if (const auto error = answer.get().error) return *error;
  }
  return true;
}

bool PasswordIs(Passwords& passwords, const std::string& username, const std::string& password) {
  return FutureOf<Result<Session>>([&](auto checked) {
           passwords.Check({TenantId{kDemoTenant}, username, password, ""}, std::move(checked));
         })
      .get()
      .ok();
}

Result<bool> GivePassword(Commands& commands, Passwords& passwords, const std::string& username,
                          const std::string& password) {
  const auto credential_id = FutureOf<Result<std::string>>([&](auto made) {
                               passwords.Make(password, std::move(made));
                             }).get();
  if (!credential_id.ok()) return credential_id.error();
  std::vector<Pending> pending;
  pending.push_back(Send(commands, SetPassword{username, *credential_id}, ""));
  const Result<bool> done = AllDone(std::move(pending));
  passwords.Answered(TenantId{kDemoTenant}, UserId{}, *credential_id,
                     done.ok() ? std::nullopt : std::optional(done.error()));
  return done;
}

std::string ShellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace

Result<bool> MakeDemo(Commands& commands, Passwords& passwords, const std::string& password) {
  std::vector<Pending> pending;
  for (const DemoUser& user : kUsers) {
    pending.push_back(
        Send(commands, AddUser{user.name, user.role}, std::string("demo-user-") + user.name));
  }
  int number = 0;
  for (const Person& person : kPeople) {
    ++number;
    pending.push_back(
        Send(commands, ContactFor(person, number), "demo-contact-" + std::to_string(number)));
  }
  if (auto done = AllDone(std::move(pending)); !done.ok()) return done;
  for (const DemoUser& user : kUsers) {
    if (PasswordIs(passwords, user.name, password)) continue;
    if (auto done = GivePassword(commands, passwords, user.name, password); !done.ok()) return done;
  }
  return true;
}

std::string DemoWelcome(const std::string& base, const std::string& password,
                        const std::string& cookie_file) {
  std::string login = "{\"username\":\"admin\",\"password\":";
  json::AppendString(password, &login);
  login += "}";
  const std::string create =
      "{\"fullName\":\"Grace Hopper\",\"email\":\"grace@example.com\",\"type\":\"external\"}";
  const std::string json = " -H 'Content-Type: application/json' -d ";
  const std::string cookies = ShellQuoted(cookie_file);
  return "Log in as admin, consultant, member or client with the password " + password +
         "\nTry these:\n" +  //
         "  curl -c " + cookies + json + ShellQuoted(login) + " " + base + "/login\n" +
         "  curl -b " + cookies + json + ShellQuoted(create) + " " + base + "/contacts\n" +
         "  curl -b " + cookies + " " + base + "/contacts " + base + "/contacts/mentions\n";
}

}  // namespace contacts
