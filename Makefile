# All targets can be run again and again; ARGS goes to the program behind `run`, `soak` and `bench`.
SHELL := /bin/bash
export PATH := $(PATH):/opt/swift/usr/bin
SWIFT ?= swift
ARGS ?=
# So many tests at a time: more would only keep each other from being served.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 8
# A folder for reports of the tests, in the form that CI systems read; none by default.
REPORTS ?=
report = $(if $(REPORTS),--xunit-output $(REPORTS)/$(1).xml)
# Tests that leave the processors to nobody; and those that wait for nothing but a turn.
EXHAUSTING := ^TidyTests\.|\.(Fleet[A-Za-z]*|[A-Za-z]*Exploration|TimetableProperty|SystemZone|BeatLife)Tests/
COMPUTING := ^(CoherenceNode|Codecs|CacheDomain|Jobs|Tidy)Tests\.

.DEFAULT_GOAL := help
.PHONY: help setup build run soak faults compare test lint bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that are missing (needs root or sudo only then)
	@Scripts/setup

build: setup ## Build the program for release
	$(SWIFT) build -c release --product cacheworker

run: build ## Show two workers at work on servers of their own (ARGS=--once ends by itself)
	@Scripts/demo $(ARGS)

soak: build ## Lose nothing under load and faults (ARGS=--short, "--rolling 100", "--reconnects 99")
	@Scripts/soak $(ARGS)

faults: setup ## Serve no copy past its bound, whatever fails (ARGS=--short, "--seed 7", "--reads 1000000")
	$(SWIFT) build -c release --product CoherenceNode
	@Scripts/coherence $(ARGS)

compare: setup ## Count what an ordinary load leaves wrong for good, with cashews (from PyPI) and here
	$(SWIFT) build -c release --product CoherenceNode
	@Scripts/compare $(ARGS)

test: setup ## Run all tests; they start the servers they need
	$(SWIFT) build --build-tests
	@# One sort after the other: side by side with those that only compute, tests that wait for a
	@# turn, or for servers, would not get it in time on few cores.
	status=0; \
	$(SWIFT) test --skip-build $(call report,exhausting) --filter '$(EXHAUSTING)' || status=$$?; \
	$(SWIFT) test --skip-build $(call report,computing) --filter '$(COMPUTING)' \
	    --skip '$(EXHAUSTING)' || status=$$?; \
	$(SWIFT) test --skip-build $(call report,serving) --skip '$(COMPUTING)' || status=$$?; \
	exit $$status

lint: ## Check the format of all Swift files
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

bench: build ## Compare the worker with C loops on the same servers (ARGS="--rounds 1")
	$(MAKE) -C Benchmarks all
	Benchmarks/run $(ARGS)
	$(SWIFT) build -c release --product CoherenceNode
	Benchmarks/copies/run

clean: ## Remove all that was built
	rm -rf .build Benchmarks/.build
