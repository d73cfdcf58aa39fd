using System.Globalization;
using System.Net;
using Devoxx.Runtime.Resolver.Messages;

namespace Devoxx.Runtime.Resolver.Zones;

/// <summary>What comes of a message.</summary>
internal enum Verdict
{
    /// <summary>The answer is written.</summary>
    Answered,

    /// <summary>It asks for a name of the outside.</summary>
    Forward,

    /// <summary>It is not worth an answer.</summary>
    Dropped,
}

/// <summary>
/// Answers what this machine knows. A name that is known here is never asked for outside, whatever the type: the outside would say that it
/// does not exist, and who asks for A and AAAA at once would believe that. Pure.
/// </summary>
internal static class Answering
{
    /// <summary>Seconds: containers come and go.</summary>
    public const uint TimeToLive = 5;

    /// <param name="isTcp">No limit but the message's own.</param>
    /// <param name="nameBuffer">Room for 255 characters.</param>
    /// <param name="buffer">Room for the answer, 65535 bytes.</param>
    /// <param name="length">Of the answer, if there is one.</param>
    public static Verdict Answer(View view, ReadOnlySpan<byte> message, bool isTcp, Span<char> nameBuffer, Span<byte> buffer, out Query query, out int length)
    {
        var form = Query.Read(message, nameBuffer, out query);
        length = 0;
        if (form == QueryForm.Ignored)
        {
            return Verdict.Dropped;
        }

        var answer = new Answer(query, buffer, isTcp ? Numbers.LargestMessage : query.UdpSize);
        if (form != QueryForm.Good)
        {
            answer.Fail(form switch
            {
                QueryForm.NotImplemented => ResponseCode.NotImplemented,
                QueryForm.BadVersion => ResponseCode.BadVersion,
                _ => ResponseCode.FormatError,
            });
        }
        else if (query.Class is not (Numbers.ClassIn or Numbers.ClassAny))
        {
            answer.Fail(ResponseCode.Refused);
        }
        else if (!Known(view, query, ref answer))
        {
            if (view.ReachesOut)
            {
                return Verdict.Forward;
            }

            Nothing(ref answer, ResponseCode.NameError);
        }

        length = answer.Finish();
        return Verdict.Answered;
    }

    /// <summary>A query of the outside that brought nothing.</summary>
    public static int Failure(in Query query, Span<byte> buffer)
    {
        var answer = new Answer(query, buffer, query.UdpSize);
        answer.Fail(ResponseCode.ServerFailure);
        return answer.Finish();
    }

    private static bool Known(View view, scoped in Query query, ref Answer answer) =>
        query.Name.Length > 0
        && (Addresses(view, query, ref answer)
            || (query.Name[0] == '_' && Services(view, query, ref answer))
            || (query.Name.EndsWith(".arpa", StringComparison.Ordinal) && Reverse(view, query, ref answer)));

    private static bool Addresses(View view, scoped in Query query, ref Answer answer)
    {
        var known = false;
        foreach (var zone in view.Zones)
        {
            var hosts = view.Find(zone, query.Name);
            known |= hosts.Length > 0;
            if (AddAddresses(hosts, zone, query.Type, ref answer))
            {
                answer.Authoritative();
                return true;
            }
        }

        if (known)
        {
            Nothing(ref answer, ResponseCode.NoError);
        }

        return known;
    }

    private static bool AddAddresses(Host[] hosts, Zone zone, ushort type, ref Answer answer)
    {
        var any = false;
        var first = hosts.Length > 1 ? zone.NextTurn() : 0;
        for (var i = 0; i < hosts.Length; i++)
        {
            var host = hosts[(first + i) % hosts.Length];
            foreach (var family in (ReadOnlySpan<ushort>)[Numbers.A, Numbers.Aaaa])
            {
                if ((type == family || type == Numbers.Any) && host.Address(family) is { Length: > 0 } address)
                {
                    answer.Address(address, TimeToLive);
                    any = true;
                }
            }
        }

        return any;
    }

    /// <summary><c>_http._tcp.web</c>.</summary>
    private static bool Services(View view, scoped in Query query, ref Answer answer)
    {
        var name = query.Name[1..];
        var dot = name.IndexOf("._", StringComparison.Ordinal);
        var rest = dot < 0 ? default : name[(dot + 2)..];
        var end = rest.IndexOf('.');
        if (end <= 0)
        {
            return false;
        }

        var service = name[..dot];
        var protocol = rest[..end];
        var (known, found) = (false, false);
        var targets = new List<(int Name, Host Host)>();
        foreach (var zone in view.Zones)
        {
            var hosts = view.Find(zone, rest[(end + 1)..]);
            known |= hosts.Length > 0;
            var first = zone.NextTurn();
            for (var i = 0; i < hosts.Length && !answer.IsTruncated; i++)
            {
                var host = hosts[(first + i) % hosts.Length];
                var told = 0;
                foreach (var port in host.Ports)
                {
                    // One port may have two names; they stand beside each other.
                    if (port.Port != told && protocol.SequenceEqual(port.Protocol) && IsCalled(port, service))
                    {
                        (found, told) = (true, port.Port);
                        if (query.Type is Numbers.Srv or Numbers.Any && answer.Service(port.Port, host.FullName, TimeToLive, out var target))
                        {
                            targets.Add((target, host));
                        }
                    }
                }
            }

            if (found)
            {
                break;
            }
        }

        if (found && query.Type is Numbers.Srv or Numbers.Any)
        {
            answer.Authoritative();
            foreach (var (target, host) in targets)
            {
                answer.AdditionalAddress(target, host.Ipv4, TimeToLive);
                answer.AdditionalAddress(target, host.Ipv6, TimeToLive);
            }
        }
        else if (known)
        {
            Nothing(ref answer, found ? ResponseCode.NoError : ResponseCode.NameError);
        }

        return known;
    }

    private static bool IsCalled(Oci.Names.ZonePort port, ReadOnlySpan<char> name) =>
        (port.Name is { } given && name.Equals(given, StringComparison.OrdinalIgnoreCase))
        || (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == port.Port);

    private static bool Reverse(View view, scoped in Query query, ref Answer answer)
    {
        Span<byte> room = stackalloc byte[16];
        var address = room[..ReverseName.Read(query.Name, room)];
        if (address.Length == 0)
        {
            return false;
        }

        var (whose, ours) = (new IPAddress(address), false);
        foreach (var zone in view.Zones)
        {
            var host = zone.FindAddress(address);
            ours |= host is not null || zone.Contains(whose);
            if (host is null)
            {
                continue;
            }

            if (query.Type is Numbers.Ptr or Numbers.Any)
            {
                answer.Authoritative();
                answer.Name(host.FullName, TimeToLive);
            }
            else
            {
                Nothing(ref answer, ResponseCode.NoError);
            }

            return true;
        }

        if (ours)
        {
            Nothing(ref answer, ResponseCode.NameError);
        }

        return ours;
    }

    private static void Nothing(ref Answer answer, ResponseCode code)
    {
        answer.Authoritative();
        answer.Fail(code);
        answer.NothingFor(TimeToLive);
    }
}
