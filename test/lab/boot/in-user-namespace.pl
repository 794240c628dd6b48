#!/usr/bin/perl
# in-user-namespace.pl COMMAND...: runs COMMAND as root of a user, mount, pid and network namespace of its own with all
# ids mapped to themselves. There, binfmt_misc is a list of its own (Linux 6.7), so that a foreign architecture can be
# registered without this machine hearing of it. unshare(1) of Debian 12 maps more than one id through newuidmap only.
use strict;
use warnings;

my ($unshare, $flags) = (272, 0x10000000 | 0x20000 | 0x20000000 | 0x40000000);
pipe(my $isApart, my $apart) and pipe(my $isMapped, my $mapped) or die "pipe: $!\n";
my $child = fork() // die "fork: $!\n";
if ($child == 0) {
  syscall(157, 1, 9, 0, 0, 0);    # prctl(PR_SET_PDEATHSIG, SIGKILL)
  syscall($unshare, $flags) == 0 or die "unshare: $!\n";
  close $apart;
  close $mapped;
  <$isMapped>;
  my $first = fork() // die "fork: $!\n";
  if ($first == 0) {
    syscall(157, 1, 9, 0, 0, 0);
    exec @ARGV or die "$ARGV[0]: $!\n";
  }
  waitpid($first, 0);
  exit($? >> 8 || $? & 127);
}
close $apart;
<$isApart>;
for my $map ("uid_map", "gid_map") {
  open(my $file, ">", "/proc/$child/$map") or die "$map: $!\n";
  print $file "0 0 4294967295\n";
  close $file or die "$map: $!\n";
}
close $mapped;
waitpid($child, 0);
exit($? >> 8 || $? & 127);
