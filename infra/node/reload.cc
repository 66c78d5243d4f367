#include "infra/node/reload.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "infra/base/log.h"
#include "infra/base/secret_file.h"
#include "infra/base/text_file.h"
#include "infra/http/address.h"
#include "infra/node/serve.h"

namespace contacts {

struct Reload::Wanted {
  const Config& config;
  const Parts& parts;
  std::chrono::seconds* lame_duck;
  std::optional<Hash>* authorities;
};

namespace {

using Changes = Result<std::optional<Reload::Change>>;

// nullopt: nothing changed.
struct Reloaded {
  std::string_view name;
  // For a setting that names a file, whose content may have changed; false: asked when the text
  // changed.
  bool always;
  Changes (*prepare)(const Reload::Wanted& wanted);
};

Reload::Change Now(const Reload::Wanted& wanted, const char* name, std::function<void()> apply) {
  const auto text = wanted.config.texts.find(name);
  const std::string now = text == wanted.config.texts.end() ? "" : text->second;
  return {std::string(name) + " is now \"" + now + "\"", std::move(apply)};
}

Changes SecretsChange(const Reload::Wanted& wanted) {
  const std::string file = SessionSecretFile(wanted.config, wanted.parts.directory.path());
  auto secrets = ReadSecrets(file);
  if (!secrets.ok()) return secrets.error();
  const std::vector<std::string>& now = wanted.parts.secrets.all();
  if (*secrets == now) return std::optional<Reload::Change>();
  const size_t gone =
      static_cast<size_t>(std::count_if(now.begin(), now.end(), [&](const std::string& secret) {
        return std::find(secrets->begin(), secrets->end(), secret) == secrets->end();
      }));
  const std::string said = "the secrets of sessions were read: " +
                           std::string(secrets->front() == now.front() ? "the same" : "another") +
                           " one signs, " + std::to_string(secrets->size()) + " verify, " +
                           std::to_string(gone) + " no longer " + (gone == 1 ? "does" : "do");
  return std::optional(
      Reload::Change{said, [secrets = *std::move(secrets), file, parts = wanted.parts.secrets] {
                       parts.Replace(secrets);
                       for (const SecretDoubt& doubt : DoubtsOfSecrets(file)) {
                         log::Warn("SIGHUP: " + file + ": " + doubt.what,
                                   {{"line", std::to_string(doubt.line)}, {"next", doubt.todo}});
                       }
                     }});
}

// A key that is still needed cannot go: contacts secrets wrap comes first.
Changes MasterKeysChange(const Reload::Wanted& wanted) {
  WrappedSecrets* const store = wanted.parts.wrapped;
  if (store == nullptr) return std::optional<Reload::Change>();
  auto keys = ReadMasterKeys(wanted.config.master_key_file);
  if (!keys.ok()) return keys.error();
  if (store->Uses(*keys)) return std::optional<Reload::Change>();
  if (const auto fits = store->Check(*keys); !fits.ok()) return fits.error();
  const std::string said = "the master keys were read: " + std::to_string(keys->keys.size()) +
                           " decrypt the store of secrets, the first encrypts";
  return std::optional(
      Reload::Change{said, [keys = *std::move(keys), store] { store->Use(keys); }});
}

Changes AuthoritiesChange(const Reload::Wanted& wanted) {
  if (!wanted.parts.use_tls) return std::optional<Reload::Change>();
  const std::string& file = wanted.config.redis_ca_file;
  // Hashed before they are opened, so that a change in between is seen at the next SIGHUP. The
  // machine's authorities are many files, which are opened again each time.
  std::optional<Hash> found;
  if (const auto text = ReadTextFile(file); !file.empty() && text.ok()) found = Sha256(*text);
  if (found && found == *wanted.authorities) return std::optional<Reload::Change>();
  auto tls = TlsContext::Open(file);
  if (!tls.ok()) return tls.error();
  return std::optional(Reload::Change{
      "the CA certificates for Redis were read: they count for the next connection",
      [tls = *std::move(tls), found, kept = wanted.authorities, use = wanted.parts.use_tls] {
        use(tls);
        *kept = found;
      }});
}

// A level that hides more lines counts only after the lines that report it: see Run.
Changes LevelChange(const Reload::Wanted& wanted) {
  return std::optional(Now(wanted, "log-level", [level = wanted.config.log_level] {
    if (!log::Shows(level)) log::ShowFrom(level);
  }));
}

Changes LameDuckChange(const Reload::Wanted& wanted) {
  return std::optional(
      Now(wanted, "lame-duck-seconds",
          [kept = wanted.lame_duck, time = wanted.config.lame_duck] { *kept = time; }));
}

Changes OriginsChange(const Reload::Wanted& wanted) {
  try {
    const http::AllowedOrigins origins(wanted.config.allowed_origins);
    return std::optional(Now(wanted, "allowed-origins",
                             [origins, kept = wanted.parts.origins] { kept.ReplaceBy(origins); }));
  } catch (const std::runtime_error& fault) {
    return Error{ErrorCode::kBadRequest, std::string("--allowed-origins: ") + fault.what()};
  }
}

// The front takes all of its settings together.
Reload::Change FrontChange(const Reload::Wanted& wanted, const char* name) {
  return Now(
      wanted, name,
      [&front = wanted.parts.front, options = FrontOptions(wanted.config, wanted.parts.metrics)] {
        front.Tune(options);
      });
}

Changes ProxiesChange(const Reload::Wanted& wanted) {
  try {
    (void)http::TrustedProxies(wanted.config.trusted_proxies);
  } catch (const std::runtime_error& fault) {
    return Error{ErrorCode::kBadRequest, std::string("--trusted-proxies: ") + fault.what()};
  }
  return std::optional(FrontChange(wanted, "trusted-proxies"));
}

Changes AccessLogChange(const Reload::Wanted& wanted) {
  return std::optional(FrontChange(wanted, "access-log"));
}

Changes IdleChange(const Reload::Wanted& wanted) {
  return std::optional(FrontChange(wanted, "http-idle-seconds"));
}

Changes HeadChange(const Reload::Wanted& wanted) {
  return std::optional(FrontChange(wanted, "http-head-bytes"));
}

constexpr std::array<Reloaded, 10> kReloaded = {{{"session-secret-file", true, &SecretsChange},
                                                 {"master-key-file", true, &MasterKeysChange},
                                                 {"redis-ca-file", true, &AuthoritiesChange},
                                                 {"log-level", false, &LevelChange},
                                                 {"access-log", false, &AccessLogChange},
                                                 {"trusted-proxies", false, &ProxiesChange},
                                                 {"allowed-origins", false, &OriginsChange},
                                                 {"http-idle-seconds", false, &IdleChange},
                                                 {"http-head-bytes", false, &HeadChange},
                                                 {"lame-duck-seconds", false, &LameDuckChange}}};

std::string TextOf(const std::map<std::string, std::string>& texts, std::string_view name) {
  const auto found = texts.find(std::string(name));
  return found == texts.end() ? "" : found->second;
}

}  // namespace

std::vector<std::string_view> ReloadedSettings() {
  std::vector<std::string_view> names;
  for (const Reloaded& setting : kReloaded) names.push_back(setting.name);
  return names;
}

std::string SessionSecretFile(const Config& config, const std::string& data) {
  return config.session_secret_file.empty() ? data + "/session-secret" : config.session_secret_file;
}

Reload::Reload(const Config& running, Parts parts, Reader read)
    : parts_(std::move(parts)),
      read_(std::move(read)),
      texts_(running.texts),
      lame_duck_(running.lame_duck) {}

void Reload::Run() {
  const Result<Config> read = read_();
  if (!read.ok()) return Refuse({read.error().message});
  std::vector<Change> changes;
  std::vector<std::string> faults;
  for (const Reloaded& setting : kReloaded) {
    const bool written_anew = TextOf(texts_, setting.name) != TextOf(read->texts, setting.name);
    if (!setting.always && !written_anew) continue;
    Changes prepared = setting.prepare({*read, parts_, &lame_duck_, &authorities_});
    if (!prepared.ok()) {
      faults.push_back(prepared.error().message);
    } else if (*prepared) {
      changes.push_back(**std::move(prepared));
    }
  }
  if (!faults.empty()) return Refuse(faults);
  for (const Change& change : changes) change.apply();
  {  // before the lines, because a reader of them may ask
    const std::lock_guard lock(mutex_);
    fault_.clear();
  }
  for (const Change& change : changes) log::Info("SIGHUP: " + change.said);
  for (const std::string_view name : ReloadedSettings()) {
    texts_[std::string(name)] = TextOf(read->texts, name);
  }
  const size_t waiting = NameRestarts(*read);
  log::Info("SIGHUP: the settings were read again",
            {{"changed", std::to_string(changes.size())},
             {"waiting_for_a_restart", std::to_string(waiting)}});
  log::ShowFrom(read->log_level);
}

size_t Reload::NameRestarts(const Config& wanted) {
  size_t some = 0;
  for (const auto& [name, text] : wanted.texts) {
    if (TextOf(texts_, name) == text) continue;
    ++some;
    log::Warn("SIGHUP: " + name + " changed; it counts after a restart");
  }
  return some;
}

void Reload::Refuse(const std::vector<std::string>& faults) {
  {
    const std::lock_guard lock(mutex_);
    fault_ = "the settings were not read again at the last SIGHUP: " + faults.front();
  }
  for (const std::string& fault : faults) {
    log::Error("SIGHUP: a setting is wrong", {{"cause", fault}});
  }
  log::Error("SIGHUP: nothing was changed");
}

std::string Reload::Fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace contacts
