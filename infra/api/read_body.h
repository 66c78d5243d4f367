// Reads a JSON body into a value: every fault of it at once, up to Faults::kMost.
#pragma once

#include <optional>
#include <string>

#include "events/json/json_archive.h"
#include "events/values/result.h"
#include "infra/http/message.h"

namespace contacts::api {

// kBadRequest: there is none, or it is no JSON (the message names the byte);
// kUnsupportedMediaType.
Result<json::Document> ParseBody(const http::Request& request);

// kBadRequest with the faults that were kept; there must be one.
Error FaultyBody(const Faults& faults);

// For what takes no fields: nothing is wrong with no body, or with `{}`.
std::optional<Error> CheckNoFields(const http::Request& request);

// `check(T*, faults)` adds what is wrong with the values; it sees initial values where the body has
// nothing readable.
template <class T, class Check>
Result<T> ReadBody(const http::Request& request, Check check) {
  const Result<json::Document> document = ParseBody(request);
  if (!document) return document.error();
  T value;
  Faults faults;
  FromJson(*document, document->root(), Reading::kRequest, &value, &faults);
  Faults of_values;
  check(&value, &of_values);
  faults.AddOthers(of_values);
  if (!faults.empty()) return FaultyBody(faults);
  return value;
}

}  // namespace contacts::api
