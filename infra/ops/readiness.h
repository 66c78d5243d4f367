// The answers of /health/ready. `next` says what to do (infra/base/what_to_do.h).
//
//   200  {"status":"ready","parked":[tenant …],"closed":[tenant …],
//         "warnings":[{"part","why","next"} …]}
//   503  {"error","message","reasons":[{"part","why","next"} …]}, with Retry-After; the message is
//        the first reason
#pragma once

#include <functional>

#include "infra/base/health.h"
#include "infra/http/message.h"
#include "infra/instance/instance.h"

namespace contacts {

http::Response ReadinessAnswer(const HealthFindings& findings, const InstanceStatus& status);

// Adds the checks of an instance; all that `status` uses must outlive the health.
void AddInstanceChecks(std::function<InstanceStatus()> status, Health* health);

}  // namespace contacts
