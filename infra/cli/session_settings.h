// The settings of sessions and of their cookie, as they are typed.
#pragma once

#include <string>

#include "infra/node/config.h"

namespace CLI {
class App;
}

namespace contacts::cli {

// The types of options whose values need not be UTF-8.
inline constexpr const char* kFile = "FILE";
inline constexpr const char* kDirectory = "DIR";

struct SessionSettings {
  std::string store = "embedded";
  std::string id = "/user/id";
  std::string username = "/user/username";
  std::string role = "/user/role";
  std::string tenant = "/user/tenantId";
  std::string contact = "/user/contactId";
  std::string same_site = "lax";
  std::string secure = "auto";
  int64_t timeout = Config().redis_timeout.count();
  int64_t idle = Config().session_idle.count();
  int64_t life = Config().session_life.count();

  // Both must outlive the parsing.
  void AddTo(CLI::App* serve, Config* config);
  // Throws CLI::ParseError for what does not go together.
  void Fill(Config* config) const;
};

}  // namespace contacts::cli
