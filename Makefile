# Residua: make demo, make test. Everything else is CMake's.
#   make TORCH=<folder>   builds against that libtorch (a wheel's `torch` folder, or libtorch's own archive)
#   make bench PEER=<python>   also times a Python that has torch, transformers and tokenizers (takes an hour)
#   make BUILD=<folder>   builds there; `build` by default, `build-torch` with TORCH

TORCH ?=
BUILD ?= $(if $(TORCH),build-torch,build)
TYPE ?= Release
CMAKE_FLAGS ?=
RUN := $(BUILD)/residua

PACKAGES := g++ cmake ninja-build ccache pkg-config libopenblas0-openmp libtorch-dev liblua5.4-dev libeigen3-dev \
  libboost-dev libdnnl-dev libsqlite3-dev libicu-dev nlohmann-json3-dev libpcre2-dev libxxhash-dev libreadline-dev \
  gnuplot-nox
TEST_PACKAGES := catch2 lua5.4 python3
LINT_PACKAGES := lua-check clang-format

.PHONY: all demo test asan bench lint format packages test-packages lint-packages clean

all: packages
	@$(MAKE) --no-print-directory $(RUN)

demo: all
	$(RUN) run T-002 T-004 T-009 S-003

test: packages test-packages
	@$(MAKE) --no-print-directory configure TESTS=ON
	ninja -C $(BUILD)
	cd $(BUILD) && ctest -j2 --output-on-failure

# The bindings under address and undefined-behaviour sanitizers, with both Lua builds.
asan: packages test-packages
	@$(MAKE) --no-print-directory configure BUILD=build-asan TYPE=Debug TESTS=ON \
	  CMAKE_FLAGS="-DRESIDUA_SANITIZE=address,undefined"
	ninja -C build-asan bindings_tests_cxx bindings_tests_c
	cd build-asan && ctest -j2 --output-on-failure -R bindings

bench: packages test-packages
	@$(MAKE) --no-print-directory configure TESTS=ON
	ninja -C $(BUILD) residua bare
	python3 tests/bench/bench.py $(RUN) $(BUILD)/tests/bare
	$(if $(PEER),python3 tests/bench/quantize.py $(RUN) --peer $(PEER))
	$(if $(PEER),python3 tests/bench/tokenizers.py $(RUN) $(PEER))
	$(if $(PEER),python3 tests/bench/sweep.py $(RUN) $(BUILD)/bench --peer $(PEER) --points 16)

lint: lint-packages
	luacheck -q stdlib scripts repl tests/lua tests/planted
	git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run -Werror

format: lint-packages
	git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

.PHONY: $(RUN) configure
$(RUN):
	@$(MAKE) --no-print-directory configure
	ninja -C $(BUILD) residua

configure:
	@test -f $(BUILD)/build.ninja -a "$(TESTS)" = "" || cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=$(TYPE) \
	  $(if $(TORCH),-DCMAKE_PREFIX_PATH=$(abspath $(TORCH))) -DRESIDUA_TESTS=$(or $(TESTS),OFF) $(CMAKE_FLAGS)

# Installs what is missing, as root or by sudo.
define install
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q '^install ok installed' \
	  || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  sudo=$$([ $$(id -u) = 0 ] || echo sudo); \
	  echo "installing with apt:" $$missing; \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

packages:
	$(call install,$(PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

lint-packages:
	$(call install,$(LINT_PACKAGES))

clean:
	rm -rf build build-torch build-asan
