# For those whose hands type make; the scripts do the work.
.PHONY: build install uninstall test bench clean

build:
	scripts/build

install:
	./install

uninstall:
	./install --uninstall

test:
	./test

bench:
	bench/run

clean:
	rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj
