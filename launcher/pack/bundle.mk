# SPDX-License-Identifier: Apache-2.0
#
# What is copied into somebody's image, where nothing is installed; included by GNUmakefile
# after deb.mk.
#
#   make bundle     $(BUILD)/falco-run-VERSION-ARCH.tar.gz, of the folder of that name
#
# It is linked of the same objects as $(BUILD)/falco-run, and stripped. Two builds of a
# commit are equal to the byte: no build id, and all times are the commit's.

BUNDLE := $(BUILD)/falco-run-$(VERSION)-$(shell uname -m)
.PHONY: bundle
bundle: $(BUNDLE).tar.gz

PACKED := $(CFLAGS) $(LDFLAGS) -s -Wl,--build-id=none

# The loader is opened by start.c, the libraries stand beside the program; the old tag
# for that (DT_RPATH) holds for libraries of libraries too, and before LD_LIBRARY_PATH.
$(BUILD)/pack/program: $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(PACKED) -Wl,--dynamic-linker=/proc/self/fd/97 \
		-Wl,--disable-new-dtags -Wl,-rpath,'$$ORIGIN' -o $@ $(ARCHIVES) $(LIBS)
$(BUILD)/pack/start: $(BUILD)/launcher/pack/start.o
	$(Q)$(CC) $(PACKED) -static -o $@ $<
$(BUNDLE).tar.gz: $(BUILD)/pack/program $(BUILD)/pack/start $(PACK)/bundle.sh LICENSE $(RULES)
	$(call say,PACK,$@)
	$(Q)$(PACK)/bundle.sh $(BUILD)/pack $(BUNDLE) $(EPOCH)
-include $(BUILD)/launcher/pack/start.d
