#!/usr/bin/perl
# Mounts a file system (FUSE) that takes every request and answers none, as a network file system whose server has gone:
# whoever looks at it waits in the kernel, and cannot be ended before this program is. Runs in a throw-away host, as root.
#
#   hanging-mount.pl DIRECTORY    prints "mounted" and stays
use strict;
use warnings;

my $directory = shift;
my ($fuse_init, $mount) = (26, 165);
unless (-e "/dev/fuse") { system("mknod", "/dev/fuse", "c", "10", "229") == 0 or die "no /dev/fuse" }
open(my $device, "+<", "/dev/fuse") or die "/dev/fuse: $!\n";
my $options = sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fileno($device));
my ($source, $type) = ("hanging", "fuse");
syscall($mount, $source, $directory, $type, 0, $options) == 0 or die "mount: $!\n";
$| = 1;
print "mounted\n";
while (sysread($device, my $request, 1 << 20)) {
  my (undef, $operation, $unique) = unpack("LLQ", $request);
  next unless $operation == $fuse_init;
  # fuse_init_out of 64 bytes, protocol 7.31 (linux/fuse.h).
  my $answer = pack("LLLLSSLL", 7, 31, 0, 0, 0, 0, 4096, 1) . "\0" x 36;
  syswrite($device, pack("LlQ", 16 + length($answer), 0, $unique) . $answer);
}
