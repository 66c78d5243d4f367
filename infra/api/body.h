// Reads a JSON body into a value: every fault of it at once.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/json_archive.h"
#include "events/result.h"
#include "infra/http/message.h"

namespace contacts::api {

// kBadRequest: there is none, or it is no JSON (the message names the byte);
// kUnsupportedMediaType.
Result<json::Document> ParseBody(const http::Request& request);

// Adds the faults of `more` but those of a value that has one already, or lies in such a value.
void AddOtherFaults(std::vector<FieldFault> more, std::vector<FieldFault>* faults);

// kBadRequest with all of them; there must be one.
Error FaultyBody(std::vector<FieldFault> faults);

// For what takes no fields: nothing is wrong with no body, or with `{}`.
std::optional<Error> CheckNoFields(const http::Request& request);

// `check(T*, faults)` adds what is wrong with the values; it sees initial values where the body has
// nothing readable.
template <class T, class Check>
Result<T> ReadBody(const http::Request& request, Check check) {
  const Result<json::Document> document = ParseBody(request);
  if (!document) return document.error();
  T value;
  std::vector<FieldFault> faults;
  FromJson(*document, document->root(), Reading::kRequest, &value, &faults);
  std::vector<FieldFault> of_values;
  check(&value, &of_values);
  AddOtherFaults(std::move(of_values), &faults);
  if (!faults.empty()) return FaultyBody(std::move(faults));
  return value;
}

}  // namespace contacts::api
