#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A 32-bit program without any library: it opens, reads, writes, forks, exits.
# NEEDS as=binutils ld=binutils uname=coreutils
if [ "$1" = prepare ]; then
	[ "$(uname -m)" = x86_64 ] || { echo "this machine is no x86_64"; exit 1; }
	cat >app.s <<'EOF'
	.globl _start
	.data
path:	.asciz "/proc/self/comm"
	.bss
	.lcomm buf, 64
	.text
_start:	mov $2, %eax		# fork
	int $0x80
	test %eax, %eax
	jz child
	mov %eax, %ebx
	mov $7, %eax		# waitpid
	mov $buf, %ecx
	xor %edx, %edx
	int $0x80
	movzbl buf+1, %ebx
	add $1, %ebx
	mov $1, %eax		# exit
	int $0x80
child:	mov $5, %eax		# open
	mov $path, %ebx
	xor %ecx, %ecx
	int $0x80
	mov %eax, %ebx
	mov $3, %eax		# read
	mov $buf, %ecx
	mov $64, %edx
	int $0x80
	mov %eax, %edx
	mov $4, %eax		# write
	mov $1, %ebx
	mov $buf, %ecx
	int $0x80
	mov $1, %eax
	mov $40, %ebx
	int $0x80
EOF
	as --32 -o app.o app.s && ld -m elf_i386 -o app app.o && ./app
	[ $? -eq 41 ]
	exit
fi
./app
echo "status $?"
