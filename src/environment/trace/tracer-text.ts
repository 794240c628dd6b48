import { fishTraceText } from "./fish-trace-text.ts";
import { markedTraceText } from "./marked-trace-text.ts";

/**
 * The program between readygo and a shell that is traced, for /usr/bin/perl (Essential on Debian and Ubuntu). A trace shows
 * every command of the start files, with the secrets in it: this runs as the account, beside its shell, and says only what
 * became of the names that are asked for. It writes nothing anywhere.
 *
 *     perl -e TEXT bash|zsh|dash|fish MODE MARK PS4 NUMBER-OF-NAMES NAME … SHELL ARGUMENT …
 *
 * The shell's environment comes on stdin, NAME=VALUE with NUL after each. The answer has six fields with NUL after each,
 * over and over: see {@link readTraceSteps}.
 */
export const tracerText = String.raw`
use strict;
my ($shell, $mode, $mark, $ps4, $count, @rest) = @ARGV;
my @names = splice(@rest, 0, $count);
my @argv = @rest;
my ($open, $close, $end) = ("$mark\x1f", "\x1f$mark>", "$mark-end");
my %environment = map { split /=/, $_, 2 } grep { /=/ } split /\0/, do { local $/; <STDIN> };
$environment{PS4} = $ps4 if $shell eq "zsh" || $shell eq "dash";
if ($shell eq "fish") {
  $environment{fish_trace} = 1;
  # fish makes its own directories in a home that has none: they are pointed where no directory can be made.
  for (["XDG_CONFIG_HOME", ".config"], ["XDG_DATA_HOME", ".local/share"]) {
    my ($name, $place) = @$_;
    my $directory = $environment{$name} || "$environment{HOME}/$place";
    $environment{$name} = "/dev/null" unless -d "$directory/fish";
  }
}
my ($buffer, $is_over, %lines_of) = ("", 0);

# The shell's end of the pipe is a number that rc files do not use: 60.
$^F = 255;
pipe(my $from, my $to) or die;
my @held;
while (fileno($to) < 60) {
  push @held, $to;
  open(my $more, ">&", $to) or die;
  $to = $more;
}
close $_ for @held;
my $pid = fork();
die unless defined $pid;
if ($pid == 0) {
  close $from;
  open(STDIN, "<", "/dev/null");
  open(STDOUT, ">", "/dev/null");
  # Only bash can be given another place for its trace.
  open(STDERR, ">&", $shell eq "bash" ? \*STDOUT : $to);
  close $to if $shell ne "bash";
  %ENV = %environment;
  # Where the shell itself is asked.
  chdir $environment{HOME} if defined $environment{HOME};
  exec { $argv[0] } @argv;
  kill 9, $$;
}
close $to;
${markedTraceText}
${fishTraceText}
# What a start file leaves running holds the pipe: the shell's own end ends the wait.
until ($is_over) {
  my $ready = "";
  vec($ready, fileno($from), 1) = 1;
  if (select($ready, undef, undef, 0.05) > 0) {
    sysread($from, $buffer, 262144, length $buffer) or last;
    $shell eq "fish" ? take_fish_trace() : take_marked_trace();
  } elsif (waitpid($pid, 1) != 0) {
    last;
  }
}

sub say_step {
  my ($kind, $name, $value, $position, $certainty) = @_;
  my ($file, $line) = @{$position || ["", ""]};
  print join("\0", $kind, $name, $value, $file, $line, $certainty), "\0";
}

sub lines_of {
  my ($file) = @_;
  return $lines_of{$file} ||= do {
    my @lines;
    # A pipe or a device would not end.
    if (-f $file && -s $file < 1e6 && open(my $in, "<", $file)) { @lines = <$in> }
    ["", @lines];
  };
}

sub line_at { lines_of($_[0][0])->[$_[0][1] || 0] || "" }

# The only line of a file that matches; otherwise the file alone.
sub only_line {
  my ($file, $pattern) = @_;
  my $lines = lines_of($file);
  my @found = grep { $lines->[$_] =~ $pattern && $lines->[$_] !~ /^\s*#/ } 1 .. $#$lines;
  return [$file, @found == 1 ? $found[0] : ""];
}

sub without_quotes {
  my ($text) = @_;
  $text =~ s/[\\'"]//g;
  return $text;
}
`;
