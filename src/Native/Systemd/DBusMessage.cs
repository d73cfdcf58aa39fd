namespace Devoxx.Native.Systemd;

/// <summary>A message as it came (D-Bus specification, "Message Protocol"): the parts of its header that count here, and its body.</summary>
internal sealed record DBusMessage(byte Type, uint ReplySerial, string? Member, string? ErrorName, ReadOnlyMemory<byte> Body)
{
    public const byte MethodCall = 1, MethodReturn = 2, Error = 3, Signal = 4;

    /// <summary>How many bytes tell how long the rest is.</summary>
    public const int FixedHeader = 16;

    /// <summary>The specification's limit.</summary>
    private const uint Longest = 128 << 20;

    private const byte Path = 1, Interface = 2, MemberField = 3, ErrorNameField = 4, ReplySerialField = 5, Destination = 6, SignatureField = 8;

    /// <summary>A method call with its arguments. Pure.</summary>
    public static byte[] Call(uint serial, string path, string @interface, string member, params ReadOnlySpan<DBusValue> arguments)
    {
        var body = new DBusWriter();
        var signature = "";
        foreach (var argument in arguments)
        {
            argument.Write(body);
            signature += argument.Signature;
        }

        List<DBusValue> fields =
        [
            Field(Path, DBusValue.ObjectPath(path)), Field(Interface, DBusValue.Text(@interface)), Field(MemberField, DBusValue.Text(member)),
            Field(Destination, DBusValue.Text("org.freedesktop.systemd1")),
        ];
        if (signature.Length > 0)
        {
            fields.Add(Field(SignatureField, DBusValue.OfSignature(signature)));
        }

        // Byte order, type, flags, version; length of the body, serial; the fields.
        var message = new DBusWriter();
        message.Raw([(byte)'l', MethodCall, 0, 1]);
        message.Number(body.Length, 4);
        message.Number(serial, 4);
        DBusValue.Array("(yv)", fields).Write(message);
        message.Align(8);
        message.Raw(body.ToArray());
        return message.ToArray();
    }

    /// <summary>How many bytes follow the fixed header.</summary>
    public static (int Fields, int Body) Rest(ReadOnlyMemory<byte> header)
    {
        var reader = new DBusReader(header);
        if (reader.ReadByte() != 'l')
        {
            throw new SystemdException("it speaks in another byte order");
        }

        reader.Align(4);
        var body = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        var fields = reader.ReadUInt32();
        return body <= Longest && fields <= Longest ? ((int)(fields + 7) / 8 * 8, (int)body) : throw new SystemdException("it sent a message that is too long");
    }

    public static DBusMessage Parse(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> fields, ReadOnlyMemory<byte> body)
    {
        var message = new DBusMessage(header.Span[1], 0, null, null, body);
        var length = new DBusReader(header[12..]).ReadUInt32();
        var reader = new DBusReader(fields[..(int)length]);
        while (!reader.IsAtEnd)
        {
            reader.Align(8);
            var code = reader.ReadByte();
            var signature = reader.ReadSignature();
            message = (code, signature) switch
            {
                (MemberField, "s") => message with { Member = reader.ReadText() },
                (ErrorNameField, "s") => message with { ErrorName = reader.ReadText() },
                (ReplySerialField, "u") => message with { ReplySerial = reader.ReadUInt32() },
                _ => Skip(message, signature, reader),
            };
        }

        return message;
    }

    private static DBusMessage Skip(DBusMessage message, string signature, DBusReader reader)
    {
        _ = signature switch
        {
            "s" or "o" => reader.ReadText(),
            "g" => reader.ReadSignature(),
            "u" => reader.ReadUInt32().ToString(),
            _ => throw new SystemdException($"it sent a header with a field of type '{signature}'"),
        };
        return message;
    }

    private static DBusValue Field(byte code, DBusValue value) => DBusValue.Struct(DBusValue.Integer('y', code.ToString()), DBusValue.Variant(value));
}
