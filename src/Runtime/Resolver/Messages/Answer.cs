using System.Buffers.Binary;
using System.Text;

namespace Devoxx.Runtime.Resolver.Messages;

/// <summary>
/// Writes an answer into a buffer. Its question is the query's to the letter, so that whoever mixes upper and lower case against
/// forged answers finds it as it was. What does not fit is left out, and the answer says so (TC).
/// </summary>
internal ref struct Answer
{
    private const int Pointer = 0xc000;

    private readonly Span<byte> _buffer;
    private readonly bool _hasEdns;
    private readonly int _end;
    private readonly int _lastLabel;
    private ushort _flags;
    private ResponseCode _code;
    private int _length;
    private ushort _answers;
    private ushort _authorities;
    private ushort _additional;

    /// <param name="buffer">Room for a whole message, 65535 bytes.</param>
    /// <param name="size">The most that it may become.</param>
    public Answer(in Query query, Span<byte> buffer, int size)
    {
        _buffer = buffer;
        _hasEdns = query.HasEdns;
        _lastLabel = query.LastLabel;
        _end = Math.Min(size, buffer.Length) - (_hasEdns ? Numbers.OptLength : 0);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, query.Id);
        _flags = (ushort)(Numbers.Response | Numbers.RecursionAvailable | (query.Flags & (Numbers.OpcodeMask | Numbers.RecursionDesired | Numbers.CheckingDisabled)));
        query.Question.CopyTo(buffer[Numbers.HeaderLength..]);
        _length = query.QuestionEnd;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], (ushort)(_length > Numbers.HeaderLength ? 1 : 0));
    }

    public readonly bool IsTruncated => (_flags & Numbers.Truncated) != 0;

    /// <summary>The word of who knows, not of who has heard.</summary>
    public void Authoritative() => _flags |= Numbers.Authoritative;

    public void Fail(ResponseCode code) => _code = code;

    /// <summary>A or AAAA, of the name that was asked for.</summary>
    public void Address(ReadOnlySpan<byte> address, uint ttl) => AddressOf(Numbers.HeaderLength, address, ttl, ref _answers, isNeeded: true);

    /// <summary>PTR.</summary>
    public void Name(string target, uint ttl)
    {
        if (Begin(Numbers.HeaderLength, Numbers.Ptr, ttl, out var at) && WriteName(target, ref at))
        {
            End(at, ref _answers);
        }
    }

    /// <summary>SRV (RFC 2782), all of one priority and weight. False when there is no room for it.</summary>
    /// <param name="target">Where the target's name stands, for <see cref="AdditionalAddress"/>.</param>
    public bool Service(int port, string name, uint ttl, out int target)
    {
        target = 0;
        if (!Begin(Numbers.HeaderLength, Numbers.Srv, ttl, out var at) || !Room(at, 6))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[at..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(at + 2)..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(at + 4)..], (ushort)port);
        target = at += 6;
        if (!WriteName(name, ref at))
        {
            return false;
        }

        End(at, ref _answers);
        return true;
    }

    /// <summary>The address of a name that stands at an offset below 12288. Nobody misses it when there is no room.</summary>
    public void AdditionalAddress(int name, ReadOnlySpan<byte> address, uint ttl)
    {
        if (name < Pointer >> 2 && address.Length > 0)
        {
            AddressOf(name, address, ttl, ref _additional, isNeeded: false);
        }
    }

    /// <summary>The SOA of a negative answer: for how long it holds (RFC 2308). It belongs to the last label of the name that was asked for.</summary>
    public void NothingFor(uint seconds)
    {
        if (!Begin(_lastLabel, Numbers.Soa, seconds, out var at) || !WriteName("resolver.devoxx-compose", ref at) || !WriteName("hostmaster.devoxx-compose", ref at)
            || !Room(at, 20))
        {
            return;
        }

        foreach (var number in (ReadOnlySpan<uint>)[1, 3600, 600, 86400, seconds])
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer[at..], number);
            at += 4;
        }

        End(at, ref _authorities);
    }

    /// <summary>Completes the message and returns its length.</summary>
    public int Finish()
    {
        if (_hasEdns)
        {
            // OPT: root, type, size that we take, upper bits of the code, version 0, no flags, no options.
            var opt = _buffer.Slice(_length, Numbers.OptLength);
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], Numbers.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], Numbers.LargestUdpSize);
            opt[5] = (byte)((int)_code >> 4);
            _length += Numbers.OptLength;
            _additional++;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(_flags | ((int)_code & 15)));
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[6..], _answers);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[8..], _authorities);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[10..], _additional);
        return _length;
    }

    /// <summary>An answer of somebody else's that is too long for the asker, cut to its question.</summary>
    public static int Cut(Span<byte> answer, int questionEnd)
    {
        answer[2] |= Numbers.Truncated >> 8;
        answer[6..Numbers.HeaderLength].Clear();
        return questionEnd;
    }

    /// <summary>Whether a name can be said in a message at all.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= Numbers.LongestName - 2 && name.Split('.').All(label => label.Length is > 0 and <= Numbers.LongestLabel && label.All(char.IsAscii));

    private void AddressOf(int name, ReadOnlySpan<byte> address, uint ttl, ref ushort count, bool isNeeded)
    {
        var flags = _flags;
        if (Begin(name, address.Length == 4 ? Numbers.A : Numbers.Aaaa, ttl, out var at) && Room(at, address.Length))
        {
            address.CopyTo(_buffer[at..]);
            End(at + address.Length, ref count);
        }
        else if (!isNeeded)
        {
            _flags = flags;
        }
    }

    private bool Begin(int name, ushort type, uint ttl, out int at)
    {
        at = _length + 12;
        if (IsTruncated || !Room(_length, 12))
        {
            return false;
        }

        var record = _buffer[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)(Pointer | name));
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], Numbers.ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], ttl);
        return true;
    }

    private void End(int at, ref ushort count)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 10)..], (ushort)(at - _length - 12));
        _length = at;
        count++;
    }

    private bool WriteName(string name, ref int at)
    {
        if (!Room(at, name.Length + 2))
        {
            return false;
        }

        foreach (var range in name.AsSpan().Split('.'))
        {
            var label = name.AsSpan()[range];
            _buffer[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, _buffer[at..]);
        }

        _buffer[at++] = 0;
        return true;
    }

    private bool Room(int at, int bytes)
    {
        if (at + bytes <= _end)
        {
            return true;
        }

        _flags |= Numbers.Truncated;
        return false;
    }
}
