// Reads a JSON body into a value, and reports all its faults together, up to Faults::kMost.
#pragma once

#include <optional>
#include <string>

#include "events/json/json_archive.h"
#include "events/values/result.h"
#include "infra/http/message.h"

namespace contacts::api {

// kBadRequest: there is no body, or it is not JSON (the message names the byte);
// kUnsupportedMediaType.
Result<json::Document> ParseBody(const http::Request& request);

// kBadRequest with the kept faults; there must be at least one.
Error FaultyBody(const Faults& faults);

// For a route that takes no fields: nullopt if there is no body, or `{}`.
std::optional<Error> CheckNoFields(const http::Request& request);

// `check(T*, faults)` adds the faults of the values; a field that could not be read has its initial
// value.
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
