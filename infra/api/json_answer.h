// Answers with a JSON body.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "infra/http/message.h"
#include "query/list/rendered_text.h"

namespace contacts::api {

inline constexpr const char* kJsonType = "application/json; charset=utf-8";

// Has no Cache-Control of its own, so the front adds no-store.
inline http::Response JsonAnswer(std::string body) {
  return {
      200, {{"Content-Type", kJsonType}}, {std::make_shared<const std::string>(std::move(body))}};
}

inline http::Response WithEtag(http::Response response, std::string etag) {
  response.headers.push_back({"ETag", std::move(etag)});
  return response;
}

// A body that may be long: until its client has taken it, the ledger counts it with the lists that
// the tenant's slow readers hold (ListCache::LedgerFor), so that they hold a bounded number of
// bytes in all.
inline http::Response CountedJsonAnswer(std::string body,
                                        const std::shared_ptr<query::TextLedger>& ledger) {
  const query::RenderedText text(std::move(body), ledger);
  text.LetGo();  // nothing but the answer keeps it
  return {200, {{"Content-Type", kJsonType}}, {text.chunk()}};
}

}  // namespace contacts::api
