/** asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64). */
const calls =
  process.arch === "arm64"
    ? "(prctl => 167, setsid => 157, prlimit => 261, clock_gettime => 113)"
    : "(prctl => 157, setsid => 112, prlimit => 302, clock_gettime => 228)";

/**
 * The program between readygo and a child, for /usr/bin/perl (perl-base is Essential on Debian and Ubuntu, and reaches
 * system calls by number). It runs as readygo itself and is the subreaper of all that the child starts: whatever leaves
 * its parent, group or session comes to it, so that nothing of the family is left when it reports the end.
 *
 * On descriptor 3 it reads a frame, `LENGTH\n` and as many bytes of fields with NUL between them:
 *
 *     milliseconds, bytes of memory, processes, bytes of a file (0: no bound), directory, number of variables,
 *     NAME=VALUE …, argv …
 *
 * and then one letter: `o` (too much output) or `s` (stop) ends the family, as does the end of the stream: readygo is gone.
 * It answers in lines: `started PID cgroup|limits`, later `ended WAIT-STATUS time|memory|processes|output|stop|-`; or
 * `failed ERRNO` alone where the program could not be started.
 */
export const supervisorText = String.raw`
use strict;
my %call = ${calls};
my ($subreaper, $death_signal, $rlimit_fsize, $rlimit_data, $no_hang) = (36, 1, 1, 2, 1);
my ($sigkill, $sigterm) = (9, 15);
my %auxiliary = unpack("Q*", slurp("/proc/self/auxv"));
my $page = $auxiliary{6} || 4096;
my $most_seconds_to_end = 3;

$0 = "readygo-supervisor";
open(my $control, "+<&=", 3) or die;
my ($milliseconds, $memory, $processes, $file_size, $directory, @rest) = read_frame();
my %environment = map { split /=/, $_, 2 } splice(@rest, 0, shift @rest);
my @argv = @rest;

my ($command, $status, $reason);
syscall($call{prctl}, $subreaper, 1, 0, 0, 0);
syscall($call{prctl}, $death_signal, $sigterm, 0, 0, 0);
$SIG{$_} = sub { $reason ||= "stop" } for qw(TERM INT HUP);
$SIG{PIPE} = "IGNORE";
# It only has to end the wait in select.
$SIG{CHLD} = sub { };

my $deadline = now() + $milliseconds / 1000;
my $cgroup = make_cgroup();
pipe(my $start, my $start_in_child) or die;
$command = fork();
if (!defined $command) {
  my $errno = $! + 0;
  remove_cgroup();
  say_line("failed $errno");
  exit;
}
if ($command == 0) { become_command() }
close $start_in_child;
# Held here, the child's pipes would not end with the child.
open(STDIN, "<", "/dev/null");
open(STDOUT, ">", "/dev/null");
open(STDERR, ">", "/dev/null");
# Where a family forks without end, whoever ends it must come to run.
eval { setpriority(0, 0, -15) };

my $said_by_start = "";
my $pause = 0.05;
my $next_look = now() + $pause;
until (defined $reason) {
  reap();
  last if defined $status;
  my $ready = "";
  vec($ready, fileno($control), 1) = 1;
  vec($ready, fileno($start), 1) = 1 if defined $start;
  my $wait = least($deadline, $next_look) - now();
  my $count = select($ready, undef, undef, $wait > 0 ? $wait : 0);
  if ($count > 0 && vec($ready, fileno($control), 1)) { hear() }
  if ($count > 0 && defined $start && vec($ready, fileno($start), 1)) { hear_start() }
  if (now() >= $deadline) { $reason ||= "time" }
  if (!defined $reason && now() >= $next_look) { look() }
}
my $is_command_over = defined $status;
end_family();
hear_start() if defined $start;
if ($said_by_start =~ /(\d+)/) {
  say_line("failed $1");
} else {
  $reason = "memory" if $is_command_over && has_cgroup_event("memory.events", qr/^oom_kill (\d+)/m);
  say_line("ended " . (defined $status ? $status : $sigkill) . " " . ($reason || "-"));
}
remove_cgroup();

sub read_frame {
  my $text = "";
  while ($text !~ /\n/) { sysread($control, $text, 65536, length $text) or exit }
  my ($length) = $text =~ /^(\d+)\n/;
  my $at = length($length) + 1;
  while (length($text) < $at + $length) { sysread($control, $text, 65536, length $text) or exit }
  return split /\0/, substr($text, $at, $length), -1;
}

sub say_line { syswrite($control, "$_[0]\n") }

sub now {
  my $time = "\0" x 16;
  syscall($call{clock_gettime}, 1, $time);
  my ($seconds, $nanoseconds) = unpack("qq", $time);
  return $seconds + $nanoseconds / 1e9;
}

sub least { $_[0] < $_[1] ? $_[0] : $_[1] }

sub slurp {
  open(my $file, "<", $_[0]) or return "";
  my $text = "";
  while (sysread($file, $text, 65536, length $text)) { }
  return $text;
}

sub spill {
  my ($path, $text) = @_;
  open(my $file, ">", $path) or return 0;
  return defined syswrite($file, $text);
}

# In the fork. What becomes of it goes through the pipe that exec closes: "c" from inside the cgroup, then an errno
# where there is nothing to become.
sub become_command {
  syscall($call{setsid});
  syscall($call{prctl}, $death_signal, $sigkill, 0, 0, 0);
  if (defined $cgroup && spill("$cgroup/cgroup.procs", "0")) {
    syswrite($start_in_child, "c");
  } else {
    limit($rlimit_data, $memory);
  }
  limit($rlimit_fsize, $file_size) if $file_size > 0;
  if (chdir($directory)) {
    # What is ignored stays ignored in the next program.
    $SIG{PIPE} = "DEFAULT";
    %ENV = %environment;
    exec { $argv[0] } @argv;
  }
  syswrite($start_in_child, $! + 0);
  # Without what perl does at its end: the fork is nobody yet.
  kill $sigkill, $$;
}

sub limit {
  my ($resource, $bytes) = @_;
  my $limits = pack("QQ", $bytes, $bytes);
  syscall($call{prlimit}, 0, $resource, $limits, 0);
}

sub hear_start {
  if (sysread($start, $said_by_start, 64, length $said_by_start)) { return }
  close $start;
  undef $start;
  my $means = $said_by_start =~ /c/ ? "cgroup" : "limits";
  say_line("started $command $means") if $said_by_start !~ /\d/;
}

sub hear {
  my $letter;
  my $count = sysread($control, $letter, 1);
  $reason ||= $count && $letter eq "o" ? "output" : "stop";
}

sub reap {
  while ((my $pid = waitpid(-1, $no_hang)) != 0) {
    return 1 if $pid < 0;
    $status = $? if $pid == $command;
  }
  return 0;
}

# The family as it is now: process, group and pages in memory of each that lives.
sub family {
  my (%parent, %group, %pages, %is_in);
  opendir(my $proc, "/proc") or return ();
  for my $pid (grep { /^\d/ } readdir $proc) {
    open(my $file, "<", "/proc/$pid/stat") or next;
    sysread($file, my $text, 1024) or next;
    # The name in parentheses may hold spaces and parentheses.
    my @field = split / /, substr($text, rindex($text, ")") + 2), 23;
    next if $field[0] =~ /[ZX]/;
    ($parent{$pid}, $group{$pid}, $pages{$pid}) = @field[1, 2, 21];
  }
  $is_in{$$} = 1;
  for my $pid (keys %parent) {
    my @way;
    my $at = $pid;
    while (defined $at && !defined $is_in{$at}) {
      push @way, $at;
      $is_in{$at} = 0;
      $at = $parent{$at};
    }
    my $answer = defined $at ? $is_in{$at} : 0;
    $is_in{$_} = $answer for @way;
  }
  delete $is_in{$$};
  return map { [$_, $group{$_}, $pages{$_}] } grep { $is_in{$_} } keys %is_in;
}

sub look {
  my $began = now();
  my @family = family();
  my $pages = 0;
  $pages += $_->[2] for @family;
  if (@family > $processes || has_cgroup_event("pids.events", qr/^max (\d+)/m)) {
    $reason ||= "processes";
  } elsif (defined $cgroup ? has_cgroup_event("memory.events", qr/^oom_kill (\d+)/m) : $pages * $page > $memory) {
    $reason ||= "memory";
  }
  # On a host with thousands of processes a look takes long: a tenth of a processor at most.
  my $cost = now() - $began;
  $pause = 10 * $cost if 10 * $cost > $pause;
  $next_look = now() + $pause;
}

# There is nobody left when there is no child: what loses its parent becomes one.
sub end_family {
  my $until = now() + $most_seconds_to_end;
  my $own_group = getpgrp();
  spill("$cgroup/cgroup.kill", "1") if defined $cgroup;
  until (reap() || now() > $until) {
    # What forks and ends, over and over, is always a child of ours.
    for my $child (split / /, slurp("/proc/$$/task/$$/children")) { kill $sigkill, $child }
    next if reap();
    my @family = family();
    # A group dies at once, with the forks that are under way in it. All groups of the family are in its own sessions.
    my %group = map { $_->[1] => 1 } @family;
    for my $id (keys %group) { kill -$sigkill, $id if $id > 1 && $id != $own_group }
    kill $sigkill, $_->[0] for @family;
    select(undef, undef, undef, 0.002);
  }
}

# A cgroup of version 2 in the nearest one above ours whose children have the controllers; undefined where there is none,
# where it may not be written (most containers), and where version 1 has the controllers.
sub make_cgroup {
  my $top = "/sys/fs/cgroup";
  return undef unless -e "$top/cgroup.controllers";
  my ($own) = slurp("/proc/self/cgroup") =~ /^0::(\/.*)$/m or return undef;
  my @parts = grep { $_ ne "" } split /\//, $own;
  for (my $at = @parts; $at >= 0; $at--) {
    my $above = join "/", $top, @parts[0 .. $at - 1];
    my $passed_on = slurp("$above/cgroup.subtree_control");
    next unless $passed_on =~ /\bmemory\b/ && $passed_on =~ /\bpids\b/;
    remove_dead_cgroups($above);
    my $path = "$above/readygo-$$";
    mkdir($path) or return undef;
    # A count of threads, of which a Go program has as many as there are processors.
    my $is_bounded = spill("$path/memory.max", $memory) && spill("$path/pids.max", 16 * $processes);
    spill("$path/memory.swap.max", 0) if -e "$path/memory.swap.max";
    spill("$path/memory.oom.group", 1) if -e "$path/memory.oom.group";
    return $path if $is_bounded;
    rmdir $path;
    return undef;
  }
  return undef;
}

# Of supervisors that were killed.
sub remove_dead_cgroups {
  opendir(my $directory, $_[0]) or return;
  for my $name (readdir $directory) {
    rmdir "$_[0]/$name" if $name =~ /^readygo-(\d+)$/ && !-e "/proc/$1";
  }
}

sub has_cgroup_event {
  my ($file, $pattern) = @_;
  return defined $cgroup && slurp("$cgroup/$file") =~ $pattern && $1 > 0;
}

# The kernel takes a moment to leave it empty.
sub remove_cgroup {
  return unless defined $cgroup;
  for (1 .. 50) {
    return if rmdir $cgroup;
    select(undef, undef, undef, 0.01);
  }
}
`;
