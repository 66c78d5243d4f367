#include "infra/ops/admin_routes.h"

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "events/values/hash.h"
#include "infra/api/errors.h"
#include "infra/api/read_body.h"
#include "infra/base/log.h"
#include "infra/base/what_to_do.h"
#include "infra/ops/readiness.h"

namespace contacts {
namespace {

constexpr size_t kMaxWaitingOperations = 16;
// A digest reads all rows, an export many.
constexpr std::chrono::minutes kLongestOperation{10};

http::Response TextAnswer(std::string type, std::string text) {
  http::Response response;
  response.headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
  response.body.push_back(std::make_shared<const std::string>(std::move(text)));
  return response;
}

}  // namespace

std::string OpsProof(const std::string& token, const std::string& challenge) {
  return ToHex(HmacSha256(token, "proof of contacts " + challenge));
}

AdminRoutes::AdminRoutes(Operations& operations, const Metrics& metrics, const Health& health,
                         std::function<InstanceStatus()> status, std::string token)
    : operations_(operations),
      metrics_(metrics),
      health_(health),
      status_(std::move(status)),
      token_(std::move(token)),
      // One thread, so that operations that read all rows take at most one processor from requests.
      workers_(1, kMaxWaitingOperations, {"operations", kLongestOperation}) {}

std::vector<http::Route> AdminRoutes::Routes() {
  return {
      {"GET", "/health/live",
       [](const http::Request&, const http::Responder& responder) {
         responder.Send(TextAnswer("application/json", "{\"status\":\"live\"}\n"));
       }},
      {"GET", "/health/ready",
       [this](const http::Request&, const http::Responder& responder) { responder.Send(Ready()); }},
      {"GET", "/metrics",
       [this](const http::Request&, const http::Responder& responder) {
         responder.Send(TextAnswer("text/plain; version=0.0.4; charset=utf-8", metrics_.Text()));
       }},
      {"GET",
       "/ops/proof",
       [this](const http::Request& request, const http::Responder& responder) {
         responder.Send(Prove(request));
       },
       {"challenge"}},
      {"POST", "/ops",
       [this](const http::Request& request, const http::Responder& responder) {
         Operate(request, responder);
       }},
  };
}

http::Response AdminRoutes::Ready() const {
  HealthFindings findings = health_.Ask();
  if (going_down_) {
    const std::string why = "This instance is going down.";
    findings.reasons.insert(findings.reasons.begin(),
                            {"process", why, WhatToDo("process", why, "")});
  }
  return ReadinessAnswer(findings, status_());
}

http::Response AdminRoutes::Prove(const http::Request& request) const {
  const std::string challenge = request.query.empty() ? "" : request.query.front().second;
  if (!HashFromHex(challenge)) {
    return http::ErrorResponse(400, "challenge must be 64 hexadecimal digits.");
  }
  return TextAnswer("text/plain", OpsProof(token_, challenge));
}

http::Response AdminRoutes::AnswerTo(const OpsRequest& operation) {
  try {
    const auto answer = operations_.Run(operation);
    if (!answer.ok()) return api::ErrorAnswer(answer.error());
    http::Response response = TextAnswer("application/json", answer->text);
    if (answer->next > 0) {
      response.headers.push_back({"Contacts-Next", std::to_string(answer->next)});
    }
    if (answer->disclosure > 0) {
      response.headers.push_back({"Contacts-Disclosure", std::to_string(answer->disclosure)});
    }
    return response;
  } catch (const std::exception& failure) {
    log::Error("an operation failed", {{"cause", failure.what()}});
    return api::ErrorAnswer({ErrorCode::kInternal, failure.what()});
  }
}

void AdminRoutes::Operate(const http::Request& request, const http::Responder& responder) {
  const std::string_view given = request.Find("Authorization").value_or("");
  // Compares hashes, so that the time tells nothing about the token.
  if (Sha256(given) != Sha256("Bearer " + token_)) {
    http::Response refused = http::ErrorResponse(401, "Operations need the token of ops.json.");
    refused.headers.push_back({"WWW-Authenticate", "Bearer realm=\"contacts operations\""});
    return responder.Send(std::move(refused));
  }
  auto read = api::ReadBody<OpsRequest>(request, [](OpsRequest*, Faults*) {});
  if (!read.ok()) return responder.Send(api::ErrorAnswer(read.error()));
  if (!workers_.Post([this, operation = std::move(*read), responder] {
        responder.Send(AnswerTo(operation));
      })) {
    responder.Send(api::ErrorAnswer({ErrorCode::kTooManyRequests, "Too many operations.", {}, 1}));
  }
}

}  // namespace contacts
