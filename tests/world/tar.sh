#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tar through gzip and xz, and back, and a comparison.
# NEEDS tar=tar xz=xz-utils gzip=gzip
[ "$1" = prepare ] && exit
cp -r /usr/share/perl5/Debconf /usr/include/linux/can files 2>/dev/null || cp -r /etc/apt files
tar --sort=name --mtime=@0 --owner=0 --group=0 -cf - files | gzip -n | sha256sum
tar --sort=name --mtime=@0 --owner=0 --group=0 -cJf a.tar.xz files && sha256sum a.tar.xz
mkdir back && tar -xJf a.tar.xz -C back && diff -r files back/files && echo equal
tar -tf a.tar.xz | wc -l
