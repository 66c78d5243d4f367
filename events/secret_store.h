// The port to where secrets lie, beside the history and never in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/values/result.h"

namespace contacts {

// Any thread.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  // Durable when it returns.
  virtual Result<bool> Put(std::string_view id, std::string_view secret) = 0;
  // Unknown or erased: nullopt.
  virtual Result<std::optional<std::string>> Get(std::string_view id) = 0;
  virtual Result<bool> Erase(std::string_view id) = 0;
};

}  // namespace contacts
