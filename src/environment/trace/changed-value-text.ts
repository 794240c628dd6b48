/**
 * The part of the tracer that says which command has made a value another, of the command before the one that shows it and
 * that one. What only looks like a change is passed on as `unsure` or `weak`: a function's own variable, one for a single
 * command, a stretch without trace.
 */
export const changedValueText = String.raw`
my %hidden;
# The commands that set what they name without NAME=VALUE.
my $setting = qr/^(?:builtin |command |\w+=\S* )*(?:read|printf|unset|unalias|alias|for|select|mapfile|readarray|getopts|vared|local|declare|typeset|let|set|path[+=]|PATH[+=]|\(\()/;

sub mention {
  my ($name) = @_;
  return qr/\balias\b.*(?<!\w)go(?!\w)/s if $name eq "alias go";
  return qr/(?<!\w)(?:PATH|path)(?!\w)/ if $name eq "PATH" && $shell eq "zsh";
  return qr/(?<!\w)\Q$name\E(?!\w)/;
}

sub compare {
  my ($last, $now) = @_;
  for my $at (0 .. $#names) {
    my $name = $names[$at];
    my $new = $now->{values}[$at];
    my $before = $hidden{$name} ? $hidden{$name}{before} : $last;
    # NAME=VALUE COMMAND: what the name is for that command hides what it is.
    if ($new ne $before->{values}[$at]) {
      my $is_hiding = is_for_one_command($now, $name, $new);
      my $by = $hidden{$name} && $hidden{$name}{by};
      $hidden{$name} = { before => $before, by => $now } if $is_hiding;
      next if $is_hiding || ($by && $by->{values}[$at] eq $new && is_same_command($by, $now));
    }
    delete $hidden{$name};
    my $old = $before->{values}[$at];
    if ($old ne $new) {
      my ($position, $certainty) = judge($before, $now, $name, $old, $new);
      say_step("change", $name, $new, $position, $certainty);
    } elsif ($new ne "" && is_assigned_again($before, $now, $name, $new)) {
      my $position = $shell eq "dash" ? find_in_sources($before, $name, $new) : $before->{position};
      # NAME=$NAME makes nothing.
      my $is_own = $position && line_at($position) =~ /(?<!\w)\Q$name\E="?\$\{?\Q$name\E\}?"?(?:[\s;]|$)/;
      say_step("again", $name, $new, $position, "sure") if $position && !$is_own;
    }
  }
}

# zsh shows such a command in two parts of a line, dash as a whole, and bash as if they were two commands.
sub is_for_one_command {
  my ($record, $name, $state) = @_;
  my $text = $record->{text};
  return 0 unless $state ne "" && $text =~ /^(?:\w+=\S* )*\Q$name\E=/ && is_value_in($text, $name, $state);
  return !$record->{is_line} if $shell eq "zsh";
  if ($shell eq "dash") {
    my $value = without_quotes(substr($state, 1));
    return without_quotes($text) !~ /(?<!\w)\Q$name\E=\Q$value\E(?: \w+=\S*)*\s*\z/;
  }
  return line_at($record->{position}) =~ /(?<!\w)\Q$name\E=(?:"[^"]*"|'[^']*'|[^\s;&|"'])*\s+[^\s;&|#)}]/;
}

sub is_same_command {
  my ($one, $other) = @_;
  return 1 if $other->{depth} > $one->{depth} || $other->{level} > $one->{level};
  return join(":", @{$one->{position}}) eq join(":", @{$other->{position}}) && $shell ne "dash";
}

sub judge {
  my ($before, $now, $name, $old, $new) = @_;
  return (undef, "unsure") if $before->{is_gap};
  if ($shell eq "dash" && $now->{text} =~ /^(?:\w+=\S* )*\Q$name\E=/ && is_value_in($now->{text}, $name, $new)) {
    # dash shows an assignment when it is done.
    my $record = { %$now, values => $before->{values} };
    my $position = find_in_sources($record, $name, $new);
    return ($position, $position ? "sure" : "unsure");
  }
  my $text = $before->{text};
  if ($text =~ mention($name)) {
    my $position = $shell eq "dash" ? find_in_sources($before, $name, $new) : $before->{position};
    return (undef, "unsure") unless $position;
    return ($position, is_value_in($text, $name, $new) ? "sure" : "unsure") if $text =~ /(?<!\w)\Q$name\E=/ && $new ne "";
    my ($default) = line_at($now->{position}) =~ /\$\{\Q$name\E:?:?=([^}]*)\}/;
    return ($now->{position}, $new eq "x$default" ? "sure" : "unsure") if defined $default && $shell ne "dash";
    return (undef, "unsure") if $text !~ $setting || is_hidden_between($before, $now);
    return ($position, $now->{depth} < $before->{depth} ? "weak" : "sure");
  }
  # A default, NAME:=VALUE in braces, is done before the command that has it is shown.
  my $position = $shell eq "dash" ? find_default($name) : $now->{position};
  return ($position, "sure") if ($old eq "" || $old eq "x") && $position && line_at($position) =~ /\$\{\Q$name\E:?:?=/;
  return (undef, "unsure");
}

# zsh shows nothing of a block whose stderr goes elsewhere.
sub is_hidden_between {
  my ($before, $now) = @_;
  my ($first, $last) = map { $_->{position} } $before, $now;
  return 0 if $shell ne "zsh" || $first->[0] ne $last->[0];
  return grep { defined && /2>|&>|>&/ } @{lines_of($first->[0])}[$first->[1] .. $last->[1]];
}

sub is_value_in {
  my ($text, $name, $state) = @_;
  my ($shown) = $text =~ /(?<!\w)\Q$name\E=(.*)/s;
  return index(without_quotes($shown), without_quotes(substr($state, 1))) == 0;
}

# The same value once more, by a command that does nothing else; a variable for one command only, or a function's own, is
# not meant.
sub is_assigned_again {
  my ($before, $now, $name, $state) = @_;
  my $text = $before->{text};
  return 0 if index($text, "$name=") < 0 || $before->{is_gap};
  return 0 unless $text =~ /^(?:(?:export|declare|typeset|readonly|builtin|alias) |-[a-zA-Z]+ |\w+=\S* )*['"]?\Q$name\E=/;
  return 0 if $text =~ /^(?:declare|typeset) (?!-\w*g)/ && $before->{function} ne "" && $before->{function} !~ m{^source$|/};
  return 0 unless is_value_in($text, $name, $state);
  return 1 if $text =~ /^(?:export|declare|typeset|readonly|builtin) /;
  return !is_for_one_command($before, $name, $state);
}

sub index_of { my ($name) = @_; return (grep { $names[$_] eq $name } 0 .. $#names)[0] }
`;
