#include "infra/ops/admin_routes.h"

#include <exception>
#include <memory>
#include <utility>

#include "events/json/json_archive.h"
#include "events/values/hash.h"
#include "infra/api/body.h"
#include "infra/api/errors.h"
#include "infra/base/log.h"

namespace contacts {
namespace {

constexpr size_t kMaxWaitingOperations = 16;

http::Response TextAnswer(std::string type, std::string text) {
  http::Response response;
  response.headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
  response.body.push_back(std::make_shared<const std::string>(std::move(text)));
  return response;
}

struct Readiness {
  std::string status = "ready";
  std::vector<std::string> parked;  // tenants: a warning, the others are served

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("status", status), Field("parked", parked));
  }
};

http::Response NotReady(const std::string& why) {
  http::Response response = http::ErrorResponse(503, why);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace

AdminRoutes::AdminRoutes(Operations& operations, const Metrics& metrics,
                         std::function<InstanceStatus()> status, std::string token)
    : operations_(operations),
      metrics_(metrics),
      status_(std::move(status)),
      token_(std::move(token)),
      workers_(1, kMaxWaitingOperations) {}

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
      {"POST", "/ops",
       [this](const http::Request& request, const http::Responder& responder) {
         Operate(request, responder);
       }},
  };
}

http::Response AdminRoutes::Ready() const {
  if (going_down_) return NotReady("This instance is going down.");
  const InstanceStatus status = status_();
  if (!status.fault.empty()) return NotReady(status.fault);
  if (!status.trouble.empty()) return NotReady(status.trouble);
  if (!status.caught_up) {
    return NotReady("Catching up with the log: " + std::to_string(status.entries_left) +
                    " entries are left.");
  }
  return TextAnswer("application/json", ToJson(Readiness{"ready", status.parked}) + "\n");
}

http::Response AdminRoutes::AnswerTo(const OpsRequest& operation) {
  try {
    const auto answer = operations_.Run(operation);
    if (!answer.ok()) return api::ErrorAnswer(answer.error());
    http::Response response = TextAnswer("application/json", answer->text);
    if (answer->next > 0) {
      response.headers.push_back({"Contacts-Next", std::to_string(answer->next)});
    }
    return response;
  } catch (const std::exception& failure) {
    log::Error("an operation failed", {{"cause", failure.what()}});
    return api::ErrorAnswer({ErrorCode::kInternal, failure.what()});
  }
}

void AdminRoutes::Operate(const http::Request& request, const http::Responder& responder) {
  const std::string_view given = request.Find("Authorization").value_or("");
  // Hashes are compared, so that the time says nothing of the token.
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
