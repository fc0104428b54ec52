# SPDX-License-Identifier: Apache-2.0
#
# What is installed beside the program, and the Debian package that is made of it;
# included by GNUmakefile.
#
#   make deb        $(BUILD)/falco-run_VERSION_ARCHITECTURE.deb
#
# Two builds of a commit are equal to the byte: all times are SOURCE_DATE_EPOCH or the
# commit's. MAINTAINER is who publishes the package.

PACK := launcher/pack
MAINTAINER ?= falco-run maintainers <falco-run@users.noreply.github.com>
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y LICENSE))
# Where zsh looks: Debian keeps packages apart from the administrator's own.
ZSH_COMPLETIONS ?= share/zsh/site-functions
MADE_OF_OPTIONS := $(BUILD)/pack/options $(BUILD)/pack/falco-run.bash \
	$(BUILD)/pack/falco-run.zsh $(BUILD)/pack/falco-run.fish

$(BUILD)/pack/options: $(PACK)/deb_options.sh launcher/options.def include/priorities.def
	$(Q)mkdir -p $(@D) && CC='$(CC)' $< >$@
$(BUILD)/pack/falco-run.%: $(PACK)/deb_complete.sh $(BUILD)/pack/options
	$(Q)$< $* <$(BUILD)/pack/options >$@

.PHONY: install-more deb
install: install-more
install-more: SHARE = $(DESTDIR)$(PREFIX)/share
install-more: $(MADE_OF_OPTIONS)
	install -d -m 755 $(SHARE)/man/man1
	$(PACK)/deb_man.sh $(VERSION) $(EPOCH) $(PREFIX) <$(BUILD)/pack/options >$(SHARE)/man/man1/falco-run.1
	install -D -m 644 $(BUILD)/pack/falco-run.bash $(SHARE)/bash-completion/completions/falco-run
	install -D -m 644 $(BUILD)/pack/falco-run.zsh $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETIONS)/_falco-run
	install -D -m 644 $(BUILD)/pack/falco-run.fish $(SHARE)/fish/vendor_completions.d/falco-run.fish
	sed 's|@PREFIX@|$(PREFIX)|' $(PACK)/deb_falco-run.yaml | \
		install -D -m 644 /dev/stdin $(SHARE)/doc/falco-run/examples/falco-run.yaml
	install -D -m 644 -t $(SHARE)/doc/falco-run/examples/deploy samples/deploy/*
	chmod 755 $(SHARE)/doc/falco-run/examples/deploy/*.sh

# Linked anew: a build id of debugging information would depend on the folder.
$(BUILD)/pack/packaged: $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -s -Wl,-z,now -o $@ $(ARCHIVES) $(LIBS)
deb: $(BUILD)/falco-run $(BUILD)/pack/packaged
	$(Q)rm -rf $(BUILD)/deb
	$(Q)$(MAKE) -s install DESTDIR='$(BUILD)/deb' PREFIX=/usr \
		ZSH_COMPLETIONS=share/zsh/vendor-completions >/dev/null
	$(Q)install -m 755 $(BUILD)/pack/packaged $(BUILD)/deb/usr/bin/falco-run
	$(Q)MAINTAINER='$(MAINTAINER)' $(PACK)/deb.sh $(BUILD)/deb $(VERSION) $(EPOCH) $(BUILD)
