#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "infra/base/trusted_clock.h"
#include "infra/base/user_name.h"
#include "infra/check/parts.h"
#include "infra/http/address.h"
#include "infra/http/cors.h"
#include "infra/http/server.h"
#include "infra/node/newest_record.h"
#include "infra/node/serve.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"

namespace contacts::check {
namespace {

using Weight = Finding::Weight;

// {0}: there is no record, or the views cannot be read.
Timestamp NewestRecordOn(const std::string& data) {
  std::error_code unknown;
  if (!std::filesystem::exists(data + "/views/CURRENT", unknown)) return Timestamp{0};
  RocksDbViewStoreOptions options;
  options.directory = data + "/views";
  options.access = RocksDbViewStoreOptions::Access::kReadOnly;
  try {
    return NewestRecord(RocksDbViewStore(options));
  } catch (const std::runtime_error&) {
    return Timestamp{0};  // the start says what is wrong with the views
  }
}

}  // namespace

Findings LookAtLists(const Subject& subject) {
  Findings findings;
  const auto look = [&](const char* setting, const auto& make) {
    try {
      make();
    } catch (const std::runtime_error& failure) {
      findings.push_back({"configuration", Weight::kFault,
                          OriginOf(subject, setting) + ": " + failure.what(),
                          "Correct the value."});
    }
  };
  look("trusted-proxies", [&] { (void)http::TrustedProxies(subject.config.trusted_proxies); });
  look("allowed-origins", [&] { (void)http::AllowedOrigins(subject.config.allowed_origins); });
  return findings;
}

Findings LookAtSettingsFile(const Subject& subject) {
  const uid_t user = UserOn(subject.config.data);
  struct stat status = {};
  const std::string& file = subject.settings_file;
  if (user == geteuid() || stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  if (status.st_uid == user || (status.st_mode & (S_IRGRP | S_IROTH)) != 0) return {};
  return {{"configuration", Weight::kWarning,
           file + " can be read by root alone, and the server runs as " + UserName(user) +
               ", which cannot read it again at SIGHUP",
           "Let that user read it: chown or chgrp, and chmod 0640."}};
}

Findings LookAtDescriptors(const Subject& subject) {
  if (const auto enough = HasDescriptors(); !enough.ok()) {
    return {{"descriptors", Weight::kFault, enough.error().message, ""}};
  }
  rlimit limit{};
  const auto connections = static_cast<rlim_t>(subject.config.http_connections);
  const rlim_t wanted = connections + 2 * http::ServerOptions().spare_descriptors;
  if (subject.asked_for == Subject::For::kStart) return {};  // the servers say it
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= wanted) return {};
  return {{"descriptors", Weight::kWarning,
           "the process may have " + std::to_string(limit.rlim_max) + " descriptors, too few for " +
               std::to_string(connections) + " connections",
           "Raise the limit to " + std::to_string(wanted) + " (ulimit -n, LimitNOFILE=)."}};
}

Findings LookAtClock(const Subject& subject) {
  Findings findings;
  if (!TrustedClock::ThisMachine().synchronized()) {
    findings.push_back({"clock", Weight::kWarning, "no NTP client keeps the clock of this machine",
                        "Run an NTP client, for example chrony or systemd-timesyncd."});
  }
  // A server that runs judges its clock itself.
  if (subject.config.accept_clock || ServerOn(subject.config.data)) return findings;
  TrustedClock clock(TrustedClock::ThisMachine(), NewestRecordOn(subject.config.data),
                     TrustedClock::Compare::kWithLog);
  if (std::string why = clock.Fault(); !why.empty()) {
    findings.push_back({"clock", Weight::kPassing, std::move(why), ""});
  }
  return findings;
}

}  // namespace contacts::check
