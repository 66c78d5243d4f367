// The store of sessions that the operator chose.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/values/result.h"
#include "infra/identity/session_options.h"
#include "infra/identity/sessions.h"
#include "infra/node/config.h"
#include "infra/node/node.h"
#include "infra/redis/redis_wire.h"

namespace contacts {

struct OpenedSessions {
  std::unique_ptr<Sessions> sessions;
  std::function<std::string()> trouble;          // why it cannot be asked now; "": it can
  std::function<void(TlsContext)> use_tls = {};  // for connections to come; empty: it uses no TLS
};

// The node, whose metrics then count for the store, must outlive it. A Redis server that cannot be
// reached is not an error: it is tried again until it answers. The error says what is wrong with a
// setting.
Result<OpenedSessions> OpenSessions(const Config& config, SessionOptions options, Node& node);

// Combinations of settings that are allowed but hardly intended: sentences without a period.
std::vector<std::string> DoubtsOfSessions(const Config& config);

}  // namespace contacts
