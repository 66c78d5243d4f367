#include <CLI/CLI.hpp>
#include <utility>

#include "infra/cli/settings.h"

namespace contacts::cli {
namespace {

using Check = Setting::Check;
using Topic = Setting::Topic;
constexpr Setting::Verbs kAll = Setting::Verbs::kAll;
constexpr Setting::Verbs kServe = Setting::Verbs::kServe;
constexpr int64_t kDay = 24 * 3600;

// The elements of a list with commas, trimmed; empty ones left out.
std::vector<std::string> Listed(const std::string& text) {
  std::vector<std::string> elements;
  for (std::string& element : CLI::detail::split(text, ',')) {
    CLI::detail::trim(element);
    if (!element.empty()) elements.push_back(std::move(element));
  }
  return elements;
}

int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  CLI::detail::lexical_cast(text, number);  // its check has seen that it is one
  return number;
}

Check CheckOf(const CLI::Validator& validator) {
  return {[validator](std::string& text) { return validator(text); }, validator.get_description()};
}

Check Between(int64_t least, int64_t most) { return CheckOf(CLI::Range(least, most)); }

Check OneOf(const std::vector<std::string>& names) { return CheckOf(CLI::IsMember(names)); }

std::string LogFault(const std::string& text) {
  return text == "embedded" || text == "kafka" ? "" : "must be embedded or kafka";
}

std::string StoreFault(const std::string& text) {
  if (text == "embedded") return "";
  const auto address = ParseRedisAddress(text);
  return address.ok() ? "" : address.error().message;
}

// Faults of one value alone; SettingOptions::Result finds those of values that do not go together.
std::string NameFault(const std::string& text) {
  return CookieOptions{.name = text}.Fault().value_or("");
}
std::string DomainFault(const std::string& text) {
  return CookieOptions{.domain = text}.Fault().value_or("");
}
std::string PathFault(const std::string& text) {
  return CookieOptions{.path = text}.Fault().value_or("");
}
// The other fields are members whose names no session has, so that only this one can be wrong.
std::string FieldFault(const std::string& text) {
  const auto fields = SessionFields::Of(text, "/~0~0a", "/~0~0b", "/~0~0c", "/~0~0d");
  return fields.ok() ? "" : fields.error().message;
}

// Where a value lands: MEMBER is what follows `config.`.
#define TEXT_OF(MEMBER) [](const std::string& v, TypedSettings* t) { t->config.MEMBER = v; }
#define NUMBER_OF(MEMBER)                                                       \
  [](const std::string& v, TypedSettings* t) {                                  \
    t->config.MEMBER = decltype(Config::MEMBER)(static_cast<int>(NumberOf(v))); \
  }
#define LIST_OF(MEMBER) [](const std::string& v, TypedSettings* t) { t->config.MEMBER = Listed(v); }
#define FIELD_OF(MEMBER) [](const std::string& v, TypedSettings* t) { t->MEMBER = v; }
#define FLAG_OF(MEMBER) [](Config* config) -> bool& { return config->MEMBER; }

void SetLog(const std::string& text, TypedSettings* t) {
  t->config.log = text == "kafka" ? Config::Log::kKafka : Config::Log::kEmbedded;
}
void SetLogFormat(const std::string& text, TypedSettings* t) {
  t->config.log_format = text == "json" ? log::Format::kJson : log::Format::kText;
}
void SetLogLevel(const std::string& text, TypedSettings* t) {
  t->config.log_level = text == "debug"   ? log::Level::kDebug
                        : text == "warn"  ? log::Level::kWarn
                        : text == "error" ? log::Level::kError
                                          : log::Level::kInfo;
}
void SetTenant(const std::string& text, TypedSettings* t) {
  t->config.default_tenant = TenantId{text};
}
void SetStore(const std::string& text, TypedSettings* t) {
  t->config.redis.reset();
  if (text != "embedded") t->config.redis = *ParseRedisAddress(text);
}
void SetSameSite(const std::string& text, TypedSettings* t) {
  t->config.cookie.same_site = text == "strict" ? SameSite::kStrict
                               : text == "none" ? SameSite::kNone
                                                : SameSite::kLax;
}
void SetSecure(const std::string& text, TypedSettings* t) {
  t->config.cookie.secure = text == "always"  ? SecureCookie::kAlways
                            : text == "never" ? SecureCookie::kNever
                                              : SecureCookie::kAuto;
}

std::vector<Setting> MakeTable() {
  const Config c;
  const TypedSettings typed;
  const auto number = [](auto value) { return std::to_string(value); };
  const std::string pointer = "JSON-POINTER";
  const std::string field = "Where a session in Redis has ";
  const Check field_check{FieldFault, ""};
  // A row: verbs, topic, name, help, type, default, otherwise, check, where it lands, flag, what
  // docs/settings.md adds. The formatter would give each cell a line.
  // clang-format off
  return {
      {kAll, Topic::kHistory, "data", "Directory of this instance", kDirectory, c.data, "", {}, TEXT_OF(data), {},
       "used by one process at a time"},
      {kAll, Topic::kHistory, "log", "Where the history is kept", "TEXT", "embedded", "", {LogFault,
       "embedded|kafka"}, SetLog, {}, "`embedded` or `kafka`"},
      {kAll, Topic::kKafka, "kafka-config", "File of librdkafka's keys, key=value: bootstrap.servers, SASL, TLS",
       kFile, "", "", {}, TEXT_OF(kafka_config), {}, "`--log kafka` needs it"},
      {kAll, Topic::kKafka, "kafka-topic", "The topic that is the log", "TEXT", c.kafka_topic, "", {},
       TEXT_OF(kafka_topic), {}, "`<topic>.secrets` holds the password hashes"},
      {kAll, Topic::kKafka, "kafka-partitions", "Partitions of a new topic; they can never be changed", "INT",
       number(c.kafka_partitions), "", Between(1, 10000), NUMBER_OF(kafka_partitions), {}, ""},
      {kAll, Topic::kKafka, "kafka-replication-factor", "Replicas of a new topic", "INT", "",
       "the cluster's default", Between(1, 100), NUMBER_OF(kafka_replication_factor), {}, ""},
      {kAll, Topic::kKafka, "kafka-min-insync-replicas",
       "Replicas of a new topic that must have a write before it counts", "INT", "",
       "2 with --kafka-replication-factor 2 or more, otherwise the cluster's default", Between(1, 100), NUMBER_OF(kafka_min_insync_replicas), {}, ""},
      {kAll, Topic::kHistory, "erasures",
       "File that keeps what was erased, so that restore can erase it again; not in --data", kFile, "", "", {},
       TEXT_OF(erasures), {}, "made when missing; keep it where the copies of `--data` are not; [erasing a person](erasure.md)"},
      {kAll, Topic::kHistory, "adopt-secrets",
       "Take the store of password hashes as it is: after it was lost, restored or copied", "", "",
       "", {}, {}, FLAG_OF(adopt_secrets), "for one start; passwords that are not in it are set "
       "anew"},
      {kAll, Topic::kHistory, "master-key-file",
       "Keys that encrypt password hashes and the keys of personal data in their store: 32 bytes in "
       "hex, one a line; the first encrypts, all decrypt", kFile, "", "none: they are stored as they are", {},
       TEXT_OF(master_key_file), {}, "see [secrets.md](secrets.md)"},
      {kAll, Topic::kHistory, "accept-clock",
       "The clock is right, whatever the times of the records say, and writing goes on", "", "",
       "", {}, {}, FLAG_OF(accept_clock), ""},
      {kAll, Topic::kLogLines, "log-format", "Log lines on stderr: text or json", "TEXT", "text", "", OneOf({"text",
       "json"}), SetLogFormat, {}, ""},
      {kAll, Topic::kLogLines, "log-level", "The lowest level of log lines that are written: debug, info, warn "
       "or error", "TEXT", "info", "", OneOf({"debug", "info", "warn", "error"}), SetLogLevel, {},
       "`info` has a line for each request, unless `--no-access-log`"},
      {kAll, Topic::kSettingsFile, "config", "File of settings (TOML or INI): listen = \"…\"", kFile, "", "", {},
       [](const std::string&, TypedSettings*) {}, {}, ""},
      {kServe, Topic::kAddresses, "listen", "Address of the API; port 0 takes a free one", "TEXT", c.listen, "", {},
       TEXT_OF(listen), {}, ""},
      {kServe, Topic::kAddresses, "admin-listen", "Address of health, metrics and operations; keep it private",
       "TEXT", c.admin_listen, "", {}, TEXT_OF(admin_listen), {},
       "`/health/live`, `/health/ready`, `/metrics`, `/ops`"},
      {kServe, Topic::kLogIn, "default-tenant", "Tenant of a log-in that names no tenant", "TEXT", "", "", {TenantFault,
       "TENANT"}, SetTenant, {}, ""},
      {kServe, Topic::kAddresses, "threads", "Threads of the API", "INT", number(c.threads), "", Between(1, 256),
       NUMBER_OF(threads), {}, ""},
      {kServe, Topic::kAddresses, "http-idle-seconds",
       "Seconds that a connection is kept without a request; must be more than at a balancer in front",
       "INT", number(c.http_idle.count()), "", Between(1, kDay), NUMBER_OF(http_idle), {},
       "[behind nginx, HAProxy or a cloud's balancer](tls-proxy.md)"},
      {kServe, Topic::kAddresses, "http-head-bytes",
       "Bytes of a request's line and headers; more get 431, a longer target 414", "INT",
       number(c.http_head_bytes), "", Between(4 * 1024, 256 * 1024), NUMBER_OF(http_head_bytes),
       {}, "connections that are open keep the number that they began with"},
      {kServe, Topic::kAddresses, "http-connections",
       "Connections of clients at a time; further ones get 503", "INT", number(c.http_connections),
       "", Between(10, 1'000'000), NUMBER_OF(http_connections), {},
       "each takes a descriptor (`ulimit -n`)"},
      {kServe, Topic::kAddresses, "http-connections-per-address",
       "Connections at a time of one IPv4 address or IPv6 /64 that is not a trusted proxy; 0: any number",
       "INT", "", "a quarter of --http-connections", Between(0, 1'000'000),
       NUMBER_OF(http_connections_per_address), {},
       "raise it when many users come from one address that cannot be a trusted proxy, for example a TCP balancer"},
      {kServe, Topic::kAddresses, "lame-duck-seconds",
       "Seconds between SIGTERM, which turns /health/ready to 503, and the end of accepting; "
       "answers close their connections meanwhile", "INT", number(c.lame_duck.count()), "",
       Between(0, 3600), NUMBER_OF(lame_duck), {},
       "as long as a balancer needs to see that the instance is not ready"},
      {kServe, Topic::kAddresses, "trusted-proxies",
       "Addresses or CIDR, separated by commas, whose X-Forwarded-* headers count", "TEXT", "", "",
       {}, LIST_OF(trusted_proxies), {}, ""},
      {kServe, Topic::kAddresses, "allowed-origins",
       "Origins, separated by commas, whose pages may use the API with their users' cookies (CORS)",
       "TEXT", "", "none", {}, LIST_OF(allowed_origins), {}, ""},
      {kServe, Topic::kLogIn, "login-failures",
       "Failed log-ins in a row that lock an account at an address, or an address", "INT",
       number(c.login_failures), "", Between(1, 1'000'000), NUMBER_OF(login_failures), {}, ""},
      {kServe, Topic::kLogIn, "login-lock-seconds", "Seconds that a lock after failed log-ins lasts", "INT",
       number(c.login_lock.count()), "", Between(1, kDay), NUMBER_OF(login_lock), {}, ""},
      {kServe, Topic::kAddresses, "tenant-requests-per-second",
       "Requests a second that this instance takes from one tenant", "INT", "", "any number",
       Between(0, 1'000'000), NUMBER_OF(tenant_requests_per_second), {}, ""},
      {kServe, Topic::kSessions, "sessions", "Where sessions are kept: embedded, in --data, or in Redis, "
       "redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// for TLS", "TEXT", "embedded", "",
       {StoreFault, "embedded|redis://…"}, SetStore, {},
       "[next to an Express application](sessions.md)"},
      {kServe, Topic::kSessions, "redis-ca-file", "Certificates of the authorities (CA) that may sign the TLS certificate of Redis",
       kFile, "", "the machine's", {}, TEXT_OF(redis_ca_file), {}, ""},
      {kServe, Topic::kSessions, "redis-timeout-ms", "Milliseconds that Redis has to answer", "INT",
       number(c.redis_timeout.count()), "", Between(1, 2000), NUMBER_OF(redis_timeout), {}, ""},
      {kServe, Topic::kSessions, "session-prefix", "Prefix of a session's key in Redis", "TEXT", c.session_prefix, "",
       {}, TEXT_OF(session_prefix), {}, ""},
      {kServe, Topic::kSessions, "session-id-field", field + "the user's id", pointer, typed.id, "", field_check,
       FIELD_OF(id), {}, ""},
      {kServe, Topic::kSessions, "session-username-field", field + "the user's name", pointer, typed.username, "",
       field_check, FIELD_OF(username), {}, ""},
      {kServe, Topic::kSessions, "session-role-field", field + "the role", pointer, typed.role, "", field_check,
       FIELD_OF(role), {}, ""},
      {kServe, Topic::kSessions, "session-tenant-field", field + "the tenant", pointer, typed.tenant, "", field_check,
       FIELD_OF(tenant), {}, ""},
      {kServe, Topic::kSessions, "session-contact-field", field + "the user's contact", pointer,
       typed.contact, "", field_check, FIELD_OF(contact), {}, ""},
      {kServe, Topic::kSessions, "session-touch",
       "A request here keeps the sessions of other applications in Redis alive, too", "", "", "",
       {}, {}, FLAG_OF(session_touch), ""},
      {kServe, Topic::kSessions, "session-secret-file",
       "Secrets that sign the cookie, one a line: the first signs, all verify", kFile, "",
       "made as DATA/session-secret when left out", {}, TEXT_OF(session_secret_file), {}, ""},
      {kServe, Topic::kSessions, "session-idle", "Seconds without a request that end a session", "INT",
       number(c.session_idle.count()), "", Between(1, 366 * kDay), NUMBER_OF(session_idle), {},
       ""},
      {kServe, Topic::kSessions, "session-life", "Seconds after which a session ends in any case", "INT",
       number(c.session_life.count()), "", Between(1, 366 * kDay), NUMBER_OF(session_life), {},
       ""},
      {kServe, Topic::kCookie, "cookie-name", "Name of the session cookie", "TEXT", c.cookie.name, "",
       {NameFault, ""}, TEXT_OF(cookie.name), {}, ""},
      {kServe, Topic::kCookie, "cookie-domain", "Domain attribute of the session cookie", "TEXT", "",
       "none: this host alone", {DomainFault, ""}, TEXT_OF(cookie.domain), {}, ""},
      {kServe, Topic::kCookie, "cookie-path", "Path attribute of the session cookie", "TEXT", c.cookie.path, "",
       {PathFault, ""}, TEXT_OF(cookie.path), {}, ""},
      {kServe, Topic::kCookie, "cookie-same-site", "SameSite attribute of the session cookie: lax, strict or none",
       "TEXT", "lax", "", OneOf({"lax", "strict", "none"}), SetSameSite, {}, ""},
      {kServe, Topic::kCookie, "cookie-secure",
       "Secure attribute of the session cookie: auto (when the client came by https), always or "
       "never", "TEXT", "auto", "", OneOf({"auto", "always", "never"}), SetSecure, {},
       "a client came by https when a trusted proxy says so"},
      {kServe, Topic::kLogLines, "access-log", "Log each request", "", "", "", {}, {}, FLAG_OF(access_log), ""},
      {kServe, Topic::kDemo, "demo", "Make a tenant `demo` with users and contacts, and log in to it by default",
       "", "", "", {}, {}, FLAG_OF(demo), ""},
  };
  // clang-format on
}

}  // namespace

std::string TenantFault(const std::string& text) {
  return IsTenantId(text) ? ""
                          : "a tenant has 1 to 64 letters, digits, '.', '_' or '-', and starts "
                            "with a letter or digit";
}

const std::vector<Setting>& AllSettings() {
  static const auto& all = *new std::vector<Setting>(MakeTable());
  return all;
}

}  // namespace contacts::cli
