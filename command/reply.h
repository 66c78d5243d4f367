// Carries the answer of a command back to its caller, exactly once, whatever happens.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "events/events.h"
#include "events/values/error.h"
#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts {

// Each Submit gets exactly one answer.
struct Answer {
  // The outcome is `event` at `time` when there is no error; NothingChanged when the command had no
  // effect. A repeated key gets the first answer again.
  std::optional<Error> error;
  Event event = NothingChanged{};
  Timestamp time;
  // The answer is true at this position of the tenant, which this instance has applied; 0 with
  // kUnknownOutcome, which names no position.
  Sequence position;
};

// Can only be moved. A Reply that is destroyed or overwritten before it was called automatically
// answers kUnknownOutcome, because the code that held it failed. One thread at a time.
class Reply {
 public:
  Reply() = default;
  // `then` takes an Answer, must not throw, and is called once.
  template <class Then>
  requires(!std::same_as<std::remove_cvref_t<Then>, Reply> && std::invocable<Then&, Answer>)
      Reply(Then then)  // NOLINT(google-explicit-constructor): callers pass lambdas
      : callee_(std::make_unique<Holds<Then>>(std::move(then))) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&& other) noexcept;
  ~Reply() { LeftUnanswered(); }

  // The first call counts; later calls do nothing.
  void operator()(Answer answer);

  // Call it before a record of the command is handed to the log: from then on the outcome can be
  // unknown, and a retry with `key` is safe. False: the caller was already answered, with
  // kUnavailable or kUnknownOutcome, so no record may be made for it.
  [[nodiscard]] bool Begin(const std::string& key) { return !callee_ || callee_->Begin(key); }

 private:
  struct Callee {
    virtual ~Callee() = default;
    virtual void Call(Answer answer) = 0;
    virtual bool Begin(const std::string& key) = 0;
  };
  template <class Then>
  struct Holds : Callee {
    explicit Holds(Then given) : then(std::move(given)) {}
    void Call(Answer answer) override { then(std::move(answer)); }
    bool Begin(const std::string& key) override {
      if constexpr (requires { then.Begin(key); }) return then.Begin(key);
      return true;
    }
    Then then;
  };

  void LeftUnanswered();

  std::unique_ptr<Callee> callee_;  // nullptr: answered, or made without a callee
};

// An answer that has only an error.
Answer Failure(Error error);

}  // namespace contacts
