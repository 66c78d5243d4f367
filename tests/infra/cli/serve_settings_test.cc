// The settings of `contacts serve` as they are typed.
#include <gtest/gtest.h>

#include "tests/infra/cli/parsed.h"

namespace contacts::cli {
namespace {

TEST(ServeSettings, ServeHasTheDocumentedDefaults) {
  const CommandLine line = Good({"serve"});
  EXPECT_EQ(line.verb, Verb::kServe);
  EXPECT_EQ(line.config.listen, "127.0.0.1:8080");
  EXPECT_EQ(line.config.admin_listen, "127.0.0.1:8081");
  EXPECT_EQ(line.config.data, "./data");
  EXPECT_EQ(line.config.default_tenant, std::nullopt);
  EXPECT_EQ(line.config.threads, 2);
  EXPECT_EQ(line.config.session_idle, std::chrono::hours(24));
  EXPECT_EQ(line.config.session_life, std::chrono::hours(7 * 24));
  EXPECT_TRUE(line.config.trusted_proxies.empty());
  EXPECT_EQ(line.config.redis, std::nullopt);
  EXPECT_EQ(line.config.session_prefix, "sess:");
  EXPECT_FALSE(line.config.session_touch);
  EXPECT_EQ(SetCookie(line.config.cookie, "v", false),
            "connect.sid=v; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_FALSE(line.config.demo);
  EXPECT_TRUE(line.config.access_log);
}

TEST(ServeSettings, EachServeSettingCanBeTyped) {
  const Config config = Good({"serve",
                              "--listen",
                              "[::1]:1",
                              "--admin-listen=a:2",
                              "--data",
                              "/d",
                              "--log",
                              "embedded",
                              "--log-format",
                              "json",
                              "--session-secret-file",
                              "/s",
                              "--default-tenant",
                              "acme",
                              "--threads",
                              "8",
                              "--trusted-proxies",
                              "10.0.0.0/8, ::1",
                              "--allowed-origins",
                              "https://a.example,https://b.example",
                              "--login-failures",
                              "3",
                              "--login-lock-seconds",
                              "30",
                              "--tenant-requests-per-second",
                              "7",
                              "--session-idle",
                              "60",
                              "--session-life",
                              "120",
                              "--no-access-log",
                              "--demo"})
                            .config;
  EXPECT_EQ(config.listen, "[::1]:1");
  EXPECT_EQ(config.admin_listen, "a:2");
  EXPECT_EQ(config.data, "/d");
  EXPECT_EQ(config.log_format, log::Format::kJson);
  EXPECT_EQ(config.session_secret_file, "/s");
  EXPECT_EQ(config.default_tenant, TenantId{"acme"});
  EXPECT_EQ(config.threads, 8);
  EXPECT_EQ(config.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(config.allowed_origins,
            (std::vector<std::string>{"https://a.example", "https://b.example"}));
  EXPECT_EQ(config.login_failures, 3);
  EXPECT_EQ(config.login_lock.count(), 30);
  EXPECT_EQ(config.tenant_requests_per_second, 7);
  EXPECT_EQ(config.session_idle.count(), 60);
  EXPECT_EQ(config.session_life.count(), 120);
  EXPECT_FALSE(config.access_log);
  EXPECT_TRUE(config.demo);
}

TEST(ServeSettings, EachSettingOfSessionsCanBeTyped) {
  const Config config = Good({"serve",
                              "--sessions",
                              "rediss://app:p%40ss@redis:6380/3",
                              "--redis-ca-file",
                              "/ca",
                              "--redis-timeout-ms",
                              "250",
                              "--session-prefix",
                              "s/",
                              "--session-id-field",
                              "/passport/user/id",
                              "--session-username-field",
                              "/name",
                              "--session-role-field",
                              "/r",
                              "--session-tenant-field",
                              "/org~1id",
                              "--session-contact-field",
                              "/c",
                              "--session-touch",
                              "--cookie-name",
                              "sid",
                              "--cookie-domain",
                              "example.com",
                              "--cookie-path",
                              "/app",
                              "--cookie-same-site",
                              "strict",
                              "--cookie-secure",
                              "always"})
                            .config;
  ASSERT_TRUE(config.redis);
  EXPECT_EQ(*config.redis, (RedisAddress{true, "redis", 6380, 3, "app", "p@ss"}));
  EXPECT_EQ(config.redis_ca_file, "/ca");
  EXPECT_EQ(config.redis_timeout.count(), 250);
  EXPECT_EQ(config.session_prefix, "s/");
  EXPECT_EQ(config.session_fields.id.tokens(), (Words{"passport", "user", "id"}));
  EXPECT_EQ(config.session_fields.username.tokens(), Words{"name"});
  EXPECT_EQ(config.session_fields.role.tokens(), Words{"r"});
  EXPECT_EQ(config.session_fields.tenant.tokens(), Words{"org/id"});
  EXPECT_EQ(config.session_fields.contact.tokens(), Words{"c"});
  EXPECT_TRUE(config.session_touch);
  EXPECT_EQ(SetCookie(config.cookie, "v", false),
            "sid=v; Domain=example.com; Path=/app; HttpOnly; SameSite=Strict; Secure");
}

TEST(ServeSettings, FaultsOfSessionSettingsAreNamed) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--sessions", "memcached://x"}, "redis://"},
      {{"--sessions", "redis://u:top-secret@/1"}, "host"},
      {{"--session-id-field", "user"}, "'/'"},
      {{"--session-id-field", "/user"}, "lies in another"},
      {{"--session-role-field", "/cookie/role"}, "cannot be the place"},
      {{"--cookie-name", "a b"}, "name"},
      {{"--cookie-path", "app"}, "path"},
      {{"--cookie-same-site", "none", "--cookie-secure", "never"}, "SameSite=None"}};
  for (const auto& [words, said] : cases) {
    std::vector<std::string> line = {"serve"};
    line.insert(line.end(), words.begin(), words.end());
    const Usage usage = Bad(line);
    EXPECT_EQ(usage.exit_code, 2);
    EXPECT_NE(usage.text.find(said), std::string::npos) << words[1] << ": " << usage.text;
    EXPECT_EQ(usage.text.find("top-secret"), std::string::npos) << usage.text;
  }
}

TEST(ServeSettings, TheDemoIsTheDefaultTenantUnlessAnotherIsNamed) {
  EXPECT_EQ(Good({"serve", "--demo"}).config.default_tenant, TenantId{"demo"});
  // Each instance's start set another password.
  const std::vector<std::string> shared = {"serve", "--demo",         "--log",
                                           "kafka", "--kafka-config", "f"};
  EXPECT_EQ(Bad(shared).exit_code, 2);
  EXPECT_NE(Bad(shared).text.find("CONTACTS_DEMO_PASSWORD"), std::string::npos);
  EXPECT_TRUE(Good(shared, {{"CONTACTS_DEMO_PASSWORD", "demo"}}).config.demo);
  EXPECT_EQ(Good({"serve", "--demo", "--default-tenant", "x"}).config.default_tenant,
            TenantId{"x"});
}

}  // namespace
}  // namespace contacts::cli
