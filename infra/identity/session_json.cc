#include "infra/identity/session_json.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "events/json/json.h"
#include "events/values/precis.h"
#include "events/values/tenant_text.h"
#include "events/values/unicode.h"

namespace contacts {
namespace {

constexpr json::Limits kLimits{4'000'000, 512};  // sessions of other services may hold much
constexpr size_t kMaxId = 254;
constexpr size_t kMaxRole = 64;
constexpr std::chrono::seconds kUsualLife{86400};  // as connect-redis, for a cookie without an end

Error Unusable(const std::string& what) { return {ErrorCode::kBadRequest, what}; }

bool IsInteger(std::string_view number) {
  return number.find_first_not_of("-0123456789") == std::string_view::npos;
}

std::optional<int64_t> ToInteger(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc() || rest != end) return std::nullopt;
  return value;
}

bool IsAbsent(const json::Node* node) { return node == nullptr || node->kind == json::Kind::kNull; }

// A string, or an integer's decimal text; anything else: nullopt.
std::optional<std::string> TextOf(const json::Document& document, const json::Node* node) {
  if (IsAbsent(node)) return std::nullopt;
  std::string text;
  if (node->kind == json::Kind::kString && document.Text(*node, &text)) return text;
  if (node->kind == json::Kind::kNumber && IsInteger(document.Raw(*node))) {
    return std::string(document.Raw(*node));
  }
  return std::nullopt;
}

// The fault of a name that is compared byte by byte, or shown: it must not look like another. "":
// it has none.
std::string FaultOfSessionName(const std::string& text, size_t most) {
  if (text.empty()) return "is empty";
  if (text.size() > most) return "has more than " + std::to_string(most) + " bytes";
  const unicode::Trimmed whole{text, 1};
  if (auto fault = unicode::FaultOfText(whole)) return *std::move(fault);
  if (auto fault = FaultOfName(whole)) return *std::move(fault);
  const unicode::Trimmed trimmed = unicode::Trim(text);
  if (trimmed.text.size() == text.size()) return "";
  return "must not begin or end with white space";
}

class Reader {
 public:
  Reader(const json::Document& document, const SessionFields& fields)
      : document_(document), fields_(fields) {}

  Result<StoredSession> Read();

 private:
  std::optional<std::string> At(const JsonPointer& pointer) const {
    return TextOf(document_, pointer.Find(document_));
  }
  std::optional<std::string> Member(const json::Node& object, std::string_view name) const {
    return TextOf(document_, document_.Find(object, name));
  }
  bool IsStillOurs(const json::Node& own) const;
  void ReadCookie();
  std::optional<Error> ReadOwn(const json::Node& own);
  std::optional<Error> ReadUser();
  std::optional<Error> ReadContact();

  const json::Document& document_;
  const SessionFields& fields_;
  StoredSession stored_;
};

Result<StoredSession> Reader::Read() {
  if (document_.root().kind != json::Kind::kObject) return Unusable("it is not an object");
  if (IsAbsent(fields_.id.Find(document_))) return NotLoggedIn("Log in first.");
  ReadCookie();
  const json::Node* own = document_.Find(document_.root(), kOwnSessionMember);
  if (own != nullptr) {
    if (auto error = ReadOwn(*own)) return *std::move(error);
    if (IsStillOurs(*own)) return std::move(stored_);
    stored_.own.reset();
  }
  if (auto error = ReadUser()) return *std::move(error);
  if (auto error = ReadContact()) return *std::move(error);
  return std::move(stored_);
}

// Another application may have a user of the same id, who has logged in there in this session: then
// the name differs.
bool Reader::IsStillOurs(const json::Node& own) const {
  const bool has_name = fields_.username.tokens() != fields_.id.tokens();
  return At(fields_.id) == stored_.own->user_id.value &&
         At(fields_.tenant) == stored_.own->tenant.value &&
         (!has_name || At(fields_.username) == Member(own, "username"));
}

void Reader::ReadCookie() {
  stored_.life = kUsualLife;
  const json::Node* cookie = document_.Find(document_.root(), "cookie");
  if (cookie == nullptr || cookie->kind != json::Kind::kObject) return;
  const json::Node* life = document_.Find(*cookie, "originalMaxAge");
  if (life != nullptr && life->kind == json::Kind::kNumber) {
    const auto life_time = ToInteger(document_.Raw(*life));
    if (life_time && *life_time > 0) stored_.life = std::chrono::milliseconds(*life_time);
  }
  const json::Node* expires = document_.Find(*cookie, "expires");
  if (IsAbsent(expires)) return;
  // A text that is not a time counts as one that has passed.
  const auto text = TextOf(document_, expires);
  stored_.expires = (text ? ParseTimestamp(*text) : std::nullopt).value_or(Timestamp{});
}

std::optional<Error> Reader::ReadOwn(const json::Node& own) {
  if (own.kind != json::Kind::kObject) return Unusable("its contactsSession is not an object");
  if (Member(own, "version") != kOwnSessionVersion) {
    return Unusable("its contactsSession is of another release");
  }
  const auto tenant = Member(own, "tenant");
  const auto user = Member(own, "userId");
  const auto credential = Member(own, "credentialId");
  const auto position = PositionFrom(Member(own, "position").value_or(""));
  const auto begun = ParseTimestamp(Member(own, "begun").value_or(""));
  const bool named = Member(own, "username").has_value();
  if (!tenant || !IsTenantId(*tenant) || !user || !named || !credential || !position || !begun) {
    return Unusable("a member of its contactsSession is missing or wrong");
  }
  stored_.own = OwnSession{TenantId{*tenant}, UserId{*user}, *credential, *position, *begun};
  return std::nullopt;
}

std::optional<Error> Reader::ReadUser() {
  const auto id = At(fields_.id);
  if (!id) return Unusable("the user's id is neither a text nor an integer");
  if (const auto fault = FaultOfSessionName(*id, kMaxId); !fault.empty()) {
    return Unusable("the user's id " + fault);
  }
  const auto tenant = At(fields_.tenant);
  if (!tenant) return Unusable("the tenant is missing or not a text");
  if (!IsTenantId(*tenant)) return Unusable("the tenant " + FaultOfTenant(*tenant));
  const auto role = At(fields_.role);
  if (!role) return Unusable("the role is missing or not a text");
  if (const auto fault = FaultOfSessionName(*role, kMaxRole); !fault.empty()) {
    return Unusable("the role " + fault);
  }
  const bool named = !IsAbsent(fields_.username.Find(document_));
  const auto given = named ? At(fields_.username) : id;
  if (!given) return Unusable("the user's name is not a text");
  const std::string username(unicode::Trim(*given).text);  // no user is looked up by it
  if (const auto fault = FaultOfSessionName(username, kMaxId); !fault.empty()) {
    return Unusable("the user's name " + fault);
  }
  stored_.session.origin = SessionOrigin::kAnotherApplication;
  stored_.session.user_id = UserId{*id};
  stored_.session.tenant = TenantId{*tenant};
  stored_.session.role = *role;
  stored_.session.username = username;
  return std::nullopt;
}

std::optional<Error> Reader::ReadContact() {
  const json::Node* node = fields_.contact.Find(document_);
  if (IsAbsent(node)) return std::nullopt;
  const auto text = TextOf(document_, node);
  const auto contact = text ? ToInteger(*text) : std::nullopt;
  if (!contact || *contact < 1) return Unusable("the contact's id is not an integer from 1 on");
  stored_.session.contact_id = ContactId{*contact};
  return std::nullopt;
}

// Then a value at `outer` cannot stand together with one at `inner`.
bool IsInside(const JsonPointer& inner, const JsonPointer& outer) {
  return inner.tokens().size() > outer.tokens().size() &&
         std::equal(outer.tokens().begin(), outer.tokens().end(), inner.tokens().begin());
}

}  // namespace

Result<SessionFields> SessionFields::Of(const std::string& id, const std::string& username,
                                        const std::string& role, const std::string& tenant,
                                        const std::string& contact) {
  std::vector<JsonPointer> pointers;
  for (const std::string* text : {&id, &username, &role, &tenant, &contact}) {
    auto pointer = JsonPointer::Parse(*text);
    if (!pointer.ok()) return Unusable(*text + ": " + pointer.error().message);
    const auto& tokens = pointer->tokens();
    if (tokens.empty() || tokens[0] == "cookie" || tokens[0] == kOwnSessionMember) {
      return Unusable("'" + *text + "' cannot be the place of a user's field");
    }
    for (size_t i = 0; i < pointers.size(); ++i) {
      const bool id_is_name = i == 0 && pointers.size() == 1;
      if (IsInside(*pointer, pointers[i]) || IsInside(pointers[i], *pointer) ||
          (tokens == pointers[i].tokens() && !id_is_name)) {
        return Unusable(*text + " lies in another field, or another field lies in it");
      }
    }
    pointers.push_back(std::move(*pointer));
  }
  return SessionFields{pointers[0], pointers[1], pointers[2], pointers[3], pointers[4]};
}

SessionFields SessionFields::Usual() {
  return *Of("/user/id", "/user/username", "/user/role", "/user/tenantId", "/user/contactId");
}

Result<StoredSession> ReadSession(std::string_view json, const SessionFields& fields) {
  const auto document = json::Document::Parse(json, kLimits);
  if (!document.ok()) return Unusable("it is not JSON");
  return Reader(*document, fields).Read();
}

}  // namespace contacts
