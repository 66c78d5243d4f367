// A caller's way back from a command: it is answered exactly once, whatever happens on the way.
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

// Exactly one answer a Submit.
struct Answer {
  // The outcome is `event` at `time` when there is no error; NothingChanged when the command had no
  // effect. A repeated key gets the first answer again.
  std::optional<Error> error;
  Event event = NothingChanged{};
  Timestamp time;
  // The tenant's position by which the answer is true and which this instance has applied; 0 with
  // kUnknownOutcome.
  Sequence position;
};

// Moves only. One that is destroyed or overwritten before it was called answers by itself:
// kUnknownOutcome, because whoever held it failed on the way. One thread at a time.
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

  // The first call counts; a later one does nothing.
  void operator()(Answer answer);

  // To be called before a record of the command is handed to the log: from then on its outcome can
  // be unknown, and `key` is the one that makes a retry safe. False: the caller was told meanwhile
  // that nothing was done, or not to know, so no record may be made for it.
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

  std::unique_ptr<Callee> callee_;  // none: answered, or never to be answered
};

// An answer that is nothing but an error.
Answer Failure(Error error);

}  // namespace contacts
