#include "infra/instance/metrics.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

// Answers each command with what it was given.
class FixedCommands : public Commands {
 public:
  void Submit(Command, Reply reply) override { reply(answer); }
  Answer answer;
};

bool Has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CommandsAreCountedByOutcome) {
  Metrics metrics;
  FixedCommands inner;
  CountedCommands commands(inner, metrics);
  Command command;
  command.intent = CreateContact{};
  std::vector<Answer> answers;
  const auto submit = [&] {
    commands.Submit(command, [&](const Answer& a) { answers.push_back(a); });
  };
  submit();
  inner.answer.event = ContactCreated{};
  submit();
  for (const ErrorCode code : {ErrorCode::kConflict, ErrorCode::kForbidden,
                               ErrorCode::kUnknownOutcome, ErrorCode::kUnavailable}) {
    inner.answer.error = Error{code, "x"};
    submit();
  }
  EXPECT_EQ(answers.size(), 6u);
  EXPECT_EQ(answers.back().error->code, ErrorCode::kUnavailable);
  const std::string text = metrics.Text();
  for (const char* line :
       {R"(contacts_commands_total{command="CreateContact",outcome="nothing_changed"} 1)",
        R"(contacts_commands_total{command="CreateContact",outcome="done"} 1)",
        R"(contacts_commands_total{command="CreateContact",outcome="refused"} 2)",
        R"(contacts_commands_total{command="CreateContact",outcome="unknown"} 1)",
        R"(contacts_commands_total{command="CreateContact",outcome="unavailable"} 1)",
        R"(contacts_command_seconds_count{command="CreateContact"} 6)"}) {
    EXPECT_TRUE(Has(text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, RequestsAreCountedByRouteAndStatus) {
  Metrics metrics;
  const std::chrono::milliseconds took(2);
  metrics.CountRequest("GET", "/contacts", 200, took);
  metrics.CountRequest("GET", "/contacts", 200, took);
  metrics.CountRequest("GET", std::string("/contacts/{id}"), 200,
                       took);  // which goes, as servers do
  metrics.CountRequest("GET", "/contacts/{id}", 404, std::chrono::seconds(20));
  metrics.CountRequest("BREW", "", 400, took);
  metrics.CountRequest("GET", "", 400, took);
  const std::string text = metrics.Text();
  const auto requests = [](const char* method, const char* route, int status, int count) {
    return std::string("contacts_http_requests_total{method=\"") + method + "\",route=\"" + route +
           "\",status=\"" + std::to_string(status) + "\"} " + std::to_string(count);
  };
  EXPECT_TRUE(Has(text, requests("GET", "/contacts", 200, 2))) << text;
  EXPECT_TRUE(Has(text, requests("GET", "/contacts/{id}", 200, 1))) << text;
  EXPECT_TRUE(Has(text, requests("GET", "/contacts/{id}", 404, 1))) << text;
  EXPECT_TRUE(Has(text, requests("other", "other", 400, 1))) << text;
  EXPECT_TRUE(Has(text, requests("GET", "other", 400, 1))) << text;
  EXPECT_TRUE(Has(text,
                  "contacts_http_request_seconds_bucket{method=\"GET\",route=\"/contacts/{id}\","
                  "le=\"0.0025\"} 1"))
      << text;
}

TEST(Metrics, GaugesAreAskedWhenRead) {
  Metrics metrics;
  double value = 1;
  metrics.AddGauge("contacts_test", "A test", [&] { return value; });
  EXPECT_TRUE(Has(metrics.Text(), "contacts_test 1"));
  value = 2;
  EXPECT_TRUE(Has(metrics.Text(), "contacts_test 2"));
}

}  // namespace
}  // namespace contacts
