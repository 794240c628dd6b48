#!/usr/bin/perl
# A cable between this network namespace and that of process PID: an address pair on two TUN devices, each packet of up to
# 1500 bytes held for DELAY seconds each way, and one in a hundred lost. usage: slow-link.pl PID DELAY LOSS
# (The kernel's netem does this where it is there; IFF_TUN|IFF_NO_PI and TUNSETIFF are from linux/if_tun.h.)
use strict;
use warnings;
use Time::HiRes qw(time);

my ($pid, $delay, $loss) = @ARGV;
my $setns = `uname -m` =~ /aarch64/ ? 268 : 308;
srand(1);

sub open_tun {
  my ($address) = @_;
  open(my $tun, '+<', '/dev/net/tun') or die "/dev/net/tun: $!";
  my $request = pack('Z16 S x22', 'link0', 0x1001);
  ioctl($tun, 0x400454ca, $request) or die "TUNSETIFF: $!";
  system('ip', 'address', 'add', "$address/24", 'dev', 'link0') == 0 or die 'ip address';
  system('ip', 'link', 'set', 'link0', 'up') == 0 or die 'ip link';
  return $tun;
}

my $near = open_tun('10.9.0.1');
open(my $namespace, '<', "/proc/$pid/ns/net") or die "no namespace: $!";
syscall($setns, fileno($namespace), 0) == 0 or die "setns: $!";
my $far = open_tun('10.9.0.2');
$| = 1;
print "ready\n";

my %to = (fileno($near) => $far, fileno($far) => $near);
my @queue;
while (1) {
  my $bits = '';
  vec($bits, fileno($_), 1) = 1 for ($near, $far);
  my $wait = @queue ? $queue[0][0] - time : 1;
  select($bits, undef, undef, $wait > 0 ? $wait : 0);
  for my $from ($near, $far) {
    next unless vec($bits, fileno($from), 1);
    sysread($from, my $packet, 65536) or next;
    push @queue, [time + $delay, $to{fileno($from)}, $packet] if rand() >= $loss;
  }
  my $now = time;
  syswrite($queue[0][1], $queue[0][2]), shift @queue while @queue && $queue[0][0] <= $now;
}
