#include "infra/ops/readiness.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/ops/shown_finding.h"

namespace contacts {
namespace {

struct Readiness {
  std::string status = "ready";
  std::vector<std::string> parked;  // the first such tenants; all others are served
  std::vector<std::string> closed;
  std::vector<ShownFinding> warnings;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("status", status), Field("parked", parked), Field("closed", closed),
       Field("warnings", warnings));
  }
};

struct Unreadiness {
  std::string error;
  std::string message;
  std::vector<ShownFinding> reasons;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("error", error), Field("message", message), Field("reasons", reasons));
  }
};

http::Response JsonOf(int status, std::string json) {
  http::Response response{
      status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, {}};
  response.body.push_back(std::make_shared<const std::string>(std::move(json) + "\n"));
  return response;
}

std::string Tenants(const TenantList& list) {
  std::string names;
  for (const std::string& name : list.names) names += (names.empty() ? "" : ", ") + name;
  if (list.count > static_cast<int64_t>(list.names.size())) names += ", …";
  return std::to_string(list.count) + (list.count == 1 ? " tenant (" : " tenants (") + names + ")";
}

std::string WhyTenants(const InstanceStatus& status) {
  std::string why;
  if (status.parked.count > 0) {
    why = Tenants(status.parked) +
          " parked: this build cannot apply their next record; `contacts status` says why, a "
          "newer release goes on";
  }
  if (status.closed.count > 0) {
    why += (why.empty() ? "" : "; ") + Tenants(status.closed) +
           " closed: they take no writes; `contacts status` says why and what to do";
  }
  return why;
}

}  // namespace

http::Response ReadinessAnswer(const HealthFindings& findings, const InstanceStatus& status) {
  if (findings.reasons.empty()) {
    return JsonOf(200, ToJson(Readiness{"ready", status.parked.names, status.closed.names,
                                        Shown(findings.warnings)}));
  }
  http::Response response =
      JsonOf(503, ToJson(Unreadiness{std::string(http::ReasonPhrase(503)),
                                     findings.reasons.front().why, Shown(findings.reasons)}));
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

void AddInstanceChecks(std::function<InstanceStatus()> status, Health* health) {
  using Weight = HealthCheck::Weight;
  health->Add({"partitions", Weight::kNotReady, [status] { return status().fault; }});
  health->Add({"writes", Weight::kNotReady, [status] { return status().trouble; }});
  health->Add({"catch-up", Weight::kNotReady, [status] {
                 const InstanceStatus now = status();
                 if (now.caught_up) return std::string();
                 return "Catching up with the log: " + std::to_string(now.entries_left) +
                        " entries are left.";
               }});
  health->Add({"tenants", Weight::kWarning, [status] { return WhyTenants(status()); }});
}

}  // namespace contacts
