// The answers of /health/ready.
//
//   200  {"status":"ready","parked":[tenant …],"closed":[tenant …],"warnings":[{"part","why"} …]}
//   503  {"error","message","reasons":[{"part","why"} …]}, with Retry-After; the message is the
//        first reason
#pragma once

#include <functional>

#include "infra/base/health.h"
#include "infra/http/message.h"
#include "infra/instance/instance.h"

namespace contacts {

http::Response ReadinessAnswer(const HealthFindings& findings, const InstanceStatus& status);

// Adds what an instance knows of itself; what `status` asks must outlive the health.
void AddInstanceChecks(std::function<InstanceStatus()> status, Health* health);

}  // namespace contacts
