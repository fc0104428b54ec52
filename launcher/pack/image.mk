# SPDX-License-Identifier: Apache-2.0
#
# The bundle as an image, for `COPY --from` and `docker load`; included by GNUmakefile after
# bundle.mk.
#
#   make image      $(BUILD)/falco-run-VERSION.oci.tar: FROM scratch, with /falco-run alone
#
# Two builds of a commit are equal to the byte.

IMAGE := $(BUILD)/falco-run-$(VERSION).oci.tar
.PHONY: image
image: $(IMAGE)
$(IMAGE): $(BUNDLE).tar.gz $(PACK)/image.sh
	$(call say,PACK,$@)
	$(Q)$(PACK)/image.sh $< $(VERSION) $(EPOCH) $@
