#!/usr/bin/perl
# Counts visits in redis and writes each down in postgres.
use strict;
use warnings;
use IO::Socket::INET;
use Sys::Hostname;

$| = 1;
$SIG{CHLD} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };

sub redis {
    my $redis = IO::Socket::INET->new(PeerAddr => $ENV{REDIS}, Timeout => 2) or return "no redis: $@";
    print $redis join('', '*' . @_ . "\r\n", map { '$' . length($_) . "\r\n$_\r\n" } @_);
    my $reply = <$redis> // '';
    $reply =~ s/^[:+]|\r\n$//g;
    return $reply;
}

sub postgres {
    my ($statement) = @_;
    open my $psql, '-|', 'psql', '-X', '-q', '-At', '-c', $statement or return "no psql: $!";
    my @rows = <$psql>;
    close $psql;
    chomp @rows;
    return $rows[-1] // 'no answer';
}

# A database may be healthy and be restarted right then: asked again until it is there.
while (postgres('CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL DEFAULT now(), host text); SELECT 1') ne '1') { select undef, undef, undef, 0.2 }
my $server = IO::Socket::INET->new(LocalPort => 8000, Listen => 64, ReuseAddr => 1) or die "cannot listen: $@";
print "ready\n";
while (1) {
    my $client = $server->accept or next;
    next if fork;
    while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
    my $host = hostname;
    my $count = redis('INCR', 'visits');
    my $rows = postgres("INSERT INTO visits (host) VALUES ('$host'); SELECT count(*) FROM visits");
    my $body = "Hello from $host: visit $count by redis, row $rows in postgres\n";
    print $client "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    exit 0;
}
