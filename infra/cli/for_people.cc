#include "infra/cli/for_people.h"

#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "events/json/json.h"
#include "events/values/unicode.h"
#include "infra/cli/text_table.h"

namespace contacts::cli {
namespace {

// One line of an answer. A member that is missing or null reads as empty.
class Line {
 public:
  explicit Line(std::string_view text)
      : document_(json::Document::Parse(text, {.bytes = 64'000'000})) {
    if (!document_.ok()) throw std::logic_error("an answer is not JSON");
  }

  std::string operator[](std::string_view name) const { return Shown(At(name)); }
  bool Is(std::string_view name) const {
    const json::Node* node = At(name);
    return node != nullptr && document_->Raw(*node) == "true";
  }
  // Calls `each` with a reader of members, for each object in an array.
  template <class Each>
  void ForEach(std::string_view array, const Each& each) const {
    const json::Node* node = At(array);
    if (node == nullptr) return;
    for (uint32_t i = node->first; i != 0; i = document_->at(i).next) {
      const json::Node& object = document_->at(i);
      each([&](std::string_view name) { return Shown(document_->Find(object, name)); });
    }
  }
  // The texts of an array of texts.
  std::vector<std::string> TextsOf(std::string_view array) const {
    std::vector<std::string> texts;
    const json::Node* node = At(array);
    for (uint32_t i = node == nullptr ? 0 : node->first; i != 0; i = document_->at(i).next) {
      texts.push_back(Shown(&document_->at(i)));
    }
    return texts;
  }
  size_t CountOf(std::string_view array) const {
    const json::Node* node = At(array);
    return node == nullptr ? 0 : node->count;
  }

 private:
  const json::Node* At(std::string_view name) const {
    return document_->Find(document_->root(), name);
  }
  std::string Shown(const json::Node* node) const {
    if (node == nullptr || node->kind == json::Kind::kNull) return "";
    if (node->kind != json::Kind::kString) return std::string(document_->Raw(*node));
    std::string text;
    (void)document_->Text(*node, &text);
    return unicode::ShowInvisible(text);
  }

  const Result<json::Document> document_;
};

// The lines outlive what is made of them: a document points into its text.
std::vector<Line> LinesOf(const std::string& json) {
  std::vector<Line> lines;
  size_t begin = 0;
  while (begin < json.size()) {
    const size_t end = std::min(json.find('\n', begin), json.size());
    lines.emplace_back(std::string_view(json).substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Milliseconds are for programs: "2026-11-29T10:00:00Z".
std::string Seconds(const std::string& time) {
  const size_t dot = time.find('.');
  return dot == std::string::npos ? time : time.substr(0, dot) + "Z";
}

std::string Or(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

std::string StateOf(const Line& user) {
  static constexpr std::pair<const char*, const char*> kStates[] = {
      {"contactInactive", "contact is not active"}, {"noPassword", "no password yet"}};
  std::string state = user["state"];
  for (const auto& [name, shown] : kStates) {
    if (state == name) state = shown;
  }
  if (state == "invited") state += " until " + Seconds(user["invitedUntil"]);
  user.ForEach("locks", [&](const auto& lock) {
    const std::string address = lock("address");
    state += "; locked until " + Seconds(lock("until")) +
             (address.empty() ? " at all addresses" : " at " + address);
  });
  return state;
}

std::string Users(const OpsRequest& request, const std::vector<Line>& lines) {
  if (lines.empty()) return "no users in tenant " + *request.tenant + "\n";
  TextTable table({"USER", "ROLE", "CONTACT", "STATE"});
  for (const Line& user : lines) {
    table.Add({user["username"], user["role"], Or(user["contactId"], "-"), StateOf(user)});
  }
  return table.Text();
}

std::string Tokens(const OpsRequest& request, const std::vector<Line>& lines) {
  if (lines.empty()) return "no tokens in tenant " + *request.tenant + "\n";
  TextTable table({"TOKEN", "SCOPE", "EXPIRES", "STATE", "ID"});
  for (const Line& token : lines) {
    table.Add({token["name"], token["scope"], Or(Seconds(token["expires"]), "never"),
               token.Is("revoked") ? "revoked" : "live", token["id"]});
  }
  return table.Text();
}

std::string Tenants(const OpsRequest&, const std::vector<Line>& lines) {
  if (lines.empty()) return "no tenants\n";
  TextTable table({"TENANT", "CONTACTS", "LIMIT", "USERS", "RECORDS", "STATE"});
  for (const Line& tenant : lines) {
    const bool parked = !tenant["parked"].empty();
    const bool closed = !tenant["closed"].empty();
    table.Add({tenant["tenant"], tenant["contacts"], Or(tenant["contactLimit"], "none"),
               tenant["users"], tenant["position"],
               closed   ? "closed"
               : parked ? "parked"
                        : "open"});
  }
  return table.Text();
}

std::string Addresses(const OpsRequest&, const std::vector<Line>& lines) {
  if (lines.empty()) return "no address is locked\n";
  TextTable table({"ADDRESS", "LOCKED UNTIL"});
  for (const Line& lock : lines) table.Add({lock["address"], Seconds(lock["until"])});
  return table.Text();
}

std::string Holds(const OpsRequest& request, const std::vector<Line>& lines) {
  if (lines.empty()) return "no contact of " + *request.tenant + " is under legal hold\n";
  TextTable table({"CONTACT", "PLACED AT"});
  for (const Line& hold : lines) table.Add({hold["contact"], hold["sequence"]});
  return table.Text();
}

std::string Erased(const OpsRequest& request, const Line& erasure) {
  if (erasure["sequence"].empty()) return "Nothing was changed: that was erased before.";
  std::string text =
      "Erased, by the record " + erasure["sequence"] + " of " + *request.tenant + ".";
  for (const std::string& recipient : erasure.TextsOf("recipients")) {
    text += "\nTell " + recipient + ", to whom the data was disclosed.";
  }
  return text;
}

std::string Limited(const Line& tenant) {
  const std::string has = "; it has " + tenant["contacts"] + ".";
  const std::string limit = tenant["contactLimit"];
  if (limit.empty()) return tenant["tenant"] + " may have any number of contacts" + has;
  return tenant["tenant"] + " may have " + limit + (limit == "1" ? " contact" : " contacts") + has;
}

std::string MayDo(const std::string& scope) {
  if (scope == "write") return "read and change";
  return scope == "audit" ? "audit" : "read";
}

std::string MadeToken(const OpsRequest& request, const Line& token) {
  const std::string expires = Seconds(token["expires"]);
  return "This token, " + token["name"] + ", may " + MayDo(token["scope"]) + " " + *request.tenant +
         (expires.empty() ? "" : " until " + expires) + ". It is shown this once.";
}

using Sentence = std::function<std::string(const OpsRequest&, const Line&)>;

std::string NameIn(const OpsRequest& request, const Line& user, const char* does) {
  return user["username"] + does + *request.tenant;
}

const std::pair<std::string_view, Sentence> kSentences[] = {
    {"user-add",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " may log in to ") + " as " + user["role"] + ".";
     }},
    {"user-passwd",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " has a new password in ") + ", and no session from before.";
     }},
    {"user-disable",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " may not log in to ") + " any more, and has no session.";
     }},
    {"user-enable",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " may log in to ") +
              (user.Is("hasPassword") ? " again." : " again, once there is a password.");
     }},
    {"user-logout",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " has no session in ") + " any more.";
     }},
    {"user-unlock",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " is not locked in ") + " any more.";
     }},
    {"user-role",
     [](const OpsRequest& r, const Line& user) {
       return NameIn(r, user, " has in ") + " the role " + user["role"] + " now.";
     }},
    {"tenant-limit", [](const OpsRequest&, const Line& tenant) { return Limited(tenant); }},
    {"address-unlock",
     [](const OpsRequest&, const Line& address) {
       return address["address"] + (address.Is("wasCounted")
                                        ? " is not locked any more."
                                        : " was not locked: nothing was counted against it.");
     }},
    {"disown",
     [](const OpsRequest& r, const Line& chain) {
       return "Entries chained on " + chain["disowned"] + " are no longer part of " + *r.tenant +
              "'s history.";
     }},
    {"restore",
     [](const OpsRequest&, const Line& done) {
       return "The log is that of the copy: " + done["entries"] + " entries, the newest of " +
              done["newest"] + ". Its next start begins epoch " + done["epoch"] +
              ". What came after the copy is lost, also tokens that were revoked and users that "
              "were disabled since: do that again." +
              (done["kept"].empty() ? "" : " " + done["kept"]);
     }},
    {"hold",
     [](const OpsRequest& r, const Line& hold) {
       return "Contact " + hold["contact"] + " of " + *r.tenant + " must not be erased now.";
     }},
    {"unhold",
     [](const OpsRequest& r, const Line& hold) {
       return "Contact " + hold["contact"] + " of " + *r.tenant + " may be erased again.";
     }},
    {"erase", [](const OpsRequest& r, const Line& erasure) { return Erased(r, erasure); }},
    {"secrets-wrap",
     [](const OpsRequest&, const Line& done) {
       const std::string unreadable = done["unreadable"];
       const bool all = unreadable.empty() || unreadable == "0";
       return "All secrets are encrypted with the first master key, " + done["wrapped"] +
              " of them now: keys below it in the file are no longer needed." +
              (all ? "" : " Not read, and refused: " + unreadable + "; see contacts status.");
     }},
    {"rebuild",
     [](const OpsRequest&, const Line& state) {
       return "The read models were made anew; tenants: " +
              std::to_string(state.CountOf("tenants")) + ", digest: " + state["digest"] + ".";
     }},
};

using List = std::string (*)(const OpsRequest&, const std::vector<Line>&);
constexpr std::pair<std::string_view, List> kLists[] = {{"user-list", &Users},
                                                        {"token-list", &Tokens},
                                                        {"tenant-list", &Tenants},
                                                        {"address-list", &Addresses},
                                                        {"holds", &Holds}};

}  // namespace

// The page of `status` (status_page.h) is also printed when there is no answer.
bool HasFormForPeople(const std::string& verb) { return verb != "export" && verb != "status"; }

Printed ForPeople(const std::string& verb, const OpsRequest& request, const std::string& json) {
  const std::vector<Line> lines = LinesOf(json);
  for (const auto& [name, list] : kLists) {
    if (name == verb) return {list(request, lines), ""};
  }
  for (const auto& [name, sentence] : kSentences) {
    if (name == verb && !lines.empty()) return {sentence(request, lines.front()) + "\n", ""};
  }
  if (verb == "token-revoke") {
    return {"The token " + unicode::ShowInvisible(*request.name) + " of " + *request.tenant +
                " has ended.\n",
            ""};
  }
  if (lines.empty()) return {};
  const Line& made = lines.front();
  if (verb == "token-add") return {made["token"] + "\n", MadeToken(request, made) + "\n"};
  if (verb == "user-invite") {
    return {made["token"] + "\n", "With this link " + made["username"] + " of " + *request.tenant +
                                      " sets a password, once, until " + Seconds(made["expires"]) +
                                      ".\n"};
  }
  return {unicode::EscapeSteering(json), ""};
}

}  // namespace contacts::cli
