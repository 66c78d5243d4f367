#include <filesystem>

#include "infra/base/secret_file.h"
#include "infra/check/parts.h"
#include "infra/keys/master_keys.h"
#include "infra/node/reload.h"

namespace contacts::check {

namespace {

std::string WithoutPeriod(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void AddDoubts(const std::string& path, Findings* findings) {
  for (const SecretDoubt& doubt : DoubtsOfSecrets(path)) {
    findings->push_back(
        {"secrets", Finding::Weight::kWarning,
         path + (doubt.line > 0 ? ":" + std::to_string(doubt.line) : "") + ": " + doubt.what,
         doubt.todo});
  }
}

}  // namespace

// A start that lacks a key which the store needs is refused with the name of the key; only a start
// opens the store.
Findings LookAtMasterKeys(const Subject& subject) {
  const std::string& path = subject.config.master_key_file;
  if (path.empty() || MustLeaveToStart(subject, path)) return {};
  const auto keys = ReadMasterKeys(path, UserOn(subject.config.data));
  if (!keys.ok()) {
    return {{"secrets", Finding::Weight::kFault, WithoutPeriod(keys.error().message),
             "Bring the file of --master-key-file back: without the keys in it nobody can log in, "
             "and no personal data can be read."}};
  }
  Findings findings;
  AddDoubts(path, &findings);
  std::error_code unknown;
  const auto inside = std::filesystem::relative(path, subject.config.data, unknown);
  if (!unknown && !inside.empty() && *inside.begin() != "..") {
    findings.push_back({"secrets", Finding::Weight::kWarning,
                        path + ": the master keys lie next to what they encrypt",
                        "Keep them outside of --data and of its backups: a copy of the directory "
                        "holds the keys, too."});
  }
  return findings;
}

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
    add(Finding::Weight::kFault, WithoutPeriod(secrets.error().message),
        named ? "Correct the file of --session-secret-file."
              : "Remove it and the next start makes another: then all users log in again.");
    return findings;
  }
  AddDoubts(path, &findings);
  return findings;
}

}  // namespace contacts::check
