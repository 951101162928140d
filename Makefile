# What can be done here. `make help` tells it; `make` alone runs the quick checks, in under a minute;
# `make test` is everything, on a machine with nothing but Go and make.

SHELL := /bin/bash
GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
STAGE := tools/stage.sh

# More flags for go test, such as TESTFLAGS=-v.
TESTFLAGS ?=

# How long make test puts the product through lives that nobody would think of.
TRIAL ?= 5m

# The rooms of pure rules.
CORE := ./money/... ./calendar/... ./credit/... ./ledger/... ./risk/...

# Rooms that are tested under the race detector: those with goroutines of our own, where an accident of timing
# could lose money. It makes code some ten times slower, so that the others run without it.
RACE_ROOMS := ./servicing/... ./eventlog/... ./database/... ./view/... ./api/... ./catalogue/... ./autopay/... ./payment/...

.DEFAULT_GOAL := check
.PHONY: check test install lint vet format tidy generate fuzz cover mutants bench screenshots demo help

check: ## the quick checks: format, vet, the shape of the house, the core's rules
	@$(STAGE) "format" $(MAKE) -s format
	@$(STAGE) "go vet" $(GO) vet ./...
	@$(STAGE) --last "tests of the core and the house's shape" $(GO) test -short $(TESTFLAGS) ./tidy/ $(CORE)

test: ## everything: installs what is missing, lints, tests all rooms, races, the built binary (the README's command)
	@$(STAGE) "what the tests need" tools/install.sh
	@$(STAGE) "format" $(MAKE) -s format
	@$(STAGE) "go vet" $(GO) vet ./...
	@$(STAGE) "linters" $(MAKE) -s lint
	@$(STAGE) "known vulnerabilities" tools/vulnerabilities.sh
	@$(STAGE) "tests under the race detector" env YUEFU_NO_SKIP=1 $(GO) test -race -short -timeout 15m $(TESTFLAGS) $(RACE_ROOMS)
	@$(STAGE) "fresh lives from fresh seeds" env YUEFU_TRIAL=$(TRIAL) $(GO) test -count=1 -timeout 30m -run FreshSeeds $(TESTFLAGS) ./trial
	@$(STAGE) --last "all tests" env YUEFU_NO_SKIP=1 $(GO) test -timeout 15m $(TESTFLAGS) ./...

install: ## only install the Debian packages that the tests need
	@tools/install.sh

lint: ## staticcheck, and our own vet tool (tools/lint says why each check is in it)
	@$(GO) -C tools build -o ../.cache/lint ./lint
	@failed=; \
	$(TOOL) staticcheck ./... || failed=yes; \
	$(GO) vet -vettool=$(CURDIR)/.cache/lint -errcheck.exclude=$(CURDIR)/tools/lint/unchecked.txt ./... || failed=yes; \
	[ -z "$$failed" ]

vet:
	@$(GO) vet ./...

format:
	@wrong=$$(gofmt -l .) && if [ -n "$$wrong" ]; then echo "run gofmt -w on:" $$wrong; exit 1; fi

tidy: ## only the shape of the house: arrows, banned calls, glossary, links
	@$(GO) test ./tidy/

generate: ## make generated code again (the API's models and client come from api/openapi.yaml)
	@$(GO) generate ./...

fuzz: ## fuzz each decoder for ten seconds (FUZZ=1m for longer)
	@tools/fuzz.sh $(or $(FUZZ),10s)

cover: ## which lines of the core no test of the core runs
	@$(GO) test -coverprofile=cover.out -coverpkg=$(shell echo $(CORE) | tr " " ,) $(CORE) && $(GO) tool cover -func=cover.out | tail -n 1
	@echo "go tool cover -html=cover.out shows them"

mutants: ## plant bugs one by one, and see that the simulation finds each in under a minute (MUTANTS=word,word for some)
	@YUEFU_MUTANTS="$(MUTANTS)" $(GO) test -count=1 -timeout 2h -run 'TestMutants$$' ./trial/mutants -v | grep --line-buffered -v '^=== '

bench: ## measure this machine: checkouts and close of business, on both databases
	$(GO) run ./cmd/yuefu bench authorise
	$(GO) run ./cmd/yuefu bench close-of-business

screenshots: ## the README's pictures, made by the test that clicks through the demo
	YUEFU_NO_SKIP=1 YUEFU_README_PICTURES=$(CURDIR)/docs/screenshots $(GO) test -count=1 -run 'TestANewcomerClicks' ./e2e

demo: ## the real server with a small made-up world, and what to try next
	$(GO) run ./cmd/yuefu demo

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'
