// Writing a session that began in this service.
#include <algorithm>
#include <utility>
#include <vector>

#include "events/json/json.h"
#include "infra/identity/session_json.h"

namespace contacts {
namespace {

// A number in the first epoch, as earlier builds wrote it; a text later.
std::string Written(const Position& position) {
  const std::string text = TextOf(position);
  return position.epoch > kFirstEpoch ? '"' + text + '"' : text;
}

// A JSON tree: values are put at pointers, then it is written.
struct Branch {
  std::string name;
  std::string value;  // JSON, only of a leaf
  std::vector<Branch> below;

  void Put(const std::vector<std::string>& tokens, size_t from, const std::string& json) {
    if (from == tokens.size()) {
      if (value.empty()) value = json;  // id and name may share a place: then the id counts
      return;
    }
    const auto found = std::find_if(below.begin(), below.end(),
                                    [&](const Branch& b) { return b.name == tokens[from]; });
    Branch& next = found == below.end() ? below.emplace_back(Branch{tokens[from], {}, {}}) : *found;
    next.Put(tokens, from + 1, json);
  }
  void Write(std::string* out) const {
    if (below.empty()) {
      *out += value;
      return;
    }
    char divider = '{';
    for (const Branch& branch : below) {
      *out += std::exchange(divider, ',');
      json::AppendString(branch.name, out);
      *out += ':';
      branch.Write(out);
    }
    *out += '}';
  }
};

std::string CookieJson(const OwnSession& own, const SessionOptions& options, bool secure) {
  const CookieOptions& cookie = options.cookie;
  const Timestamp expires{own.begun.milliseconds + options.idle.count()};
  return "{\"originalMaxAge\":" + std::to_string(options.idle.count()) + ",\"expires\":\"" +
         FormatTimestamp(expires) + "\"" + (secure ? ",\"secure\":true" : "") +
         ",\"httpOnly\":true" +
         (cookie.domain.empty() ? "" : ",\"domain\":" + json::Quoted(cookie.domain)) +
         ",\"path\":" + json::Quoted(cookie.path) + ",\"sameSite\":\"" +
         std::string(LowerCaseName(cookie.same_site)) + "\"}";
}

std::string OwnJson(const OwnSession& own, const std::string& username) {
  return "{\"version\":" + std::string(kOwnSessionVersion) +
         ",\"tenant\":" + json::Quoted(own.tenant.value) +
         ",\"userId\":" + json::Quoted(own.user_id.value) +
         ",\"username\":" + json::Quoted(username) +
         ",\"credentialId\":" + json::Quoted(own.credential_id) +
         ",\"position\":" + Written(own.position) + ",\"begun\":\"" + FormatTimestamp(own.begun) +
         "\"}";
}

}  // namespace

std::string WriteSession(const OwnSession& own, const Session& user, const SessionFields& fields,
                         const SessionOptions& options, bool secure) {
  Branch root;
  root.Put({"cookie"}, 0, CookieJson(own, options, secure));
  root.Put(fields.id.tokens(), 0, json::Quoted(own.user_id.value));
  root.Put(fields.username.tokens(), 0, json::Quoted(user.username));
  root.Put(fields.role.tokens(), 0, json::Quoted(user.role));
  root.Put(fields.tenant.tokens(), 0, json::Quoted(own.tenant.value));
  root.Put(fields.contact.tokens(), 0,
           user.contact_id ? std::to_string(user.contact_id->value) : "null");
  root.Put({std::string(kOwnSessionMember)}, 0, OwnJson(own, user.username));
  std::string json;
  root.Write(&json);
  return json;
}

}  // namespace contacts
