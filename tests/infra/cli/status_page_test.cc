// The page of `contacts status` for a given state; its last sentence says what to do.
#include "infra/cli/status_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/base/what_to_do.h"
#include "infra/ops/shown_state.h"

namespace contacts::testing {
namespace {

ShownState WellState() {
  ShownState state;
  state.version = "1.2.3";
  state.caught_up = true;
  state.instance = {"kafka",          "contacts.events", "/var/lib/contacts",
                    "127.0.0.1:8080", "127.0.0.1:8081",  3 * 86'400 + 5,
                    12'340'000'000,   100'000'000'000,   0};
  for (int64_t i = 0; i < 12; ++i) {
    ShownPartition& partition = state.partitions.emplace_back();
    partition.partition = i;
    partition.next = 100 + i;
  }
  for (const char* name : {"acme", "b", "c"}) {
    state.tenants.emplace_back().tenant = name;
  }
  state.parts = {"catch-up",  "clock",   "descriptors", "disk",    "kafka",   "local", "partitions",
                 "passwords", "secrets", "sessions",    "tenants", "threads", "views", "writes"};
  return state;
}

ShownFinding Found(const std::string& part, const std::string& why) {
  return {part, why, WhatToDo(part, why, "/var/lib/contacts")};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string PageOf(const ShownState& state, const cli::StatusPageOptions& options = {}) {
  return cli::StatusPage(ToJson(state), options);
}

// The text after the last empty line, as one line.
std::string LastSentence(const std::string& page) {
  std::string sentence = page.substr(page.rfind("\n\n") + 2);
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  return sentence.substr(0, sentence.size() - 1);
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(StatusPage, AHealthyInstanceFitsOnAScreen) {
  EXPECT_EQ(PageOf(WellState()),
            "contacts 1.2.3: ready, serving for 3 days\n"
            "log         kafka, the topic contacts.events\n"
            "data        /var/lib/contacts\n"
            "API         http://127.0.0.1:8080/api\n"
            "operations  http://127.0.0.1:8081\n"
            "partitions  12, up to the log's end; position 100, 101, 102 …\n"
            "tenants     3\n"
            "disk        12.3 GB of 100.0 GB are free\n"
            "log-ins     no account and no address is locked\n"
            "ok          catch-up, clock, descriptors, disk, kafka, local, partitions,\n"
            "            passwords, secrets, sessions, tenants, threads, views, writes\n"
            "\n"
            "All is well: nothing to do.\n");
}

TEST(StatusPage, EachFindingIsShownAndTheWorstSaysWhatToDo) {
  ShownState state = WellState();
  state.reasons = {Found("threads", "the thread \"http\" has stood still for 4 s"),
                   Found("local",
                         "the disk of /var/lib/contacts/local is full (0 of 9 bytes are "
                         "free), make room on it: IO error: No space left on device")};
  state.warnings = {Found("disk", "The disk of /var/lib/contacts is nearly full")};
  state.partitions[4].fault = "the log was cut";
  const std::string page = PageOf(state);
  EXPECT_TRUE(Has(page, "contacts 1.2.3: NOT READY, serving")) << page;
  EXPECT_TRUE(Has(page, "NOT READY   threads: the thread \"http\" has")) << page;
  EXPECT_TRUE(Has(page, "NOT READY   local: the disk of /var/lib/contacts/local is full")) << page;
  EXPECT_TRUE(Has(page, "warning     disk: The disk")) << page;
  EXPECT_TRUE(Has(page, "partitions  12, 1 stands still; position")) << page;
  EXPECT_TRUE(Has(page, "  number 4  stands still at 104")) << page;
  EXPECT_FALSE(Has(page, "ok          catch-up, clock, descriptors, disk")) << page;
  EXPECT_EQ(LastSentence(page),
            "Free room on the disk of /var/lib/contacts, then start contacts again.");
  for (const std::string& line : LinesOf(page)) EXPECT_LE(line.size(), 80u) << line;
}

TEST(StatusPage, TheFirstParkedAndClosedTenantsAreNamed) {
  ShownState state = WellState();
  for (ShownTenant& tenant : state.tenants) tenant.parked = "its type is unknown";
  for (int i = 0; i < 6; ++i) {
    ShownTenant& closed = state.tenants.emplace_back();
    closed.tenant = "closed-" + std::to_string(i);
    for (int word = 0; word < 1000; ++word) closed.closed += "why ";
  }
  state.tenants_parked = 3;
  state.tenants_closed = 6;
  state.warnings = {Found("tenants", "3 tenants (acme, b, c) parked; 6 tenants (…) closed")};
  const std::string page = PageOf(state);
  EXPECT_TRUE(Has(page, "tenants     9, 3 parked, 6 closed\n")) << page;
  EXPECT_TRUE(Has(page, "  parked    b: its type is unknown\n")) << page;
  EXPECT_TRUE(Has(page, "  closed    closed-2: why why")) << page;
  EXPECT_FALSE(Has(page, "closed-3")) << page;
  EXPECT_TRUE(Has(page, "  closed    and 3 more\n")) << page;
  EXPECT_LT(page.size(), 4000u);
  EXPECT_TRUE(Has(LastSentence(page), "Install a newer release")) << page;
}

TEST(StatusPage, LockedAccountsAndAddressesAreShown) {
  ShownState state = WellState();
  state.instance.locked_accounts = 2;
  std::string page = PageOf(state);
  EXPECT_TRUE(Has(page, "log-ins     2 user names are locked after failed log-ins")) << page;
  EXPECT_TRUE(Has(LastSentence(page), "contacts user unlock")) << page;
  // The page said that all is well.
  state.instance.locked_accounts = 0;
  state.locks.push_back({.address = std::string("192.0.2.1"), .until = Timestamp{}});
  page = PageOf(state);
  EXPECT_TRUE(Has(page, "log-ins     1 address is locked for all accounts")) << page;
  EXPECT_TRUE(Has(LastSentence(page), "contacts address unlock")) << page;
}

TEST(StatusPage, WithoutAServerItSaysSoAndHowToStartOne) {
  ShownState state = WellState();
  state.instance.address.clear();
  state.instance.admin.clear();
  std::string page = PageOf(state);
  EXPECT_TRUE(page.starts_with("contacts 1.2.3: no server is running\n")) << page;
  EXPECT_EQ(LastSentence(page),
            "Start the server as before: contacts serve --log kafka --data /var/lib/contacts …");
  state.instance.log = "embedded";
  EXPECT_EQ(LastSentence(PageOf(state)),
            "Start the server: contacts serve --data /var/lib/contacts");
  state.warnings = {Found("disk", "The disk of /var/lib/contacts is nearly full")};
  EXPECT_TRUE(Has(LastSentence(PageOf(state)), "Free room")) << page;

  page = cli::StatusPageWithoutState(
      "/d", "The store of sessions and passwords in /d/local is damaged: x", {});
  EXPECT_TRUE(Has(page, "NOT READY   The store of sessions and passwords in /d/local is")) << page;
  EXPECT_TRUE(LastSentence(page).starts_with("Restore /d/local from a backup")) << page;
}

TEST(StatusPage, WhenOperationsAreBusyTheHealthIsShown) {
  const auto page = [](const std::string& json) {
    return cli::StatusPageOfReadiness(json, "/d", "127.0.0.1:8081", {});
  };
  std::string shown = page(R"({"status":"ready","parked":[],"closed":[],"warnings":[]})");
  EXPECT_TRUE(Has(shown, ": ready\ndata        /d\noperations  http://127.0.0.1:8081\n")) << shown;
  EXPECT_TRUE(LastSentence(shown).starts_with("Ask again when")) << shown;
  shown = page(R"({"reasons":[{"part":"clock","why":"it was set","next":"Set it right."}]})");
  EXPECT_TRUE(Has(shown, "NOT READY   clock: it was set\n")) << shown;
  EXPECT_EQ(LastSentence(shown), "Set it right.");
}

// A tenant's name has harmless characters only, but a reason may quote any bytes of the log.
TEST(StatusPage, QuotedTextDoesNotSteerTheTerminal) {
  ShownState state = WellState();
  const std::string evil = "a\033[2Jb\r\n\xE2\x80\xAEtxt\a";
  state.tenants[0].closed = state.tenants[0].tenant = evil;
  state.tenants_closed = 1;
  state.warnings = {{evil, evil, evil}};
  state.parts = {evil, "x" + evil};
  state.version = state.instance.data = state.instance.topic = state.instance.log =
      state.instance.address = state.instance.admin = evil;
  state.digest = Maybe<std::string>(evil);
  for (const std::string& page :
       {PageOf(state), cli::StatusPageWithoutState(evil, evil, {}), cli::StatusPage(evil, {})}) {
    for (const char* steering : {"\033", "\r", "\a", "\xE2\x80\xAE"}) {
      EXPECT_FALSE(Has(page, steering)) << page;
    }
  }
  EXPECT_TRUE(Has(PageOf(state), "U+001B")) << PageOf(state);
}

TEST(StatusPage, ColourIsOnlyAddedToTheWords) {
  ShownState state = WellState();
  state.reasons = {Found("clock", "it was set")};
  std::string colored = PageOf(state, {cli::StatusPageOptions::Color::kYes});
  EXPECT_TRUE(Has(colored, "\033[31mNOT READY   \033[0m")) << colored;
  for (size_t at = 0; (at = colored.find('\033')) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  EXPECT_EQ(colored, PageOf(state));
}

// A page of another release may lack members, or have others.
TEST(StatusPage, MembersThatAnotherReleaseLeavesOutAreNotNeeded) {
  const std::string page = cli::StatusPage(R"({"version":"0.9","caughtUp":true,"new":1})", {});
  EXPECT_TRUE(page.starts_with("contacts 0.9: no server is running\n")) << page;
  EXPECT_TRUE(Has(cli::StatusPage("{", {}), "--json"));
}

TEST(WhatToDo, APartWithoutARowIsAMistake) {
  Health health("/d");
  EXPECT_THROW(health.Add({"no such part", HealthCheck::Weight::kWarning, [] { return ""; }}),
               std::logic_error);
}

TEST(WhatToDo, ThereIsASentenceForEachReasonOfAPart) {
  Health health("/d");
  for (const char* part :
       {"process", "partitions", "writes", "catch-up", "tenants", "kafka", "secrets", "passwords",
        "views", "local", "disk", "clock", "sessions", "threads", "descriptors"}) {
    health.Add({part, HealthCheck::Weight::kWarning, [] { return "a new cause"; }});
  }
  for (const HealthFinding& finding : health.Ask().warnings) {
    EXPECT_FALSE(finding.next.empty()) << finding.part;
    EXPECT_FALSE(Has(finding.next, "{")) << finding.next;
  }
}

}  // namespace
}  // namespace contacts::testing
