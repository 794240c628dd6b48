import { dashTraceText } from "./dash-trace-text.ts";

/**
 * The part of the tracer that reads bash's, zsh's and dash's `-x`. PS4 is written before each command: a mark, the place,
 * and what the variables are. So every way to set one is seen, `read`, `printf -v` and eval too, without reading shell
 * code: the command before the one that shows another value has set it. The command's text only has to name the
 * variable; one that does not (a stretch without trace, a function's local that ends) is passed on as `unsure`.
 */
export const markedTraceText = String.raw`
# The commands that set what they name without NAME=VALUE.
my $setting = qr/^(?:builtin |command |\w+=\S* )*(?:read|printf|unset|unalias|alias|for|select|mapfile|readarray|getopts|vared|local|declare|typeset|let|set|path[+=]|PATH[+=]|\(\()/;
my ($level, $before, @enclosing, %eval_function, %pipe_file, %absolute, %hidden) = (0);
${dashTraceText}
sub take_marked_trace {
  while ((my $at = index($buffer, $open, 1)) > 0) {
    take_record(substr($buffer, 0, $at, ""));
    return if $is_over;
  }
  take_record($buffer) if $buffer =~ /\Q$close\E: \Q$end\E[^\n]*\n/;
}

sub take_record {
  my ($raw) = @_;
  my $own_level = $level;
  my $is_line = $raw =~ /\n\+*\z/;
  $raw =~ s/\n?(\+*)\z//;
  $level = length $1;
  return if index($raw, $open) != 0;
  my $stop = index($raw, $close);
  my ($subshell, $file, $line, $depth, $function, $directory, @values) =
    split /\x1f/, substr($raw, length $open, $stop - length $open), -1;
  return if $stop < 0 || $subshell > 0;
  if (@values != @names) {
    # A value holds the separator, or PS4 was not expanded.
    $before->{is_gap} = 1 if $before;
    return;
  }
  my $now = { text => substr($raw, $stop + length $close), values => \@values, depth => $depth, function => $function, is_line => $is_line };
  $now->{level} = $shell eq "bash" ? $own_level : $depth;
  $now->{is_gap} = $now->{text} =~ /\b(?:PS4|PROMPT4|BASH_XTRACEFD|xtrace)\b|^set [-+]\w*x|^emulate .*R/i;
  $now->{directory} = $directory;
  place_record($now, $file, $line);
  if ($before) {
    compare($before, $now);
  } else {
    say_step("initial", $names[$_], $values[$_], undef, "sure") for 0 .. $#names;
  }
  $before = $now;
  remember_source($now) if $shell eq "dash";
  if ($now->{text} =~ /^: \Q$end\E ?(.*)/s) {
    say_end_of_marked($1);
  }
}

# A command's place is a line of a file. What eval runs stands where the eval stands, and so does a function that an eval
# has defined: the shell counts such lines from somewhere else.
sub place_record {
  my ($now, $file, $line) = @_;
  pop @enclosing while @enclosing && $enclosing[-1]{level} >= $now->{level};
  my $around = $enclosing[-1];
  push @enclosing, $now;
  my $is_in_eval = $shell eq "bash" ? $around && $around->{depth} == $now->{depth} : $now->{function} eq "(eval)";
  my $is_pipe = $file =~ m{^/dev/|^/proc/|^pipe:};
  $pipe_file{$file} = $around->{position} if $is_pipe && $around && !$pipe_file{$file};
  if ($is_in_eval && $around) {
    # Otherwise it is a trap, which may run at any command.
    $now->{position} = $around->{position} if $shell ne "bash" || $around->{text} =~ /^(?:builtin |command )*eval /;
  } elsif ($eval_function{$now->{function}}) {
    $now->{position} = $eval_function{$now->{function}};
  } elsif ($is_pipe) {
    $now->{position} = $pipe_file{$file} || ["", ""];
  } else {
    $now->{position} = [$shell ne "bash" && $now->{depth} == 0 ? "" : make_absolute($file), $line];
  }
  if ($now->{text} =~ /^(?:builtin |command )*eval /) {
    my $text = $now->{text};
    $text =~ s/\\n/\n/g;
    $eval_function{$1 || $2} = $now->{position} while $text =~ /([\w-]+)\s*\(\)|function\s+([\w-]+)/g;
  }
}

sub make_absolute {
  my ($file) = @_;
  return $file if $file eq "" || $file =~ m{^/};
  return $absolute{$file} ||= do {
    my $path = ($before ? $before->{directory} : "") . "/$file";
    $path =~ s{/\./}{/}g;
    -f $path ? $path : "";
  };
}

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

sub say_end_of_marked {
  my $function = $_[0] =~ /^\s*(?:'')?\s*\z/ ? "" : $_[0];
  # bash says NAME LINE FILE, zsh the file.
  if ($eval_function{go} && $function ne "") {
    say_step("function", "go", "x", $eval_function{go}, "sure");
  } elsif ($function =~ m{go (\d+) (/[^'\n]*)}) {
    say_step("function", "go", "x", [$2, $1], "sure");
  } elsif ($function =~ m{^'?(/[^'\n]*)}) {
    say_step("function", "go", "x", only_line($1, qr/(?:^|[\s;])(?:function\s+go(?:\s|\()|go\s*\(\))/), "sure");
  } elsif ($function ne "") {
    say_step("function", "go", "x", undef, "unsure");
  }
  say_step("end", "", "", undef, "");
  $is_over = 1;
}
`;
