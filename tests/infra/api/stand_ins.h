// Parts that the test controls, for cases that real parts show only by chance.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/command.h"
#include "infra/identity/sessions.h"
#include "projections/positions.h"

namespace contacts::api {

// Keeps each command and answers as told.
class ScriptedCommands : public Commands {
 public:
  void Submit(Command command, Reply reply) override {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      answer = next_(command);
      submitted_.push_back(std::move(command));
    }
    reply(std::move(answer));
  }
  void AnswerWith(std::function<Answer(const Command&)> next) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(next);
  }
  std::vector<Command> submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
  }

 private:
  mutable std::mutex mutex_;
  std::function<Answer(const Command&)> next_ = [](const Command&) { return Answer{}; };
  std::vector<Command> submitted_;
};

// Keeps who waits for which position until the test lets them go on.
class ScriptedPositions : public Positions {
 public:
  struct Waiting {
    TenantId tenant;
    Position position;
    Clock::time_point deadline;
    std::function<void(Outcome)> then;
  };
  // Positions up to `applied` are reached immediately.
  explicit ScriptedPositions(Sequence applied = {}) : applied_(applied) {}

  Wait WaitFor(const TenantId& tenant, const Position& position, Clock::time_point deadline,
               std::function<void(Outcome)> then) override {
    if (position.sequence <= applied_ && position.epoch == kFirstEpoch) {
      then(Outcome::kReached);
      return {};
    }
    const std::lock_guard lock(mutex_);
    waiting_ = Waiting{tenant, position, deadline, std::move(then)};
    changed_.notify_all();
    return {tenant, position, 1};
  }
  void Cancel(const Wait&) override {
    const std::lock_guard lock(mutex_);
    ++cancelled_;
    changed_.notify_all();
  }
  // Waits until `count` waits have been cancelled.
  void AwaitCancelled(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ >= count; });
  }
  bool somebody_waits() {
    const std::lock_guard lock(mutex_);
    return waiting_.has_value();
  }

  // Blocks until a request waits.
  Waiting Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.has_value(); });
    return *std::exchange(waiting_, std::nullopt);
  }

 private:
  const Sequence applied_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Waiting> waiting_;
  int cancelled_ = 0;
};

// A cookie is the role of its user, or "role:contact id", or "role@id" for the user of that id of
// another application.
class RoleSessions : public Sessions {
 public:
  std::atomic<bool> all_ended = false;

  void Find(const std::vector<std::string_view>& cookies, SessionUse,
            std::function<void(Result<Session>)> then) override {
    if (cookies.empty() || all_ended)
      return then(Error{ErrorCode::kUnauthenticated, "Log in first."});
    const std::string cookie(cookies.front());
    const size_t mark = cookie.find_first_of(":@");
    Session session{TenantId{"acme"}, UserId{"7"}, "jane", cookie.substr(0, mark), {}};
    if (mark != std::string::npos && cookie[mark] == ':') {
      session.contact_id = ContactId{std::stoll(cookie.substr(mark + 1))};
    } else if (mark != std::string::npos) {
      session.user_id = UserId{cookie.substr(mark + 1)};
      session.origin = SessionOrigin::kAnotherApplication;
    }
    then(session);
  }
  void Begin(const Session& session, const std::vector<std::string_view>&, bool secure,
             std::function<void(Result<std::string>)> then) override {
    then("connect.sid=" + session.username + (secure ? "; Secure" : ""));
  }
  void End(const std::vector<std::string_view>&,
           std::function<void(Result<std::string>)> then) override {
    then(std::string("connect.sid=; Max-Age=0"));
  }
};

// The password is the user's name twice. Each user is in every tenant.
class DoublePasswords : public Passwords {
 public:
  void Check(const LoginAttempt& attempt, std::function<void(Result<Session>)> then) override {
    if (attempt.password != attempt.username + attempt.username) {
      return then(Error{ErrorCode::kUnauthenticated, "Wrong user name or password."});
    }
    then(Session{attempt.tenant, UserId{"7"}, attempt.username, "client", ContactId{3}});
  }
  void Make(const std::string&, std::function<void(Result<std::string>)> then) override {
    then(std::string("credential"));
  }
  void Answered(const TenantId&, const UserId&, const std::string&,
                const std::optional<Error>&) override {}
  std::optional<Error> LockedOut(const std::string&) override { return std::nullopt; }
  void GuessedWrong(const std::string&) override {}
  std::vector<LoginLock> LocksOf(const TenantId&, const std::string&) override { return {}; }
  std::vector<LoginLock> LockedNetworks() override { return {}; }
  bool Unlock(const TenantId&, const std::string&) override { return false; }
  bool UnlockNetwork(const std::string&) override { return false; }
};

}  // namespace contacts::api
