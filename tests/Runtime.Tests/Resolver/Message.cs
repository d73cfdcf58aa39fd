using System.Buffers.Binary;
using System.Net;
using System.Text;
using Devoxx.Runtime.Resolver.Messages;

namespace Devoxx.Runtime.Tests.Resolver;

/// <summary>Messages built and read by a second hand: nothing of the resolver's own is used.</summary>
internal static class Message
{
    public static byte[] Query(string name, ushort type, ushort? udpSize = null, ushort id = 0x1234, ushort @class = 1, byte version = 0)
    {
        var bytes = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(udpSize is null ? 0 : 1) };
        bytes.AddRange(Name(name));
        bytes.AddRange([(byte)(type >> 8), (byte)type, (byte)(@class >> 8), (byte)@class]);
        if (udpSize is { } size)
        {
            bytes.AddRange([0, 0, 41, (byte)(size >> 8), (byte)size, 0, version, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Encoding.Latin1.GetBytes(label).Prepend((byte)label.Length)), 0];

    public static Reply Read(ReadOnlySpan<byte> message)
    {
        var at = 12;
        var question = ReadName(message, ref at);
        at += 4;
        var records = new List<Record>();
        for (var section = 0; section < 3; section++)
        {
            for (var left = U16(message, 6 + (section * 2)); left > 0; left--)
            {
                var owner = ReadName(message, ref at);
                var (type, @class, ttl, length) = (U16(message, at), U16(message, at + 2), BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]), U16(message, at + 8));
                at += 10;
                var start = at;
                var text = type switch
                {
                    1 or 28 => new IPAddress(message.Slice(at, length)).ToString(),
                    12 => ReadName(message, ref start),
                    33 => $"{U16(message, at)} {U16(message, at + 2)} {U16(message, at + 4)} {Target(message, at + 6)}",
                    6 => Target(message, at),
                    _ => Convert.ToHexString(message.Slice(at, length)),
                };
                records.Add(new Record(section, owner, type, @class, ttl, text));
                at += length;
            }
        }

        Assert.Equal(message.Length, at);
        return new Reply(U16(message, 0), U16(message, 2), question, records);
    }

    private static string Target(ReadOnlySpan<byte> message, int at) => ReadName(message, ref at);

    private static ushort U16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);

    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        int? back = null;
        for (var jumps = 0; message[at] != 0;)
        {
            if (message[at] >= 0xc0)
            {
                Assert.True(++jumps < 10);
                back ??= at + 2;
                at = U16(message, at) & 0x3fff;
                continue;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(message.Slice(at + 1, message[at])));
            at += 1 + message[at];
        }

        at = back ?? at + 1;
        return name.ToString();
    }
}

internal sealed record Record(int Section, string Owner, ushort Type, ushort Class, uint Ttl, string Text);

internal sealed record Reply(ushort Id, ushort Flags, string Question, List<Record> Records)
{
    public int Code => Flags & 15;

    public bool IsTruncated => (Flags & 0x200) != 0;

    public IEnumerable<string> Answers => Records.Where(r => r.Section == 0).Select(r => r.Text);

    public bool HasSoa => Records.Exists(r => r is { Section: 1, Type: 6 });
}
