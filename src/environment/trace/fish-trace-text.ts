/**
 * The part of the tracer that reads fish. A function of ours is called at each change of a variable and says the value and
 * the stack with files and lines (question: {@link questionForTrace}). Lines in an eval count from the eval's own start:
 * that there is one is seen in fish's own trace, which is kept only as the chain of commands under way.
 */
export const fishTraceText = String.raw`
my (%fish_value, $user_paths_position, @chain, $alias_position);

sub take_fish_trace {
  while (1) {
    my $newline = index($buffer, "\n");
    return if $newline < 0;
    my $at = index(substr($buffer, 0, $newline), $open);
    if ($at < 0) {
      take_fish_command(substr($buffer, 0, $newline + 1, ""));
      next;
    }
    my $stop = index($buffer, $close, $at);
    return if $stop < 0;
    my $begin = $at + length $open;
    take_fish_record(split /\x1f/, substr($buffer, $begin, $stop - $begin), -1);
    substr($buffer, 0, $stop + length $close, "");
    return if $is_over;
  }
}

sub take_fish_command {
  my ($depth, $text) = $_[0] =~ /^(-*)> (.*)/ or return;
  splice @chain, length $depth;
  $chain[length $depth] = $text;
  if ($text =~ /^alias (?:.*\s)?'?go[= ]/) {
    my ($source) = map { m{^source (/.*)} ? $1 : () } reverse grep { defined } @chain;
    $alias_position = only_line($source, qr/(?<!\w)alias\s+(?:.*\s)?['"]?go[=\s]/) if defined $source;
  }
}

sub take_fish_record {
  my ($kind, $name, $state, $stack) = @_;
  if ($kind eq "initial") {
    $fish_value{$name} = $state;
    my $stored = $stack =~ m{^/} ? only_line($stack, qr/^SETUVAR (?:--\w+ )*\Q$name\E:/) : undef;
    $user_paths_position = $stored if $name eq "fish_user_paths";
    say_step("initial", $name, $state, $stored, "sure");
  } elsif ($kind eq "change") {
    my $is_same = exists $fish_value{$name} && $fish_value{$name} eq $state;
    $fish_value{$name} = $state;
    my $position = fish_position($stack, $name);
    my $certainty = $position && !is_fish_local($name, $position) ? "sure" : "unsure";
    # Of a variable of a block or a command our function sees the one around it: then the command has another value.
    my $value = substr($state, 1);
    return if $is_same && ($certainty eq "unsure" || !grep { defined && index($_, $value) >= 0 && /(?<!\w)\Q$name\E(?!\w)/ } @chain);
    say_step($is_same ? "again" : "change", $name, $state, $position, $certainty);
  } elsif ($kind eq "final") {
    say_step("change", $name, $state, undef, "unsure") if $fish_value{$name} ne $state;
  } elsif ($kind eq "function") {
    my ($file, undef, $line) = split /\n/, $stack;
    my $position = $file =~ m{^/} ? [$file, $line > 0 ? $line : ""] : $alias_position;
    say_step("function", "go", "x", $position, $position ? "sure" : "unsure");
  } elsif ($kind eq "end") {
    say_step("end", "", "", undef, "");
    $is_over = 1;
  }
}

sub is_fish_local {
  my ($name, $position) = @_;
  return line_at($position) =~ /(?<!\w)(?:set\s+(?:-\w*l|--local)|for\s+\Q$name\E(?!\w))|^\s*\Q$name\E=/;
}

# The stack names the file whose command did it. Where that is not a file of the account's or the host's own (a function
# that comes with fish, what a pipe gives to source), or counts from an eval, the command in the file that is being read is
# looked for.
sub fish_position {
  my ($stack, $name) = @_;
  my @places;
  push @places, [$2, $1] while $stack =~ /called on line (\d+) of file (.*)/g;
  my (undef, $place) = @places;
  $place->[0] =~ s{^~}{$environment{HOME}} if $place;
  my $is_direct = $place && $place->[0] =~ m{^/} && $place->[0] !~ m{^/usr/share/fish/(?!vendor)};
  my ($file, @commands);
  for my $text (grep { defined } @chain) {
    if ($text =~ m{^source '?(/[^']*)} && $1 !~ m{^/usr/share/fish/(?!vendor)}) {
      ($file, @commands) = ($1);
    } else {
      push @commands, $text;
    }
  }
  if ($is_direct) {
    return $place if !grep { /^eval / } @commands;
    my $is_top = defined $file && $file eq $place->[0] && $commands[0] =~ /^eval /;
    return $is_top ? only_command($file, $commands[0], $name) : only_line($place->[0], qr/(?<!\w)eval(?!\w)/);
  }
  # At its start fish puts what it has stored itself on PATH.
  return $name eq "PATH" ? $user_paths_position : undef if !defined $file;
  return undef if !@commands;
  # The command that is a function of fish's own, or source without a file, may stand in a function: one of this file?
  my ($own) = $place ? $place->[0] =~ m{([^/]+)\.fish$} : ();
  my ($at) = grep { $commands[$_] eq "source" || (defined $own && $commands[$_] =~ /^\Q$own\E(?: |$)/) } 0 .. $#commands;
  if ($at) {
    my ($function) = $commands[$at - 1] =~ /^(\S+)/;
    return undef unless grep { /^\s*function\s+\Q$function\E(?!\S)/ } @{lines_of($file)};
  }
  return only_command($file, $commands[$at || 0], $name);
}

# The only line that begins this command; of several the one that has the name or the same words.
sub only_command {
  my ($file, $text, $name) = @_;
  my ($word, @words) = split / /, $text;
  my $begin = $word eq "source" && !@words ? qr/\|\s*(?:source|\.)(?!\S)/ : qr/(?<![\w-])\Q$word\E(?![\w-])/;
  my $lines = lines_of($file);
  my @found = grep { $lines->[$_] =~ $begin && $lines->[$_] !~ /^\s*#/ } 1 .. $#$lines;
  for my $same (join(" ", @words), grep { length > 3 && !/^-/ } @words, $name) {
    last if @found <= 1;
    my $plain = without_quotes($same);
    my @narrower = grep { index(without_quotes($lines->[$_]), $plain) >= 0 } @found;
    @found = @narrower if @narrower;
  }
  return [$file, @found == 1 ? $found[0] : ""];
}
`;
