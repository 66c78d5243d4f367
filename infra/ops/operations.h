// The operations that operators can ask for. The same code serves `contacts …` on a directory that
// no server uses and the running server's /ops.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "command/command.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"
#include "infra/base/health.h"
#include "infra/base/system_clock.h"
#include "infra/identity/sessions.h"
#include "infra/instance/instance.h"
#include "infra/ops/ops_request.h"
#include "infra/ops/shown_state.h"
#include "projections/store/view_store.h"

namespace contacts {

// `text` is JSON, or for an export the very records as NDJSON. An export comes in pages: while
// `next` is not 0, ask again from there.
struct OpsAnswer {
  std::string text;
  int64_t next = 0;
  // The record of the disclosure that the pages of an open export belong to; to be sent along with
  // the question for the next one. 0: none.
  int64_t disclosure = 0;
};

// What `secrets wrap` has done: values of the store of secrets that were wrapped now, and that it
// cannot read.
struct WrappedValues {
  int64_t wrapped = 0;
  int64_t unreadable = 0;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("wrapped", wrapped), Field("unreadable", unreadable));
  }
};

// The parts that the operations use; all must outlive them.
struct OpsContext {
  Commands& commands;
  const ViewStore& views;
  seal::Keyring& keyring;
  Passwords& passwords;
  std::function<InstanceStatus()> status;
  const Health& health;
  int partitions = 1;
  std::function<Timestamp()> clock = SystemTime;
  std::function<InstanceFacts()> facts = [] { return InstanceFacts{}; };
  std::function<Result<WrappedValues>()> wrap_secrets = [] { return WrappedValues{}; };
  // Begins now what removes the bytes of erased people, if it is due.
  std::function<void()> clean = [] {};
};

// Any thread; blocks until it is done.
class Operations {
 public:
  explicit Operations(OpsContext context) : context_(context) {}

  // operation.h declares their table, operations.cc has its rows.
  Result<OpsAnswer> Run(const OpsRequest& request);

 private:
  const OpsContext context_;
};

}  // namespace contacts
