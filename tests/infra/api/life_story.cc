#include "tests/infra/api/life_story.h"

#include <algorithm>
#include <stdexcept>

#include "infra/identity/carried_token.h"

namespace contacts::api {
namespace {

constexpr size_t kTraced = 60;  // requests

}  // namespace

LifeStory::LifeStory() {
  AddUsers();
  AddClient("cleo", "\"A\"");
  AddClient("carl", "\"B\"");
  first_ = head_;
  copies_.resize(users_.size());
}

void LifeStory::AddUsers() {
  users_ = {{"admin", true, true, true},
            {"consultant", true, true},
            {"member", true},
            {"auditor", true},
            {"guest"},
            {"token:read", true},
            {"token:write", true, true},
            {"token:audit", true}};
  OneInstance& first = service_.at(0);
  int number = 0;
  for (LifeUser& user : users_) {
    if (!user.name.starts_with("token:")) {
      first.AddUserOf(kAcme, user.name, user.name);
      user.credentials = first.LogIn(kAcme, user.name);
      user.actor = R"({"id":")" + std::to_string(++number) + R"(","name":")" + user.name + R"("})";
      continue;
    }
    const std::string id = user.name.substr(6);
    const std::string token = NewCarriedToken(kMachineToken, kAcme, id);
    const auto scope = *EnumFrom<TokenScope>(id);
    Expect(!first.Submit(kAcme, IssueToken{id, id, scope, std::nullopt, Sha256(token)}).error, id);
    user.credentials = {"Authorization", "Bearer " + token};
    user.actor = R"({"id":"token:)" + id + R"(","name":")" + id + R"("})";
  }
}

// A contact with an account, which sees the contacts of its company.
void LifeStory::AddClient(const std::string& name, const std::string& company) {
  const std::string email = name + "@x.org";
  LifeFields fields{'"' + name + '"', "null", '"' + email + '"', "null", company,
                    "null",           "null", "\"client\"",      "true", "null"};
  const Received made = Send(
      {&users_[0], "POST", "/api/contacts", {}, "{" + MembersOf(fields) + R"(,"canLogin":true})"},
      0);
  const int id = model_.last() + 1;
  NoteVersion(id, "ContactCreated", fields, made, users_[0], "null");
  OneInstance& first = service_.at(0);
  first.SetPasswordOf(kAcme, email);
  users_.push_back({name});
  users_.back().self = id;
  users_.back().credentials = first.LogIn(kAcme, email);
  NoteHead(Send({&users_[0], "GET", "/api/user"}, 0));
}

// Requests.

Received LifeStory::Send(const Request& request, size_t instance) {
  std::vector<http::Header> headers = request.headers;
  headers.push_back(request.user->credentials);
  std::string line = std::to_string(instance) + " " + request.user->name + " " + request.method +
                     " " + request.target + " " + request.body;
  for (const http::Header& header : request.headers) line += " " + header.name + ":" + header.value;
  trace_.push_back(line);
  if (trace_.size() > kTraced) trace_.pop_front();
  Received received;
  try {
    received =
        service_.Send(instance, request.method, request.target, std::move(headers), request.body);
  } catch (const std::runtime_error& failure) {
    Expect(false, failure.what());
  }
  trace_.back() +=
      " -> " + std::to_string(received.status) + " at " + received.Header("contacts-position");
  return received;
}

Received LifeStory::Read(const LifeUser& user, const std::string& target, LifeDice* dice,
                         std::vector<http::Header> headers) {
  headers.push_back(Least());
  // Changes would wait for a change as well, so they wait two seconds for the position, and again.
  const bool asks_again = target.find("/changes") != std::string::npos;
  if (!asks_again) headers.push_back({"Prefer", "wait=20"});
  const auto instance = static_cast<size_t>(dice->Below(2));
  Received received = Send({&user, "GET", target, headers}, instance);
  for (int i = 0; asks_again && received.status == 503 && i < 10; ++i) {
    received = Send({&user, "GET", target, headers}, instance);
  }
  return received;
}

int64_t LifeStory::At(const Received& received) const {
  const std::string text = received.Header("contacts-position");
  Expect(!text.empty(), "the answer names no position: " + received.body);
  return std::stoll(text);
}

void LifeStory::Expect(bool is_so, const std::string& what) const {
  if (is_so) return;
  std::string all = what + "\nafter these requests (instance, user, request, status, position):\n";
  for (const std::string& line : trace_) all += line + '\n';
  throw std::runtime_error(all);
}

void LifeStory::ExpectBody(const Received& received, const std::string& body) const {
  Expect(received.status == 200 && received.body == body,
         "answered: " + received.body + "\nexpected: " + body);
}

void LifeStory::ExpectError(const Received& received, int status, const std::string& part) const {
  Expect(received.status == status && received.body.find(part) != std::string::npos,
         "answered: " + std::to_string(received.status) + " " + received.body +
             "\nexpected: " + std::to_string(status) + " with " + part);
}

void LifeStory::NoteHead(const Received& received) { head_ = std::max(head_, At(received)); }

// Equal views have equal names, and different ones different names.
void LifeStory::NoteView(const LifeView& view, const std::string& name) {
  Expect(name.size() == 16, "not a view: " + name);
  for (const auto& [known, its_name] : views_) {
    Expect((known == view) == (its_name == name), "the view " + name + " is named otherwise");
  }
  views_[view] = name;
}

void LifeStory::Crash(LifeDice* dice) {
  ++counts_.server_crashes;
  const auto one = static_cast<size_t>(dice->Below(2));
  const int how = dice->Below(16);
  trace_.push_back("instance " + std::to_string(one) + " crashes, " + std::to_string(how));
  if (dice->OneIn(4)) {  // a request waits at that moment
    service_.Begin(one, "GET", "/api/contacts/changes?wait=30&since=" + std::to_string(head_),
                   {users_[0].credentials}, "");
  }
  if (how == 0) return service_.Rebuild(one);
  if (how < 5) return service_.CutPower();
  service_.Crash(one);
}

void LifeStory::Operate(uint64_t seed) {
  LifeDice dice(seed);
  ++counts_.operations;
  const int kind = dice.Below(100);
  const int weights[] = {12, 30, 3, 2, 3, 8, 8, 2, 7, 4, 5, 6};
  using Operation = void (LifeStory::*)(LifeDice*);
  const Operation operations[] = {
      &LifeStory::Create,      &LifeStory::Change,       &LifeStory::Swap,
      &LifeStory::Erase,       &LifeStory::ErasePast,    &LifeStory::Repeat,
      &LifeStory::ReadList,    &LifeStory::ReadMentions, &LifeStory::ReadContact,
      &LifeStory::ReadHistory, &LifeStory::ReadChanges,  &LifeStory::Crash};
  int left = kind;
  for (size_t i = 0; i < std::size(weights); ++i) {
    if (left < weights[i]) {
      (this->*operations[i])(&dice);
      break;
    }
    left -= weights[i];
    if (i + 1 == std::size(weights)) ReadPast(&dice);
  }
  Step(&dice);
}

void LifeStory::End(int pasts) {
  LifeDice dice(static_cast<uint64_t>(head_));
  ExpectCopies(&dice);
  const int64_t span = head_ - first_ + 1;
  const int64_t stride = std::max<int64_t>(1, span / pasts);
  for (int64_t at = first_; at <= head_; at += stride) ReadPastOf(Any(&dice), at, 0, &dice);
  for (const bool rebuilt : {false, true}) {
    if (rebuilt) {
      service_.Rebuild(0);
      service_.Rebuild(1);
    }
    ExpectCopies(&dice);
    for (const LifeUser& user : users_) ExpectFirstTokenWorks(user, &dice);
  }
}

}  // namespace contacts::api
