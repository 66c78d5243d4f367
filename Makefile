# The verbs of the project. `make` alone lists them.
SHELL := /bin/bash
JOBS ?= 2
# Tests wait for brokers, sockets and clocks for half of their time.
TEST_JOBS ?= $(shell echo $$(($(JOBS) * 3 / 2)))
FUZZ_SECONDS ?= 20
SEEDS ?= 1000000
SOURCES = $(shell find events projections command query infra tests -name '*.h' -o -name '*.cc')

# The build that describes the event stream: `make schemas CONTACTS=build/dev/contacts` takes another one.
CONTACTS ?= build/release/contacts

.PHONY: help deps build run run-kafka schemas settings tests-configured test bare check format layers tidy bench bench-micro sanitize asan tsan fuzz simulate soak soak-failures soak-http soak-attack soak-faults soak-erasure soak-life clean

help:
	@echo 'make build     installs what is missing and builds build/release/contacts'
	@echo 'make run       the same, then serves a demonstration on http://127.0.0.1:8080'
	@echo 'make run-kafka a Kafka broker and two instances on it, on ports 8080 and 8090'
	@echo 'make schemas   writes docs/schemas/ and docs/asyncapi.yaml anew, after an event was added'
	@echo 'make settings  writes the tables of docs/settings.md anew, after a setting was added'
	@echo 'make test      builds all and runs all tests'
	@echo 'make bare      make run, then make test, on a Debian 12 with nothing installed; needs root'
	@echo 'make check     format, lint and layering'
	@echo 'make format    formats all sources in place'
	@echo 'make sanitize  tests under ASan and UBSan, then under TSan'
	@echo 'make fuzz      runs each fuzz target for FUZZ_SECONDS ($(FUZZ_SECONDS))'
	@echo 'make simulate  the write rule against SEEDS ($(SEEDS)) simulated histories'
	@echo 'make soak      failures SOAK_ROUNDS times as long, a million requests by each client, a longer schemathesis, ten minutes of attack, twenty of faults, 1,000 erased of 100,000, a directory in use through 1,000 crashes'
	@echo 'make soak-life the last of these alone: 10,000 operations against a model, 20 kill -9'
	@echo 'make bench     measures the service on both logs beside nginx, Kafka alone and, with PEERS=DIR, others'
	@echo 'make bench-micro  what single steps cost: records, views, lists; medians'
	@echo 'make clean     removes build/'

deps:
	@tools/install-deps build

# For daily work, the preset `dev` (ccache, mold) rebuilds faster.
build: deps
	@cmake --preset release >/dev/null
	@cmake --build build/release -j$(JOBS) --target contacts

run: build
	build/release/contacts serve --demo

run-kafka: build
	@tools/install-deps test
	@tools/run-kafka build/release/contacts

schemas:
	@[ "$(CONTACTS)" != build/release/contacts ] || $(MAKE) --no-print-directory build
	@$(CONTACTS) schemas docs

settings: tests-configured
	@cmake --build build/release -j$(JOBS) --target rooms_test
	@CONTACTS_WRITE_SETTINGS=1 build/release/tests/infra/rooms_test --gtest_filter='Settings.TheDocumentation*' >/dev/null

# The cache of build/release keeps the option, so a later `make build` has nothing to configure anew.
tests-configured: deps
	@tools/install-deps test
	@cmake --preset release -DCONTACTS_TESTS=ON >/dev/null

test: tests-configured
	@cmake --build build/release -j$(JOBS)
	@ctest --test-dir build/release --output-on-failure --no-tests=error -j$(TEST_JOBS)

# Finds a package that the project needs and does not install.
bare:
	@tools/bare

check: layers
	@tools/install-deps sanitize
	@clang-format-14 --dry-run -Werror $(SOURCES)
	@$(MAKE) --no-print-directory tidy

layers:
	@tests/check_layers.sh

# Reads the sources in the groups of the unity build, which takes a fifth of the time that it takes to read each alone;
# so it must not stop at a .cc that is included. Leaves out the mutants of the simulation, which the build makes from
# sources that were checked.
tidy:
	@tools/install-deps build test sanitize
	@cmake --preset debug -B build/tidy >/dev/null
	@run-clang-tidy-14 -quiet -j$(JOBS) -p build/tidy -checks=-bugprone-suspicious-include \
	  -header-filter='^$(CURDIR)/(events|projections|command|query|infra|tests)/' \
	  '^$(CURDIR)/(?!build/tidy/tests/simulation/changed/)' \
	  >build/tidy/report 2>build/tidy/errors || { cat build/tidy/report; exit 1; }

format:
	@tools/install-deps sanitize
	@clang-format-14 -i $(SOURCES)

sanitize: asan tsan

asan:
	@tools/install-deps build test sanitize
	@cmake --preset debug >/dev/null
	@cmake --build build/debug -j$(JOBS) --target sanitize_tests
	@ctest --test-dir build/debug --output-on-failure --no-tests=error -j$(TEST_JOBS) -L asan

# Only our code is watched, because the packaged libraries are not built for the thread sanitizer.
tsan:
	@tools/install-deps build test sanitize
	@cmake --preset tsan >/dev/null
	@cmake --build build/tsan -j$(JOBS) --target sanitize_tests
	@TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
	  ctest --test-dir build/tsan --output-on-failure --no-tests=error -j$(TEST_JOBS) -L tsan

fuzz:
	@tools/install-deps build test sanitize
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j$(JOBS) --target fuzz_targets
	@JOBS=$(JOBS) tools/run-fuzz build/fuzz $(FUZZ_SECONDS)

simulate: tests-configured
	@cmake --build build/release -j$(JOBS) --target simulate
	build/release/tests/simulation/simulate --seeds $(SEEDS)
	build/release/tests/simulation/simulate --seeds 1000 --store rocksdb

# The long forms of tests that run for seconds in `make test`; about two hours.
soak: soak-failures soak-http soak-attack soak-faults soak-erasure soak-life

soak-failures: build
	@tools/install-deps test
	SOAK_ROUNDS=$${SOAK_ROUNDS:-10} CONTACTS=$(CURDIR)/build/release/contacts \
	  python3 -m unittest -v tests.e2e.test_crash tests.e2e.test_kafka tests.e2e.test_kafka_chaos \
	  tests.e2e.test_kafka_turns tests.e2e.test_kafka_cluster tests.e2e.test_account_crashes

soak-http: tests-configured
	@tools/test-packages
	@cmake --build build/release -j$(JOBS) --target contacts http_test http_front
	CONTACTS_SOAK=1 build/release/tests/infra/http/http_test --gtest_filter='Soak.*'
	CONTACTS_SOAK=1 NODE_PATH=$(CURDIR)/build/test-packages/node_modules \
	  tests/infra/http/clients_test.sh build/release/tests/infra/http/http_front
	CONTACTS_SOAK=1 CONTACTS=$(CURDIR)/build/release/contacts \
	  build/test-packages/venv/bin/python -B -m unittest -v tests.e2e.test_openapi
	QUIET_SECONDS=300 SOAK_ROUNDS=10 CONTACTS=$(CURDIR)/build/release/contacts \
	  python3 -B -m unittest -v tests.e2e.test_stream_proxy

# Needs root: it mounts a small disk, holds threads and takes descriptors away.
soak-faults: build
	@tools/install-deps test
	FAULT_SECONDS=$${FAULT_SECONDS:-600} CONTACTS=$(CURDIR)/build/release/contacts \
	  python3 -B -m unittest -v tests.e2e.test_faults

soak-erasure: build
	@tools/install-deps test
	ERASURE_PEOPLE=$${ERASURE_PEOPLE:-100000} ERASURE_ERASED=$${ERASURE_ERASED:-1000} \
	  CONTACTS=$(CURDIR)/build/release/contacts \
	  python3 -B -m unittest -v \
	  tests.e2e.test_erasure_bytes.ErasureBytes.test_no_file_holds_an_erased_person_and_all_others_stay \
	  tests.e2e.test_erasure_bytes.ErasureBytesOnKafka

soak-life: tests-configured
	@cmake --build build/release -j$(JOBS) --target contacts life_test
	CONTACTS_SOAK=1 build/release/tests/infra/api/life_test
	SOAK_ROUNDS=$${SOAK_ROUNDS:-5} CONTACTS=$(CURDIR)/build/release/contacts \
	  python3 -B -m unittest -v tests.e2e.test_life.Life

# PEERS=DIR adds other systems that speak the same contract, as tests/bench/README.md says.
bench: export CONTACTS := $(CURDIR)/build/release/contacts
bench: tests-configured
	@cmake --build build/release -j$(JOBS) --target contacts http_front kafka_raw replay_views
	@python3 -m tests.bench.table --kafka-raw build/release/tests/bench/kafka_raw \
	  $(if $(PEERS),--peers $(abspath $(PEERS)))
	@python3 -m tests.bench.two_writers
	@python3 -m tests.bench.refusals
	@python3 -m tests.bench.growth
	@python3 -m tests.bench.life
	@python3 -m tests.bench.replay --some-views build/release/tests/bench/replay_views \
	  $(if $(PEERS),--peers $(abspath $(PEERS)))
	@tests/bench/http_vs_nginx.sh build/release

# Medians of five, of the processor time too, which other load on the machine disturbs less.
bench-micro: tests-configured
	@cmake --build build/release -j$(JOBS) --target micro
	@set -o pipefail; build/release/tests/bench/micro --benchmark_min_time=0.2 \
	  --benchmark_repetitions=5 --benchmark_report_aggregates_only=true | grep -E '^Benchmark|_median|ERROR'

clean:
	rm -rf build
