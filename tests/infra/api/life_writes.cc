// The operations that change contacts, or try to.
#include <algorithm>
#include <string>
#include <utility>

#include "tests/infra/api/life_story.h"

namespace contacts::api {
namespace {

constexpr int kEmails = 24;

std::string TimeIn(const std::string& body, const std::string& name) {
  const size_t at = body.find('"' + name + "\":\"");
  return at == std::string::npos ? "" : body.substr(at + name.size() + 3, 26);
}

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

// The members of the fields that `which` has a bit for.
std::string Chosen(const LifeFields& fields, uint32_t which) {
  std::string members;
  for (size_t i = 0; i < fields.size(); ++i) {
    if ((which >> i & 1) == 0) continue;
    members += (members.empty() ? "" : ",") + Quoted(std::string(kLifeFields[i])) + ":" + fields[i];
  }
  return "{" + members + "}";
}

}  // namespace

// More often one of the clients, or one of the newest, most of which are not erased yet.
int LifeStory::AnyContact(LifeDice* dice) const {
  constexpr int kNewest = 40;
  const int last = model_.last();
  switch (dice->Below(6)) {
    case 0:
      return 1 + dice->Below(2);
    case 1:
    case 2:
      return 1 + dice->Below(last + 1);
    default:
      return last - dice->Below(std::min(last, kNewest));
  }
}

LifeFields LifeStory::AnyFields(LifeDice* dice) const {
  const auto some = [&](const std::string& stem, int of) {
    const int number = dice->Below(of + 1);
    return number == of ? std::string("null") : Quoted(stem + std::to_string(number));
  };
  static const std::array<std::string, 4> kTypes{"internal", "external", "vendor", "client"};
  static const std::array<std::string, 4> kCompanies{"null", "\"A\"", "\"B\"", "\"C\""};
  static const std::array<std::string, 3> kMetadata{"null", R"({"a":1})", R"({"a":2.50})"};
  const std::string stem = dice->OneIn(6) ? "E" : "e";  // unique whatever the case
  return {Quoted("Näme " + std::to_string(dice->Below(50))),
          some("m", 3),
          Quoted(stem + std::to_string(dice->Below(kEmails)) + "@x.org"),
          some("+49 ", 3),
          kCompanies[static_cast<size_t>(dice->Below(4))],
          some("T", 4),
          some("D", 2),
          Quoted(kTypes[static_cast<size_t>(dice->Below(4))]),
          dice->OneIn(4) ? "false" : "true",
          kMetadata[static_cast<size_t>(dice->Below(3))]};
}

void LifeStory::NoteVersion(int id, const std::string& event, const LifeFields& fields,
                            const Received& answer, const LifeUser& user,
                            const std::string& reason) {
  const int64_t at = At(answer);
  Expect(at > changed_, "a change lies before an earlier one");
  const LifeVersion* before = model_.Now(id);
  const std::string updated = TimeIn(answer.body, "updatedAt");
  model_.Add(id, {at, event, fields, before == nullptr ? updated : before->created, updated,
                  user.actor, reason});
  changed_ = at;
  NoteHead(answer);
}

// Now and then the instance crashes with the request under way: then it is sent again, with its
// key, and nobody can tell by the answer.
Received LifeStory::Write(Request* request, LifeDice* dice) {
  auto instance = static_cast<size_t>(dice->Below(2));
  if (dice->OneIn(2))
    request->headers.push_back({"Idempotency-Key", "k" + std::to_string(++keys_)});
  if (dice->OneIn(3)) request->headers.push_back({"Contacts-Reason", "why%20not"});
  const bool has_key = Find(*request, "Idempotency-Key") != nullptr;
  Request sent = *request;
  if (dice->OneIn(2)) sent.headers.push_back(Least());
  if (has_key && dice->OneIn(10)) {
    ++counts_.server_crashes;
    trace_.push_back(std::to_string(instance) + " crashes with the next request under way");
    auto headers = sent.headers;
    headers.push_back(sent.user->credentials);
    service_.Begin(instance, sent.method, sent.target, headers, sent.body);
    dice->OneIn(3) ? service_.CutPower() : service_.Crash(instance);
    instance = static_cast<size_t>(dice->Below(2));
  }
  return Send(sent, instance);
}

const std::string* LifeStory::Find(const Request& request, const std::string& name) {
  for (const http::Header& header : request.headers) {
    if (header.name == name) return &header.value;
  }
  return nullptr;
}

std::string LifeStory::ReasonOf(const Request& request) {
  return Find(request, "Contacts-Reason") == nullptr ? "null" : "\"why not\"";
}

void LifeStory::Keep(const Request& request, const Received& answer, int owner) {
  NoteHead(answer);
  if (Find(request, "Idempotency-Key") != nullptr) kept_.push_back({request, answer, owner});
}

void LifeStory::ExpectTaken(const Request& request, const Received& answer, int holder) {
  const std::string& active = model_.Shown(holder)->fields[kActive];
  Expect(answer.status == 409 &&
             answer.body ==
                 R"({"error":"Conflict","message":"a contact with this e-mail exists already",)"
                 R"("code":"emailTaken","contactId":)" +
                     std::to_string(holder) + R"(,"isActive":)" + active + "}",
         "expected the e-mail to be taken: " + answer.body);
  Keep(request, answer, holder);
}

void LifeStory::ExpectGone(const Received& answer, int id, int64_t erased) const {
  ExpectError(answer, 410,
              R"("message":"contact )" + std::to_string(id) + " was erased at position " +
                  std::to_string(erased) + R"(","code":"erased"})");
}

// Mostly one that may.
const LifeUser& LifeStory::Writer(LifeDice* dice) {
  const LifeUser& any = Any(dice);
  if (any.changes || dice->OneIn(5)) return any;
  return users_[static_cast<size_t>(dice->Below(2))];
}

void LifeStory::Create(LifeDice* dice) {
  const LifeUser& user = Writer(dice);
  const LifeFields fields = AnyFields(dice);
  Request request{&user, "POST", "/api/contacts", {}, "{" + MembersOf(fields) + "}"};
  const Received made = Write(&request, dice);
  if (!user.changes) return ExpectError(made, 403, "Forbidden");
  if (const int holder = model_.Holder(fields[kEmail])) return ExpectTaken(request, made, holder);
  Expect(made.status == 200, made.body);
  const int id = model_.last() + 1;
  NoteVersion(id, "ContactCreated", fields, made, user, ReasonOf(request));
  ExpectBody(made, LifeModel::Body(id, *model_.Now(id)));
  Expect(made.Header("etag") == TagOf(id), "the tag of the new contact");
  Keep(request, made, id);
}

void LifeStory::Change(LifeDice* dice) {
  const LifeUser& user = Writer(dice);
  const int id = AnyContact(dice);
  const LifeFields fields = AnyFields(dice);
  ChangeTo(user, id, fields, static_cast<uint32_t>(dice->Below(1 << kLifeFields.size())), dice);
}

void LifeStory::ChangeTo(const LifeUser& user, int id, const LifeFields& fields, uint32_t which,
                         LifeDice* dice) {
  // Clients keep their account; cleo keeps her company, so that her view stays.
  if (id <= 2) which &= ~((1u << kEmail) | (1u << kActive));
  if (id == 1) which &= ~(1u << kCompany);
  Request request{&user, "PATCH", "/api/contacts/" + std::to_string(id), {}, Chosen(fields, which)};
  const LifeVersion* now = model_.Shown(id);
  bool matches = true;
  switch (dice->Below(6)) {
    case 0:
      request.headers.push_back({"If-Match", R"("1", "nothing")"});
      matches = false;
      break;
    case 1:
      request.headers.push_back({"If-Match", "*"});
      break;
    case 2:
    case 3:
      request.headers.push_back({"If-Match", R"("9", W/)" + (now ? TagOf(id) : "\"1\"")});
      break;
    default:
      break;
  }
  const Received changed = Write(&request, dice);
  if (!user.changes) return ExpectError(changed, 403, "Forbidden");
  if (now == nullptr) {
    if (model_.Now(id)) return ExpectGone(changed, id, model_.Now(id)->at);
    ExpectError(changed, 404, "there is no contact");
    return Keep(request, changed, 0);
  }
  if (!matches) {
    ExpectError(changed, 412, "If-Match");
    Expect(changed.Header("etag") == TagOf(id), "the tag that a change would need");
    return Keep(request, changed, 0);
  }
  LifeFields after = now->fields;
  for (size_t i = 0; i < after.size(); ++i) {
    if ((which >> i & 1) != 0) after[i] = fields[i];
  }
  if (after != now->fields) {
    const int holder = model_.Holder(after[kEmail]);
    if (holder != 0 && holder != id) return ExpectTaken(request, changed, holder);
    Expect(changed.status == 200, changed.body);
    NoteVersion(id, "ContactChanged", after, changed, user, ReasonOf(request));
  }
  ExpectBody(changed, LifeModel::Body(id, *model_.Now(id)));
  Expect(changed.Header("etag") == TagOf(id), "the tag of the changed contact");
  Keep(request, changed, id);
}

// The e-mails of two contacts.
void LifeStory::Swap(LifeDice* dice) {
  const int one = AnyContact(dice);
  const int other = AnyContact(dice);
  if (one <= 2 || other <= 2 || one == other) return;
  if (model_.Shown(one) == nullptr || model_.Shown(other) == nullptr) return;
  const LifeFields first = model_.Shown(one)->fields;
  const LifeFields second = model_.Shown(other)->fields;
  LifeFields between = first;
  between[kEmail] = "\"between@x.org\"";
  ChangeTo(users_[0], one, between, 1 << kEmail, dice);
  ChangeTo(users_[1], other, first, 1 << kEmail, dice);
  ChangeTo(users_[0], one, second, 1 << kEmail, dice);
}

void LifeStory::Erase(LifeDice* dice) {
  const int id = AnyContact(dice);
  const LifeUser& user = dice->OneIn(4) ? Any(dice) : users_[0];
  if (id <= 2) return;
  const Received erased = Send(
      {&user, "POST", "/api/contacts/" + std::to_string(id) + "/erasure", {}, R"({"ground":"b"})"},
      static_cast<size_t>(dice->Below(2)));
  if (!user.administers) return ExpectError(erased, 403, "Forbidden");
  if (model_.Now(id) == nullptr) return ExpectError(erased, 404, "there is no contact");
  if (model_.Shown(id) != nullptr) {
    NoteVersion(id, "PersonErased", {}, erased, user, "null");
  }
  const std::string at = std::to_string(model_.Now(id)->at);
  ExpectBody(erased, R"({"sequence":)" + at + R"(,"recipients":[]})");
  Expect(erased.Header("contacts-position") == at, "the position of the erasure");
}

void LifeStory::ErasePast(LifeDice* dice) {
  const int id = AnyContact(dice);
  const LifeUser& user = dice->OneIn(4) ? Any(dice) : users_[0];
  const std::string target = "/api/contacts/" + std::to_string(id);
  const Received erased =
      Send({&user, "POST", target + "/erasure-of-past"}, static_cast<size_t>(dice->Below(2)));
  if (!user.administers) return ExpectError(erased, 403, "Forbidden");
  if (model_.Now(id) == nullptr) return ExpectError(erased, 404, "there is no contact");
  if (model_.Shown(id) == nullptr) return ExpectGone(erased, id, model_.Now(id)->at);
  ExpectBody(erased,
             R"({"sequence":)" + erased.Header("contacts-position") + R"(,"recipients":[]})");
  NoteHead(erased);
  // Its answer does not say when; the contact does.
  Received now = Read(user, target, dice);
  now.headers["contacts-position"] = erased.Header("contacts-position");
  NoteVersion(id, "PastErased", model_.Now(id)->fields, now, user, "null");
  ExpectBody(now, LifeModel::Body(id, *model_.Now(id)));
}

// The first answer again, on either instance, as long as the record's person is there.
void LifeStory::Repeat(LifeDice* dice) {
  if (kept_.empty()) return Create(dice);
  const Kept& kept = kept_[static_cast<size_t>(dice->Below(static_cast<int>(kept_.size())))];
  Request request = kept.request;
  const bool is_other = dice->OneIn(5);
  if (is_other) request.body += " ";
  const Received again = Send(request, static_cast<size_t>(dice->Below(2)));
  if (kept.owner != 0 && model_.ErasedSince(kept.owner, At(kept.answer)) > 0) {
    return ExpectError(again, 410, R"("code":"erased")");
  }
  if (is_other) return ExpectError(again, 422, "Idempotency-Key");
  Expect(again.status == kept.answer.status && again.body == kept.answer.body &&
             At(again) == At(kept.answer),
         "the first answer was " + std::to_string(kept.answer.status) + " " + kept.answer.body);
  Expect(again.status != 200 || again.Header("etag") == kept.answer.Header("etag"), "another tag");
}

}  // namespace contacts::api
