import { changedValueText } from "./changed-value-text.ts";
import { dashTraceText } from "./dash-trace-text.ts";

/**
 * The part of the tracer that reads bash's, zsh's and dash's `-x`. PS4 is written before each command: a mark, the place,
 * and what the variables are. So every way to set one is seen, `read`, `printf -v` and eval too, without reading shell
 * code: the command before the one that shows another value has set it. The command's text only has to name the
 * variable; one that does not (a stretch without trace, a function's local that ends) is passed on as `unsure`.
 */
export const markedTraceText = String.raw`
my ($level, $before, @enclosing, %eval_function, %pipe_file, %absolute) = (0);
${dashTraceText}
${changedValueText}
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
  # The next pipe has the same name.
  my $is_source = $around && $around->{text} =~ /^(?:builtin |command )*(?:source|\.) /;
  $pipe_file{$file} = $around->{position} if $is_pipe && $is_source;
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
