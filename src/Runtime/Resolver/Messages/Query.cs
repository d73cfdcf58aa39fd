using System.Buffers.Binary;

namespace Devoxx.Runtime.Resolver.Messages;

/// <summary>What is to be done with a message, as far as its form goes.</summary>
internal enum QueryForm
{
    /// <summary>A query with one question.</summary>
    Good,

    /// <summary>No query at all, or too short to answer: never answered, so that two servers cannot keep each other busy.</summary>
    Ignored,
    Malformed,
    NotImplemented,
    BadVersion,
}

/// <summary>
/// One query, read where it lies (RFC 1035, 4.1). Nothing here follows a compression pointer: the one name that counts, that of the
/// question, has nothing before it to point to, and other names are only stepped over.
/// </summary>
internal readonly ref struct Query
{
    private Query(ReadOnlySpan<byte> message) => Message = message;

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Message { get; }

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Message);

    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(Message[2..]);

    /// <summary>Where the question ends; 12 when there is none that can be repeated.</summary>
    public int QuestionEnd { get; private init; }

    /// <summary>The question as it came, with the case of its letters.</summary>
    public ReadOnlySpan<byte> Question => Message[Numbers.HeaderLength..QuestionEnd];

    /// <summary>The name in lower case, without the last dot; empty for the root, and for a name with bytes that none of ours has.</summary>
    public ReadOnlySpan<char> Name { get; private init; }

    /// <summary>Where the question's last label begins: what owns the SOA of a negative answer.</summary>
    public int LastLabel { get; private init; }

    public ushort Type { get; private init; }

    public ushort Class { get; private init; }

    public bool HasEdns { get; private init; }

    /// <summary>The most bytes that the asker takes by UDP.</summary>
    public int UdpSize { get; private init; }

    /// <param name="name">Room for <see cref="Name"/>: 255 characters.</param>
    public static QueryForm Read(ReadOnlySpan<byte> message, Span<char> name, out Query query)
    {
        query = new Query(message) { QuestionEnd = Numbers.HeaderLength, UdpSize = Numbers.PlainUdpSize, LastLabel = Numbers.HeaderLength };
        if (message.Length < Numbers.HeaderLength || (query.Flags & Numbers.Response) != 0)
        {
            return QueryForm.Ignored;
        }

        if ((query.Flags & Numbers.OpcodeMask) != 0)
        {
            return QueryForm.NotImplemented;
        }

        if (Count(message, 4) != 1 || !ReadQuestionName(message, name, out var end, out var length, out var lastLabel) || message.Length < end + 4)
        {
            return QueryForm.Malformed;
        }

        query = new Query(message)
        {
            QuestionEnd = end + 4,
            Name = name[..length],
            LastLabel = lastLabel,
            Type = BinaryPrimitives.ReadUInt16BigEndian(message[end..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(message[(end + 2)..]),
            UdpSize = Numbers.PlainUdpSize,
        };
        return ReadRecords(message, ref query);
    }

    /// <summary>Whether an answer from elsewhere is one to this very query: the id, and the question to the letter.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> query, int questionEnd) =>
        answer.Length >= questionEnd
        && answer[..2].SequenceEqual(query[..2])
        && (answer[2] & 0x80) != 0
        && Count(answer, 4) == 1
        && answer[Numbers.HeaderLength..questionEnd].SequenceEqual(query[Numbers.HeaderLength..questionEnd]);

    private static ushort Count(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);

    private static bool ReadQuestionName(ReadOnlySpan<byte> message, Span<char> name, out int end, out int length, out int lastLabel)
    {
        (end, length, lastLabel) = (Numbers.HeaderLength, 0, Numbers.HeaderLength);
        var ordinary = true;
        while (end < message.Length)
        {
            var label = message[end];
            if (label == 0)
            {
                end++;
                length = ordinary ? Math.Max(0, length - 1) : 0;
                return end - Numbers.HeaderLength <= Numbers.LongestName;
            }

            if (label > Numbers.LongestLabel || end + 1 + label >= message.Length || end + 1 + label - Numbers.HeaderLength >= Numbers.LongestName)
            {
                return false;
            }

            lastLabel = end;
            foreach (var letter in message.Slice(end + 1, label))
            {
                ordinary &= letter is > 0x20 and < 0x7f and not (byte)'.' and not (byte)'\\';
                name[length++] = (char)(letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter);
            }

            name[length++] = '.';
            end += 1 + label;
        }

        return false;
    }

    /// <summary>Everything after the question, for the sake of the one OPT record that may be there.</summary>
    private static QueryForm ReadRecords(ReadOnlySpan<byte> message, ref Query query)
    {
        var left = Count(message, 6) + Count(message, 8) + Count(message, 10);
        for (var at = query.QuestionEnd; left > 0; left--)
        {
            var isRoot = at < message.Length && message[at] == 0;
            if (!SkipName(message, ref at) || message.Length - at < 10)
            {
                return QueryForm.Malformed;
            }

            var record = message[at..];
            var type = Count(record, 0);
            var dataLength = Count(record, 8);
            if (record.Length < 10 + dataLength)
            {
                return QueryForm.Malformed;
            }

            if (type == Numbers.Opt)
            {
                if (query.HasEdns || !isRoot)
                {
                    return QueryForm.Malformed;
                }

                query = query with { HasEdns = true, UdpSize = Math.Clamp((int)Count(record, 2), Numbers.PlainUdpSize, Numbers.LargestUdpSize) };
                if (record[5] != 0)
                {
                    return QueryForm.BadVersion;
                }
            }

            at += 10 + dataLength;
        }

        return QueryForm.Good;
    }

    private static bool SkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            var label = message[at];
            if (label == 0)
            {
                at++;
                return true;
            }

            if (label >= 0xc0)
            {
                at += 2;
                return at <= message.Length;
            }

            if (label > Numbers.LongestLabel)
            {
                return false;
            }

            at += 1 + label;
        }

        return false;
    }
}
