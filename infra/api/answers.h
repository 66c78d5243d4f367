// Answers with a JSON body.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "infra/http/message.h"

namespace contacts::api {

inline constexpr const char* kJsonType = "application/json; charset=utf-8";

// Never kept by a cache: for what is said to one caller, once.
inline http::Response JsonAnswer(std::string body) {
  return {200,
          {{"Content-Type", kJsonType}, {"Cache-Control", "no-store"}},
          {std::make_shared<const std::string>(std::move(body))}};
}

}  // namespace contacts::api
