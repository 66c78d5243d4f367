// The routes of the admin address: health and metrics for everyone, operations for callers with the
// token.
//
//   GET  /health/live    200 while the process runs: a restart would not help it
//   GET  /health/ready   200, or 503 with the reasons (readiness.h)
//   GET  /metrics        Prometheus text
//   GET  /ops/proof      ?challenge=<64 hex digits>: OpsProof, before a caller sends the token
//   POST /ops            an OpsRequest; `Authorization: Bearer <token>` of <data>/ops.json. The
//                        answer's text; `Contacts-Next` when there is more of an export,
//                        `Contacts-Disclosure` when that export is open (OpsAnswer)
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "infra/base/health.h"
#include "infra/base/worker_pool.h"
#include "infra/http/router.h"
#include "infra/instance/instance.h"
#include "infra/instance/metrics.h"
#include "infra/ops/operations.h"

namespace contacts {

// Proves that its maker knows the token, without telling it.
std::string OpsProof(const std::string& token, const std::string& challenge);

// The parts must outlive it; it must outlive the server that has its routes.
class AdminRoutes {
 public:
  AdminRoutes(Operations& operations, const Metrics& metrics, const Health& health,
              std::function<InstanceStatus()> status, std::string token);

  std::vector<http::Route> Routes();

  // From now on /health/ready answers 503, so that balancers send no new requests.
  void GoDown() { going_down_ = true; }

 private:
  http::Response Ready() const;
  http::Response Prove(const http::Request& request) const;
  http::Response AnswerTo(const OpsRequest& operation);
  void Operate(const http::Request& request, const http::Responder& responder);

  Operations& operations_;
  const Metrics& metrics_;
  const Health& health_;
  const std::function<InstanceStatus()> status_;
  const std::string token_;
  std::atomic<bool> going_down_{false};
  WorkerPool workers_;  // last: its tasks use the others
};

}  // namespace contacts
