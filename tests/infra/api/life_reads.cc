// The operations that read. Each answer must be that of the model at the position that it names.
#include <string>
#include <utility>

#include "tests/infra/api/life_story.h"

namespace contacts::api {

void LifeStory::ReadList(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  std::vector<http::Header> headers;
  auto& [tag, tag_at, tag_body] = known_[user.name];
  const bool has_tag = !tag.empty() && dice->OneIn(2);
  if (has_tag) headers.push_back({"If-None-Match", tag});
  // Without a position an instance that is behind answers with what it has.
  const bool may_lag = dice->OneIn(3);
  const Request lagging{&user, "GET", "/api/contacts", headers};
  const Received list = may_lag ? Send(lagging, static_cast<size_t>(dice->Below(2)))
                                : Read(user, "/api/contacts", dice, headers);
  const int64_t at = At(list);
  Expect(may_lag || at >= head_, "an answer from before the position that it had to await");
  // Keys that were erased on one instance are gone on the other before it knows why.
  if (at < changed_ && model_.AnyErasedSince(at)) return;
  const std::string body = model_.Page(ViewOf(user, at), at, 0, 0, at).body;
  if (list.status == 304) {
    Expect(has_tag && body == tag_body, "304, though the list is another one now: " + body);
    return;
  }
  ExpectBody(list, body);
  Expect(!has_tag || at != tag_at, "200, though the client has this list");
  Expect(!has_tag || changed_ > tag_at || at < tag_at, "200, though nothing changed");
  tag = list.Header("etag");
  tag_at = at;
  tag_body = body;
  const auto [known, is_new] = lists_.try_emplace(tag, body);
  Expect(is_new || known->second == body, "one tag of two lists: " + tag);
}

void LifeStory::ReadMentions(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  ExpectBody(Read(user, "/api/contacts/mentions", dice), model_.Mentions(ViewOf(user)));
}

// As it is, or as it was.
void LifeStory::ReadContact(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  const int id = AnyContact(dice);
  const bool of_now = dice->OneIn(2);
  const int64_t at = of_now ? head_ : AnyPosition(dice);
  const LifeVersion* then = model_.At(id, at);
  std::vector<http::Header> headers;
  const bool has_tag = then != nullptr && dice->OneIn(3);
  const std::string tag = then == nullptr ? "" : '"' + std::to_string(then->at) + '"';
  if (has_tag) headers.push_back({"If-None-Match", tag});
  const std::string target = "/api/contacts/" + std::to_string(id);
  const Received contact =
      Read(user, target + (of_now ? "" : "?asOf=" + std::to_string(at)), dice, headers);
  Expect(of_now ? At(contact) >= head_ : contact.status >= 400 || At(contact) == at,
         "the position");
  int64_t erased = model_.ErasedSince(id, at);
  if (model_.Now(id) != nullptr && model_.Shown(id) == nullptr) erased = model_.Now(id)->at;
  if (erased > 0 && user.sees_all && (then != nullptr || model_.Shown(id) == nullptr)) {
    return ExpectGone(contact, id, erased);
  }
  if (then == nullptr || erased > 0 || !LifeModel::Sees(ViewOf(user), id, then->fields)) {
    return ExpectError(contact, 404, "There is no contact " + std::to_string(id));
  }
  Expect(contact.Header("etag") == tag, "the tag " + contact.Header("etag"));
  if (has_tag) return Expect(contact.status == 304 && contact.body.empty(), "not 304");
  ExpectBody(contact, LifeModel::Body(id, *then));
}

void LifeStory::ReadHistory(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  const int id = AnyContact(dice);
  const std::string target = "/api/contacts/" + std::to_string(id) + "/history";
  const Received history = Read(user, target + "?limit=1000", dice);
  const LifeVersion* now = model_.Shown(id);
  if (now == nullptr && model_.Now(id) && user.sees_all) {
    return ExpectGone(history, id, model_.Now(id)->at);
  }
  if (now == nullptr || !LifeModel::Sees(ViewOf(user), id, now->fields)) {
    return ExpectError(history, 404, "There is no contact " + std::to_string(id));
  }
  const std::string whole = model_.History(ViewOf(user), id);
  ExpectBody(history, whole);
  if (!user.sees_all) return;  // others are told less at the beginning of a page
  std::string walked;
  for (std::string after = "0"; after != "null";) {
    const Received page = Read(user, target + "?limit=7&after=" + after, dice);
    const std::string end = R"(],"next":)";
    const size_t begin = std::string(R"({"changes":[)").size();
    const size_t next = page.body.rfind(end);
    Expect(page.status == 200 && next != std::string::npos, page.body);
    walked += (walked.empty() ? "" : ",") + page.body.substr(begin, next - begin);
    after = page.body.substr(next + end.size());
    after.pop_back();
    if (after != "null") after = after.substr(1, after.size() - 2);
  }
  Expect(R"({"changes":[)" + walked + R"(],"next":null})" == whole, "the pages are " + walked);
}

int64_t LifeStory::AnyPosition(LifeDice* dice) const {
  return first_ + dice->Below(static_cast<int>(head_ - first_ + 1));
}

void LifeStory::ReadPast(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  const int64_t at = AnyPosition(dice);
  ReadPastOf(user, at, dice->OneIn(2) ? 1 + dice->Below(9) : 0, dice);
}

void LifeStory::ReadPastOf(const LifeUser& user, int64_t at, int limit, LifeDice* dice) {
  ++counts_.pasts;
  const int after = limit == 0 ? 0 : dice->Below(model_.last() + 2);
  const std::string bounds = limit == 0 ? "" : "limit=" + std::to_string(limit) + "&";
  const Received list = Read(
      user,
      "/api/contacts?" + bounds + "after=" + std::to_string(after) + "&asOf=" + std::to_string(at),
      dice);
  ExpectPage(user, list, at, after, limit);
}

void LifeStory::ExpectPage(const LifeUser& user, const Received& page, int64_t at, int after,
                           int limit) {
  const LifeView view = ViewOf(user);
  const LifePage expected = model_.Page(view, at, after, limit);
  ExpectBody(page, expected.body);
  Expect(At(page) == at, "a page of another position");
  NoteView(view, page.Header("contacts-view"));
  Expect(page.Header("contacts-erased") ==
             (expected.erased == 0 ? "" : std::to_string(expected.erased)),
         "erased: " + page.Header("contacts-erased") + ", not " + std::to_string(expected.erased));
  const std::string link =
      "</api/contacts?limit=" + std::to_string(limit) + "&after=" + std::to_string(expected.next) +
      "&asOf=" + std::to_string(at) + "&view=" + views_[view] + ">; rel=\"next\"";
  Expect(page.Header("link") == (expected.next == 0 ? "" : link),
         "the link is " + page.Header("link") + ", not to " + std::to_string(expected.next));
}

void LifeStory::ReadChanges(LifeDice* dice) {
  const LifeUser& user = Any(dice);
  const int64_t since = AnyPosition(dice);
  const int limit = dice->OneIn(3) ? 1000 : 1 + dice->Below(6);
  const Received changes = Read(
      user,
      "/api/contacts/changes?since=" + std::to_string(since) + "&limit=" + std::to_string(limit),
      dice);
  ExpectChanges(user, changes, since, limit);
}

void LifeStory::ExpectChanges(const LifeUser& user, const Received& changes, int64_t since,
                              int limit) {
  constexpr int64_t kMostLookedAt = 10'000;
  const int64_t now = At(changes);
  const LifeView view = ViewOf(user, now);
  int64_t next = 0;
  const std::string entries = model_.Changes(view, since, static_cast<size_t>(limit),
                                             std::min(now, since + kMostLookedAt), now, &next);
  const size_t at = changes.body.rfind(R"("view":")");
  Expect(changes.status == 200 && at != std::string::npos, changes.body);
  NoteView(view, changes.body.substr(at + 8, 16));
  ExpectBody(changes, R"({"changes":)" + entries + R"(,"next":")" + std::to_string(next) +
                          R"(","more":)" + (next < now ? "true" : "false") + R"(,"view":")" +
                          views_[view] + "\"}");
}

}  // namespace contacts::api
