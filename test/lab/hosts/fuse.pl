# A file system of FUSE's for the tests, without libfuse: one empty directory that belongs to a user, which root may not enter.
#
#   fuse.pl MOUNT-POINT UID GID empty|silent     silent: takes every question and answers none
#
# Runs as root in a throw-away host that has /dev/fuse, prints "mounted", and serves until it is killed.
use strict;

my ($at, $uid, $gid, $mode) = @ARGV;
my $mount = `uname -m` =~ /aarch64/ ? 40 : 165;
my ($lookup, $forget, $getattr, $init, $interrupt, $batch_forget) = (1, 2, 3, 26, 36, 42);
my ($enoent, $enosys) = (2, 38);

$^F = 100;
open(my $device, "+<", "/dev/fuse") or die "/dev/fuse: $!";
my $options = "fd=" . fileno($device) . ",rootmode=40000,user_id=$uid,group_id=$gid";
my ($source, $type) = ("lab", "fuse.lab");
syscall($mount, $source, $at, $type, 0, $options) == 0 or die "mount: $!";
$| = 1;
print "mounted\n";
while (sysread($device, my $request, 1 << 20)) {
  my ($length, $opcode, $unique) = unpack("LLQ", $request);
  next if $opcode == $forget || $opcode == $interrupt || $opcode == $batch_forget;
  if ($opcode == $init) {
    answer($unique, 0, pack("LLLLSSLLSSLx28", 7, 31, 0, 0, 16, 12, 131072, 1, 0, 0, 0));
  } elsif ($mode eq "silent") {
    next;
  } elsif ($opcode == $getattr) {
    answer($unique, 0, pack("QLLQQQQQQLLLLLLLLLL", 60, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 040755, 2, $uid, $gid, 0, 4096, 0));
  } else {
    answer($unique, $opcode == $lookup ? -$enoent : -$enosys, "");
  }
}

sub answer {
  my ($unique, $error, $content) = @_;
  syswrite($device, pack("LlQ", 16 + length $content, $error, $unique) . $content);
}
