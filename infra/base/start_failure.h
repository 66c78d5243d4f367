// Why a part of the program could not start, for the operator.
#pragma once

#include <exception>
#include <system_error>

#include "events/values/error.h"

namespace contacts {

// kUnavailable with the words of `failure`; when no thread could be made, what to do about that,
// because the system's own words ("Resource temporarily unavailable") do not say which resource.
inline Error StartFailure(const std::exception& failure) {
  const auto* fault = dynamic_cast<const std::system_error*>(&failure);
  if (fault == nullptr || fault->code() != std::errc::resource_unavailable_try_again) {
    return {ErrorCode::kUnavailable, failure.what()};
  }
  return {ErrorCode::kUnavailable,
          "No thread can be made. Raise the limit of threads (ulimit -u, TasksMax=)."};
}

}  // namespace contacts
