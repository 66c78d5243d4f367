#include <filesystem>

#include "infra/base/secret_file.h"
#include "infra/check/parts.h"
#include "infra/node/reload.h"

namespace contacts::check {

Findings LookAtSecrets(const Subject& subject) {
  const Config& config = subject.config;
  const bool named = !config.session_secret_file.empty();
  const std::string path = SessionSecretFile(config, config.data);
  std::error_code unknown;
  if (!named && !std::filesystem::exists(path, unknown)) return {};  // the first start makes it
  if (MustLeaveToStart(subject, path)) return {};
  Findings findings;
  const auto add = [&](Finding::Weight weight, std::string what, std::string todo) {
    findings.push_back({"secrets", weight, std::move(what), std::move(todo)});
  };
  const auto secrets = ReadSecrets(path, UserOn(config.data));
  if (!secrets.ok()) {
    std::string what = secrets.error().message;
    if (what.ends_with('.')) what.pop_back();
    add(Finding::Weight::kFault, std::move(what),
        named ? "Correct the file of --session-secret-file."
              : "Remove it and the next start makes another: then all users log in again.");
    return findings;
  }
  for (const SecretDoubt& doubt : DoubtsOfSecrets(path)) {
    add(Finding::Weight::kWarning,
        path + (doubt.line > 0 ? ":" + std::to_string(doubt.line) : "") + ": " + doubt.what,
        doubt.todo);
  }
  return findings;
}

}  // namespace contacts::check
