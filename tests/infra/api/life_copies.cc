// Clients that make a copy page by page, and then only apply the changes.
#include <map>
#include <string>
#include <vector>

#include "events/json/json.h"
#include "tests/infra/api/life_story.h"

namespace contacts::api {
namespace {

constexpr int kPage = 3;

// The members of a JSON object, or the elements of an array with their index, as source text.
std::vector<std::pair<std::string, std::string>> PartsOf(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> parts;
  const auto document = json::Document::Parse(text, {.bytes = 50u << 20});
  if (!document) return parts;
  const bool is_array = text.starts_with('[');
  for (uint32_t i = document->root().first; i != 0; i = document->at(i).next) {
    const auto& value = document->at(i);
    parts.emplace_back(is_array ? "" : std::string(document->Name(value)), document->Raw(value));
  }
  return parts;
}

std::map<std::string, std::string> MembersIn(const std::string& object) {
  const auto parts = PartsOf(object);
  return {parts.begin(), parts.end()};
}

void Put(const std::string& contact, LifeCopy* copy) {
  copy->contacts[std::stoi(MembersIn(contact)["id"])] = contact;
}

std::string ListOf(const LifeCopy& copy) {
  std::string list;
  for (const auto& [id, contact] : copy.contacts) list += (list.empty() ? "" : ",") + contact;
  return "[" + list + "]";
}

}  // namespace

// Only a caller whose view has changed begins again.
bool LifeStory::StartsAnew(const LifeUser& user, const Received& received, LifeCopy* copy) {
  const auto now = views_.find(ViewOf(user));
  const bool is_other = !copy->view.empty() && (now == views_.end() || now->second != copy->view);
  Expect((received.status == 410) == is_other, "a view that changed or not: " + received.body);
  if (!is_other) return false;
  ExpectError(received, 410, R"("code":"viewChanged","start":"/api/contacts?limit=1000"})");
  Expect(user.name == "carl", "only carl's company changes");
  ++counts_.restarts;
  *copy = LifeCopy{};
  return true;
}

void LifeStory::ReadPage(const LifeUser& user, LifeCopy* copy, LifeDice* dice) {
  std::string target = "/api/contacts?limit=" + std::to_string(kPage);
  if (!copy->since.empty()) {
    target +=
        "&after=" + std::to_string(copy->after) + "&asOf=" + copy->since + "&view=" + copy->view;
  }
  const Received page = Read(user, target, dice);
  if (StartsAnew(user, page, copy)) return;
  Expect(page.status == 200, page.body);
  if (copy->since.empty()) copy->since = page.Header("contacts-position");
  ExpectPage(user, page, std::stoll(copy->since), copy->after, kPage);
  for (const auto& [none, contact] : PartsOf(page.body)) Put(contact, copy);
  copy->view = page.Header("contacts-view");
  const std::string link = page.Header("link");
  copy->walks = !link.empty();
  if (copy->walks) copy->after = std::stoi(link.substr(link.find("after=") + 6));
}

void LifeStory::Follow(const LifeUser& user, LifeCopy* copy, LifeDice* dice) {
  const std::string target = "/api/contacts/changes?limit=" + std::to_string(copy->limit) +
                             "&since=" + copy->since + "&view=" + copy->view;
  const int64_t since = std::stoll(copy->since);
  const Received changes = Read(user, target, dice);
  if (StartsAnew(user, changes, copy)) return;
  ExpectChanges(user, changes, since, copy->limit);
  auto members = MembersIn(changes.body);
  for (const auto& [none, change] : PartsOf(members["changes"])) {
    auto of = MembersIn(change);
    if (of.contains("removed")) {
      copy->contacts.erase(std::stoi(of["removed"]));
    } else {
      Put(of["contact"], copy);
    }
  }
  copy->since = members["next"].substr(1, members["next"].size() - 2);
  copy->more = members["more"] == "true";
}

// One client does its next step, and stores what it has, or crashes: then it goes on with what it
// stored last.
void LifeStory::Step(LifeDice* dice) {
  const auto i = static_cast<size_t>(dice->Below(static_cast<int>(users_.size())));
  Following& following = copies_[i];
  following.live.walks ? ReadPage(users_[i], &following.live, dice)
                       : Follow(users_[i], &following.live, dice);
  switch (dice->Below(14)) {
    case 0:
      ++counts_.client_crashes;
      following.live = following.stored;
      break;
    case 1:
    case 2:
    case 3:
      break;
    default:
      following.stored = following.live;
  }
}

void LifeStory::Finish(const LifeUser& user, LifeCopy* copy, LifeDice* dice) {
  do {
    copy->walks ? ReadPage(user, copy, dice) : Follow(user, copy, dice);
  } while (copy->walks || copy->more);
  ExpectBody(Read(user, "/api/contacts", dice), ListOf(*copy));
}

void LifeStory::ExpectCopies(LifeDice* dice) {
  for (size_t i = 0; i < users_.size(); ++i) Finish(users_[i], &copies_[i].live, dice);
}

// From the list of the first position on, the changes lead to the list of now.
void LifeStory::ExpectFirstTokenWorks(const LifeUser& user, LifeDice* dice) {
  const std::string first = std::to_string(first_);
  LifeCopy copy;
  const Received then = Read(user, "/api/contacts?asOf=" + first, dice);
  ExpectPage(user, then, first_, 0, 0);
  for (const auto& [none, contact] : PartsOf(then.body)) Put(contact, &copy);
  copy.walks = false;
  copy.limit = 1000;
  copy.since = first;
  copy.view = then.Header("contacts-view");
  Finish(user, &copy, dice);
}

}  // namespace contacts::api
