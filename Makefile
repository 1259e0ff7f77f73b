# Two commands on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
# Everything else they need they get themselves, once, and say so.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: demo test lint bench soak setup lock proto api-docs clean help

help:
	@echo "make demo   watch three people and two agents in a meeting  [SEED=n KEEP=1 PLANT=swap|drop|double REPORT=file]"
	@echo "make test   run the checks and tests"
	@echo "make bench  measure                                           [ONLY=name REPORT=file]"
	@echo "make soak   run the long gates                                [ONLY=name ROUNDS=n ROOMS=n REPORT=file PLANT=name]"
	@echo "make lint   only ruff, mypy and buf"
	@echo "make lock   write requirements.lock anew from pyproject.toml"
	@echo "make api-docs  write docs/api.md anew from proto"
	@echo "make proto  generate worker/roomhand/control/v1 and worker/buf anew from proto"

setup: $(READY)
	@$(RUN) -m tests.sim.servers

$(READY): requirements.lock pyproject.toml infra/setup.py
	@$(PYTHON) infra/setup.py $(VENV)
	@touch $(READY)

demo: setup
	@$(RUN) -m tests.demo $(if $(SEED),--seed $(SEED)) $(if $(KEEP),--keep) $(if $(PLANT),--plant $(PLANT)) $(if $(REPORT),--report $(REPORT)) $(ARGS)

test: lint setup
	@$(RUN) -m pytest $(ARGS)

lint: $(READY)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m mypy tests
	@$(RUN) infra/protocol.py --include_imports --include_source_info --descriptor_set_out=$(VENV)/protocol.binpb
	@$(VENV)/bin/buf lint $(VENV)/protocol.binpb --config proto/buf.yaml --path roomhand/control/v1
	@$(VENV)/bin/buf format --diff --exit-code proto

bench: setup
	@$(RUN) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(REPORT),--report $(REPORT)) $(ARGS)

soak: setup
	@$(RUN) -m tests.soak $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ROOMS),--rooms $(ROOMS)) $(if $(PLANT),--plant $(PLANT)) $(if $(REPORT),--report $(REPORT)) $(ARGS)

lock: $(READY)
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements.lock

# The generator of an older version is used on purpose: what it makes runs on newer ones, not the other way round.
proto: $(READY)
	@$(VENV)/bin/uv run --isolated --no-project --with grpcio-tools==1.78.2 --with mypy-protobuf==5.1.0 --with protovalidate==2.1.0 \
		sh -c 'python infra/protocol.py --python_out=worker buf/validate/validate.proto && \
		python infra/protocol.py --python_out=worker --grpc_python_out=worker \
		--mypy_out=quiet:worker --mypy_grpc_out=quiet,only_async:worker'

api-docs: $(READY)
	@$(RUN) infra/api_docs.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
