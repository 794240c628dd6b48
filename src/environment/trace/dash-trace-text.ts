/**
 * The part of the tracer that finds dash's commands. dash names no file, and Debian builds it without LINENO. Which files
 * are read is known (the start files, and what `.` names in the trace): a command's line is the only one in them that can
 * have set this value. Where there are several there is no answer.
 */
export const dashTraceText = String.raw`
my $last_eval = "";
my @sources = $shell ne "dash" ? () : grep { defined && -f } (
  $mode =~ /login/ ? ("/etc/profile", "$environment{HOME}/.profile") : (),
  $mode =~ /interactive/ ? $environment{ENV} : (),
);

sub remember_source {
  my ($record) = @_;
  $last_eval = $record->{text} if $record->{text} =~ /^eval /;
  my ($name) = $record->{text} =~ /^\. (\S+)/ or return;
  my ($at) = grep { $names[$_] eq "PATH" } 0 .. $#names;
  my @directories = defined $at ? split /:/, substr($record->{values}[$at], 1) : ();
  my ($path) = grep { -f } $name =~ m{^/} ? $name : $name =~ m{/} ? "$record->{directory}/$name" : map { "$_/$name" } @directories;
  push @sources, $path if defined $path && !grep { $_ eq $path } @sources;
}

sub find_in_sources {
  my ($record, $name, $state) = @_;
  my ($first) = split /\n/, $record->{text};
  return find_only(qr/(?<!\w)eval(?!\w)/) if $last_eval ne "" && $last_eval ne $record->{text} && index($last_eval, $first) >= 0;
  return find_only(qr/(?<!\w)alias\s.*(?<!\w)go=/) if $name eq "alias go";
  return find_only(qr/(?<!\w)unset\s.*\b\Q$name\E\b/) if $state eq "";
  my $value = substr($state, 1);
  return find_only(qr/(?<![\w\$\{])\Q$name\E=|\bread\s.*\b\Q$name\E\b|\bfor\s+\Q$name\E\s/, sub {
    my ($right) = $_[0] =~ /(?<![\w\$\{])\Q$name\E=("[^"]*"|'[^']*'|[^\s;&|]*)/ or return 1;
    return $value =~ expected_value($right, $record);
  });
}

# What is written out must be the value; a variable counts with its own where that is known, and may be anything otherwise.
sub expected_value {
  my ($right, $record) = @_;
  my $pattern = "";
  for my $part (split /(\$\{?\w+\}?|\$[({].*|\x60.*|^~)/, without_quotes($right)) {
    my ($name) = $part =~ /^\$\{?(\w+)\}?\z/;
    my $at = defined $name ? index_of($name) : undef;
    if (defined $at) {
      $pattern .= quotemeta substr($record->{values}[$at], $record->{values}[$at] eq "" ? 0 : 1);
    } elsif ($part eq "~" || (defined $name && $name eq "HOME")) {
      $pattern .= quotemeta $environment{HOME};
    } else {
      $pattern .= $part =~ /^[\$\x60]/ ? ".*" : quotemeta $part;
    }
  }
  return qr/\A$pattern\z/s;
}

sub find_default { my ($name) = @_; return find_only(qr/\$\{\Q$name\E:?=/) }

sub find_only {
  my ($pattern, $is_possible) = @_;
  my @found;
  for my $file (@sources) {
    my $lines = lines_of($file);
    for my $at (1 .. $#$lines) {
      next if $lines->[$at] !~ $pattern || $lines->[$at] =~ /^\s*#/;
      push @found, [$file, $at] if !$is_possible || $is_possible->($lines->[$at]);
    }
  }
  return @found == 1 ? $found[0] : undef;
}
`;
