// Answers with a JSON body.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "infra/http/message.h"

namespace contacts::api {

inline constexpr const char* kJsonType = "application/json; charset=utf-8";

// Has no Cache-Control of its own, so the front adds no-store.
inline http::Response JsonAnswer(std::string body) {
  return {
      200, {{"Content-Type", kJsonType}}, {std::make_shared<const std::string>(std::move(body))}};
}

}  // namespace contacts::api
