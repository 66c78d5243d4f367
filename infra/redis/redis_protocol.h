// Encodes commands and decodes replies with hiredis, which no other source includes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"

namespace contacts {

using RedisCommand = std::vector<std::string>;  // its name and its arguments

struct RedisReply {
  enum class Kind {
    kNil,
    kText,     // `text`; also a status, "OK"
    kInteger,  // `integer`
    kError,    // `text`, which begins with its code: "NOPERM …"
    kOther,    // an array: no command of ours gets one
  };
  Kind kind = Kind::kNil;
  std::string text = {};
  int64_t integer = 0;

  bool operator==(const RedisReply&) const = default;
};

void AppendCommand(const RedisCommand& command, std::string* out);

// Takes bytes as they arrive and returns the replies in them. One thread.
class RedisReader {
 public:
  RedisReader();
  void Feed(std::string_view bytes);
  // nullopt: more bytes are needed. kUnavailable: the bytes are not the protocol; no reply follows.
  Result<std::optional<RedisReply>> Next();

 private:
  struct Free {
    void operator()(void* reader) const;
  };
  std::unique_ptr<void, Free> reader_;
};

}  // namespace contacts
