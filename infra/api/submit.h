// Submits the command of a request and answers its caller.
#pragma once

#include <string>

#include "command/command.h"
#include "infra/api/exchange.h"

namespace contacts::api {

// The answer to a command that was not refused.
using Answered = std::function<void(const ExchangePtr&, const Answer&)>;
// The answer to one that was refused; nullptr: Exchange::Fail.
using Refused = std::function<void(const ExchangePtr&, const Error&, const Answer&)>;

// Submits what the session's user wants, with the key and the reason of the headers. `path`: as
// AddHeaders takes it. A refusal that makes no record of its own is noted afterwards.
void Submit(const ExchangePtr& exchange, const std::string& path, Intent intent, Answered answered,
            Refused refused = nullptr);

}  // namespace contacts::api
