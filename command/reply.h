// A caller's way back from a command: it is answered exactly once, whatever happens on the way.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
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

 private:
  struct Callee {
    virtual ~Callee() = default;
    virtual void Call(Answer answer) = 0;
  };
  template <class Then>
  struct Holds : Callee {
    explicit Holds(Then given) : then(std::move(given)) {}
    void Call(Answer answer) override { then(std::move(answer)); }
    Then then;
  };

  void LeftUnanswered();

  std::unique_ptr<Callee> callee_;  // none: answered, or never to be answered
};

// An answer that is nothing but an error.
Answer Failure(Error error);

}  // namespace contacts
