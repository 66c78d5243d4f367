#include "infra/cli/session_settings.h"

#include <CLI/CLI.hpp>

namespace contacts::cli {
namespace {

const CLI::Validator kStore(
    [](std::string& text) {
      if (text == "embedded") return std::string();
      const auto address = ParseRedisAddress(text);
      return address.ok() ? std::string() : address.error().message;
    },
    "embedded|redis://…");

const CLI::Range kSeconds{int64_t{1}, int64_t{366} * 24 * 3600};

void AddFields(CLI::App* serve, SessionSettings* s) {
  struct Setting {
    const char *flag, *what;
    std::string* value;
  };
  for (const Setting& setting :
       {Setting{"--session-id-field", "the user's id", &s->id},
        Setting{"--session-username-field", "the user's name", &s->username},
        Setting{"--session-role-field", "the role", &s->role},
        Setting{"--session-tenant-field", "the tenant", &s->tenant},
        Setting{"--session-contact-field", "the contact that the user is", &s->contact}}) {
    serve
        ->add_option(setting.flag, *setting.value,
                     std::string("Where a session in Redis has ") + setting.what)
        ->type_name("JSON-POINTER")
        ->capture_default_str();
  }
}

void AddCookie(CLI::App* serve, SessionSettings* s, CookieOptions* cookie) {
  serve->add_option("--cookie-name", cookie->name, "Name of the session cookie")
      ->capture_default_str();
  serve->add_option("--cookie-domain", cookie->domain,
                    "Domain attribute of the session cookie [none: this host alone]");
  serve->add_option("--cookie-path", cookie->path, "Path attribute of the session cookie")
      ->capture_default_str();
  serve
      ->add_option("--cookie-same-site", s->same_site,
                   "SameSite attribute of the session cookie: lax, strict or none")
      ->check(CLI::IsMember({"lax", "strict", "none"}))
      ->capture_default_str();
  serve
      ->add_option("--cookie-secure", s->secure,
                   "Secure attribute of the session cookie: auto (when the client came by https), "
                   "always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

}  // namespace

void SessionSettings::AddTo(CLI::App* serve, Config* config) {
  serve
      ->add_option("--sessions", store,
                   "Where sessions are kept: embedded, in --data, or in Redis, "
                   "redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// by TLS")
      ->check(kStore)
      ->capture_default_str();
  serve
      ->add_option("--redis-ca-file", config->redis_ca_file,
                   "Certificates of the authorities that vouch for Redis by TLS [the machine's]")
      ->type_name(kFile);
  serve->add_option("--redis-timeout-ms", timeout, "Milliseconds that Redis has to answer")
      ->check(CLI::Range(1, 2000))
      ->capture_default_str();
  serve->add_option("--session-prefix", config->session_prefix, "Begin of a session's key in Redis")
      ->capture_default_str();
  AddFields(serve, this);
  serve->add_flag("--session-touch", config->session_touch,
                  "A request here keeps the sessions of other applications in Redis alive, too");
  serve
      ->add_option("--session-secret-file", config->session_secret_file,
                   "Secrets that sign the cookie, one a line: the first signs, all verify "
                   "[made as DATA/session-secret when left out]")
      ->type_name(kFile);
  serve->add_option("--session-idle", idle, "Seconds without a request that end a session")
      ->check(kSeconds)
      ->capture_default_str();
  serve->add_option("--session-life", life, "Seconds after which a session ends in any case")
      ->check(kSeconds)
      ->capture_default_str();
  AddCookie(serve, this, &config->cookie);
}

void SessionSettings::Fill(Config* config) const {
  if (store != "embedded") config->redis = *ParseRedisAddress(store);
  auto fields = SessionFields::Of(id, username, role, tenant, contact);
  if (!fields.ok()) throw CLI::ValidationError("--session-…-field", fields.error().message);
  config->session_fields = *std::move(fields);
  config->redis_timeout = std::chrono::milliseconds(timeout);
  config->session_idle = std::chrono::seconds(idle);
  config->session_life = std::chrono::seconds(life);
  CookieOptions& cookie = config->cookie;
  cookie.same_site = same_site == "strict" ? SameSite::kStrict
                     : same_site == "none" ? SameSite::kNone
                                           : SameSite::kLax;
  cookie.secure = secure == "always"  ? SecureCookie::kAlways
                  : secure == "never" ? SecureCookie::kNever
                                      : SecureCookie::kAuto;
  if (const auto fault = cookie.Fault()) throw CLI::ValidationError("--cookie-…", *fault);
}

}  // namespace contacts::cli
