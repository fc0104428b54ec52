# SPDX-License-Identifier: Apache-2.0
#
# What is copied into somebody's image, where nothing is installed; included by GNUmakefile
# after deb.mk.
#
#   make bundle     $(BUILD)/falco-run-VERSION-ARCH.tar.gz, of the folder of that name
#   make static     $(BUILD)/static/falco-run: one file, which lacks what loads libraries;
#                   $(BUILD)/static/licences goes with it
#
# Both are linked of the same objects as $(BUILD)/falco-run, and stripped. Two builds of a
# commit are equal to the byte: no build id, and all times are the commit's.

BUNDLE := $(BUILD)/falco-run-$(VERSION)-$(shell uname -m)
.PHONY: bundle static
bundle: $(BUNDLE).tar.gz
static: $(BUILD)/static/falco-run $(BUILD)/static/licences/falco-run

PACKED := $(LINK) $(CFLAGS) $(LDFLAGS) -s -Wl,--build-id=none
ARCHIVED = $(shell pkg-config --static --libs $(filter-out libunwind%,$(PACKAGES)))
# What the linker took that is not ours.
taken = $$(grep -oE '(^|\()/[^()]+\.[ao]' $(1) | sed 's/^(//' | grep -v '^$(abspath $(BUILD))/' | \
	xargs readlink -f | sort -u)

# Each library that is loaded makes the start longer: those that are always needed are
# linked into the program, but for the C library, which loads the others. The loader is
# opened by start.c, libraries stand beside the program; the old tag for that (DT_RPATH)
# holds for libraries of libraries too, and before LD_LIBRARY_PATH.
PROGRAM_TRACE := $(BUILD)/pack/program.trace
$(BUILD)/pack/program: $(ARCHIVES) $(PACK)/bundle.mk
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(PACKED) -Wl,--dynamic-linker=/proc/self/fd/97 -Wl,--gc-sections \
		-Wl,--disable-new-dtags -Wl,-rpath,'$$ORIGIN' -Wl,--exclude-libs,ALL -o $@ $(ARCHIVES) \
		-Wl,-Bstatic $(ARCHIVED) -Wl,-Bdynamic -pthread -Wl,--trace >$(PROGRAM_TRACE)
# The door has no C library: whatever CFLAGS ask for, nothing may call one.
DOOR := -ffreestanding -fno-stack-protector -fno-pie -fno-lto -fno-sanitize=all \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
$(BUILD)/pack/start: $(addprefix $(PACK)/,start.c start_calls.h pack.h bundle.mk)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(BASE) $(CFLAGS) -O2 $(DOOR) -nostdlib -static -no-pie -s \
		-Wl,--build-id=none,-z,noseparate-code,-z,norelro -o $@ $<
$(BUNDLE).tar.gz: $(BUILD)/pack/program $(BUILD)/pack/start $(PACK)/bundle.sh \
		$(PACK)/licences.sh $(PACK)/bundle_README LICENSE $(RULES)
	$(call say,PACK,$@)
	$(Q)$(PACK)/bundle.sh $(BUILD)/pack $(BUNDLE) $(EPOCH) $(call taken,$(PROGRAM_TRACE))

# Relocations are packed, which is a tenth of the file; a C library before 2.36 cannot
# start such a program, hence the last line.
STATIC_TRACE := $(BUILD)/pack/static.trace
$(BUILD)/static/falco-run: $(BUILD)/launcher/pack/static.o $(ARCHIVES) $(PACK)/bundle.mk
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) $(dir $(STATIC_TRACE)) && $(CC) $(PACKED) -static-pie -Wl,-z,pack-relative-relocs -Wl,--gc-sections \
		-Wl,--wrap=dlopen,--wrap=dlsym,--wrap=dlerror,--wrap=dlclose \
		-o $@ $(filter-out %.mk,$^) $(ARCHIVED) -pthread -Wl,--trace >$(STATIC_TRACE)
	$(Q)$@ --version >/dev/null
$(BUILD)/static/licences/falco-run: $(BUILD)/static/falco-run $(PACK)/licences.sh LICENSE
	$(Q)$(PACK)/licences.sh $(BUILD)/static $(call taken,$(STATIC_TRACE))
-include $(BUILD)/launcher/pack/static.d
